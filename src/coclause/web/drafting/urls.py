from django.urls import URLPattern, path

from coclause.web.drafting import drafting, files, returning, version

urlpatterns: list[URLPattern] = [
    path("contrats/<int:pk>/redaction/", drafting.drafting, name="drafting"),
    path("contrats/<int:pk>/redaction/reprendre/", returning.draft_return, name="draft-return"),
    path("redactions/<int:pk>/", version.draft, name="draft"),
    path("redactions/<int:pk>.docx", files.draft_file, name="draft-file"),
]

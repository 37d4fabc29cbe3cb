from django.urls import URLPattern, path

from coclause.web.programmes import depositing, following, listing, sending, sheet

urlpatterns: list[URLPattern] = [
    path("programmation/", depositing.programme_new, name="programme-new"),
    path("programmation/<str:link>/", following.programme_page, name="programme"),
    path("programmation/<str:link>/colonnes/", following.columns, name="programme-columns"),
    path("programmation/<str:link>/avancement/", following.progress, name="programme-progress"),
    path("programmation/<str:link>/lignes.xlsx", sheet.lines_xlsx, name="programme-xlsx"),
    path("programmation/<str:link>/demandes/", sending.send_lines, name="programme-send"),
    path("programmations/", listing.programmes, name="programmes"),
]

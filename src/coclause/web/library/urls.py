from django.urls import URLPattern, path

from coclause.web.library import listing, page, writing

urlpatterns: list[URLPattern] = [
    path("bibliotheque/", listing.library, name="library"),
    path("bibliotheque/nouveau/", writing.text_new, name="library-text-new"),
    path("bibliotheque/<int:pk>/", page.text, name="library-text"),
    path("bibliotheque/<int:pk>/version/", writing.version_new, name="library-version-new"),
    path("bibliotheque/<int:pk>/retirer/", writing.retire, name="library-text-retire"),
]

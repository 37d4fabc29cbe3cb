from django.urls import URLPattern, path

from coclause.web.papers import handing, month, person

urlpatterns: list[URLPattern] = [
    path("affectations/<int:pk>/pieces/", person.page, name="assignment-papers"),
    path("attributions/<int:pk>/mois/<month:month>/pieces/", month.page, name="month-papers"),
    path("pieces/<int:pk>/", handing.paper, name="paper"),
    path("pieces/<int:pk>/effacer/", handing.erase, name="paper-erase"),
]

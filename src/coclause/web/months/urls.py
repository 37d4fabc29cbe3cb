from django.urls import URLPattern, path

from coclause.web.months import pages

urlpatterns: list[URLPattern] = [
    path("mon-mois/", pages.index, name="company-months"),
    path("mon-mois/<month:month>/", pages.of_company, name="company-month"),
    path("attributions/<int:pk>/mois/<month:month>/", pages.of_award, name="month"),
]

from django.urls import URLPattern, path

from coclause.web.months import files, pages, template

urlpatterns: list[URLPattern] = [
    path("mon-mois/", pages.index, name="company-months"),
    path("mon-mois/<month:month>/", pages.of_company, name="company-month"),
    path("mon-mois/<month:month>/fichier/", files.choose, name="month-file"),
    path("mon-mois/<month:month>/fichier/paie/", files.payroll, name="month-payroll"),
    path("mon-mois/<month:month>/fichier/colonnes/", files.columns, name="month-mapping"),
    path("mon-mois/<month:month>/modele.xlsx", template.download_template, name="month-template"),
    path("attributions/<int:pk>/mois/<month:month>/", pages.of_award, name="month"),
]

from django.urls import URLPattern, path

from coclause.web.clauses import change, check, clause, employment, workplace

urlpatterns: list[URLPattern] = [
    path("clauses/<int:pk>/", clause.page, name="clause"),
    path("clauses/<int:pk>/heures.xlsx", clause.hours_xlsx, name="clause-hours-xlsx"),
    path("clauses/<int:pk>/etat/", change.change, name="clause-change"),
    path("clauses/<int:pk>/valider/", check.validate_plain, name="clause-validate"),
    path("attributions/<int:pk>/mois/<month:month>/verifier/", check.page, name="month-check"),
    path("attributions/<int:pk>/personnes/", employment.page, name="employment-new"),
    path("affectations/<int:pk>/lieu/", workplace.page, name="assignment-place"),
]

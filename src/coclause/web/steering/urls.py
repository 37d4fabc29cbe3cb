from django.urls import URLPattern, path

from coclause.web.steering import pages, penalties, reporting

urlpatterns: list[URLPattern] = [
    path("clauses/<int:pk>/penalites/", penalties.penalty_terms, name="penalty-terms"),
    path("clauses/<int:pk>/signalement/", reporting.shortfall_new, name="shortfall-new"),
    path("signalements/<int:pk>/", pages.shortfall, name="shortfall"),
    path("signalements/<int:pk>/lettre.docx", pages.letter_docx, name="shortfall-docx"),
    path("signalements/<int:pk>/lettre.pdf", pages.letter_pdf, name="shortfall-pdf"),
]

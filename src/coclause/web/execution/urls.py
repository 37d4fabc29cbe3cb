from django.urls import URLPattern, path

from coclause.web.execution import pages

urlpatterns: list[URLPattern] = [
    path("clauses/<int:pk>/suspendre/", pages.suspend_clause, name="execution-suspend"),
    path("clauses/<int:pk>/reprendre/", pages.resume_clause, name="execution-resume"),
    path("attributions/<int:pk>/prolonger/", pages.extend_award, name="execution-extend"),
    path("attributions/<int:pk>/resilier/", pages.terminate_award, name="execution-terminate"),
    path("attributions/<int:pk>/corriger/", pages.undo_last, name="execution-undo"),
]

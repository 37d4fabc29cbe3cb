from django.urls import URLPattern, path

from coclause.web.plans import pages, writing

urlpatterns: list[URLPattern] = [
    path("attributions/<int:pk>/plan/", pages.plan, name="plan"),
    path("attributions/<int:pk>/plan/heures/", writing.hours_new, name="plan-hours-new"),
    path("heures-prevues/<int:pk>/modifier/", writing.hours_edit, name="plan-hours-edit"),
    path("heures-prevues/<int:pk>/retirer/", writing.hours_drop, name="plan-hours-drop"),
    path("attributions/<int:pk>/plan/etapes/", writing.step_new, name="plan-step-new"),
    path("etapes/<int:pk>/modifier/", writing.step_edit, name="plan-step-edit"),
    path("etapes/<int:pk>/fait/", writing.step_done, name="plan-step-done"),
    path("etapes/<int:pk>/rouvrir/", writing.step_reopen, name="plan-step-reopen"),
    path("etapes/<int:pk>/abandonner/", writing.step_drop, name="plan-step-drop"),
]

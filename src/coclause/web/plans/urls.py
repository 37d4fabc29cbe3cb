from django.urls import URLPattern, path

from coclause.web.plans import hours, pages, steps

urlpatterns: list[URLPattern] = [
    path("attributions/<int:pk>/plan/", pages.plan, name="plan"),
    path("attributions/<int:pk>/plan/heures/", hours.hours_new, name="plan-hours-new"),
    path("heures-prevues/<int:pk>/modifier/", hours.hours_edit, name="plan-hours-edit"),
    path("heures-prevues/<int:pk>/retirer/", hours.hours_drop, name="plan-hours-drop"),
    path("attributions/<int:pk>/plan/etapes/", steps.step_new, name="plan-step-new"),
    path("etapes/<int:pk>/modifier/", steps.step_edit, name="plan-step-edit"),
    path("etapes/<int:pk>/fait/", steps.step_done, name="plan-step-done"),
    path("etapes/<int:pk>/rouvrir/", steps.step_reopen, name="plan-step-reopen"),
    path("etapes/<int:pk>/abandonner/", steps.step_drop, name="plan-step-drop"),
]

from django.urls import URLPattern, path

from coclause.web.dashboard import indicator, views

urlpatterns: list[URLPattern] = [
    path("tableau-de-bord/", views.dashboard, name="dashboard"),
    path("tableau-de-bord/a-verifier/", views.late, name="late-checks"),
    path("tableau-de-bord/<slug:code>/", indicator.indicator, name="indicator"),
]

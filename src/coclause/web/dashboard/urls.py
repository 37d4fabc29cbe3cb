from django.urls import URLPattern, path

from coclause.web.dashboard import views

urlpatterns: list[URLPattern] = [
    path("tableau-de-bord/", views.dashboard, name="dashboard"),
    path("tableau-de-bord/<str:code>/", views.indicator, name="indicator"),
]

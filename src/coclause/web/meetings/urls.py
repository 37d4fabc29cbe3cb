from django.urls import URLPattern, path

from coclause.web.meetings import pages

urlpatterns: list[URLPattern] = [
    path("operations/<int:pk>/reunions/nouvelle/", pages.meeting_new, name="meeting-new"),
    path("reunions/<int:pk>/modifier/", pages.meeting_edit, name="meeting-edit"),
    path("reunions/<int:pk>/annuler/", pages.meeting_cancel, name="meeting-cancel"),
]

from django.urls import URLPattern, path

from coclause.web.organisations import editing, pages

urlpatterns: list[URLPattern] = [
    path("organisations/", pages.organisations, name="organisations"),
    path("organisations/nouvelle/", editing.organisation_new, name="organisation-new"),
    path("organisations/<int:pk>/", pages.organisation, name="organisation"),
    path("organisations/<int:pk>/modifier/", editing.organisation_edit, name="organisation-edit"),
    path("communes/", pages.communes, name="communes"),
]

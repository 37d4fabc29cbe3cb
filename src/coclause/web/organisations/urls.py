from django.urls import URLPattern, path

from coclause.web.organisations import editing, pages

urlpatterns: list[URLPattern] = [
    path("organisations/", pages.organisations, name="organisations"),
    path("organisations/nouvelle/", editing.organisation_new, name="organisation-new"),
    path("organisations/<int:pk>/", pages.organisation, name="organisation"),
    path("organisations/<int:pk>/modifier/", editing.organisation_edit, name="organisation-edit"),
    path("organisations/<int:pk>/membres/", editing.member_new, name="member-new"),
    path("organisations/<int:pk>/postes/", editing.post_new, name="post-new"),
    path("organisations/<int:pk>/territoires/", editing.charge_new, name="charge-new"),
    path("membres/<int:pk>/fin/", editing.member_end, name="member-end"),
    path("territoires/<int:pk>/fin/", editing.charge_end, name="charge-end"),
    path("communes/", pages.communes, name="communes"),
]

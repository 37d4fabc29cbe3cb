from django.urls import URLPattern, path

from coclause.web.sharing import pages

urlpatterns: list[URLPattern] = [
    path("operations/<int:pk>/passer-la-main/", pages.hand_over_page, name="hand-over"),
    path("operations/<int:pk>/associer/", pages.associate, name="host-associate"),
    path("associations/<int:pk>/terminer/", pages.end, name="association-end"),
]

from django.urls import URLPattern, path

from coclause.web.contests import pages

urlpatterns: list[URLPattern] = [
    path("lignes/<int:pk>/contester/", pages.contest, name="contest"),
    path("lignes/<int:pk>/contester/retirer/", pages.withdraw, name="contest-withdraw"),
]

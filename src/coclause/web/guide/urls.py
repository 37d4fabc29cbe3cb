from django.urls import URLPattern, path

from coclause.web.guide import pages

urlpatterns: list[URLPattern] = [
    path("guide/", pages.guide, name="guide"),
    path("guide/<slug:slug>/", pages.case, name="guide-case"),
]

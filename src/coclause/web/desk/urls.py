from django.urls import URLPattern, path

from coclause.web.desk import pages

urlpatterns: list[URLPattern] = [path("a-faire/", pages.desk, name="desk")]

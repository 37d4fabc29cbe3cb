from django.urls import URLPattern, path

from coclause.web.mails import pages

urlpatterns: list[URLPattern] = [path("courriels/", pages.mails, name="mails")]

from django.urls import URLPattern, path

from coclause.web.checks import table, waiting

urlpatterns: list[URLPattern] = [
    path("a-verifier/", waiting.page, name="months-to-check"),
    path("verifications/", table.page, name="checks"),
]

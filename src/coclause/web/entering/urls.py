from django.urls import URLPattern, path

from coclause.web.entering import pages

urlpatterns: list[URLPattern] = [
    path("entrer/<str:key>/", pages.enter, name="enter"),
    # Before the sign-in library's own page of that address, which it replaces.
    path("compte/login/code/", pages.ask_code, name="account_request_login_code"),
]

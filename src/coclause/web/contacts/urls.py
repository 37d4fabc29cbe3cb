from django.urls import URLPattern, path

from coclause.web.contacts import acts, pages

urlpatterns: list[URLPattern] = [
    path("contacts/", pages.contacts, name="contacts"),
    path("contacts/<int:pk>/monter/", acts.up, name="contact-up"),
    path("contacts/<int:pk>/depart/", acts.end, name="contact-end"),
    path("organisations/<int:pk>/contacts/", pages.of_company, name="company-contacts"),
    path("organisations/<int:pk>/contacts/nouveau/", acts.new, name="contact-new"),
    path(
        "organisations/<int:pk>/contacts/passer-la-main/", acts.hand_over, name="contact-hand-over"
    ),
]

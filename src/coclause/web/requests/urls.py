from django.urls import URLPattern, path

from coclause.web.requests import acts, entering, listing, opening, page, regional

urlpatterns: list[URLPattern] = [
    path("demandes/", listing.requests, name="requests"),
    path("demandes/nouvelle/", entering.request_new, name="request-new"),
    path("demandes/<int:pk>/", page.request_page, name="request"),
    path("demandes/<int:pk>/prendre/", acts.take, name="request-take"),
    path("demandes/<int:pk>/confier/", acts.reroute, name="request-reroute"),
    path("demandes/<int:pk>/ecrire/", acts.write, name="request-write"),
    path("demandes/<int:pk>/classer/", acts.close, name="request-close"),
    path("demandes/<int:pk>/operation/", opening.request_open, name="request-open"),
    path("demandes/<int:pk>/repondre/", acts.answer, name="request-answer"),
    path("demandes/<int:pk>/retirer/", acts.withdraw, name="request-take-back"),
    path("acheteurs-regionaux/", regional.regional_buyers, name="regional-buyers"),
    path("acheteurs-regionaux/nouveau/", regional.regional_buyer_new, name="regional-buyer-new"),
    path(
        "acheteurs-regionaux/<int:pk>/modifier/",
        regional.regional_buyer_edit,
        name="regional-buyer-edit",
    ),
]

from django.urls import URLPattern, URLResolver, include, path

from coclause.web.public import figures, home, texts

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("demo/entrer/", home.demo_enter, name="demo-enter"),
    path("chiffres/", figures.key_figures, name="key-figures"),
    path("chiffres/<int:year>.pdf", figures.pdf, name="key-figures-pdf"),
    path("definitions/", texts.definitions, name="definitions"),
    path("accessibilite/", texts.accessibility, name="accessibility"),
    path("donnees-personnelles/", texts.personal_data, name="personal-data"),
    path("sources/", texts.sources, name="sources"),
    path("aide/etats/", texts.states, name="states"),
    path("compte/", include("allauth.urls")),
]

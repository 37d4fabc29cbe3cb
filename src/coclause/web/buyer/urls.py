from django.urls import URLPattern, path

from coclause.web.buyer import space, spaser

urlpatterns: list[URLPattern] = [
    path("mes-marches/", space.buyer_space, name="buyer-space"),
    path("mes-marches/spaser/", spaser.spaser_page, name="spaser"),
]

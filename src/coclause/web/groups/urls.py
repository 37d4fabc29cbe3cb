from django.urls import URLPattern, path

from coclause.web.groups import pages, pools

urlpatterns: list[URLPattern] = [
    path("attributions/<int:pk>/groupement/", pages.group, name="award-group"),
    path("attributions/<int:pk>/entreprises/", pages.member_new, name="award-member-new"),
    path("attributions/<int:pk>/titulaire/", pages.holder_replace, name="holder-replace"),
    path("entreprises-du-marche/<int:pk>/depart/", pages.member_end, name="award-member-end"),
    path("engagements/<int:pk>/repartition/", pages.split_new, name="commitment-split"),
    path("organisations/<int:pk>/globaliser/", pools.new, name="globalisation-new"),
    path("globalisations/<int:pk>/", pools.page, name="globalisation"),
    path("globalisations/engagements/<int:pk>/sortir/", pools.leave, name="globalisation-leave"),
]

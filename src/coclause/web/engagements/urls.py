from django.urls import URLPattern, path

from coclause.web.engagements import changing, orders, recording

urlpatterns: list[URLPattern] = [
    path("clauses/<int:pk>/engagement/", recording.commitment_new, name="commitment-new"),
    path("clauses/<int:pk>/heures-qui-comptent/", changing.counting_new, name="counting-new"),
    path("engagements/<int:pk>/objectif/", recording.objective_new, name="objective-new"),
    path("objectifs/<int:pk>/avenant/", changing.amendment_new, name="amendment-new"),
    path("objectifs/<int:pk>/engager/", changing.trigger_new, name="trigger-new"),
    path("objectifs/<int:pk>/heures-travaillees/", changing.worked_new, name="worked-new"),
    path("objectifs/<int:pk>/taux/", changing.rate_new, name="rate-new"),
    path("attributions/<int:pk>/commandes/", orders.order_list, name="orders"),
    path("attributions/<int:pk>/commandes/nouvelle/", orders.order_new, name="order-new"),
]

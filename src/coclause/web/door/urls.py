from django.urls import URLPattern, URLResolver, path

from coclause.web.door.asking import answer_pdf, door, who_answers
from coclause.web.door.following import follow, reply_to, withdraw_it
from coclause.web.door.sending import send

urlpatterns: list[URLPattern | URLResolver] = [
    path("porte/", door, name="door"),
    path("porte/reponse.pdf", answer_pdf, name="door-pdf"),
    path("porte/envoyer/", send, name="door-send"),
    path("facilitateurs/", who_answers, name="who-answers"),
    path("suivi/<str:link>/", follow, name="request-follow"),
    path("suivi/<str:link>/repondre/", reply_to, name="request-reply"),
    path("suivi/<str:link>/retirer/", withdraw_it, name="request-withdraw"),
]

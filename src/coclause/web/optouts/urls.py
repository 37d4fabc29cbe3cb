from django.urls import URLPattern, path

from coclause.web.optouts import entry, recording, register

urlpatterns: list[URLPattern] = [
    path("registre/", register.opt_outs, name="opt-outs"),
    path("registre/nouvelle/", recording.opt_out_new, name="opt-out-new"),
    path("registre/<int:pk>/", entry.opt_out, name="opt-out"),
    path("registre/<int:pk>/corriger/", recording.opt_out_correct, name="opt-out-correct"),
    path("registre/<int:pk>/retirer/", entry.opt_out_withdraw, name="opt-out-withdraw"),
    path("registre/<int:pk>/document.pdf", entry.opt_out_pdf, name="opt-out-pdf"),
]

from django.urls import URLPattern, path

from coclause.web.proofs import issuing, pages, verifying

urlpatterns: list[URLPattern] = [
    path("clauses/<int:pk>/documents/", pages.proofs, name="proofs"),
    path("clauses/<int:pk>/documents/etablir/", issuing.proof_issue, name="proof-issue"),
    path("documents/<str:number>.pdf", pages.proof_pdf, name="proof-pdf"),
    path("verifier/", verifying.verify, name="verify"),
    path("verifier/<str:code>/", verifying.verify_code, name="verify-code"),
]

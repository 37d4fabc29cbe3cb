from django.urls import URLPattern, path

from coclause.web.operations import awards, contracts, follow, listing, opening, published

urlpatterns: list[URLPattern] = [
    path("operations/", listing.operations, name="operations"),
    path("operations/nouvelle/", opening.operation_new, name="operation-new"),
    path("operations/<int:pk>/", opening.operation, name="operation"),
    path("operations/<int:pk>/contrat/", contracts.contract_new, name="contract-new"),
    path("contrats/<int:pk>/modifier/", contracts.contract_edit, name="contract-edit"),
    path("lots/<int:pk>/clause/", contracts.clause_new, name="clause-new"),
    path("clauses/<int:pk>/modifier/", contracts.clause_edit, name="clause-edit"),
    path("lots/<int:pk>/attribution/", awards.award_new, name="award-new"),
    path("marches-publies/", published.published, name="published"),
    path("marches-publies/<int:pk>/", published.published_contract, name="published-contract"),
    path("marches-publies/<int:pk>/suivre/", follow.follow_contract, name="follow"),
]

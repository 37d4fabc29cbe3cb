from django.urls import URLPattern, path

from coclause.web.conventions import editing, listing, page

urlpatterns: list[URLPattern] = [
    path("conventions/", listing.conventions, name="conventions"),
    path("conventions/nouvelle/", editing.convention_new, name="convention-new"),
    path("conventions/<int:pk>/", page.convention, name="convention"),
    path("conventions/<int:pk>/modifier/", editing.convention_edit, name="convention-edit"),
    path("conventions/<int:pk>/contrats/", editing.contracts, name="convention-contracts"),
    path("contrats/<int:pk>/convention/", editing.contract_convention, name="contract-convention"),
]

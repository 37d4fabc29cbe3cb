"""Which contract or version a page is about."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from coclause.clauses.models import Contract
from coclause.clauses.queries import linked
from coclause.network.drafting.preparing import may_draft
from coclause.network.models import Draft
from coclause.organisations.scopes import Scope

CONTEXT = "operation__buyer", "operation__commune", "operation__region"


def seen_contract(pk: int, scope: Scope) -> Contract:
    """The contract, for the network of its region and its buyer. Raises Http404 to others."""
    rows = Contract.objects.filter(linked("operation__", scope)).select_related(*CONTEXT)
    return get_object_or_404(rows, pk=pk)


def drafted_contract(pk: int, scope: Scope) -> Contract:
    """The same for who drafts: 404 out of the scope, 403 for the rest of the network."""
    contract = seen_contract(pk, scope)
    if not may_draft(contract.operation, scope):
        raise PermissionDenied
    return contract


def seen_draft(pk: int, scope: Scope) -> Any:
    """A version with its document's name and size; its bytes are read when they are needed."""
    rows = Draft.objects.visible_to(scope).select_related(
        "author", "file", *(f"contract__{name}" for name in CONTEXT)
    )
    return get_object_or_404(rows.defer("file__content"), pk=pk)

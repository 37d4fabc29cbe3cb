"""Which texts a page is about, and who may write them."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from coclause.network.models import ClauseText
from coclause.organisations.scopes import Scope


def must_be_network(scope: Scope) -> None:
    """The library is the network's: others read its texts filled, in their documents (403)."""
    if not scope.working_regions:
        raise PermissionDenied


def seen_text(pk: int, scope: Scope) -> Any:
    """The text with its standing of the day. Raises Http404 out of the regions of the scope."""
    rows = ClauseText.objects.visible_to(scope).with_standing(scope.day).select_related("region")
    return get_object_or_404(rows, pk=pk)


def writes(text: ClauseText, scope: Scope) -> bool:
    """The coordination of the region keeps its library."""
    return text.region_id in scope.coordinated_regions


def coordinated_text(pk: int, scope: Scope) -> Any:
    """The same for who writes: 404 out of the scope, 403 for the rest of the network."""
    text = seen_text(pk, scope)
    if not writes(text, scope):
        raise PermissionDenied
    return text

"""Which of the user's buyers a page is about."""

from django.core.exceptions import PermissionDenied
from django.http import Http404

from coclause.organisations.choices import MemberRole
from coclause.organisations.models import Organisation
from coclause.web.middleware import ScopedRequest
from coclause.web.pages import id_in


def buyers_of(request: ScopedRequest) -> tuple[Organisation, list[Organisation]]:
    """The buyer that `?acheteur=` names, the first one without it, and all of the user's.

    Raises `PermissionDenied` for who buys nothing, `Http404` for a buyer of somebody else.
    """
    every = {
        one.organisation_id: one.organisation
        for one in request.scope.memberships
        if one.role == MemberRole.BUYER
    }
    if not every:
        raise PermissionDenied
    asked = request.GET.get("acheteur")
    chosen = next(iter(every.values())) if asked is None else every.get(id_in(asked) or 0)
    if chosen is None:
        raise Http404
    return chosen, list(every.values())


def choice(buyer: Organisation, buyers: list[Organisation]) -> list[tuple[Organisation, bool]]:
    """Each buyer, and whether the page is about it; nothing to choose for who has one."""
    return [(one, one == buyer) for one in buyers] if len(buyers) > 1 else []

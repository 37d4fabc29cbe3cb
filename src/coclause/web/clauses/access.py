"""What a clause, an award and their persons open to who asks."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404

from coclause.clauses.models import Award, Clause
from coclause.clauses.permissions import handles
from coclause.core.months import first_day
from coclause.hours.parties import party_of
from coclause.hours.permissions import may_declare
from coclause.organisations.scopes import Scope
from coclause.web.clauses.sight import EVERYTHING, Sight, sight_of


@dataclass(frozen=True)
class ClauseView:
    """A clause and what the reader may do with it. Annotated: holder, facilitator_id, committed."""

    clause: Any
    awards: list[Any]
    handled: bool
    """The host in charge: reads persons, validates."""
    declares: bool
    """A company of the award: reads the persons it employs, declares."""
    whole: bool
    """All the awards of the clause are shown; a company sees its own only."""
    sight: Sight = EVERYTHING
    """The period that the reader is told of."""

    @property
    def persons(self) -> bool:
        return self.handled or self.declares


def clause_view(pk: int, scope: Scope) -> ClauseView:
    """The clause within the scope, with its awards. Raises Http404 out of it.

    A company that left is shown it as it stood on the last day of its part.
    """
    sight = sight_of(pk, scope)
    scope = sight.scope(scope)
    rows = (
        Clause.objects.visible_to(scope)
        .with_context()
        .with_holder(scope.day)
        .with_referent(scope.day)
    )
    clause: Any = get_object_or_404(rows, pk=pk)
    of_lot = Award.objects.filter(lot=clause.lot_id)
    committed = of_lot.filter(commitments__clause=clause)
    awards: list[Any] = list((committed if committed.exists() else of_lot).with_holder(scope.day))
    seen = Award.objects.visible_to(scope) if sight.employers else Award.objects.told_whole(scope)
    visible = set(seen.filter(lot=clause.lot_id).values_list("pk"))
    shown = [a for a in awards if (a.pk,) in visible and a.pk not in sight.left]
    if shown and len(shown) < len(awards):
        clause.holder = shown[0].holder
    handled = handles(clause.lot.contract.operation, scope)
    return ClauseView(
        clause=clause,
        awards=shown,
        handled=handled,
        declares=not handled and any(may_declare(award, scope) for award in shown),
        whole=len(shown) == len(awards),
        sight=sight,
    )


def declared_award(pk: int, scope: Scope, month: date) -> Any:
    """The award, for who declares that month: 404 out of the scope or of the execution, 403
    without the right.
    """
    award = visible_award(pk, scope)
    if not first_day(award.starts_on) <= month <= min(award.ends_on, scope.day):
        raise Http404
    if party_of(award, scope, month) is None:
        raise PermissionDenied
    return award


def handled_award(pk: int, scope: Scope) -> Any:
    """The award, for the host in charge: 404 out of the scope, 403 for others."""
    award = visible_award(pk, scope)
    if not handles(award.lot.contract.operation, scope):
        raise PermissionDenied
    return award


def visible_award(pk: int, scope: Scope) -> Any:
    rows = (
        Award.objects.visible_to(scope)
        .with_holder(scope.day)
        .select_related("lot__contract__operation__buyer")
    )
    return get_object_or_404(rows, pk=pk)


def frame(scope: Scope) -> str:
    """The layout of who asks: a top bar for companies, the left bar for people at work."""
    return "layouts/company.html" if scope.only_companies else "layouts/app.html"

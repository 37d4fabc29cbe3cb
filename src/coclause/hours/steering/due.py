"""Reports that wait: for the buyer to decide, for the company to catch up under a notice."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from coclause.clauses.due import DueItem, followed, turns
from coclause.clauses.models import Award
from coclause.clauses.states import Turn
from coclause.hours.models import BuyerDecision, ShortfallReport
from coclause.hours.steering.reading import (
    OPERATION,
    buyers_turn,
    companys_turn,
    standing,
    with_decisions,
)
from coclause.organisations.scopes import Scope
from coclause.render.numbers import hours


def reports_due(scope: Scope) -> list[DueItem]:
    """Open reports of what the user follows, bought or answers for. One query, none for others."""
    if not turns(scope):
        return []
    holder: Any = Award.objects.filter(pk=OuterRef("award")).with_holder(scope.day)
    rows = (
        _open(scope)
        .select_related(f"{OPERATION}__buyer")
        .annotate(holder=Subquery(holder.values("holder")))
        .order_by("day", "pk")
    )
    return [_item(row, scope) for row in rows]


def count_reports_due(scope: Scope) -> int:
    """How many of these are the user's turn. One query, none for who decides nothing."""
    mine = turns(scope)
    whose = Q(pk__in=[])
    if Turn.BUYER in mine:
        whose |= buyers_turn(scope.day)
    if Turn.COMPANY in mine:
        whose |= companys_turn(scope.day)
    if not mine & {Turn.BUYER, Turn.COMPANY}:
        return 0
    return _open(scope).filter(whose).count()


def _open(scope: Scope) -> QuerySet[ShortfallReport]:
    mine = followed(OPERATION, scope)
    if scope.buyers:
        mine |= Q(**{f"{OPERATION}__buyer__in": scope.buyers})
    if scope.companies:
        decided = BuyerDecision.objects.filter(report=OuterRef("pk"))
        answered = Award.objects.answered_by(scope.companies, scope.day)
        mine |= Q(award__in=answered.values("pk")) & Q(Exists(decided))
    rows = with_decisions(ShortfallReport.objects.filter(mine))
    return rows.filter(buyers_turn(scope.day) | companys_turn(scope.day))


def _item(report: Any, scope: Scope) -> DueItem:
    lot, now = report.clause.lot, standing(report, scope.day)
    place = f"{lot.contract.operation}, lot {lot.number}"
    missing = f"{hours(report.missing)} manquantes"
    own = not (scope.hosts or scope.buyers)
    other = lot.contract.operation.buyer if own else report.holder or "titulaire non connu"
    if now.turn == Turn.COMPANY:
        what, action, waiting = (
            f"Rattraper {missing}, mises en demeure",
            "Lire",
            "l’acheteur attend",
        )
    else:
        again = " : le délai de la mise en demeure est passé" if report.last_kind else ""
        what, action = f"Décider : {missing}{again}", "Décider"
        waiting = "le facilitateur attend"
    return DueItem(
        kind="shortfall",
        what=what,
        about=f"{place} · {other}",
        url_name="shortfall",
        url_args=(report.pk,),
        action=action,
        turn=now.turn,
        since=now.since,
        by=now.until,
        waiting=waiting,
    )

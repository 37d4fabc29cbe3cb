"""Reports that wait: for the buyer to decide, for the company to catch up under a notice. Steps of
plans are found and named as they are.
"""

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from coclause.clauses.due import DueItem, followed, turns
from coclause.clauses.models import Award, Lot
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
    rows = named(_open(scope), OPERATION, scope.day).order_by("day", "pk")
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


def concerning(operation: str, scope: Scope, of_company: Q) -> Q:
    """Rows of awards that the user follows or bought; of those its company answers for, the rows
    `of_company`. `operation` is the path of the operation.
    """
    mine = followed(operation, scope)
    if scope.buyers:
        mine |= Q(**{f"{operation}__buyer__in": scope.buyers})
    if scope.companies:
        answered = Award.objects.answered_by(scope.companies, scope.day)
        mine |= Q(award__in=answered.values("pk")) & of_company
    return mine


def named(rows: QuerySet[Any], operation: str, day: date) -> QuerySet[Any]:
    """With the buyer and the holder of the day, that `about` names."""
    holder: Any = Award.objects.filter(pk=OuterRef("award")).with_holder(day)
    found: QuerySet[Any] = rows.annotate(holder=Subquery(holder.values("holder")))
    return found.select_related(f"{operation}__buyer")


def about(lot: Lot, row: Any, scope: Scope) -> str:
    """The lot, and the other side: its buyer for a company, else who holds it."""
    operation = lot.contract.operation
    own = not (scope.hosts or scope.buyers)
    other = operation.buyer if own else row.holder or "titulaire non connu"
    return f"{operation}, lot {lot.number} · {other}"


def _open(scope: Scope) -> QuerySet[ShortfallReport]:
    decided = Q(Exists(BuyerDecision.objects.filter(report=OuterRef("pk"))))
    mine = concerning(OPERATION, scope, decided)
    rows = with_decisions(ShortfallReport.objects.filter(mine))
    return rows.filter(buyers_turn(scope.day) | companys_turn(scope.day))


def _item(report: Any, scope: Scope) -> DueItem:
    now, missing = standing(report, scope.day), f"{hours(report.missing)} manquantes"
    if now.turn == Turn.COMPANY:
        what, action = f"Rattraper {missing}, mises en demeure", "Lire"
        waiting = "l’acheteur attend"
    else:
        again = " : le délai de la mise en demeure est passé" if report.last_kind else ""
        what, action = f"Décider : {missing}{again}", "Décider"
        waiting = "le facilitateur attend"
    return DueItem(
        kind="shortfall",
        what=what,
        about=about(report.clause.lot, report, scope),
        url_name="shortfall",
        url_args=(report.pk,),
        action=action,
        turn=now.turn,
        since=now.since,
        by=now.until,
        waiting=waiting,
    )

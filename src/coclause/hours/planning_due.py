"""Steps of action plans that wait, for the desk of each side."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from coclause.clauses.due import DueItem, followed, turns
from coclause.clauses.models import Award, Clause
from coclause.clauses.states import Turn
from coclause.hours.models import PlanStep
from coclause.hours.planning import OVER
from coclause.organisations.scopes import Scope

OPERATION = "award__lot__contract__operation"
WAITS = {
    Turn.COMPANY: "le facilitateur attend",
    Turn.FACILITATOR: "l’entreprise attend",
    Turn.BUYER: "le facilitateur attend",
}


def steps_due(scope: Scope) -> list[DueItem]:
    """Steps not done of the plans that the user follows, bought or executes. One query."""
    if not turns(scope):
        return []
    holder: Any = Award.objects.filter(pk=OuterRef("award")).with_holder(scope.day)
    rows = (
        _waiting(scope)
        .select_related(f"{OPERATION}__buyer")
        .annotate(holder=Subquery(holder.values("holder")))
        .order_by("by", "pk")
    )
    return [_item(row, scope) for row in rows]


def count_steps_due(scope: Scope) -> int:
    """How many of these are the user's turn. One query, none for who has no part in plans."""
    mine = turns(scope)
    return _waiting(scope).filter(turn__in=mine).count() if mine else 0


def _waiting(scope: Scope) -> QuerySet[PlanStep]:
    """A company is asked what awards it answers for ask; a closed clause asks nothing any more."""
    seen = followed(OPERATION, scope)
    if scope.buyers:
        seen |= Q(**{f"{OPERATION}__buyer__in": scope.buyers})
    if scope.companies:
        answered = Award.objects.answered_by(scope.companies, scope.day)
        seen |= Q(award__in=answered.values("pk"))
    open_clauses = Clause.objects.filter(lot=OuterRef("award__lot")).exclude(state__in=OVER)
    return PlanStep.objects.filter(seen, Exists(open_clauses), done_on=None, dropped="")


def _item(step: Any, scope: Scope) -> DueItem:
    lot = step.award.lot
    turn = Turn(step.turn)
    place = f"{lot.contract.operation}, lot {lot.number}"
    own = not (scope.hosts or scope.buyers)
    other = lot.contract.operation.buyer if own else step.holder or "titulaire non connu"
    return DueItem(
        kind="step",
        what=step.label,
        about=f"{place} · {other}",
        url_name="plan",
        url_args=(step.award_id,),
        action="Voir le plan",
        turn=turn,
        since=step.agreed_on,
        by=step.by,
        waiting=WAITS[turn],
    )

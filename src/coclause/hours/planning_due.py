"""Steps of action plans that wait, for the desk of each side."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from coclause.clauses.due import DueItem, turns
from coclause.clauses.models import Clause
from coclause.clauses.states import Turn
from coclause.hours.models import PlanStep
from coclause.hours.planning import OVER
from coclause.hours.steering.due import about, concerning, named
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
    rows = named(_waiting(scope), OPERATION, scope.day).order_by("by", "pk")
    return [_item(row, scope) for row in rows]


def count_steps_due(scope: Scope) -> int:
    """How many of these are the user's turn. One query, none for who has no part in plans."""
    mine = turns(scope)
    return _waiting(scope).filter(turn__in=mine).count() if mine else 0


def _waiting(scope: Scope) -> QuerySet[PlanStep]:
    """A company is asked what awards it answers for ask; a closed clause asks nothing any more."""
    seen = concerning(OPERATION, scope, Q())
    open_clauses = Clause.objects.filter(lot=OuterRef("award__lot")).exclude(state__in=OVER)
    return PlanStep.objects.filter(seen, Exists(open_clauses), done_on=None, dropped="")


def _item(step: Any, scope: Scope) -> DueItem:
    turn = Turn(step.turn)
    return DueItem(
        kind="step",
        what=step.label,
        about=about(step.award.lot, step, scope),
        url_name="plan",
        url_args=(step.award_id,),
        action="Voir le plan",
        turn=turn,
        since=step.agreed_on,
        by=step.by,
        waiting=WAITS[turn],
    )

"""The award, the line or the step that a page of plans is about: 404 out of what one reads."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from coclause.clauses.permissions import is_referent
from coclause.hours.models import PlannedHours, PlanStep
from coclause.hours.planning import readable
from coclause.organisations.scopes import Scope

OPERATION = "lot__contract__operation"


def read_award(pk: int, scope: Scope) -> Any:
    """Annotated: holder, holder_id."""
    rows = readable(scope).with_holder(scope.day).select_related(f"{OPERATION}__buyer")
    return get_object_or_404(rows, pk=pk)


def planned_award(pk: int, scope: Scope) -> Any:
    """The same, for who writes its plan: 403 for others."""
    return _written(read_award(pk, scope), scope)


def planned_line(pk: int, scope: Scope) -> PlannedHours:
    """A line of a plan, for who writes it."""
    rows = PlannedHours.objects.filter(award__in=readable(scope).values("pk"))
    line = get_object_or_404(rows.select_related("partner"), pk=pk)
    line.award = planned_award(line.award_id, scope)
    return line


def read_step(pk: int, scope: Scope) -> PlanStep:
    """A step of a plan, for who reads it."""
    rows = PlanStep.objects.filter(award__in=readable(scope).values("pk"))
    step = get_object_or_404(rows.select_related("meeting"), pk=pk)
    step.award = read_award(step.award_id, scope)
    return step


def planned_step(pk: int, scope: Scope) -> PlanStep:
    """The same, for who writes it."""
    step = read_step(pk, scope)
    _written(step.award, scope)
    return step


def _written(award: Any, scope: Scope) -> Any:
    if not is_referent(award.lot.contract.operation, scope):
        raise PermissionDenied
    return award

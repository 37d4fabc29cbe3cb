"""The plan and the reports of a clause, in a few lines of its page."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery, Sum

from coclause.clauses.models import Award
from coclause.clauses.states import EXECUTED
from coclause.hours.models import PlannedHours
from coclause.hours.steering.reading import Standing, standing, visible
from coclause.organisations.scopes import Scope
from coclause.web.clauses.access import ClauseView
from coclause.web.steering.reporting import may_report


@dataclass(frozen=True)
class PlanLine:
    """The plan of one award: hours planned (None for none), steps that wait, those late."""

    award: Any
    hours: Decimal | None
    waiting: int
    late: int


def section(view: ClauseView, scope: Scope, *, referent: bool) -> dict[str, Any] | None:
    """None before the award, and for a company that left. Two queries."""
    if not view.awards or view.sight.until is not None:
        return None
    rows = list(
        visible(scope).filter(clause=view.clause, award__in=view.awards).order_by("-day", "-pk")
    )
    told: list[tuple[Any, Standing]] = [(row, standing(row, scope.day)) for row in rows]
    clause = view.clause
    return {
        "plans": _plans(view, scope),
        "reports": [(row, now) for row, now in told if not now.replaced],
        "penalties": not view.sight.of_company and clause.state in EXECUTED,
        "may_report": may_report(clause, referent=referent),
        "several": len(view.awards) > 1,
    }


def _plans(view: ClauseView, scope: Scope) -> list[PlanLine]:
    waiting = Q(steps__done_on=None, steps__dropped="", steps__isnull=False)
    planned = PlannedHours.objects.filter(award=OuterRef("pk"))
    if view.sight.employers:
        planned = planned.filter(partner__in=view.sight.employers)
    total = planned.order_by().values("award").annotate(total=Sum("hours"))
    found: Any = Award.objects.filter(pk__in=[award.pk for award in view.awards]).annotate(
        total=Subquery(total.values("total")),
        waiting=Count("steps", filter=waiting),
        late=Count("steps", filter=waiting & Q(steps__by__lt=scope.day)),
    )
    figures = {row.pk: (row.total, row.waiting, row.late) for row in found}
    return [PlanLine(award, *figures[award.pk]) for award in view.awards]

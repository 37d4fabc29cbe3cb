"""What the coordination has to decide on, before it reads figures: counts that lead somewhere."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Min, Q
from django.utils import timezone

from coclause.clauses.due import unfollowed_operations
from coclause.core.parameters import parameter
from coclause.core.working_days import add_working_days
from coclause.desk.figures import uncovered_communes
from coclause.hours.choices import LineState
from coclause.hours.models import Statement, StatementLine
from coclause.hours.queries import StatementQuerySet
from coclause.organisations.scopes import Scope

OPERATION = "award__lot__contract__operation"
WAITING = Q(lines__state=LineState.DECLARED, lines__corrected_at__isnull=True)


@dataclass(frozen=True)
class ToDecide:
    """Operations and communes without facilitator, months that wait for a check too long."""

    operations: int
    communes: int
    late_checks: int
    oldest: date | None
    delay: int

    def __bool__(self) -> bool:
        return bool(self.operations or self.communes or self.late_checks)


def late_checks(regions: frozenset[str], day: date) -> StatementQuerySet:
    """Statements of these regions that waited for a check beyond the delay, with `since`."""
    limit = _latest_late(day, validation_delay(day))
    pending = StatementLine.objects.to_check().values("statement")
    here: StatementQuerySet = Statement.objects.filter(
        **{f"{OPERATION}__region__in": regions, "pk__in": pending}
    )
    since = Min("lines__declared_at", filter=WAITING)
    return here.annotate(since=since).filter(Q(since__date__lte=limit))


def validation_delay(day: date) -> int:
    """Working days that a facilitator has to check a month."""
    return int(parameter("validation_delay", day))


def to_decide(scope: Scope) -> ToDecide | None:
    """The coordination's counts, None for anybody else."""
    if not scope.coordinated_regions:
        return None
    late: Any = late_checks(scope.coordinated_regions, scope.day)
    since = list(late.order_by().values_list("since", flat=True))
    return ToDecide(
        operations=unfollowed_operations(scope).count(),
        communes=uncovered_communes(scope),
        late_checks=len(since),
        oldest=timezone.localtime(min(since)).date() if since else None,
        delay=validation_delay(scope.day),
    )


def _latest_late(day: date, delay: int) -> date:
    """The last day of declaration whose delay is over on `day`."""
    limit = day
    while add_working_days(limit, delay) >= day:
        limit = date.fromordinal(limit.toordinal() - 1)
    return limit

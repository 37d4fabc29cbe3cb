"""Hours at the end of execution: at the pace of the last months, or by the plan agreed.

Pure but for `planned_lines`. Hours of a plan are spread evenly over their days; days without
execution (suspended, or after the end) give none: what was planned there is to be planned again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, TextField
from django.db.models.functions import Cast, JSONObject

from coclause.clauses.calendars import days_of_execution
from coclause.clauses.models import Award
from coclause.core.months import between, first_day, shift
from coclause.hours.models import PlannedHours

PACE_MONTHS = 3
"""The pace is the mean of that many last declared months."""


@dataclass(frozen=True)
class Line:
    """Hours planned between two days, both included."""

    hours: Decimal
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Plan:
    """The calendar of an award, and what is planned on it."""

    starts_on: date
    ends_on: date
    suspensions: tuple[object, ...]
    suspended_on: date | None
    lines: tuple[Line, ...]

    def after(self, last_month: date | None) -> Decimal:
        """Hours planned from the month after that one on; all of them when none is declared."""
        first = shift(last_month, 1) if last_month else self.starts_on
        return sum((self._of_line(line, first) for line in self.lines), Decimal(0))

    def _of_line(self, line: Line, first: date) -> Decimal:
        days = (line.ends_on - line.starts_on).days + 1
        left = days_of_execution(self, max(first, line.starts_on), line.ends_on)
        return line.hours * left / days


def projection(
    reached: Decimal, months: Mapping[date, Decimal], ends_on: date, day: date
) -> Decimal | None:
    """Hours at the end at the present pace, whole: what is reached, plus the mean of the last three
    declared months for each month not declared yet up to `ends_on`. None before a first month.

    `months` holds the hours of each declared month, zero included. Once execution is over, nothing
    more is to come.
    """
    if not months:
        return None
    if ends_on < first_day(day):
        return reached
    last = sorted(months)[-PACE_MONTHS:]
    pace = sum((months[month] for month in last), Decimal(0)) / len(last)
    left = len(between(shift(last[-1], 1), ends_on))
    return _whole(reached + pace * left)


def projection_by_plan(
    reached: Decimal,
    plans: Iterable[Plan],
    last_months: Iterable[date | None],
) -> Decimal:
    """Hours at the end by the plans of some awards, whole: what is reached, plus what each plans
    for its months not declared yet. `last_months` are their last declared months, in order.
    """
    pairs = zip(plans, last_months, strict=True)
    return _whole(reached + sum((plan.after(last) for plan, last in pairs), Decimal(0)))


def planned_lines(award: str = "pk") -> ArraySubquery:
    """The lines planned on the award whose id is at that path, for `plan_of`: read with its row."""
    rows = PlannedHours.objects.filter(award=OuterRef(award)).order_by("pk")
    said = JSONObject(hours=Cast("hours", TextField()), starts_on="starts_on", ends_on="ends_on")
    return ArraySubquery(rows.values(said=said))


def plan_of(award: Award, lines: Iterable[Mapping[str, str]]) -> Plan:
    """The calendar of an award with its lines, as `planned_lines` read them."""
    return Plan(
        award.starts_on,
        award.ends_on,
        tuple(award.suspensions),
        award.suspended_on,
        tuple(
            Line(
                Decimal(line["hours"]),
                date.fromisoformat(line["starts_on"]),
                date.fromisoformat(line["ends_on"]),
            )
            for line in lines
        ),
    )


def _whole(hours: Decimal) -> Decimal:
    return hours.quantize(Decimal(1), ROUND_HALF_UP)

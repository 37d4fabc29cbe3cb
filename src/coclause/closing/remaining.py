"""What a year still waits for before it is closed, by operation. None of it stops the closing."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, OuterRef, Q, Sum

from coclause.clauses.choices import HostRole
from coclause.clauses.models import Award, Clause, OperationHost
from coclause.clauses.states import ClauseState
from coclause.closing.queries import referent_on, referents
from coclause.core.months import between, last_day
from coclause.hours.choices import LineState
from coclause.hours.models import StatementLine
from coclause.hours.queries import LineQuerySet
from coclause.indicators.facts import MonthEnd
from coclause.indicators.perimeter import Period

OPERATION = "lot__contract__operation"
LINE_OPERATION = f"statement__award__{OPERATION}"
WAITING, RETURNED = Q(state=LineState.DECLARED), Q(state=LineState.RETURNED)


@dataclass
class OpenOperation:
    """Months of a year, on an operation: to declare, to check, to correct."""

    pk: int
    name: str
    undeclared: int = 0
    to_check: int = 0
    returned: int = 0


@dataclass(frozen=True)
class Remaining:
    """Months that are still open, and the hours that nobody validated yet."""

    operations: list[OpenOperation]
    hours: Decimal = field(default=Decimal(0))

    def __bool__(self) -> bool:
        return bool(self.operations)

    @property
    def undeclared(self) -> int:
        return sum(row.undeclared for row in self.operations)

    @property
    def to_check(self) -> int:
        return sum(row.to_check for row in self.operations)

    @property
    def returned(self) -> int:
        return sum(row.returned for row in self.operations)


def remaining(region: str, year: int, host: int | None = None) -> Remaining:
    """What is open in a region's year; with a host, on the months of which it was referent.

    Three queries: lines, awards and, for a host, when it was referent of what.
    """
    period = Period.year(year)
    found: dict[int, OpenOperation] = {}
    total = Decimal(0)
    lines = _open_lines(region, period, host).values_list(
        LINE_OPERATION, f"{LINE_OPERATION}__name", "checks", "backs", "waiting"
    )
    for pk, name, checks, backs, waiting in lines:
        found[pk] = OpenOperation(pk, name, to_check=checks, returned=backs)
        total += waiting
    for pk, name, months in _undeclared(region, period, host):
        found.setdefault(pk, OpenOperation(pk, name)).undeclared += len(months)
    rows = sorted(found.values(), key=lambda row: (row.name.casefold(), row.pk))
    return Remaining(rows, total)


def _open_lines(region: str, period: Period, host: int | None) -> LineQuerySet:
    lines = StatementLine.objects.worked_between(period.first, period.last).filter(
        WAITING | RETURNED, corrected_at__isnull=True, **{f"{LINE_OPERATION}__region": region}
    )
    if host is not None:
        end = MonthEnd(OuterRef("statement__month"))
        held = OperationHost.objects.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=end),
            operation=OuterRef(LINE_OPERATION),
            role=HostRole.REFERENT,
            host=host,
            starts_on__lte=end,
        )
        lines = lines.filter(Exists(held))
    by_operation = lines.order_by().values(LINE_OPERATION, f"{LINE_OPERATION}__name")
    counted: LineQuerySet = by_operation.annotate(
        checks=Count("statement", filter=WAITING, distinct=True),
        backs=Count("statement", filter=RETURNED, distinct=True),
        waiting=Sum("hours"),
    )
    return counted


def _undeclared(
    region: str, period: Period, host: int | None
) -> Iterable[tuple[int, str, list[date]]]:
    """Awards in execution with months that nobody declared, on lots whose clause still runs."""
    running = Clause.objects.filter(lot=OuterRef("lot"), state=ClauseState.RUNNING)
    in_year = Q(statements__month__gte=period.first, statements__month__lte=period.last)
    awards = (
        Award.objects.filter(
            Exists(running),
            starts_on__lte=period.last,
            ends_on__gte=period.first,
            **{f"{OPERATION}__region": region},
        )
        .annotate(declared=ArrayAgg("statements__month", filter=in_year, default=[]))
        .order_by("pk")
        .values_list(OPERATION, f"{OPERATION}__name", "starts_on", "ends_on", "declared")
    )
    held = referents(region, host) if host is not None else None
    for pk, name, starts_on, ends_on, declared in awards:
        asked = between(max(starts_on, period.first), min(ends_on, period.last))
        months = [
            month
            for month in asked
            if month not in declared and (held is None or referent_on(held[pk], last_day(month)))
        ]
        if months:
            yield pk, name, months

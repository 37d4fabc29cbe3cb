"""Which years are closed, by whom, and what a region and its hosts did in each year."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import F, Prefetch, Q, QuerySet, Sum

from coclause.clauses.choices import HostRole
from coclause.clauses.models import OperationHost
from coclause.closing.models import FrozenFigure, YearClosure
from coclause.core.months import last_day
from coclause.hours.models import StatementLine
from coclause.indicators.perimeter import Perimeter, Period

HOURS = "hours_validated"
OPERATION = "statement__award__lot__contract__operation"
AWARD = "operation__contracts__lots__awards__"
Sums = dict[tuple[int, int | None], Decimal]
"""Hours by year and host; under None, those of the whole region."""


def closures_of(region: str, years: Collection[int]) -> QuerySet[YearClosure]:
    """The closings of these years, each with the hours it froze in `hours_frozen`."""
    frozen = FrozenFigure.objects.filter(code=HOURS)
    return (
        YearClosure.objects.filter(region=region, year__in=years)
        .select_related("host", "closed_by")
        .prefetch_related(Prefetch("frozen", queryset=frozen, to_attr="hours_frozen"))
    )


def closures_about(
    perimeter: Perimeter, period: Period, known_on: datetime | None = None
) -> list[YearClosure]:
    """The closings that a reader of this perimeter and period is told of: its host's, its region's.

    None where the period is not a whole year, and none later than `known_on`. One query.
    """
    year = period.first.year
    if period != Period.year(year):
        return []
    hosts = Q(host__isnull=True)
    if perimeter.host is not None:
        hosts |= Q(host=perimeter.host)
    rows = YearClosure.objects.filter(hosts, region=perimeter.region, year=year)
    if known_on is not None:
        rows = rows.filter(closed_at__lte=known_on)
    return list(rows.order_by(F("host").asc(nulls_last=True)))


def froze(closure: YearClosure, perimeter: Perimeter) -> bool:
    """Whether a closing froze the figures of this very perimeter, and not of a larger one."""
    return Perimeter(closure.region_id, host=closure.host_id) == perimeter


def hours_by_year(region: str, first: date, last: date) -> Sums:
    """Validated hours of today, worked between these days, by year and referent host.

    Two queries: the referent of each month is found here, which a join would make slow.
    """
    months = (
        StatementLine.objects.validated()
        .worked_between(first, last)
        .filter(**{f"{OPERATION}__region": region})
        .order_by()
        .values(OPERATION, "statement__month")
        .annotate(total=Sum("hours"))
    )
    periods = referents(region)
    found: Sums = defaultdict(Decimal)
    for operation, month, total in months.values_list(OPERATION, "statement__month", "total"):
        found[month.year, None] += total
        host = referent_on(periods[operation], last_day(month))
        if host is not None:
            found[month.year, host] += total
    return dict(found)


@dataclass(frozen=True)
class Referent:
    """A host in charge of an operation, from a day to another."""

    host: int
    starts_on: date
    ends_on: date | None


Referents = dict[int, list[Referent]]


def referents(region: str, host: int | None = None) -> Referents:
    """The referents of a region's operations, of that host alone when one is given. One query."""
    rows = OperationHost.objects.filter(role=HostRole.REFERENT, operation__region=region)
    if host is not None:
        rows = rows.filter(host=host)
    found: Referents = defaultdict(list)
    facts = rows.order_by().values_list("operation", "host", "starts_on", "ends_on")
    for operation, held_by, starts_on, ends_on in facts:
        found[operation].append(Referent(held_by, starts_on, ends_on))
    return found


def referent_on(periods: Iterable[Referent], day: date) -> int | None:
    """The host in charge that day; periods never overlap."""
    for one in periods:
        if one.starts_on <= day and (one.ends_on is None or one.ends_on >= day):
            return one.host
    return None


def hosts_by_year(region: str, years: Collection[int]) -> dict[int, set[int]]:
    """The referent hosts that have a contract in execution in each of these years. One query."""
    rows = OperationHost.objects.filter(
        operation__region=region, role=HostRole.REFERENT, **{f"{AWARD}isnull": False}
    ).order_by()
    spans = rows.values_list(
        "host", "starts_on", "ends_on", f"{AWARD}starts_on", f"{AWARD}ends_on"
    ).distinct()
    found: dict[int, set[int]] = {year: set() for year in years}
    for host, since, until, starts, ends in spans:
        first, last = max(since, starts), min(until or ends, ends)
        for year, held in found.items():
            if first <= last and first.year <= year <= last.year:
                held.add(host)
    return found


def hosts_not_closed(region: str, year: int) -> set[int]:
    """The hosts that worked that year and have not closed it."""
    closed = YearClosure.objects.filter(region=region, year=year, host__isnull=False)
    return hosts_by_year(region, [year])[year] - set(closed.values_list("host", flat=True))

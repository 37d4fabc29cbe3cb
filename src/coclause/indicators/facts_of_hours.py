"""Facts of hours and of the employments that worked them."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from django.db.models import F, FilteredRelation, Max, Min, Q, Sum

from coclause.clauses.choices import IN_HOURS, HostRole
from coclause.clauses.counting import Counting, counting_of
from coclause.core.months import last_day
from coclause.hours.models import Assignment, EmploymentFact, StatementLine
from coclause.hours.queries import LineQuerySet
from coclause.indicators.expressions import AnyOf, MonthEnd
from coclause.indicators.fact_types import (
    AssignedFact,
    Beneficiary,
    EventFact,
    FactRow,
    HourCell,
    LineCell,
    Placement,
    Worked,
)
from coclause.indicators.facts_of_contracts import AWARD_OPERATION, ContractFacts

LINE_OPERATION = f"statement__{AWARD_OPERATION}"


@dataclass(frozen=True)
class HourFacts(ContractFacts):
    """Lines of hours come added up; persons come as employments without a name."""

    @cached_property
    def validated(self) -> list[HourCell]:
        return _cells(self._lines(StatementLine.objects.validated(self.known_on)))

    @cached_property
    def declared(self) -> list[HourCell]:
        return _cells(self._lines(StatementLine.objects.declared(self.known_on)))

    @cached_property
    def lines(self) -> list[LineCell]:
        """Validated hours by month and employment, all kinds together; those without names too."""
        groups = (
            "statement__award_id",
            "statement__month",
            "employment_month__employment_id",
            "referent__host_id",
        )
        rows = self._lines(StatementLine.objects.validated(self.known_on)).order_by()
        found = rows.values(*groups).annotate(heads=Max("headcount"), total=Sum("hours"))
        return [LineCell(*row) for row in found.values_list(*groups, "heads", "total")]

    @cached_property
    def placements(self) -> dict[tuple[int, int], list[Placement]]:
        """Where, and in whose share, each employment works on each award, in order of time."""
        rows = Assignment.objects.filter(self.perimeter.places(AWARD_OPERATION))
        fields = ("employment_id", "award_id", "starts_on", "host_id", "commune__departement")
        found: dict[tuple[int, int], list[Placement]] = defaultdict(list)
        for employment, award, *said in rows.order_by("starts_on", "pk").values_list(*fields):
            found[employment, award].append(Placement(*said))
        return found

    def placement(self, cell: LineCell) -> Placement | None:
        """The one in force on the last day of the month; None for hours without names."""
        held = self.placements.get((cell.employment or 0, cell.award), ())
        begun = [row for row in held if row.starts_on <= last_day(cell.month)]
        return begun[-1] if begun else None

    @cached_property
    def owed_on_closed(self) -> dict[int, list[EventFact]]:
        """By award, what clauses closed in the period owe in hours."""
        found: dict[int, list[EventFact]] = defaultdict(list)
        for event in self.events:
            if event.clause in self.closed and event.measure in IN_HOURS:
                found[event.award].append(event)
        return found

    @cached_property
    def countings(self) -> dict[int, Counting]:
        """Which hours count under the clauses closed in the period. Two queries."""
        owing = {event.clause for found in self.owed_on_closed.values() for event in found}
        return counting_of(owing, self.known_on)

    @cached_property
    def validated_to_date(self) -> dict[int, dict[tuple[date, str], Decimal]]:
        """Hours validated, from the start to the last day, on awards of clauses closed in the
        period: by award, then by month and kind. `date.min` is before any hour.
        """
        awards = list(self.owed_on_closed)
        lines = StatementLine.objects.validated(self.known_on).filter(statement__award__in=awards)
        lines = lines.worked_between(date.min, self.period.last)
        groups = ("statement__award_id", "statement__month", "kind")
        sums = lines.order_by().values(*groups).annotate(total=Sum("hours"))
        found: dict[int, dict[tuple[date, str], Decimal]] = defaultdict(dict)
        for award, month, kind, hours in sums.values_list(*groups, "total"):
            found[award][month, kind] = hours
        return found

    @cached_property
    def worked(self) -> list[Worked]:
        """Employments with validated hours above zero, under each referent."""
        rows = self._paid().order_by().values(*_WORKED).annotate(first=Min("statement__month"))
        return [Worked(*row) for row in rows.values_list(*_WORKED, "first")]

    @cached_property
    def workers(self) -> dict[int, FactRow]:
        """The facts of the employments that worked."""
        return _facts({worked.employment for worked in self.worked})

    @cached_property
    def beneficiaries(self) -> list[Beneficiary]:
        """One for each identity, by the first employment that has hours: by month, then hiring."""
        first: dict[UUID, tuple[date, date, int]] = {}
        hosts: dict[UUID, set[int | None]] = {}
        for worked in self.worked:
            row = self.workers[worked.employment]
            rank = (worked.first_month, row.starts_on, row.pk)
            first[row.identity] = min(rank, first.get(row.identity, rank))
            hosts.setdefault(row.identity, set()).add(worked.host)
        return [
            Beneficiary(self.workers[pk], frozenset(hosts[identity]))
            for identity, (_, _, pk) in first.items()
        ]

    @cached_property
    def assigned(self) -> list[AssignedFact]:
        """Employments begun in the period, with the awards of the perimeter they work on."""
        period = (self.period.first, self.period.last)
        begun = EmploymentFact.objects.filter(starts_on__range=period)
        rows = Assignment.objects.filter(
            self.perimeter.places(AWARD_OPERATION), employment__in=begun.values("pk")
        )
        found = rows.order_by("pk").values_list("employment_id", "award_id")
        return [
            AssignedFact(*row) for row in found if self.all_awards[row[1]].operation in self.handled
        ]

    @cached_property
    def begun(self) -> dict[int, FactRow]:
        """The facts of the employments begun in the period, in the perimeter."""
        return _facts({row.employment for row in self.assigned})

    @cached_property
    def hired(self) -> list[tuple[FactRow, int]]:
        """Those employments in order of hiring, each with the first award it was assigned to."""
        first: dict[int, int] = {}
        for row in self.assigned:
            first.setdefault(row.employment, row.award)
        found = [(self.begun[employment], award) for employment, award in first.items()]
        return sorted(found, key=lambda pair: (pair[0].starts_on, pair[0].pk))

    def _paid(self) -> LineQuerySet:
        lines = StatementLine.objects.validated(self.known_on).named()
        return self._lines(lines.filter(hours__gt=0))

    def _lines(self, lines: LineQuerySet) -> LineQuerySet:
        """Lines worked in the period, in the perimeter, with `referent` of the month's end."""
        hosts = f"{LINE_OPERATION}hosts"
        end = MonthEnd(F("statement__month"))
        held = Q(**{f"{hosts}__role": HostRole.REFERENT, f"{hosts}__starts_on__lte": end}) & (
            Q(**{f"{hosts}__ends_on__isnull": True}) | Q(**{f"{hosts}__ends_on__gte": end})
        )
        asked = self.perimeter.places(LINE_OPERATION)
        asked &= self.perimeter.referents("referent__host", "referent__facilitator")
        return (
            lines.worked_between(self.period.first, self.period.last)
            .alias(referent=FilteredRelation(hosts, condition=held))
            .filter(asked)
        )


_WORKED = ("employment_month__employment_id", "referent__host_id")


def _cells(lines: LineQuerySet) -> list[HourCell]:
    groups = ("statement__award_id", "statement__month", "kind", "referent__host_id")
    rows = lines.order_by().values(*groups).annotate(total=Sum("hours"))
    return [HourCell(*row) for row in rows.values_list(*groups, "total")]


def _facts(employments: Collection[int]) -> dict[int, FactRow]:
    """Facts of these employments, by employment."""
    fields = ("pk", "identity_id", "employer_id", "starts_on", "type", "way", "sex", "age", "level")
    more = ("criteria", "district", "commune__departement", "prescriber_id")
    if not employments:
        return {}
    rows = EmploymentFact.objects.filter(AnyOf("pk", employments)).order_by("pk")
    return {row[0]: FactRow(*row) for row in rows.values_list(*fields, *more)}

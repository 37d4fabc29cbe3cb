"""What figures are computed from, read once: a fixed number of queries, whatever the rows.

Each property is one query, made when first asked for. Lines of hours come added up by award,
month, kind and referent; persons come as employments without a name (the view `EmploymentFact`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from django.db import models
from django.db.models import F, FilteredRelation, Func, Min, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Concat

from coclause.clauses.choices import HostRole
from coclause.clauses.models import (
    Award,
    Clause,
    Commitment,
    ObjectiveEvent,
    Operation,
    OperationHost,
)
from coclause.clauses.states import ClauseState
from coclause.core.periods import on_day
from coclause.hours.models import EmploymentFact, StatementLine
from coclause.hours.queries import LineQuerySet
from coclause.indicators.perimeter import Perimeter, Period
from coclause.organisations.choices import MemberRole
from coclause.organisations.models import FacilitatorPost

OPERATION = "lot__contract__operation__"
LINE_OPERATION = f"statement__award__{OPERATION}"


class MonthEnd(Func):
    """The last day of the month of a first day."""

    template = "(%(expressions)s + interval '1 month - 1 day')::date"
    output_field = models.DateField()


class OperationFact(NamedTuple):
    """An operation, and the last referent known on the last day of the period."""

    pk: int
    name: str
    buyer: int
    departement: str | None
    epci: str | None
    host: int | None
    facilitator: int | None


class ClauseFact(NamedTuple):
    pk: int
    lot: int
    contract: int
    operation: int
    contract_notified_on: date | None
    instrument: str
    basis: str
    theme: str
    state: str
    state_since: date


class AwardFact(NamedTuple):
    """An award; `clause` is the one its hours count under."""

    pk: int
    lot: int
    operation: int
    market_type: str
    notified_on: date
    starts_on: date
    ends_on: date
    clause: int | None


class EventFact(NamedTuple):
    """A change of what is owed in hours; `due` is what falls due of it in the period."""

    award: int
    clause: int
    operation: int
    effective_on: date
    quantity: Decimal
    due: Decimal


class PostFact(NamedTuple):
    """A post on the last day of the period."""

    pk: int
    user: int
    name: str
    host: int
    fte: Decimal


class HourCell(NamedTuple):
    """Hours of one kind in a month on an award, under the referent of the month's last day."""

    award: int
    month: date
    kind: str
    host: int | None
    hours: Decimal


class Worked(NamedTuple):
    """An employment with validated hours in the period, under one referent."""

    employment: int
    host: int | None
    first_month: date


class FactRow(NamedTuple):
    """What figures may know of an employment."""

    pk: int
    identity: UUID
    employer: int
    starts_on: date
    type: str
    way: str
    sex: str
    age: int | None
    level: str
    criteria: list[str]
    departement: str | None
    prescriber: int | None


@dataclass(frozen=True)
class Facts:
    """The facts of a perimeter and a period. `known_on` rewinds hours to that moment, not more."""

    perimeter: Perimeter
    period: Period
    known_on: datetime | None = None

    @cached_property
    def operations(self) -> dict[int, OperationFact]:
        """Every operation of the region, place and buyer, whoever is referent."""
        last = OperationHost.objects.filter(
            operation=OuterRef("pk"), role=HostRole.REFERENT, starts_on__lte=self.period.last
        ).order_by("-starts_on")
        rows = (
            Operation.objects.filter(self.perimeter.places())
            .annotate(
                referent=Subquery(last.values("host")[:1]),
                handler=Subquery(last.values("facilitator")[:1]),
            )
            .order_by("pk")
            .values_list(
                "pk",
                "name",
                "buyer",
                "commune__departement",
                "commune__epci",
                "referent",
                "handler",
            )
        )
        return {row[0]: OperationFact(*row) for row in rows}

    @cached_property
    def handled(self) -> frozenset[int]:
        """Operations of the perimeter, referent included."""
        wanted = self.perimeter
        return frozenset(
            row.pk
            for row in self.operations.values()
            if wanted.host in (None, row.host) and wanted.facilitator in (None, row.facilitator)
        )

    @cached_property
    def all_clauses(self) -> dict[int, ClauseFact]:
        """Every clause of these operations that was not dropped."""
        rows = (
            Clause.objects.filter(self.perimeter.places("lot__contract__operation__"))
            .exclude(state=ClauseState.DROPPED)
            .order_by("pk")
            .values_list(
                "pk",
                "lot",
                "lot__contract",
                "lot__contract__operation",
                "lot__contract__notified_on",
                "instrument",
                "basis",
                "theme",
                "state",
                "state_since",
            )
        )
        return {row[0]: ClauseFact(*row) for row in rows}

    def clauses(self) -> Iterator[ClauseFact]:
        return (row for row in self.all_clauses.values() if row.operation in self.handled)

    @cached_property
    def all_awards(self) -> dict[int, AwardFact]:
        committed = Commitment.objects.filter(award=OuterRef("pk")).order_by("clause")
        written = Clause.objects.filter(lot=OuterRef("lot")).order_by("pk")
        rows = (
            Award.objects.filter(self.perimeter.places(OPERATION))
            .annotate(
                first_clause=Coalesce(
                    Subquery(committed.values("clause")[:1]),
                    Subquery(written.values("pk")[:1]),
                    output_field=models.BigIntegerField(),
                )
            )
            .order_by("pk")
            .values_list(
                "pk",
                "lot",
                "lot__contract__operation",
                "lot__contract__market_type",
                "notified_on",
                "starts_on",
                "ends_on",
                "first_clause",
            )
        )
        return {row[0]: AwardFact(*row) for row in rows}

    def awards(self) -> Iterator[AwardFact]:
        return (row for row in self.all_awards.values() if row.operation in self.handled)

    @cached_property
    def events(self) -> list[EventFact]:
        """What is owed in hours, changed up to the last day, on clauses that were not dropped."""
        place = "objective__commitment__"
        rows = (
            ObjectiveEvent.objects.in_hours()
            .filter(
                self.perimeter.places(f"{place}award__{OPERATION}"),
                effective_on__lte=self.period.last,
            )
            .exclude(**{f"{place}clause__state": ClauseState.DROPPED})
            .with_share(self.period.first, self.period.last)
            .order_by("pk")
            .values_list(
                f"{place}award",
                f"{place}clause",
                f"{place}award__lot__contract__operation",
                "effective_on",
                "quantity",
                "due",
            )
        )
        return [event for row in rows if (event := EventFact(*row)).operation in self.handled]

    @cached_property
    def posts(self) -> list[PostFact]:
        """Posts of facilitators on the last day of the period, in hosts of the region."""
        day, member = self.period.last, "membership__"
        rows = (
            FacilitatorPost.objects.filter(
                on_day(day),
                on_day(day, member),
                self.perimeter.referents(f"{member}organisation", f"{member}user"),
                membership__role=MemberRole.FACILITATOR,
                membership__organisation__region=self.perimeter.region,
            )
            .annotate(
                name=Concat(f"{member}user__first_name", Value(" "), f"{member}user__last_name")
            )
            .order_by("pk")
            .values_list("pk", f"{member}user", "name", f"{member}organisation", "fte")
        )
        return [PostFact(*row) for row in rows]

    @cached_property
    def validated(self) -> list[HourCell]:
        return _cells(self._lines(StatementLine.objects.validated(self.known_on)))

    @cached_property
    def declared(self) -> list[HourCell]:
        return _cells(self._lines(StatementLine.objects.declared(self.known_on)))

    @cached_property
    def worked(self) -> list[Worked]:
        """Employments with validated hours above zero."""
        lines = self._lines(StatementLine.objects.validated(self.known_on).filter(hours__gt=0))
        rows = (
            lines.order_by()
            .values("employment_month__employment_id", "referent__host_id")
            .annotate(first_month=Min("statement__month"))
        )
        return [Worked(*row) for row in rows.values_list(*_WORKED)]

    @cached_property
    def employments(self) -> dict[int, FactRow]:
        """The facts of the employments that worked."""
        lines = self._lines(StatementLine.objects.validated(self.known_on).filter(hours__gt=0))
        worked = lines.order_by().values("employment_month__employment_id")
        return fact_rows(Q(pk__in=worked))

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


_WORKED = ("employment_month__employment_id", "referent__host_id", "first_month")


def _cells(lines: LineQuerySet) -> list[HourCell]:
    groups = ("statement__award_id", "statement__month", "kind", "referent__host_id")
    rows = lines.order_by().values(*groups).annotate(total=Sum("hours"))
    return [HourCell(*row) for row in rows.values_list(*groups, "total")]


def fact_rows(wanted: Q) -> dict[int, FactRow]:
    """Facts of these employments, by employment. One query."""
    rows = (
        EmploymentFact.objects.filter(wanted)
        .order_by("pk")
        .values_list(
            "pk",
            "identity_id",
            "employer_id",
            "starts_on",
            "type",
            "way",
            "sex",
            "age",
            "level",
            "criteria",
            "commune__departement",
            "prescriber_id",
        )
    )
    return {row[0]: FactRow(*row) for row in rows}

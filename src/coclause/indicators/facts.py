"""What figures are computed from, read once: a fixed number of queries, whatever the rows.

Each property is one query, made when first asked for. Lines of hours come added up by award,
month, kind and referent; persons come as employments without a name (the view `EmploymentFact`).
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from django.db import models
from django.db.models import F, FilteredRelation, Func, Min, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Concat

from coclause.clauses.choices import ANSWERABLE, HostRole
from coclause.clauses.models import (
    Award,
    AwardMember,
    Clause,
    Commitment,
    Contract,
    ObjectiveEvent,
    Operation,
    OperationHost,
)
from coclause.clauses.states import ClauseState
from coclause.core.models import JournalEntry, Parameter
from coclause.core.periods import on_day
from coclause.hours.models import Assignment, EmploymentFact, StatementLine
from coclause.hours.queries import LineQuerySet
from coclause.indicators.fact_types import (
    AssignedFact,
    AwardFact,
    Beneficiary,
    ClauseFact,
    ContractFact,
    EventFact,
    FactRow,
    HourCell,
    MemberFact,
    OperationFact,
    PostFact,
    Worked,
)
from coclause.indicators.perimeter import Perimeter, Period
from coclause.organisations.choices import MemberRole
from coclause.organisations.models import FacilitatorPost, Organisation, PostFunding
from coclause.people.models import Criterion
from coclause.reference.models import Departement, Epci

OPERATION = "lot__contract__operation__"
AWARD_OPERATION = f"award__{OPERATION}"
COMMITMENT = "objective__commitment__"
LINE_OPERATION = f"statement__{AWARD_OPERATION}"


class MonthEnd(Func):
    """The last day of the month of a first day."""

    template = "(%(expressions)s + interval '1 month - 1 day')::date"
    output_field = models.DateField()


class Unnest(Func):
    """One row for each item of an array."""

    function = "unnest"
    set_returning = True
    output_field = models.TextField()


class AnyOf(Func):
    """Whether a column is one of many values, sent as one array: a list of thousands is slow."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = models.BooleanField()

    def __init__(self, column: str, values: Collection[int]) -> None:
        super().__init__(F(column), Value(list(values)))


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
        rows = Operation.objects.filter(self.perimeter.places()).annotate(
            referent=Subquery(last.values("host")[:1]),
            handler=Subquery(last.values("facilitator")[:1]),
        )
        fields = ("pk", "name", "buyer", "commune__departement", "commune__epci")
        found = rows.order_by("pk").values_list(*fields, "referent", "handler")
        return {row[0]: OperationFact(*row) for row in found}

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
    def contracts(self) -> dict[int, ContractFact]:
        fields = ("pk", "operation", "object", "notified_on")
        rows = Contract.objects.filter(self.perimeter.places("operation__")).order_by("pk")
        found = (ContractFact(*row) for row in rows.values_list(*fields))
        return {row.pk: row for row in found if row.operation in self.handled}

    @cached_property
    def all_clauses(self) -> dict[int, ClauseFact]:
        """Every clause of these operations that was not dropped, whoever is referent."""
        place = ("lot", "lot__contract", "lot__contract__operation")
        rows = Clause.objects.filter(self.perimeter.places(OPERATION))
        rows = rows.exclude(state=ClauseState.DROPPED).order_by("pk")
        found = rows.values_list(
            "pk", *place, "instrument", "basis", "theme", "state", "state_since"
        )
        return {row[0]: ClauseFact(*row) for row in found}

    def clauses(self) -> Iterator[ClauseFact]:
        """Clauses of the perimeter, referent included."""
        return (row for row in self.all_clauses.values() if row.operation in self.handled)

    @cached_property
    def all_awards(self) -> dict[int, AwardFact]:
        """Every award of these operations, whoever is referent."""
        kept = ~Q(clause__state=ClauseState.DROPPED)
        committed = Commitment.objects.filter(kept, award=OuterRef("pk")).order_by("clause")
        written = Clause.objects.filter(lot=OuterRef("lot")).exclude(state=ClauseState.DROPPED)
        rows = Award.objects.filter(self.perimeter.places(OPERATION)).annotate(
            first_clause=Coalesce(
                Subquery(committed.values("clause")[:1]),
                Subquery(written.order_by("pk").values("pk")[:1]),
                output_field=models.BigIntegerField(),
            )
        )
        place = ("lot", "lot__contract__operation", "lot__contract__market_type")
        dates = ("notified_on", "starts_on", "ends_on")
        found = rows.order_by("pk").values_list("pk", *place, *dates, "first_clause")
        return {row[0]: AwardFact(*row) for row in found}

    def awards(self) -> Iterator[AwardFact]:
        """Awards of the perimeter, referent included."""
        return (row for row in self.all_awards.values() if row.operation in self.handled)

    @cached_property
    def members(self) -> list[MemberFact]:
        rows = AwardMember.objects.filter(
            self.perimeter.places(AWARD_OPERATION),
            Q(ends_on__isnull=True) | Q(ends_on__gte=self.period.first),
            starts_on__lte=self.period.last,
            part__in=ANSWERABLE,
        )
        return [
            MemberFact(*row) for row in rows.order_by("pk").values_list("award", "organisation")
        ]

    @cached_property
    def events(self) -> list[EventFact]:
        """What is owed in hours, changed up to the last day, on clauses that were not dropped."""
        rows = (
            ObjectiveEvent.objects.in_hours()
            .known(self.known_on)
            .filter(
                self.perimeter.places(f"{COMMITMENT}{AWARD_OPERATION}"),
                effective_on__lte=self.period.last,
            )
            .exclude(**{f"{COMMITMENT}clause__state": ClauseState.DROPPED})
            .with_share(self.period.first, self.period.last, self.known_on)
            .order_by("pk")
        )
        operation = f"{COMMITMENT}{AWARD_OPERATION}".removesuffix("__")
        place = (f"{COMMITMENT}award", f"{COMMITMENT}clause", operation)
        found = rows.values_list(*place, "effective_on", "quantity", "due")
        return [event for row in found if (event := EventFact(*row)).operation in self.handled]

    @cached_property
    def posts(self) -> list[PostFact]:
        """Posts of facilitators on the last day of the period, in hosts of the region."""
        day, member = self.period.last, "membership__"
        rows = FacilitatorPost.objects.filter(
            on_day(day),
            on_day(day, member),
            self.perimeter.referents(f"{member}organisation", f"{member}user"),
            membership__role=MemberRole.FACILITATOR,
            membership__organisation__region=self.perimeter.region,
        ).annotate(name=Concat(f"{member}user__first_name", Value(" "), f"{member}user__last_name"))
        fields = ("pk", f"{member}user", "name", f"{member}organisation", "fte")
        return [PostFact(*row) for row in rows.order_by("pk").values_list(*fields)]

    @cached_property
    def fundings(self) -> list[tuple[int, str, Decimal]]:
        """Post, funder and FTE paid."""
        rows = PostFunding.objects.filter(post__in=[post.pk for post in self.posts])
        return list(rows.order_by("pk").values_list("post", "funder", "fte"))

    @cached_property
    def accompanied(self) -> frozenset[int]:
        """Operations of the perimeter about which a facilitator wrote in the journal."""
        member = "actor__memberships__"
        in_post = Q(**{f"{member}ends_on__isnull": True}) | Q(**{f"{member}ends_on__gte": F("day")})
        entries = JournalEntry.objects.filter(
            in_post,
            day__range=(self.period.first, self.period.last),
            **{f"{member}role": MemberRole.FACILITATOR, f"{member}starts_on__lte": F("day")},
        )
        subjects = entries.order_by().annotate(about=Unnest("subjects")).values_list("about")
        told = {subject for (subject,) in subjects.distinct()}
        return frozenset(pk for pk in self.handled if f"operation:{pk}" in told)

    @cached_property
    def validated(self) -> list[HourCell]:
        return _cells(self._lines(StatementLine.objects.validated(self.known_on)))

    @cached_property
    def declared(self) -> list[HourCell]:
        return _cells(self._lines(StatementLine.objects.declared(self.known_on)))

    @cached_property
    def closed(self) -> frozenset[int]:
        """Clauses of the perimeter closed in the period."""
        return frozenset(
            clause.pk
            for clause in self.clauses()
            if clause.state == ClauseState.CLOSED and self.period.holds(clause.state_since)
        )

    @cached_property
    def validated_to_date(self) -> dict[int, Decimal]:
        """Hours validated on each award of a clause closed in the period, from its start to the
        last day. `date.min` is before any hour.
        """
        awards = {event.award for event in self.events if event.clause in self.closed}
        lines = StatementLine.objects.validated(self.known_on).filter(statement__award__in=awards)
        lines = lines.worked_between(date.min, self.period.last)
        sums = lines.order_by().values("statement__award_id").annotate(total=Sum("hours"))
        return dict(sums.values_list("statement__award_id", "total"))

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

    @cached_property
    def host_names(self) -> dict[int, str]:
        """Names of the structures that handle or handled these operations."""
        hosts = OperationHost.objects.filter(self.perimeter.places("operation__")).values("host")
        return dict(Organisation.objects.filter(pk__in=hosts).values_list("pk", "name"))

    @cached_property
    def prescriber_names(self) -> dict[int, str]:
        keys = {row.prescriber for row in self.workers.values() if row.prescriber}
        return dict(Organisation.objects.filter(pk__in=keys).values_list("pk", "name"))

    @cached_property
    def departements(self) -> dict[str, tuple[str, str]]:
        """Name and region of every département, by its name."""
        rows = Departement.objects.order_by("search_key", "code")
        found = rows.values_list("code", "name", "region")
        return {code: (name, region) for code, name, region in found}

    @cached_property
    def epci_names(self) -> dict[str, str]:
        keys = {row.epci for row in self.operations.values() if row.epci}
        return dict(Epci.objects.filter(pk__in=keys).values_list("pk", "name"))

    @cached_property
    def criterion_labels(self) -> dict[str, str]:
        """Labels by code; the region's own stand in place of the network's."""
        region = self.perimeter.region
        rows = Criterion.objects.filter(Q(region=None) | Q(region=region))
        latest = rows.order_by(F("region").asc(nulls_first=True), "starts_on")
        return dict(latest.values_list("code", "label"))

    @cached_property
    def parameters(self) -> list[Parameter]:
        """Every dated value, the most recent first."""
        return list(Parameter.objects.order_by("code", "-period"))

    def parameter(self, code: str) -> Parameter | None:
        """The value in force on the last day of the period, None when there is none."""
        day = self.period.last
        held = (row for row in self.parameters if row.code == code and _holds(row, day))
        return next(held, None)

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


def _holds(row: Parameter, day: date) -> bool:
    lower, upper = row.period.lower, row.period.upper
    return (lower is None or lower <= day) and (upper is None or day < upper)


def _cells(lines: LineQuerySet) -> list[HourCell]:
    groups = ("statement__award_id", "statement__month", "kind", "referent__host_id")
    rows = lines.order_by().values(*groups).annotate(total=Sum("hours"))
    return [HourCell(*row) for row in rows.values_list(*groups, "total")]


def _facts(employments: Collection[int]) -> dict[int, FactRow]:
    """Facts of these employments, by employment."""
    fields = ("pk", "identity_id", "employer_id", "starts_on", "type", "way", "sex", "age", "level")
    if not employments:
        return {}
    rows = EmploymentFact.objects.filter(AnyOf("pk", employments)).order_by("pk")
    found = rows.values_list(*fields, "criteria", "commune__departement", "prescriber_id")
    return {row[0]: FactRow(*row) for row in found}

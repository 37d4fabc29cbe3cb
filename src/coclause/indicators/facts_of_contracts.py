"""Facts of operations, contracts, clauses, awards and what is owed on them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db import models
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from coclause.clauses.choices import ADDING, ANSWERABLE, EventKind, HostRole
from coclause.clauses.models import (
    Award,
    AwardMember,
    Clause,
    Commitment,
    Contract,
    GlobalisedCommitment,
    Objective,
    ObjectiveEvent,
    Operation,
    OperationHost,
)
from coclause.clauses.states import EXECUTED, ClauseState
from coclause.core.models import JournalEntry
from coclause.indicators.expressions import Unnest
from coclause.indicators.fact_types import (
    AwardFact,
    ClauseFact,
    ContractFact,
    EventFact,
    MemberFact,
    ObjectiveFact,
    OperationFact,
    PooledFact,
)
from coclause.indicators.perimeter import Perimeter, Period
from coclause.organisations.choices import MemberRole

OPERATION = "lot__contract__operation__"
AWARD_OPERATION = f"award__{OPERATION}"
COMMITMENT = "objective__commitment__"
AGREED = (ClauseState.AGREED, *EXECUTED)
"""States of a clause that the buyer accepted."""


@dataclass(frozen=True)
class ContractFacts:
    """Each property is one query, made when first asked for.

    `known_on` rewinds hours, what is owed, calendars, rules of counting and globalisations to what
    was recorded at that moment; the rest (states, places, companies) is what is known today.
    """

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
        fields = ("pk", "name", "buyer", "buyer__buyer_kind")
        place = ("commune__departement", "commune__epci")
        found = rows.order_by("pk").values_list(*fields, *place, "referent", "handler")
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
    def all_contracts(self) -> dict[int, ContractFact]:
        """Every contract of these operations, whoever is referent."""
        fields = ("pk", "operation", "object", "notified_on")
        more = ("framework", "cpv__division", "convention__programme")
        rows = Contract.objects.filter(self.perimeter.places("operation__")).order_by("pk")
        return {row[0]: ContractFact(*row) for row in rows.values_list(*fields, *more)}

    @cached_property
    def contracts(self) -> dict[int, ContractFact]:
        """Contracts of the perimeter, referent included."""
        found = self.all_contracts.values()
        return {row.pk: row for row in found if row.operation in self.handled}

    @cached_property
    def first_contracts(self) -> frozenset[int]:
        """The first contract with an agreed clause that each buyer of the region notified."""
        agreed = Clause.objects.filter(lot__contract=OuterRef("pk"), state__in=AGREED)
        rows = Contract.objects.filter(
            Exists(agreed), operation__region=self.perimeter.region, notified_on__isnull=False
        )
        rows = rows.order_by("operation__buyer_id", "notified_on", "pk")
        return frozenset(rows.distinct("operation__buyer_id").values_list("pk", flat=True))

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
    def closed(self) -> frozenset[int]:
        """Clauses of the perimeter closed in the period."""
        return frozenset(
            clause.pk
            for clause in self.clauses()
            if clause.state == ClauseState.CLOSED and self.period.holds(clause.state_since)
        )

    @cached_property
    def executed_lots(self) -> frozenset[int]:
        """Lots of the perimeter whose clause was put to work."""
        return frozenset(clause.lot for clause in self.clauses() if clause.state in EXECUTED)

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
        calendar = ""
        if self.known_on is not None:
            rows = rows.alias(calendar=_calendar(self.known_on))
            calendar = "calendar__"
        contract = "lot__contract"
        place = ("lot", contract, f"{contract}__operation", f"{contract}__market_type")
        fields = ("starts_on", "ends_on", "suspensions", "suspended_on")
        dates = ("notified_on", *(f"{calendar}{field}" for field in fields))
        found = rows.order_by("pk").values_list("pk", *place, *dates, "first_clause")
        return {row[0]: AwardFact(*row) for row in found}

    def awards(self) -> Iterator[AwardFact]:
        """Awards of the perimeter, referent included."""
        return (row for row in self.all_awards.values() if row.operation in self.handled)

    @cached_property
    def members(self) -> list[MemberFact]:
        """Companies that answer for an award, one at a time, in the order they did."""
        rows = AwardMember.objects.filter(
            self.perimeter.places(AWARD_OPERATION), part__in=ANSWERABLE
        )
        fields = ("award", "organisation", "starts_on", "ends_on")
        return [
            MemberFact(*row) for row in rows.order_by("award", "starts_on").values_list(*fields)
        ]

    @cached_property
    def events(self) -> list[EventFact]:
        """What is owed, changed up to the last day, on clauses that were not dropped.

        Shares reserved to a public and agreed rates add nothing.
        """
        rows = (
            ObjectiveEvent.objects.filter(
                self.perimeter.places(f"{COMMITMENT}{AWARD_OPERATION}"),
                objective__public="",
                effective_on__lte=self.period.last,
            )
            .known(self.known_on)
            .exclude(**{f"{COMMITMENT}clause__state": ClauseState.DROPPED})
            .exclude(kind=EventKind.RATE)
            .with_share(self.period.first, self.period.last, self.known_on)
            .order_by("pk")
        )
        operation = f"{COMMITMENT}{AWARD_OPERATION}".removesuffix("__")
        place = (f"{COMMITMENT}award", f"{COMMITMENT}clause", operation, "objective__measure")
        found = rows.values_list(*place, "effective_on", "quantity", "due")
        return [event for row in found if (event := EventFact(*row)).operation in self.handled]

    @cached_property
    def objectives(self) -> list[ObjectiveFact]:
        """Whole objectives of awards notified by the last day and not over, clauses kept."""
        commitment = "commitment__"
        added = ObjectiveEvent.objects.known(self.known_on).filter(
            objective=OuterRef("pk"), kind__in=ADDING, effective_on__lte=self.period.last
        )
        rows = (
            Objective.objects.filter(
                self.perimeter.places(f"{commitment}{AWARD_OPERATION}"),
                public="",
                commitment__award__notified_on__lte=self.period.last,
            )
            .exclude(commitment__clause__state=ClauseState.DROPPED)
            .annotate(born=Exists(added))
            .order_by("pk")
        )
        operation = f"{commitment}{AWARD_OPERATION}".removesuffix("__")
        place = ("pk", "commitment__award", operation)
        found = rows.values_list(*place, "measure", "trigger", "planned", "born")
        return [
            fact
            for row in found
            if (fact := ObjectiveFact(*row)).operation in self.handled
            and not self.all_awards[fact.award].is_over(self.period.last)
        ]

    @cached_property
    def pooled(self) -> list[PooledFact]:
        """Awards of which a commitment, under a clause that was kept, is globalised."""
        commitment = "commitment__"
        rows = GlobalisedCommitment.objects.filter(
            self.perimeter.places(f"{commitment}{AWARD_OPERATION}")
        ).exclude(commitment__clause__state=ClauseState.DROPPED)
        if self.known_on is not None:
            rows = rows.filter(globalisation__recorded_at__lte=self.known_on)
        fields = ("commitment__award", "starts_on", "ends_on")
        return [PooledFact(*row) for row in rows.order_by("pk").values_list(*fields)]

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


def _calendar(known_on: datetime) -> FilteredRelation:
    """The version of an award's calendar in force at that moment."""
    later = Q(executions__superseded_at__isnull=True) | Q(executions__superseded_at__gt=known_on)
    return FilteredRelation(
        "executions", condition=later & Q(executions__recorded_at__lte=known_on)
    )

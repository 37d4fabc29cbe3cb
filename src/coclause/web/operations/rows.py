"""What a line about an operation shows: hours, states, referent, all in the query of the rows."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce, JSONObject

from coclause.clauses.choices import MarketType, MemberPart
from coclause.clauses.models import Award, AwardMember, Clause, Contract, ObjectiveEvent, Operation
from coclause.clauses.queries import (
    QUANTITY,
    OperationQuerySet,
    committed_subquery,
    expected_subquery,
    referent,
)
from coclause.clauses.states import LIVE, Turn
from coclause.hours.employers import of_employers
from coclause.hours.models import StatementLine
from coclause.hours.queries import LineQuerySet
from coclause.organisations.scopes import Scope
from coclause.web.operations.awaiting import Since, awaited
from coclause.web.operations.turns import State, Whose, states_in_words, whose_turn

OF_EVENT = "objective__commitment__award__lot__contract__operation"
OF_LINE = "statement__award__lot__contract__operation"
ZERO = Value(Decimal(0), output_field=QUANTITY)


def with_hours(operations: OperationQuerySet, scope: Scope) -> OperationQuerySet:
    """Adds `validated`, `waiting`, `committed` and `expected` hours of the awards that are seen.

    `operations` are within the scope: whoever is no company then sees all their awards. A
    company's figures are those of its own awards; where it only employs people, their hours.
    """
    events = ObjectiveEvent.objects.in_hours().filter(**{OF_EVENT: OuterRef("pk")})
    lines = StatementLine.objects.filter(**{OF_LINE: OuterRef("pk")})
    if scope.companies:
        awards = Award.objects.told_whole(scope)
        events = events.filter(objective__commitment__award__in=awards)
        lines = lines.filter(
            Q(statement__award__in=awards)
            | (
                Q(statement__award__in=Award.objects.visible_to(scope))
                & of_employers(scope.companies)
            )
        )
    return operations.annotate(
        validated=Coalesce(_total(lines.validated()), ZERO),
        waiting=Coalesce(_total(lines.to_check()), ZERO),
        committed=committed_subquery(events, scope.day, OF_EVENT),
        expected=expected_subquery(events, scope.day, OF_EVENT),
    )


def _total(lines: LineQuerySet) -> Subquery:
    total = lines.order_by().values(OF_LINE).annotate(total=Sum("hours")).values("total")
    return Subquery(total, output_field=QUANTITY)


def behind(operations: OperationQuerySet, scope: Scope) -> OperationQuerySet:
    """Those of `with_hours` that run with fewer hours, waiting ones counted, than expected."""
    live = Clause.objects.visible_to(scope).filter(
        lot__contract__operation=OuterRef("pk"), state__in=LIVE
    )
    late = Q(expected__gt=F("validated") + F("waiting"))
    return operations.filter(Exists(live)).filter(late)


def with_states(operations: OperationQuerySet, scope: Scope) -> OperationQuerySet:
    """Adds `clauses` (state and since of those seen), referent, handled, companies, types."""
    clauses = Clause.objects.visible_to(scope).filter(lot__contract__operation=OuterRef("pk"))
    members = AwardMember.objects.filter(
        award__in=Award.objects.visible_to(scope), award__lot__contract__operation=OuterRef("pk")
    ).exclude(part=MemberPart.AGENCY)
    if scope.only_companies:
        members = members.filter(organisation__in=scope.companies)
    contracts = Contract.objects.filter(operation=OuterRef("pk")).order_by("pk")
    return operations.select_related("buyer", "commune__departement").annotate(
        clauses=ArraySubquery(
            clauses.order_by("pk").values(said=JSONObject(state="state", since="state_since"))
        ),
        companies=ArraySubquery(
            members.order_by("organisation__name_key")
            .values("organisation__name")
            .distinct("organisation__name_key")
        ),
        market_types=ArraySubquery(contracts.values("market_type")),
        referent_host=referent("pk", scope.day, "host__name"),
        facilitator_first=referent("pk", scope.day, "facilitator__first_name"),
        facilitator_last=referent("pk", scope.day, "facilitator__last_name"),
        handled=Exists(
            Operation.objects.filter(pk=OuterRef("pk")).editable_by(scope)
            if scope.hosts
            else Operation.objects.none()
        ),
    )


def rows_of(operations: Collection[Any], scope: Scope) -> list["OperationRow"]:
    """One line for each. Six queries for the months to declare."""
    awards = Award.objects.visible_to(scope).filter(
        lot__contract__operation__in=[row.pk for row in operations]
    )
    months = awaited(awards, scope, lambda award: award.lot.contract.operation_id)
    return [OperationRow(row, scope, months.get(row.pk, {})) for row in operations]


class OperationRow:
    """One line of the list."""

    def __init__(self, operation: Any, scope: Scope, months: Since) -> None:
        self.operation = operation
        self._scope = scope
        self._months = months

    @property
    def states(self) -> list[State]:
        return states_in_words(clause["state"] for clause in self.operation.clauses)

    @property
    def turn(self) -> Whose | None:
        return whose_turn(
            [
                (clause["state"], date.fromisoformat(clause["since"]))
                for clause in self.operation.clauses
            ],
            to_check=self.operation.waiting > 0,
            months=self._months,
            sides=sides(self.operation, self._scope, handled=self.operation.handled),
        )

    @property
    def behind(self) -> Decimal:
        """Hours missing today against the calendar, 0 when on time, not running or not known."""
        row = self.operation
        if not any(clause["state"] in LIVE for clause in row.clauses) or row.expected is None:
            return Decimal(0)
        missing: Decimal = row.expected - row.validated - row.waiting
        return max(missing, Decimal(0))

    @property
    def unknown(self) -> str:
        """Why no bar is shown: nothing to tell a company, that may only employ people there."""
        network = self._scope.working_regions or self._scope.buyers
        return "Engagement non connu" if network else ""

    @property
    def facilitator(self) -> str:
        row = self.operation
        return f"{row.facilitator_first or ''} {row.facilitator_last or ''}".strip()

    @property
    def market_types(self) -> str:
        kinds = dict.fromkeys(self.operation.market_types)
        return ", ".join(MarketType(kind).label for kind in kinds)


def sides(operation: Operation, scope: Scope, *, handled: bool) -> frozenset[Turn]:
    """The sides on which the viewer stands for this operation."""
    held = {
        Turn.FACILITATOR: handled,
        Turn.BUYER: operation.buyer_id in scope.buyers,
        Turn.COMPANY: bool(scope.companies),
    }
    return frozenset(turn for turn, here in held.items() if here)


def mine(scope: Scope) -> Q:
    """Operations that the user follows in person on the day."""
    return Q(hosts__facilitator=scope.user, hosts__starts_on__lte=scope.day) & (
        Q(hosts__ends_on__isnull=True) | Q(hosts__ends_on__gte=scope.day)
    )

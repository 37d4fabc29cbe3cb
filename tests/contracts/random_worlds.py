"""Small regions made at random: hands that change, amendments, corrections, two clauses on a lot.

Rows are written as they would stand in the tables, whatever page or import wrote them.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from tests import builders
from tests.builders import DAY, at

from coclause.clauses.choices import EventKind, HostRole, HoursKind, Instrument, MarketType
from coclause.clauses.models import (
    Award,
    Commitment,
    Contract,
    Lot,
    Objective,
    ObjectiveEvent,
    Operation,
    OperationHost,
)
from coclause.clauses.states import ClauseState
from coclause.core.actor import acting_as
from coclause.core.journal import record_act
from coclause.core.models import User
from coclause.core.months import shift
from coclause.hours.choices import EmploymentType, LineState, Way
from coclause.hours.models import Assignment, Employment, EmploymentMonth, Statement, StatementLine
from coclause.organisations.choices import MemberRole, Role
from coclause.organisations.models import Organisation
from coclause.people.choices import Level, Sex
from coclause.people.models import Identity

Draw = Any
STATES = [s for s in ClauseState if s != ClauseState.PROPOSED]
CRITERIA = st.lists(st.sampled_from(["DELD", "RSA", "QPV"]), unique=True, max_size=2)
DAYS = st.dates(date(2024, 11, 1), date(2026, 2, 28))
HOURS = st.decimals(0, 40, places=2)


@dataclass
class Stage:
    """What every operation of a random region shares."""

    draw: Draw
    hosts: list[Organisation]
    users: list[User]
    buyers: list[Organisation]
    companies: list[Organisation]
    prescriber: Organisation
    identities: list[Identity]
    communes: list[str | None]
    serial: int = field(default=0)

    def pick(self, items: Any) -> Any:
        return self.draw(st.sampled_from(list(items)))


def random_world(draw: Draw) -> list[Organisation]:
    """Write one to three operations in two regions; returns the hosts of the first region."""
    with acting_as("test", day=DAY):
        stage = _stage(draw)
        awards = [_operation(stage) for _ in range(draw(st.integers(1, 3)))]
    for award in awards:
        if award is None:
            continue
        for _ in range(draw(st.integers(0, 3))):
            _employment(stage, award)
    return stage.hosts


def _stage(draw: Draw) -> Stage:
    builders.region("44", "Grand-Ailleurs")
    hosts = [builders.organisation(f"Structure {n}", Role.HOST) for n in range(2)]
    return Stage(
        draw=draw,
        hosts=hosts,
        users=[builders.member(host, MemberRole.FACILITATOR) for host in hosts],
        buyers=[builders.organisation(f"Acheteur {n}", Role.BUYER) for n in range(2)],
        companies=[builders.organisation(f"Entreprise {n}", Role.COMPANY) for n in range(2)],
        prescriber=builders.organisation("Orientation", Role.PRESCRIBER),
        identities=[Identity.objects.create() for _ in range(3)],
        communes=[None, builders.commune("21231").pk, builders.commune("58194", "Fictiville").pk],
    )


def _operation(stage: Stage) -> Award | None:
    operation = Operation.objects.create(
        name="Opération au hasard",
        buyer=stage.pick(stage.buyers),
        region_id=stage.pick(["27", "27", "44"]),
        commune_id=stage.pick(stage.communes),
    )
    _hands(stage, operation)
    contract = Contract.objects.create(
        operation=operation,
        kind="marche",
        market_type=stage.pick(MarketType),
        object="Objet",
        notified_on=stage.draw(st.none() | DAYS),
    )
    lot = Lot.objects.create(contract=contract, number=1, title="lot unique")
    instruments = stage.draw(
        st.lists(st.sampled_from(list(Instrument)), unique=True, min_size=0, max_size=2)
    )
    clauses = [
        builders.clause(
            lot,
            stage.pick(STATES),
            instrument=instrument,
            basis=stage.pick(["ccp", "charte_npnru"]),
            state_since=stage.draw(DAYS),
        )
        for instrument in instruments
    ]
    if stage.draw(st.booleans()):
        actor = stage.pick([None, *stage.users])
        record_act(actor, "essai", "Acte.", operation, *clauses, day=stage.draw(DAYS))
    starts = stage.draw(DAYS)
    award = builders.award(
        lot,
        stage.pick(stage.companies),
        starts,
        starts + timedelta(stage.draw(st.integers(0, 500))),
    )
    Award.objects.filter(pk=award.pk).update(notified_on=stage.draw(DAYS))
    for clause in clauses:
        if stage.draw(st.booleans()):
            _commitment(stage, Commitment.objects.create(award=award, clause=clause))
    return award


def _hands(stage: Stage, operation: Operation) -> None:
    """One referent, or two one after the other, with or without a gap between them."""
    first = stage.pick([0, 1])
    change = stage.draw(st.none() | DAYS)
    OperationHost.objects.create(
        operation=operation,
        host=stage.hosts[first],
        facilitator=stage.users[first],
        role=HostRole.REFERENT,
        starts_on=date(2024, 1, 1),
        ends_on=change,
    )
    if change:
        OperationHost.objects.create(
            operation=operation,
            host=stage.hosts[1 - first],
            role=HostRole.REFERENT,
            starts_on=change + timedelta(stage.draw(st.sampled_from([1, 1, 40]))),
        )


def _commitment(stage: Stage, commitment: Commitment) -> None:
    measure = stage.pick(["heures", "heures", "personnes"])
    objective = Objective.objects.create(commitment=commitment, measure=measure)
    kinds = [EventKind.INITIAL, *[EventKind.AMENDMENT] * stage.draw(st.integers(0, 2))]
    for kind in kinds:
        low = 1 if kind == EventKind.INITIAL else -50
        ObjectiveEvent.objects.create(
            objective=objective,
            kind=kind,
            effective_on=stage.draw(DAYS),
            quantity=stage.draw(st.decimals(low, 500, places=2)),
        )


def _employment(stage: Stage, award: Award) -> None:
    which = stage.pick([0, 1])
    stage.serial += 1
    starts = stage.draw(DAYS)
    with acting_as(stage.users[which], day=DAY):
        employment = Employment.objects.create(
            identity=stage.pick(stage.identities),
            employer=stage.pick(stage.companies),
            host=stage.hosts[which],
            contract_number=str(stage.serial),
            starts_on=starts,
            type=stage.pick([EmploymentType.CDI, EmploymentType.MISSION]),
            way=stage.pick(Way),
            sex=stage.pick(Sex),
            age=stage.draw(st.none() | st.integers(14, 70)),
            level=stage.pick(Level),
            criteria=stage.draw(CRITERIA),
            commune_id=stage.pick(stage.communes),
            prescriber=stage.pick([None, stage.prescriber]),
        )
        Assignment.objects.create(
            employment=employment, award=award, host=stage.hosts[which], starts_on=starts
        )
        first = stage.draw(st.sampled_from([date(2024, 11, 1), date(2025, 3, 1)]))
        for number in range(stage.draw(st.integers(0, 3))):
            _month(stage, award, employment, shift(first, number * 3), stage.users[which])


def _month(stage: Stage, award: Award, employment: Employment, month: date, user: User) -> None:
    row = EmploymentMonth.objects.create(employment=employment, month=month, hours_worked=744)
    statement, _ = Statement.objects.get_or_create(
        award=award, month=month, defaults={"declared_on": DAY}
    )
    lines = _revisions(stage, user, stage.pick(HoursKind))
    for line in lines:
        line.statement, line.employment_month = statement, row
    StatementLine.objects.bulk_create(lines)


def _revisions(stage: Stage, user: User, kind: str) -> list[StatementLine]:
    """Up to three revisions: each is validated, sent back or waits, in the order they came."""
    outcomes = stage.draw(st.lists(st.sampled_from(list(LineState)), min_size=1, max_size=3))
    lines: list[StatementLine] = []
    for number, state in enumerate(outcomes):
        declared = at(date(2025, 6, 1) + timedelta(number * 20))
        settled = declared + timedelta(days=10)
        line = StatementLine(
            kind=kind,
            revision=number + 1,
            hours=stage.draw(HOURS) if number else stage.draw(HOURS) + Decimal("0.25"),
            state=state,
            declared_at=declared,
            declared_by=user,
        )
        for earlier in lines:
            earlier.corrected_at = earlier.corrected_at or declared
            if state == LineState.VALIDATED and earlier.state == LineState.VALIDATED:
                earlier.superseded_at = earlier.superseded_at or settled
        if state == LineState.VALIDATED:
            line.validated_at, line.validated_by = settled, user
        elif state == LineState.RETURNED:
            line.returned_at, line.return_reason = settled, "Feuille d'heures illisible"
        lines.append(line)
    return lines

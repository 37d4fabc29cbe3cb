"""Small regions made at random: hands and holders that change, debts of every measure told late,
calendars with versions, corrections, hours without names, places of work, pooled commitments.

Rows are written as they would stand in the tables, whatever page or import wrote them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any, TypeVar

from django.db.backends.postgresql.psycopg_any import DateRange
from tests import builders
from tests.builders import DAY, at

from coclause.clauses.choices import (
    RATED,
    EventKind,
    Framework,
    HostRole,
    HoursKind,
    Instrument,
    MarketType,
    Measure,
    MemberPart,
    Programme,
    Trigger,
)
from coclause.clauses.models import (
    Award,
    AwardMember,
    Clause,
    Commitment,
    Contract,
    Convention,
    CountingChange,
    Globalisation,
    GlobalisedCommitment,
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
from coclause.organisations.choices import BuyerKind, MemberRole, Role
from coclause.organisations.models import Organisation
from coclause.people.choices import Level, Sex
from coclause.people.models import Identity
from coclause.reference.models import Cpv

T = TypeVar("T")
STATES = [ClauseState.RUNNING, ClauseState.CLOSED, ClauseState.CLOSED, *ClauseState]
FIRST, LAST = date(2024, 11, 1), date(2026, 2, 28)


@dataclass
class Stage:
    """What every operation of a random region shares."""

    chance: Random
    hosts: list[Organisation]
    users: list[User]
    buyers: list[Organisation]
    companies: list[Organisation]
    prescriber: Organisation
    identities: list[Identity]
    communes: list[str | None]
    cpv: list[str | None]
    convention: Convention
    other_programme: Convention
    pools: list[Globalisation]
    serial: int = field(default=0)

    def pick(self, items: Iterable[T]) -> T:
        return self.chance.choice(list(items))

    def some(self, items: Iterable[T], least: int, most: int) -> list[T]:
        """Different ones, in any order."""
        return self.chance.sample(list(items), self.chance.randint(least, most))

    def maybe(self, made: Callable[[], T], odds: float = 0.5) -> T | None:
        return made() if self.chance.random() < odds else None

    def day(self, first: date = FIRST, last: date = LAST) -> date:
        return first + timedelta(self.chance.randint(0, (last - first).days))

    def moment(self) -> Any:
        """When a thing is recorded: before, between or after the moments that are asked about."""
        return at(self.day(date(2025, 5, 1), date(2025, 9, 30)))

    def amount(self, least: int, most: int) -> Decimal:
        """With two decimals."""
        return Decimal(self.chance.randint(least * 100, most * 100)) / 100

    def times(self, most: int, least: int = 0) -> range:
        return range(self.chance.randint(least, most))


def random_world(seed: int) -> list[Organisation]:
    """Write two to four operations in two regions; returns the hosts of the first region."""
    with acting_as("test", day=DAY):
        stage = _stage(Random(seed))
        awards = [_operation(stage) for _ in stage.times(4, 2)]
    for award in awards:
        for _ in stage.times(3, 1):
            _employment(stage, award)
        for _ in stage.times(2):
            _unnamed_month(stage, award)
    return stage.hosts


def _stage(chance: Random) -> Stage:
    builders.region("44", "Grand-Ailleurs")
    hosts = [builders.organisation(f"Structure {n}", Role.HOST) for n in range(2)]
    buyers = [builders.organisation(f"Acheteur {n}", Role.BUYER) for n in range(2)]
    Organisation.objects.filter(pk=buyers[0].pk).update(buyer_kind=chance.choice(BuyerKind.values))
    companies = [builders.organisation(f"Entreprise {n}", Role.COMPANY) for n in range(2)]
    for division in ("45", "77"):
        Cpv.objects.create(
            code=f"{division}000000", label_fr=division, division=division, level=2, search_words=""
        )
    return Stage(
        chance=chance,
        hosts=hosts,
        users=[builders.member(host, MemberRole.FACILITATOR) for host in hosts],
        buyers=buyers,
        companies=companies,
        prescriber=builders.organisation("Orientation", Role.PRESCRIBER),
        identities=[Identity.objects.create() for _ in range(3)],
        communes=[None, builders.commune("21231").pk, builders.commune("58194", "Fictiville").pk],
        cpv=[None, "45000000", "77000000"],
        convention=_convention("Quartiers imaginés", Programme.NPNRU),
        other_programme=_convention("Programme inventé", Programme.OTHER),
        pools=[
            Globalisation.objects.create(
                region_id="27",
                company=company,
                agreement="courrier du 2 mai",
                starts_on=date(2024, 1, 1),
                recorded_at=at(date(2025, chance.randint(5, 9), 20)),
            )
            for company in companies
        ],
    )


def _convention(name: str, programme: Programme) -> Convention:
    return Convention.objects.create(
        region_id="27", name=name, programme=programme, starts_on=date(2024, 1, 1)
    )


def _operation(stage: Stage) -> Award:
    operation = Operation.objects.create(
        name="Opération au hasard",
        buyer=stage.pick(stage.buyers),
        region_id=stage.pick(["27", "27", "44"]),
        commune_id=stage.pick(stage.communes),
    )
    _hands(stage, operation)
    lot = Lot.objects.create(contract=_contract(stage, operation), number=1, title="lot unique")
    clauses = _clauses(stage, lot)
    if stage.pick([False, True]):
        actor = stage.pick([None, *stage.users])
        record_act(actor, "essai", "Acte.", operation, *clauses, day=stage.day())
    award = _award(stage, lot)
    for clause in clauses:
        if stage.pick([False, True, True, True]):
            _commitment(stage, Commitment.objects.create(award=award, clause=clause))
    return award


def _contract(stage: Stage, operation: Operation) -> Contract:
    return Contract.objects.create(
        operation=operation,
        kind="marche",
        market_type=stage.pick(MarketType),
        object="Objet",
        notified_on=stage.maybe(stage.day, 0.8),
        framework=stage.pick(Framework.values),
        cpv_id=stage.pick(stage.cpv),
        convention=stage.pick([None, stage.convention, stage.other_programme]),
    )


def _clauses(stage: Stage, lot: Lot) -> list[Clause]:
    """None to two, each with what it counts, and sometimes another rule from a day on."""
    clauses = [
        builders.clause(
            lot,
            stage.pick(STATES),
            instrument=instrument,
            basis=stage.pick(["ccp", "charte_npnru"]),
            state_since=stage.day(),
            **_rule(stage),
        )
        for instrument in stage.some(Instrument, stage.pick([0, 1, 1]), 2)
    ]
    for clause in clauses:
        for _ in stage.times(2):
            CountingChange.objects.create(
                clause=clause,
                starts_on=stage.day(),
                reason="accord écrit",
                recorded_at=stage.moment(),
                **_rule(stage),
            )
    return clauses


def _rule(stage: Stage) -> dict[str, Any]:
    return {
        "hour_kinds": stage.some(HoursKind.values, 1, 3),
        "training_cap": stage.maybe(lambda: stage.chance.randint(1, 100)),
        "internship_cap": stage.maybe(lambda: stage.chance.randint(1, 100)),
    }


def _award(stage: Stage, lot: Lot) -> Award:
    """Its calendar in up to three versions; its holder replaced or not."""
    starts = stage.day()
    award = Award.objects.create(
        lot=lot,
        notified_on=stage.day(),
        starts_on=starts,
        ends_on=starts + timedelta(stage.chance.randint(0, 500)),
        recorded_at=at(stage.pick([date(2024, 11, 1), date(2025, 6, 30)])),
    )
    told = {stage.day(date(2025, 7, 1), date(2025, 9, 30)) for _ in stage.times(2)}
    for moment in sorted(told):
        _version(stage, award, moment)
    _members(stage, award)
    return award


def _version(stage: Stage, award: Award, moment: date) -> None:
    """Other days, a suspension or two that are over, one that still runs."""
    starts = stage.day()
    off: list[Any] = []
    for first in sorted([stage.day() for _ in stage.times(2)]):
        begins = max(first, off[-1].upper) if off else first
        off.append(DateRange(begins, begins + timedelta(stage.chance.randint(1, 200))))
    builders.calendar(
        award,
        starts,
        starts + timedelta(stage.chance.randint(0, 500)),
        suspensions=off,
        suspended_on=stage.maybe(stage.day),
        recorded_at=at(moment),
    )


def _members(stage: Stage, award: Award) -> None:
    first, second = stage.some(stage.companies, 2, 2)
    change = stage.maybe(stage.day)
    AwardMember.objects.create(
        award=award,
        organisation=first,
        part=MemberPart.HOLDER,
        starts_on=date(2024, 1, 1),
        ends_on=change,
    )
    if change:
        AwardMember.objects.create(
            award=award,
            organisation=stage.pick([first, second]),
            part=stage.pick([MemberPart.LEADER, MemberPart.COCONTRACTOR]),
            starts_on=change + timedelta(stage.pick([1, 40])),
        )


def _hands(stage: Stage, operation: Operation) -> None:
    """One referent, or two one after the other, with or without a gap between them."""
    first = stage.pick([0, 1])
    change = stage.maybe(stage.day)
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
            starts_on=change + timedelta(stage.pick([1, 1, 40])),
        )


def _commitment(stage: Stage, commitment: Commitment) -> None:
    for _ in stage.times(3, 1):
        _objective(stage, commitment)
    since = stage.maybe(stage.day)
    if since:
        GlobalisedCommitment.objects.create(
            globalisation=stage.pick(stage.pools),
            commitment=commitment,
            starts_on=since,
            ends_on=stage.maybe(lambda: stage.day(since, date(2026, 6, 1))),
        )


def _objective(stage: Stage, commitment: Commitment) -> None:
    """Of any measure, due from any event, sometimes a share of it reserved to a public."""
    measure = stage.pick([Measure.HOURS, Measure.HOURS, *Measure])
    objective = Objective.objects.create(
        commitment=commitment,
        measure=measure,
        trigger=stage.pick([Trigger.TRANCHE, *Trigger]),
        planned=stage.maybe(lambda: stage.amount(1, 500), 0.8),
    )
    if measure in RATED:
        _event(stage, objective, EventKind.RATE, rate=5, per=100)
    else:
        first = stage.pick([None, EventKind.INITIAL, EventKind.TRIGGER])
        if first:
            _event(stage, objective, first, stage.amount(1, 500))
    for _ in stage.times(2):
        if measure in RATED:
            base = stage.chance.randint(0, 5000)
            rated = {"base": base, "rate": 5, "per": 100}
            _event(stage, objective, EventKind.BASE, Decimal(base) / 20, **rated)
        else:
            kind = stage.pick([EventKind.AMENDMENT, EventKind.TERMINATION])
            _event(stage, objective, kind, stage.amount(-50, 50))
    if stage.pick([False, True]):
        share = Objective.objects.create(
            commitment=commitment, measure=measure, public="QPV", part_of=objective, share=20
        )
        _event(stage, share, EventKind.INITIAL, Decimal(10))


def _event(
    stage: Stage, objective: Objective, kind: EventKind, quantity: Any = 0, **facts: Any
) -> None:
    """In effect on any day, recorded at any moment, due over days of its own or not."""
    due_from = stage.maybe(stage.day)
    due_until = stage.maybe(lambda: stage.day(due_from or FIRST, date(2026, 6, 1)))
    ObjectiveEvent.objects.create(
        objective=objective,
        kind=kind,
        effective_on=stage.day(),
        quantity=quantity,
        due_from=due_from,
        due_until=due_until,
        recorded_at=stage.moment(),
        **facts,
    )


def _employment(stage: Stage, award: Award) -> None:
    which = stage.pick([0, 1])
    stage.serial += 1
    starts = stage.day()
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
            age=stage.maybe(lambda: stage.chance.randint(14, 70), 0.8),
            level=stage.pick(Level),
            criteria=stage.some(["DELD", "RSA", "QPV"], 0, 2),
            commune_id=stage.pick(stage.communes),
            prescriber=stage.pick([None, stage.prescriber]),
            **stage.pick([{}, {"district": "QF058001", "district_vintage": "2024"}]),
        )
        Assignment.objects.create(
            employment=employment,
            award=award,
            host=stage.hosts[which],
            starts_on=starts,
            commune_id=stage.pick(stage.communes),
        )
        first = stage.pick([date(2024, 11, 1), date(2025, 3, 1)])
        for number in stage.times(3):
            _month(stage, award, employment, shift(first, number * 3), stage.users[which])


def _month(stage: Stage, award: Award, employment: Employment, month: date, user: User) -> None:
    row = EmploymentMonth.objects.create(employment=employment, month=month, hours_worked=744)
    lines = _revisions(stage, user, stage.pick(HoursKind))
    for line in lines:
        line.employment_month = row
    _write(award, month, lines)


def _unnamed_month(stage: Stage, award: Award) -> None:
    """Hours of some people in a month that has none yet, of one kind or two."""
    month = stage.pick([date(2025, 2, 1), date(2025, 5, 1), date(2025, 11, 1)])
    if StatementLine.objects.collective().filter(statement__award=award, statement__month=month):
        return
    kinds = stage.some(HoursKind.values, 1, 2)
    which = stage.pick([0, 1])
    with acting_as(stage.users[which], day=DAY):
        for kind in kinds:
            lines = _revisions(stage, stage.users[which], kind)
            for line in lines:
                line.headcount = stage.chance.randint(0, 30)
            _write(award, month, lines)


def _write(award: Award, month: date, lines: list[StatementLine]) -> None:
    statement, _ = Statement.objects.get_or_create(
        award=award, month=month, defaults={"declared_on": DAY}
    )
    for line in lines:
        line.statement = statement
    StatementLine.objects.bulk_create(lines)


def _revisions(stage: Stage, user: User, kind: str) -> list[StatementLine]:
    """Up to three revisions: each is validated, sent back or waits, in the order they came."""
    outcomes = [stage.pick([LineState.VALIDATED, *LineState]) for _ in stage.times(3, 1)]
    lines: list[StatementLine] = []
    for number, state in enumerate(outcomes):
        declared = at(date(2025, 6, 1) + timedelta(number * 20))
        settled = declared + timedelta(days=10)
        line = StatementLine(
            kind=kind,
            revision=number + 1,
            hours=stage.amount(0, 40) if number else stage.amount(0, 40) + Decimal("0.25"),
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

"""Lives of two clauses made at random, act after act, through the product's own acts.

Each accepted act is told to the ledger, with the moment after it; a refused one must leave no
trace, and is told to nobody. Everybody acts with the rights of the day.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from tests import builders
from tests.lives import ledger as told

from coclause.clauses.choices import (
    ContractKind,
    Framework,
    MarketType,
    Measure,
    MemberPart,
    Trigger,
)
from coclause.clauses.engaging import (
    Terms,
    add_objective,
    amend,
    change_counting,
    change_rate,
    engage,
    tell_base,
    trigger,
)
from coclause.clauses.execution import extend, resume, suspend, terminate
from coclause.clauses.globalising import globalise, leave_globalisation
from coclause.clauses.groups import add_member, replace_holder, set_group
from coclause.clauses.models import (
    Award,
    AwardMember,
    Clause,
    Commitment,
    Contract,
    GlobalisedCommitment,
    Lot,
    Objective,
    Operation,
    Order,
)
from coclause.clauses.ordering import place_order
from coclause.clauses.sharing import hand_over
from coclause.closing.actions import close_year
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.core.months import shift
from coclause.core.refusals import Refused
from coclause.hours.checking import return_lines, validate_lines
from coclause.hours.collective import declare_collective
from coclause.hours.declaring import Entry, Part, declare_month, declare_months
from coclause.hours.models import Employment, Statement, StatementLine
from coclause.hours.parties import party_of
from coclause.organisations.choices import MemberRole, Role
from coclause.organisations.models import Organisation
from coclause.organisations.scopes import Scope, scope_of

START = date(2025, 1, 6)
STARTS, ENDS = date(2025, 2, 3), date(2026, 6, 30)
HUNDRED = Decimal(100)
KINDS = ("travail", "formation", "stage")


@dataclass
class Life:
    """The scene, the day it is, and what was told so far."""

    draw: Any
    hosts: list[Organisation]
    people: dict[int, User]
    """The facilitator of each host."""
    managers: dict[int, User]
    coordinator: User
    company: Organisation
    others: list[Organisation]
    agency: Organisation
    declarers: dict[int, User]
    """Who declares for the company and for the agency."""
    awards: list[Award] = field(default_factory=list)
    clauses: dict[int, Clause] = field(default_factory=dict)
    operations: dict[int, Operation] = field(default_factory=dict)
    employments: dict[int, list[Employment]] = field(default_factory=dict)
    day: date = START
    acts: list[told.Act] = field(default_factory=list)
    moments: list[tuple[int, date, datetime]] = field(default_factory=list)
    """How many acts were told by then, the day, the moment."""
    orders: int = 0
    refused: int = 0

    @property
    def ledger(self) -> told.Ledger:
        return told.Ledger(self.acts)

    def pick(self, items: Any) -> Any:
        return self.draw(st.sampled_from(list(items)))

    def between(self, first: int, last: int) -> int:
        number: int = self.draw(st.integers(first, last))
        return number

    def hours(self, most: int) -> Decimal:
        number: Decimal = self.draw(st.decimals(0, most, places=2))
        return number

    def day_near(self) -> date:
        return self.day + timedelta(days=self.between(-60, 60))

    def referent(self, award: Award) -> Scope:
        """Whoever follows the operation today."""
        host = self.ledger.referent(self.operations[award.pk].pk, self.day)
        assert host is not None
        return scope_of(self.people[host], self.day)

    def tell(self, *acts: told.Act) -> None:
        self.acts += acts
        self.moments.append((len(self.acts), self.day, datetime.now(UTC)))


def begin(draw: Any) -> Life:
    """Two operations of one company, each with a clause, an award, and three employments."""
    with acting_as("test", day=START):
        hosts = [builders.organisation(f"Structure {n}", Role.HOST) for n in "AB"]
        facilitators = {h.pk: builders.member(h, MemberRole.FACILITATOR) for h in hosts}
        managers = {h.pk: builders.member(h, MemberRole.HOST_MANAGER) for h in hosts}
        coordination = builders.organisation("Coordination", Role.COORDINATION)
        coordinator = builders.member(coordination, MemberRole.COORDINATOR)
        buyer = builders.organisation("Ville de Val-Imaginé", Role.BUYER)
        companies = [builders.organisation(f"Entreprise {n}", Role.COMPANY) for n in "XYZ"]
        agency = builders.organisation("Agence d’essai", Role.COMPANY)
        declarers = {c.pk: builders.member(c, MemberRole.COMPANY) for c in (companies[0], agency)}
        life = Life(
            draw,
            hosts,
            facilitators,
            managers,
            coordinator,
            companies[0],
            companies[1:],
            agency,
            declarers,
        )
        for number in range(2):
            _contract(life, buyer, number)
    for award in life.awards:
        _hands(life, award)
    life.day, life.moments = STARTS, life.moments[-1:]
    return life


def _contract(life: Life, buyer: Organisation, number: int) -> None:
    host = life.hosts[number]
    operation = builders.operation(
        f"Opération {number}", buyer, host, life.people[host.pk], since=START
    )
    contract = Contract.objects.create(
        operation=operation,
        kind=ContractKind.MARCHE,
        market_type=MarketType.WORKS,
        framework=Framework.ORDERS,
        object=operation.name,
        notified_on=START,
    )
    lot = Lot.objects.create(contract=contract, number=1, title="lot unique")
    clause = builders.clause(lot, state_since=START, hour_kinds=["travail"], collective=True)
    award = builders.award(lot, life.company, STARTS, ENDS)
    Award.objects.filter(pk=award.pk).update(notified_on=START)
    award.refresh_from_db()
    AwardMember.objects.create(
        award=award, organisation=life.agency, part=MemberPart.AGENCY, starts_on=STARTS
    )
    life.awards.append(award)
    life.clauses[award.pk], life.operations[award.pk] = clause, operation
    life.tell(
        told.Referent(operation.pk, host.pk, START),
        told.Calendar(award.pk, STARTS, ENDS),
        told.Counts(award.pk, date.min, frozenset({"travail"}), None),
    )


def _hands(life: Life, award: Award) -> None:
    """Three persons on the award, one of them from the agency, and what it commits to."""
    number = life.awards.index(award)
    user = life.people[life.hosts[number].pk]
    with acting_as(user, day=START):
        life.employments[award.pk] = [
            builders.employment(
                builders.person(
                    life.hosts[number], "Inventé", "Zoé", date(1980 + number, 1 + rank, 17)
                ),
                life.agency if rank == 2 else life.company,
                award,
                starts=STARTS,
                ends=None,
            )
            for rank in range(3)
        ]
        scope = scope_of(user, START)
        said = [Terms(quantity=Decimal(life.between(35, 3000)))]
        if life.draw(st.booleans()):
            said = [Terms(measure=Measure.SHARE, trigger=Trigger.YEAR, rate=Decimal(50))]
        commitment = engage(scope, life.clauses[award.pk], award, said)
        _told_objectives(life, commitment)
        for terms in (
            Terms(trigger=Trigger.TRANCHE, planned=Decimal(130), label="Tranche 1"),
            Terms(
                measure=Measure.PER_EURO,
                trigger=Trigger.ORDER,
                rate=Decimal(5),
                per=Decimal(10_000),
            ),
        ):
            if life.draw(st.booleans()):
                add_objective(scope, commitment, terms)
                _told_objectives(life, commitment)


def _told_objectives(life: Life, commitment: Commitment) -> None:
    """Tell the terms of the objectives not told yet, with what they owe from notification."""
    known = {act.objective for act in life.acts if isinstance(act, told.Promised)}
    award = commitment.award_id
    for row in commitment.objectives.exclude(pk__in=known).order_by("pk"):
        acts: list[told.Act] = [told.Promised(row.pk, award)]
        if row.measure == Measure.SHARE:
            acts.append(told.Rated(row.pk, START, Decimal(50), HUNDRED))
        elif row.measure == Measure.PER_EURO:
            acts.append(told.Rated(row.pk, START, Decimal(5), Decimal(10_000)))
        elif row.trigger == Trigger.NOTIFICATION:
            acts.append(told.Added(row.pk, START, row.events.get().quantity))
        life.tell(*acts)


def acting(scope: Scope) -> AbstractContextManager[None]:
    """As the user of that scope, on its day."""
    assert scope.user is not None
    return acting_as(scope.user, day=scope.day)


def live(life: Life, act: Callable[[Life], None]) -> None:
    """Some days later, one more act; a refusal leaves everything as it was."""
    life.day += timedelta(days=life.between(0, 45))
    before = len(life.acts)
    try:
        act(life)
    except Refused:
        life.refused += 1
        assert len(life.acts) == before


def _objective(life: Life, **wanted: Any) -> Objective:
    rows = list(
        Objective.objects.filter(**wanted).select_related("commitment__award").order_by("pk")
    )
    if not rows:
        raise Refused("Rien de tel ici.")
    row: Objective = life.pick(rows)
    return row


def amends(life: Life) -> None:
    row = _objective(life, measure=Measure.HOURS)
    hours, on = Decimal(life.between(-400, 400)), life.day_near()
    scope = life.referent(row.commitment.award)
    with acting(scope):
        amend(scope, row, quantity=hours, effective_on=on, reason="Avenant d’essai")
    life.tell(told.Added(row.pk, on, hours))


def affirms_the_tranche(life: Life) -> None:
    row = _objective(life, trigger=Trigger.TRANCHE)
    on = life.day_near()
    scope = life.referent(row.commitment.award)
    with acting(scope):
        trigger(scope, row, effective_on=on)
    life.tell(told.Added(row.pk, on, Decimal(130)))


def tells_hours_worked(life: Life) -> None:
    row = _objective(life, measure=Measure.SHARE)
    base = Decimal(life.between(0, 4000))
    last = max((a.due_until for a in life.acts if isinstance(a, told.Based)
                and a.objective == row.pk and a.due_until), default=None)  # fmt: skip
    first = last + timedelta(days=1) if last else STARTS
    until = first + timedelta(days=life.between(20, 200))
    scope = life.referent(row.commitment.award)
    with acting(scope):
        tell_base(scope, row, base=base, effective_on=until, due_from=first, due_until=until)
    life.tell(told.Based(row.pk, until, first, base, first, until))


def orders(life: Life) -> None:
    award: Award = life.pick(life.awards)
    row = _objective(life, measure=Measure.PER_EURO, commitment__award=award)
    amount, on = Decimal(life.between(1, 900)) * 1000, life.day_near()
    scope = life.referent(award)
    with acting(scope):
        place_order(
            scope,
            Order(
                award=award,
                kind="bon_commande",
                number=f"BC-{life.orders}",
                ordered_on=on,
                amount=amount,
            ),
        )
    life.orders += 1
    life.tell(told.Based(row.pk, on, on, amount, None, None))


def changes_the_rate(life: Life) -> None:
    row = _objective(life, measure__in=[Measure.SHARE, Measure.PER_EURO])
    rate, on = Decimal(life.between(1, 100)), life.day_near()
    per = HUNDRED if row.measure == Measure.SHARE else Decimal(10_000)
    scope = life.referent(row.commitment.award)
    with acting(scope):
        change_rate(scope, row, rate=rate, effective_on=on, reason="Accord d’essai")
    life.tell(told.Rated(row.pk, on, rate, per))


def changes_what_counts(life: Life) -> None:
    award: Award = life.pick(life.awards)
    kinds = life.draw(st.sets(st.sampled_from(KINDS), min_size=1))
    cap = life.between(5, 60) if "formation" in kinds and life.draw(st.booleans()) else None
    since = life.day_near()
    scope = life.referent(award)
    with acting(scope):
        change_counting(
            scope,
            life.clauses[award.pk],
            starts_on=since,
            hour_kinds=kinds,
            training_cap=cap,
            internship_cap=None,
            reason="Accord d’essai",
        )
    life.tell(told.Counts(award.pk, since, frozenset(kinds), cap))


def _calendar(life: Life, award: Award) -> told.Calendar:
    found = [a for a in life.acts if isinstance(a, told.Calendar) and a.award == award.pk]
    return found[-1]


def suspends(life: Life) -> None:
    award: Award = life.pick(life.awards)
    now, on = _calendar(life, award), life.day_near()
    scope = life.referent(award)
    with acting(scope):
        suspend(scope, award, on=on, reason="Intempéries")
    life.tell(told.Calendar(award.pk, now.starts, now.ends, now.off, on))


def resumes(life: Life) -> None:
    award: Award = life.pick(life.awards)
    now, on = _calendar(life, award), life.day_near()
    ends = now.ends + timedelta(days=life.between(0, 90)) if life.draw(st.booleans()) else None
    scope = life.referent(award)
    with acting(scope):
        resume(scope, award, on=on, ends_on=ends, reason="Beau temps")
    assert now.stopped is not None
    off = {now.stopped + timedelta(days=n) for n in range((on - now.stopped).days)}
    life.tell(told.Calendar(award.pk, now.starts, ends or now.ends, now.off | off))


def extends(life: Life) -> None:
    award: Award = life.pick(life.awards)
    now = _calendar(life, award)
    ends = now.ends + timedelta(days=life.between(-10, 120))
    scope = life.referent(award)
    with acting(scope):
        extend(scope, award, ends_on=ends, effective_on=life.day, reason="Retard du chantier")
    life.tell(told.Calendar(award.pk, now.starts, ends, now.off, now.stopped))


def terminates(life: Life) -> None:
    """In part, or wholly when it is not suspended."""
    award: Award = life.pick(life.awards)
    now, partial = _calendar(life, award), life.draw(st.booleans())
    if now.stopped is not None:
        raise Refused("Suspendu : autre essai.")
    row = _objective(life, measure=Measure.HOURS, commitment__award=award)
    removed = Decimal(life.between(0, 300))
    scope = life.referent(award)
    with acting(scope):
        terminate(
            scope,
            award,
            on=life.day,
            partial=partial,
            removed={row.pk: removed},
            reason="Motif d’intérêt général",
        )
    acts: list[told.Act] = []
    if removed:
        acts.append(told.Added(row.pk, life.day, -removed))
    if not partial:
        off = frozenset(day for day in now.off if day <= life.day)
        acts.append(told.Calendar(award.pk, now.starts, life.day, off))
    life.tell(*acts)


def changes_the_group(life: Life) -> None:
    """No figure moves: the debt is the award's, whoever answers."""
    award: Award = life.pick(life.awards)
    scope, other = life.referent(award), life.pick(life.others)
    with acting(scope):
        if life.draw(st.booleans()):
            replace_holder(
                scope, award, other, on=life.day, departure="cession", reason="Cession d’essai"
            )
        else:
            set_group(scope, award, "solidaire")
            add_member(scope, award, other, MemberPart.COCONTRACTOR, starts_on=life.day)
    leaves = life.ledger.pool_of(award.pk, life.day)
    if leaves and not GlobalisedCommitment.objects.filter(
        commitment__award=award, ends_on__isnull=True
    ):
        last = life.day - timedelta(days=1)
        staying = leaves - {award.pk}
        gone = leaves if len(staying) < 2 else frozenset({award.pk})
        life.tell(told.Unpooled(gone, last))


def pools(life: Life) -> None:
    scope = scope_of(life.coordinator, life.day)
    rows = list(Commitment.objects.filter(award__in=life.awards).order_by("pk"))
    with acting_as(life.coordinator, day=life.day):
        globalise(scope, life.company, rows, starts_on=life.day, agreement="Accord d’essai")
    life.tell(told.Pooled(frozenset(row.award_id for row in rows), life.day))


def leaves_the_pool(life: Life) -> None:
    scope = scope_of(life.coordinator, life.day)
    member = GlobalisedCommitment.objects.filter(ends_on__isnull=True).order_by("pk").first()
    if member is None:
        raise Refused("Rien de tel ici.")
    with acting_as(life.coordinator, day=life.day):
        leave_globalisation(scope, member, last_day=life.day, reason="Fin d’essai")
    life.tell(told.Unpooled(frozenset(a.pk for a in life.awards), life.day))


def hands_over(life: Life) -> None:
    award: Award = life.pick(life.awards)
    operation, scope = life.operations[award.pk], life.referent(award)
    to = life.pick(life.hosts)
    with acting(scope):
        hand_over(scope, operation, to, life.people[to.pk], on=life.day, reason="Essai")
    life.tell(told.Referent(operation.pk, to.pk, life.day))


def declares(life: Life) -> None:
    """By whoever follows the operation: a month begun by now, for some of the employments."""
    award: Award = life.pick(life.awards)
    month = shift(life.day.replace(day=1), -life.between(0, 4))
    rows = life.draw(st.lists(st.sampled_from(life.employments[award.pk]), min_size=1, unique=True))
    some = st.sets(st.sampled_from(KINDS), min_size=1)
    entries = [
        Entry(row.pk, {kind: life.hours(60) for kind in sorted(life.draw(some))}) for row in rows
    ]
    scope = life.referent(award)
    with acting(scope):
        declare_month(scope, award, month, entries, version=_version(award, month))
    acts: list[told.Act] = []
    for entry in entries:
        for kind, hours in entry.hours.items():
            key = told.Key(award.pk, month, entry.employment_id, kind)
            if hours or _was_said(life, key):
                acts.append(told.Declared(key, hours))
    life.tell(*acts)


def companies_declare(life: Life) -> None:
    """The company or the agency, for its own people of both awards in one sending."""
    company = life.pick([life.company, life.agency])
    user, month = life.declarers[company.pk], shift(life.day.replace(day=1), -life.between(0, 4))
    scope = scope_of(user, life.day)
    parts = []
    with acting(scope):
        for award in life.awards:
            if party_of(award, scope, month) is None:
                continue
            own = [row for row in life.employments[award.pk] if row.employer_id == company.pk]
            entries = tuple(Entry(row.pk, {"travail": life.hours(60)}) for row in own)
            parts.append(Part(award, entries, _version(award, month)))
        if not parts:
            raise Refused("Cette entreprise n’est plus du marché.")
        declare_months(scope, month, parts)
    acts: list[told.Act] = []
    for part in parts:
        for entry in part.entries:
            key = told.Key(part.award.pk, month, entry.employment_id, "travail")
            if entry.total or _was_said(life, key):
                acts.append(told.Declared(key, entry.total))
    life.tell(*acts)


def declares_without_names(life: Life) -> None:
    award: Award = life.pick(life.awards)
    month = shift(life.day.replace(day=1), -life.between(0, 4))
    hours = {"travail": Decimal(life.between(1, 400))}
    scope = life.referent(award)
    with acting(scope):
        declare_collective(scope, award, month, hours, 9, version=_version(award, month))
    life.tell(told.Declared(told.Key(award.pk, month, None, "travail"), hours["travail"]))


def checks(life: Life) -> None:
    """Validates or sends back some of the lines that wait on one statement."""
    award: Award = life.pick(life.awards)
    waiting = StatementLine.objects.to_check().filter(statement__award=award)
    statements = list(Statement.objects.filter(lines__in=waiting).distinct().order_by("pk"))
    if not statements:
        raise Refused("Rien n’attend.")
    statement = life.pick(statements)
    lines = list(
        waiting.filter(statement=statement).select_related("employment_month").order_by("pk")
    )
    chosen = life.draw(st.lists(st.sampled_from(lines), min_size=1, unique=True))
    pks = [line.pk for line in chosen]
    kind: type[told.Validated] | type[told.Returned] = told.Validated
    scope = life.referent(award)
    with acting(scope):
        if life.between(0, 3):
            validate_lines(scope, statement, pks)
        else:
            kind = told.Returned
            return_lines(scope, statement, pks, "À revoir")
    life.tell(*[kind(_key(award, statement, line)) for line in chosen])


def closes(life: Life) -> None:
    """The year 2025, by a host or by the region, once it is over."""
    host = life.pick([None, *life.hosts])
    user = life.managers[host.pk] if host else life.coordinator
    region = life.hosts[0].region
    assert region is not None
    with acting_as(user, day=life.day):
        made = close_year(scope_of(user, life.day), region, 2025, host, note="Clôture d’essai")
    life.tell(told.Closed(made.pk, 2025, host.pk if host else None))


def _key(award: Award, statement: Statement, line: StatementLine) -> told.Key:
    employment = line.employment_id if line.employment_month_id else None
    return told.Key(award.pk, statement.month, employment, line.kind)


def _was_said(life: Life, key: told.Key) -> bool:
    return any(isinstance(act, told.Declared) and act.key == key for act in life.acts)


def _version(award: Award, month: date) -> int:
    rows = Statement.objects.filter(award=award, month=month).values_list("version", flat=True)
    return rows.first() or 0


ACTS: tuple[Callable[[Life], None], ...] = (
    amends,
    affirms_the_tranche,
    tells_hours_worked,
    orders,
    changes_the_rate,
    changes_what_counts,
    suspends,
    resumes,
    extends,
    terminates,
    changes_the_group,
    pools,
    leaves_the_pool,
    hands_over,
    declares,
    declares,
    companies_declare,
    companies_declare,
    declares_without_names,
    checks,
    checks,
    checks,
    closes,
)
"""What may happen next; hours come more often, as they do."""

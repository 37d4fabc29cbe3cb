"""Hours declared without names: in the hours, in no count of persons, checked as the others."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import builders
from tests.builders import DAY, World, at

from coclause.clauses.choices import HostRole
from coclause.clauses.models import Award, Clause, OperationHost
from coclause.clauses.states import ClauseState
from coclause.core.actor import acting_as
from coclause.core.models import JournalEntry, User
from coclause.core.refusals import Conflict, Refused
from coclause.hours.checking import return_lines, validate_lines
from coclause.hours.checks import remarks
from coclause.hours.collective import CollectiveRefused, declare_collective, headcount_of
from coclause.hours.declaring import Entry, declare_month
from coclause.hours.models import Declaration, Statement, StatementLine
from coclause.hours.progress import progress_of_clauses
from coclause.indicators.figures import figures
from coclause.indicators.perimeter import Perimeter, Period
from coclause.organisations.choices import MemberRole, Role
from coclause.organisations.scopes import scope_of

OCTOBER = date(2026, 10, 1)


def accepting(world: World) -> World:
    with acting_as("test", day=DAY):
        Clause.objects.filter(pk=world.clause.pk).update(collective=True)
    return world


@pytest.fixture
def world(db: None) -> World:
    return accepting(builders.world())


def declare(
    world: World,
    hours: str | dict[str, str],
    headcount: int,
    *,
    version: int = 0,
    user: User | None = None,
    when: date = DAY,
    month: date = OCTOBER,
) -> Statement:
    said = hours if isinstance(hours, dict) else {"travail": hours}
    by_kind = {kind: Decimal(value) for kind, value in said.items()}
    user = user or world.facilitator
    scope = scope_of(user, DAY)
    with acting_as(user, day=DAY):
        return declare_collective(
            scope, world.award, month, by_kind, headcount, version=version, at=at(when)
        )


def validate(world: World, statement: Statement, when: date = DAY) -> None:
    with acting_as(world.facilitator, day=DAY):
        pks = list(statement.lines.to_check().values_list("pk", flat=True))
        validate_lines(world.scope, statement, pks, at=at(when))


def send_back(world: World, statement: Statement) -> None:
    with acting_as(world.facilitator, day=DAY):
        pks = list(statement.lines.to_check().values_list("pk", flat=True))
        return_lines(world.scope, statement, pks, "Planning de l’atelier absent")


def total(lines: "object") -> Decimal:
    return sum((line.hours for line in lines), Decimal(0))  # type: ignore[attr-defined]


def validated(known_on: date | None = None) -> Decimal:
    return total(StatementLine.objects.validated(at(known_on) if known_on else None))


def test_hours_without_names_advance_the_commitment_and_are_no_beneficiary(world: World) -> None:
    statement = declare(world, "900", 12)
    waiting = progress_of_clauses([world.clause.pk], DAY)[world.clause.pk]
    assert [waiting.validated, waiting.waiting] == [Decimal(0), Decimal(900)]
    validate(world, statement)
    done = progress_of_clauses([world.clause.pk], DAY)[world.clause.pk]
    assert [done.validated, done.waiting] == [Decimal(900), Decimal(0)]
    asked = ["hours_validated", "beneficiaries"]
    found = figures(Perimeter("27"), Period.year(2026), codes=asked, hide=False)
    assert [found[code].value for code in asked] == [900, 0]
    assert headcount_of([world.award.pk]) == 12


def test_a_correction_waits_as_its_difference_and_then_replaces(world: World) -> None:
    validate(world, declare(world, "900", 12, when=date(2026, 11, 3)), date(2026, 11, 6))
    statement = declare(world, "920", 13, version=1, when=date(2026, 11, 10))
    figure = progress_of_clauses([world.clause.pk], DAY)[world.clause.pk]
    assert [figure.validated, figure.waiting] == [Decimal(900), Decimal(20)]
    assert validated() == 900
    assert total(StatementLine.objects.declared()) == 920
    validate(world, statement, date(2026, 11, 20))
    assert validated() == 920
    assert validated(date(2026, 11, 12)) == 900
    assert validated(date(2026, 11, 4)) == 0


def test_a_headcount_alone_is_corrected_too(world: World) -> None:
    validate(world, declare(world, {"travail": "900", "formation": "20"}, 12))
    validate(world, declare(world, {"travail": "900", "formation": "20"}, 10, version=1))
    in_force = StatementLine.objects.validated()
    assert sorted(in_force.values_list("kind", "hours", "headcount")) == [
        ("formation", Decimal(20), 10),
        ("travail", Decimal(900), 10),
    ]


def test_sending_the_same_twice_adds_nothing(world: World) -> None:
    declare(world, "900", 12)
    declare(world, "900", 12, version=1)
    assert StatementLine.objects.count() == 1


def test_a_line_sent_back_is_sent_again_even_unchanged(world: World) -> None:
    send_back(world, declare(world, "900", 12))
    assert total(StatementLine.objects.declared()) == 0
    declare(world, "900", 12, version=1)
    assert total(StatementLine.objects.to_check()) == 900


def test_a_month_of_nobody_is_declared_and_corrects_what_was_there(world: World) -> None:
    declare(world, "0", 0)
    assert Statement.objects.get().lines.count() == 0
    declare(world, "900", 12, version=1)
    declare(world, "0", 0, version=2)
    line = StatementLine.objects.declared().get()
    assert (line.hours, line.headcount) == (Decimal(0), 0)
    assert headcount_of([world.award.pk]) == 0


def test_names_and_a_headcount_share_a_month(world: World) -> None:
    statement = declare(world, "900", 12)
    entry = Entry(world.employment.pk, {"travail": Decimal("35.5")})
    with acting_as(world.facilitator, day=DAY):
        declare_month(world.scope, world.award, OCTOBER, [entry], version=1)
    validate(world, statement)
    assert validated() == Decimal("935.5")
    asked = figures(Perimeter("27"), Period.year(2026), codes=["beneficiaries"], hide=False)
    assert asked["beneficiaries"].value == 1


@pytest.mark.parametrize(
    ("hours", "headcount", "why", "about_headcount"),
    [
        ("100000", 12, "744 heures par personne, soit 8\u202f928", False),
        ("745", 1, "pour 1 personne", False),
        ("-1", 12, "négatives", False),
        ("NaN", 12, "négatives", False),
        ("900", 0, "combien de personnes", True),
        ("0", 12, "les heures de ces personnes", True),
        ("900", -1, "effectif", True),
        ("900", 40_000, "effectif", True),
    ],
)
def test_what_is_impossible_is_refused_in_a_sentence(
    world: World, hours: str, headcount: int, why: str, about_headcount: bool
) -> None:
    with pytest.raises(CollectiveRefused, match=why) as refusal:
        declare(world, hours, headcount)
    assert refusal.value.about_headcount is about_headcount
    assert not Statement.objects.exists()


def test_a_kind_left_out_still_weighs_on_what_people_can_work(world: World) -> None:
    declare(world, {"formation": "700"}, 1)
    with pytest.raises(CollectiveRefused, match="744"):
        declare(world, {"travail": "100"}, 1, version=1)


def test_a_mean_above_the_ceiling_is_noted_and_not_refused(world: World) -> None:
    statement = declare(world, "2700", 12)
    note = remarks([statement], day=DAY)[statement.pk][0]
    assert note.employment_id is None
    assert "225\u00a0h par personne en moyenne" in note.text
    statement = declare(world, "2640", 12, version=1)
    assert remarks([statement], day=DAY) == {}


def test_a_clause_that_asks_for_names_refuses_a_headcount(world: World) -> None:
    declare(world, "900", 12)
    with acting_as("test", day=DAY):
        Clause.objects.filter(pk=world.clause.pk).update(collective=False)
    declare(world, "880", 12, version=1)
    with pytest.raises(Refused, match="par personne"):
        declare(world, "900", 12, month=date(2026, 9, 1))


def test_the_clause_committed_on_the_award_decides_before_its_neighbours(world: World) -> None:
    with acting_as("test", day=DAY):
        Clause.objects.filter(pk=world.clause.pk).update(collective=False)
        builders.clause(world.lot, ClauseState.RUNNING, instrument="critere", collective=True)
    with pytest.raises(Refused, match="par personne"):
        declare(world, "900", 12)


def test_who_has_no_part_in_it_declares_nothing(world: World) -> None:
    with acting_as("test", day=DAY):
        other = builders.organisation("Nettoyage Mirage", Role.COMPANY)
        host = builders.organisation("Plie des Brumes", Role.HOST)
        OperationHost.objects.create(
            operation=world.operation,
            host=host,
            role=HostRole.ASSOCIATED,
            starts_on=date(2026, 1, 5),
        )
        strangers = [
            builders.member(world.buyer, MemberRole.BUYER),
            builders.member(other, MemberRole.COMPANY),
            builders.member(host, MemberRole.FACILITATOR),
        ]
        own = builders.member(world.company, MemberRole.COMPANY)
    for user in strangers:
        with pytest.raises(PermissionDenied):
            declare(world, "900", 12, user=user)
    assert not Statement.objects.exists()
    declare(world, "900", 12, user=own)
    assert StatementLine.objects.get().declared_by == own


def test_the_journal_tells_the_hours_and_counts_nobody(world: World) -> None:
    declare(world, "900", 3)
    told = JournalEntry.objects.latest("pk")
    assert told.sentence == "Octobre 2026, déclaration collective : 900\u00a0h."


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run these at the same time, each on a connection of its own: None, or what was raised."""
    barrier, answers = Barrier(len(acts)), [object()] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        try:
            barrier.wait(timeout=20)
            act()
            answers[place] = None
        except Refused as refusal:
            answers[place] = type(refusal)
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(answers, key=str)


@pytest.mark.usefixtures("committed_db")
def test_of_two_corrections_at_once_one_is_told() -> None:
    world = accepting(builders.world())
    validate(world, declare(world, "900", 12))
    answers = at_once(
        lambda: declare(world, "880", 11, version=1), lambda: declare(world, "950", 13, version=1)
    )
    assert answers == [Conflict, None]
    assert StatementLine.objects.to_check().count() == 1
    assert validated() == 900


@pytest.mark.usefixtures("committed_db")
def test_two_first_sendings_at_once_make_one_month() -> None:
    world = accepting(builders.world())
    answers = at_once(lambda: declare(world, "900", 12), lambda: declare(world, "900", 12))
    assert answers == [None, None]
    assert total(StatementLine.objects.declared()) == 900
    assert Declaration.objects.count() == 1


Act = tuple[Any, ...]
KINDS = ("travail", "formation")
ACTS = st.one_of(
    st.tuples(
        st.just("declare"),
        st.dictionaries(st.sampled_from(KINDS), st.integers(0, 300), min_size=1),
        st.integers(0, 3),
    ),
    st.tuples(st.just("validate")),
    st.tuples(st.just("return")),
)


class Ledger:
    """The same month in plain Python: by kind, the last sending and what was validated."""

    def __init__(self) -> None:
        self.sent: dict[str, tuple[int, int, str]] = {}
        self.validated: dict[str, int] = {}
        self.past: list[tuple[date, int]] = []

    def declare(self, hours: dict[str, int], headcount: int) -> bool:
        """False when the month cannot be so."""
        said = sum(hours.values())
        kept = sum(h for kind, (h, _, _) in self.sent.items() if kind not in hours)
        if bool(said) > bool(headcount) or (headcount and not said + kept):
            return False
        if said and said + kept > 744 * headcount:
            return False
        for kind, value in hours.items():
            people = headcount if value else 0
            old = self.sent.get(kind)
            if (old is None and not value) or (old and old == (value, people, "declared")):
                continue
            if old and old == (value, people, "validated"):
                continue
            self.sent[kind] = (value, people, "declared")
        return True

    def check(self, answer: str) -> None:
        for kind, (value, people, state) in self.sent.items():
            if state == "declared":
                self.sent[kind] = (value, people, answer)
                if answer == "validated":
                    self.validated[kind] = value

    @property
    def declared(self) -> int:
        return sum(h for h, _, state in self.sent.values() if state != "returned")


@pytest.mark.django_db
@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(acts=st.lists(ACTS, max_size=9))
def test_any_life_of_a_month_gives_what_a_plain_ledger_gives(world: World, acts: list[Act]) -> None:
    with acting_as("test", day=DAY):
        award = builders.award(world.lot, world.company)
    ledger, version, when = Ledger(), 0, date(2026, 10, 5)
    for act in acts:
        when += timedelta(days=1)
        statement = Statement.objects.filter(award=award).first()
        if act[0] == "declare":
            possible = ledger.declare(*act[1:])
            assert _declared(world, award, act, version, when) is possible
            version += possible
        elif statement and statement.lines.to_check().exists():
            with acting_as(world.facilitator, day=DAY):
                pks = list(statement.lines.to_check().values_list("pk", flat=True))
                if act[0] == "validate":
                    validate_lines(world.scope, statement, pks, at=at(when))
                else:
                    return_lines(world.scope, statement, pks, "Planning absent", at=at(when))
            ledger.check("validated" if act[0] == "validate" else "returned")
        ledger.past.append((when, sum(ledger.validated.values())))
    lines = StatementLine.objects.filter(statement__award=award)
    assert total(lines.validated()) == sum(ledger.validated.values())
    assert total(lines.declared()) == ledger.declared
    people = [p for h, p, state in ledger.sent.values() if state != "returned" and h]
    assert headcount_of([award.pk]) == max(people, default=0)
    for day, known in ledger.past:
        assert total(lines.validated(at(day, 11))) == known


def _declared(world: World, award: Award, act: Act, version: int, when: date) -> bool:
    """Declare; whether it was accepted."""
    said = {kind: Decimal(value) for kind, value in act[1].items()}
    with acting_as(world.facilitator, day=DAY):
        try:
            declare_collective(
                world.scope, award, OCTOBER, said, act[2], version=version, at=at(when)
            )
        except CollectiveRefused:
            return False
    return True

"""Several months checked in one act: each whole or left, as it was read, nobody in a ring."""

import threading
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from tests import builders
from tests.attacks.recounting import assert_months_hold
from tests.builders import DAY, World
from tests.hours.checks.check_worlds import OCTOBER, agency, declare

from coclause.clauses.models import Award
from coclause.core.actor import acting_as
from coclause.core.models import Mail
from coclause.core.refusals import Refused
from coclause.hours.checking import (
    Validated,
    marks_of,
    return_each,
    validate_lines,
    validate_statements,
    waiting_of,
)
from coclause.hours.contesting import contest
from coclause.hours.declaring import Entry, Part, declare_month, declare_months
from coclause.hours.models import Assignment, Employment, Statement, StatementLine
from coclause.organisations.choices import MemberRole
from coclause.organisations.scopes import scope_of

SEPTEMBER = date(2026, 9, 1)


def read(world: World, *statements: Statement) -> dict[int, str]:
    return marks_of(waiting_of(statements, world.scope))


def validated(world: World, marks: dict[int, str]) -> Validated:
    with acting_as(world.facilitator, day=DAY):
        return validate_statements(world.scope, marks)


@pytest.mark.django_db
def test_months_without_remark_are_validated_and_others_left() -> None:
    world = builders.world()
    plain, doubtful = declare(world, "35", SEPTEMBER), declare(world, "230")
    told = validated(world, read(world, plain, doubtful))
    assert told.done == {plain.pk: Decimal(35)}
    assert told.remarked == [doubtful.pk]
    assert StatementLine.objects.validated().get().statement_id == plain.pk


@pytest.mark.django_db
def test_a_month_that_moved_since_it_was_read_is_left() -> None:
    world = builders.world()
    first, second = declare(world, "35", SEPTEMBER), declare(world, "35")
    marks = read(world, first, second)
    declare(world, "40")
    told = validated(world, marks)
    assert (list(told.done), told.moved) == ([first.pk], [second.pk])
    assert validated(world, marks).moved == [first.pk, second.pk]


@pytest.mark.django_db
def test_a_contest_come_meanwhile_is_a_month_that_moved() -> None:
    world = builders.world()
    _, temp, employed = agency(world)
    statement = declare(world, "35", who=employed, by=temp)
    marks = read(world, statement)
    with acting_as("test", day=DAY):
        holder = builders.member(world.company, MemberRole.COMPANY)
    with acting_as(holder, day=DAY):
        contest(scope_of(holder, DAY), statement.lines.get(), None, "Trop")
    assert validated(world, marks).moved == [statement.pk]


@pytest.mark.django_db
def test_months_of_others_are_refused_whole() -> None:
    world, other = builders.world(), builders.world("Mont-Rêvé")
    mine, theirs = declare(world, "35"), declare(other, "35")
    marks = read(world, mine) | read(other, theirs)
    with pytest.raises(PermissionDenied):
        validated(world, marks)
    assert not StatementLine.objects.validated().exists()


@pytest.mark.django_db
def test_each_line_is_sent_back_with_its_own_reason() -> None:
    world = builders.world()
    statement = declare(world, {"travail": "35", "formation": "7"})
    work, training = statement.lines.order_by("-hours")
    reasons = {work.pk: "Bulletin à 28 h", training.pk: " Attestation manquante "}
    with acting_as(world.facilitator, day=DAY):
        with pytest.raises(Refused, match="motif"):
            return_each(world.scope, statement, {work.pk: "Oui", training.pk: " "})
        assert return_each(world.scope, statement, reasons) == 2
    told = dict(statement.lines.values_list("kind", "return_reason"))
    assert told == {"travail": "Bulletin à 28 h", "formation": "Attestation manquante"}


@pytest.mark.django_db
def test_who_sent_a_line_that_goes_back_is_told_once_by_mail() -> None:
    world = builders.world()
    _, temp, employed = agency(world)
    statement = declare(world, {"travail": "35", "formation": "7"}, who=employed, by=temp)
    with acting_as(world.facilitator, day=DAY):
        for line in statement.lines.all():
            return_each(world.scope, statement, {line.pk: "Bulletin manquant"})
    mail = Mail.objects.get(kind="month.returned")
    assert mail.recipient == temp.email
    assert "Bulletin" not in mail.body


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Each act in a thread of its own; its answer, or what it raised."""
    start, answers = threading.Barrier(len(acts)), [None] * len(acts)
    found: list[object] = list(answers)

    def run(number: int, act: Callable[[], object]) -> None:
        try:
            start.wait(timeout=20)
            found[number] = act()
        except Exception as error:
            found[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return found


def unexpected(answers: list[object]) -> list[object]:
    return [a for a in answers if isinstance(a, Exception) and not isinstance(a, Refused)]


def two_awards(world: World) -> tuple[Award, list[int]]:
    """A second award, and people who work on both."""
    with acting_as("test", day=DAY):
        second = builders.award(builders.lot(world.operation, number=4), world.company)
    people: list[Employment] = []
    with acting_as(world.facilitator, day=DAY):
        for letter in "abcd":
            person = builders.person(world.host, f"Rêvé{letter}", "Basile")
            people.append(builders.employment(person, world.company, world.award))
        Assignment.objects.bulk_create(
            Assignment(employment=e, award=second, host=world.host, starts_on=e.starts_on)
            for e in people
        )
    return second, [employment.pk for employment in people]


@pytest.mark.usefixtures("committed_db")
def test_checking_several_awards_and_declaring_them_never_wait_in_a_ring() -> None:
    world = builders.world()
    second, people = two_awards(world)

    def part(award: Award, hours: int, version: int) -> Part:
        entries = [Entry(pk, {"travail": Decimal(hours)}, Decimal(150)) for pk in people]
        return Part(award, tuple(entries), version)

    # The second award's statement comes first: the order of their ids is not that of awards.
    with acting_as(world.facilitator, day=DAY):
        for award in (second, world.award):
            declare_months(world.scope, OCTOBER, [part(award, 20, 0)])
    for turn in range(4):
        statements = list(Statement.objects.filter(month=OCTOBER))
        marks = read(world, *statements)
        versions = {s.award_id: s.version for s in statements}

        def check(marks: dict[int, str] = marks) -> object:
            return validated(world, marks)

        def send(versions: dict[int, int] = versions, hours: int = 21 + turn) -> object:
            with acting_as(world.facilitator, day=DAY):
                parts = [part(a, hours, versions[a.pk]) for a in (second, world.award)]
                return declare_months(world.scope, OCTOBER, parts)

        answers = at_once(check, send, check)
        assert not unexpected(answers), answers
        assert_months_hold()


@pytest.mark.usefixtures("committed_db")
def test_a_contest_and_a_check_at_once_are_one_then_the_other() -> None:
    world = builders.world()
    _, temp, employed = agency(world)
    with acting_as("test", day=DAY):
        holder = builders.member(world.company, MemberRole.COMPANY)
    with acting_as(temp, day=DAY):
        entry = Entry(employed.pk, {"travail": Decimal(96)})
        statement = declare_month(scope_of(temp, DAY), world.award, OCTOBER, [entry], version=0)
    line, marks = statement.lines.get(), read(world, statement)

    def contesting() -> object:
        with acting_as(holder, day=DAY):
            return contest(scope_of(holder, DAY), line, Decimal(60), "Absente")

    answers = at_once(contesting, lambda: validated(world, marks))
    assert not unexpected(answers), answers
    contested = not isinstance(answers[0], Exception)
    told = answers[1]
    assert isinstance(told, Validated)
    assert bool(told.moved) == contested
    assert StatementLine.objects.validated().exists() != contested


@pytest.mark.usefixtures("committed_db")
def test_two_people_checking_the_same_months_count_them_once() -> None:
    world = builders.world()
    statements = [declare(world, "35", month) for month in (SEPTEMBER, OCTOBER)]
    marks = read(world, *statements)
    one_by_one = [s.lines.get().pk for s in statements]

    def line_by_line() -> object:
        with acting_as(world.facilitator, day=DAY):
            return validate_lines(world.scope, statements[1], one_by_one[1:])

    answers = at_once(
        lambda: validated(world, marks), line_by_line, lambda: validated(world, marks)
    )
    assert not unexpected(answers), answers
    assert sorted(StatementLine.objects.validated().values_list("hours", flat=True)) == [35, 35]

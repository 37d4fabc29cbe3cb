"""Two people at the same moment, in real transactions: one wins, the other is told, sums hold."""

import threading
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from tests import builders
from tests.attacks.recounting import assert_months_hold
from tests.builders import DAY, World

from coclause.clauses.actions import change_state
from coclause.clauses.engaging import Terms, add_objective, amend, trigger
from coclause.clauses.models import Award, Objective, Order
from coclause.clauses.ordering import place_order
from coclause.core.actor import acting_as
from coclause.core.refusals import Conflict, Refused
from coclause.hours.checking import validate_lines
from coclause.hours.declaring import Entry, declare_month
from coclause.hours.models import Assignment, Employment, Statement, StatementLine
from coclause.people.actions import record_person
from coclause.people.models import Identity, Person

pytestmark = pytest.mark.usefixtures("committed_db")
OCTOBER = date(2026, 10, 1)
Act = Callable[[World], object]


def at_once(world: World, *acts: Act) -> list[object]:
    """Run each act in a thread and a transaction of its own; its answer, or what it raised."""
    start = threading.Barrier(len(acts))
    answers: list[object] = [None] * len(acts)

    def run(number: int, act: Act) -> None:
        try:
            start.wait(timeout=20)
            with acting_as(world.facilitator, day=DAY):
                answers[number] = act(world)
        except Exception as error:
            answers[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers


def unexpected(answers: list[object]) -> list[object]:
    return [a for a in answers if isinstance(a, Exception) and not isinstance(a, Refused)]


def declare(award: Award, hours: dict[int, int], version: int, worked: int = 100) -> Act:
    entries = [Entry(pk, {"travail": Decimal(h)}, Decimal(worked)) for pk, h in hours.items()]
    return lambda w: declare_month(w.scope, award, OCTOBER, entries, version=version)


def validate(award: Award) -> Act:
    def act(world: World) -> int:
        statement = Statement.objects.get(award=award)
        waiting = list(statement.lines.to_check().order_by("pk").values_list("pk", flat=True))
        return validate_lines(world.scope, statement, waiting)

    return act


def run(world: World, act: Act) -> None:
    with acting_as(world.facilitator, day=DAY):
        act(world)


def crew(world: World, size: int) -> tuple[Award, list[int]]:
    """A second award of the operation, and people who work on both."""
    with acting_as("test", day=DAY):
        second = builders.award(builders.lot(world.operation, number=4), world.company)
    people: list[Employment] = []
    with acting_as(world.facilitator, day=DAY):
        for number in range(size):
            person = builders.person(world.host, f"Rêvé{'abcdefgh'[number]}", "Basile")
            people.append(builders.employment(person, world.company, world.award))
        Assignment.objects.bulk_create(
            Assignment(employment=e, award=second, host=world.host, starts_on=e.starts_on)
            for e in people
        )
    return second, [employment.pk for employment in people]


def test_two_sites_declaring_and_checking_the_same_people_never_wait_in_a_ring() -> None:
    world = builders.world()
    second, people = crew(world, 6)
    run(world, declare(world.award, dict.fromkeys(people, 30), 0))
    run(world, validate(world.award))
    # Corrections of the last ones and new hours of the first ones: two sets of months to lock.
    run(world, declare(world.award, dict.fromkeys(people[3:], 20), 1))
    with acting_as(world.facilitator, day=DAY):
        StatementLine.objects.to_check().count()
    for version in range(4):
        backwards = dict.fromkeys(reversed(people), 40 + version)
        answers = at_once(
            world,
            declare(second, backwards, version),
            validate(world.award),
            declare(world.award, dict.fromkeys(people, 21 + version), 2 + version),
        )
        assert not unexpected(answers), answers
        assert_months_hold()


def test_two_sites_taking_the_last_hours_of_a_month_share_them_once() -> None:
    world = builders.world()
    second, people = crew(world, 2)
    answers = at_once(
        world,
        declare(world.award, dict.fromkeys(people, 60), 0),
        declare(second, dict.fromkeys(people, 60), 0),
    )
    assert sum(isinstance(answer, Refused) for answer in answers) == 1
    assert not unexpected(answers)
    assert_months_hold()


def test_a_correction_and_a_check_at_once_count_the_month_once() -> None:
    world = builders.world()
    pk = world.employment.pk
    run(world, declare(world.award, {pk: 30}, 0))
    answers = at_once(world, declare(world.award, {pk: 25}, 1), validate(world.award))
    assert not unexpected(answers)
    assert StatementLine.objects.validated().count() <= 1
    assert_months_hold()


def test_two_changes_of_state_at_once() -> None:
    world = builders.world()

    def suspend(at: World) -> object:
        return change_state(at.scope, at.clause, "suspendre", reason="Intempéries")

    answers = at_once(world, suspend, suspend)
    assert sum(isinstance(answer, Conflict) for answer in answers) == 1
    assert not unexpected(answers)


def test_two_amendments_at_once_never_owe_less_than_nothing() -> None:
    world = builders.world()

    def lower(at: World) -> object:
        objective = Objective.objects.get()
        return amend(
            at.scope, objective, quantity=Decimal(-700), effective_on=DAY, reason="Lot réduit"
        )

    answers = at_once(world, lower, lower)
    assert sum(isinstance(answer, Refused) for answer in answers) == 1
    total = sum(event.quantity for event in Objective.objects.get().events.all())
    assert total == Decimal(540)


def test_a_tranche_affirmed_by_two_people_at_once_is_due_once() -> None:
    world = builders.world()
    with acting_as(world.facilitator, day=DAY):
        terms = Terms(trigger="tranche", planned=Decimal(130))
        tranche = add_objective(world.scope, world.clause.commitments.get(), terms)

    def affirm(at: World) -> object:
        return trigger(at.scope, tranche, effective_on=DAY)

    answers = at_once(world, affirm, affirm)
    assert sum(isinstance(answer, Conflict) for answer in answers) == 1
    assert not unexpected(answers)
    assert sum(event.quantity for event in tranche.events.all()) == Decimal(130)


def test_an_order_placed_by_two_people_at_once_counts_once() -> None:
    world = builders.world()
    with acting_as(world.facilitator, day=DAY):
        terms = Terms(
            measure="heures_par_montant", trigger="commande", rate=Decimal(5), per=Decimal(10_000)
        )
        by_euro = add_objective(world.scope, world.clause.commitments.get(), terms)

    def order(at: World) -> object:
        made = Order(
            award=at.award,
            kind="bon_commande",
            number="2026-01",
            ordered_on=DAY,
            amount=Decimal(20_000),
        )
        return place_order(at.scope, made)

    answers = at_once(world, order, order)
    assert sum(isinstance(answer, Conflict) for answer in answers) == 1
    assert not unexpected(answers)
    assert sum(event.quantity for event in by_euro.events.all()) == Decimal(10)


def test_an_amendment_may_lower_a_commitment_on_its_first_day() -> None:
    world = builders.world()
    with acting_as(world.facilitator, day=DAY):
        amend(
            world.scope,
            Objective.objects.get(),
            quantity=Decimal(-40),
            effective_on=world.award.notified_on,
            reason="Erreur de saisie",
        )
    assert sum(e.quantity for e in Objective.objects.get().events.all()) == Decimal(1200)


def test_the_same_person_recorded_twice_at_once_is_one_record() -> None:
    world = builders.world()

    def record(at: World) -> object:
        born_on = date(1990, 1, 2)
        person = Person(host=at.host, birth_name="Supposé", given_names="Basile", born_on=born_on)
        return record_person(at.scope, person).pk

    answers = at_once(world, record, record, record)
    assert len(set(map(str, answers))) == 1, answers
    assert Identity.objects.count() == 2

"""What is due of an objective, what is done of it: a wrong figure here accuses a company."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests import builders
from tests.builders import DAY, World

from coclause.clauses.choices import Measure, Trigger
from coclause.clauses.engaging import Terms, add_objective, amend, trigger
from coclause.clauses.models import Objective, ObjectiveEvent
from coclause.clauses.owed import Owed, owed_by_objective
from coclause.clauses.promises import promise
from coclause.core.actor import acting_as
from coclause.hours.checking import validate_lines
from coclause.hours.declaring import Entry, declare_month
from coclause.hours.models import Employment
from coclause.hours.objectives import done_by_objective
from coclause.people.choices import Sex

pytestmark = pytest.mark.django_db


def add(world: World, *terms: Terms) -> list[Objective]:
    with acting_as(world.facilitator, day=DAY):
        commitment = world.clause.commitments.get()
        return [add_objective(world.scope, commitment, said) for said in terms]


def rows(world: World) -> list[Objective]:
    found = Objective.objects.filter(commitment__clause=world.clause)
    return list(found.select_related("commitment__award").prefetch_related("events").order_by("pk"))


def owed(world: World, objective: Objective, day: date = DAY, known_on: Any = None) -> Owed:
    return owed_by_objective(rows(world), day, known_on)[objective.pk]


def test_what_is_due_as_it_was_known_then(world_: World) -> None:
    whole = world_.clause.commitments.get().objectives.get()
    (share,) = add(world_, Terms(public="QPV", share=Decimal(25), part_of=whole))
    before = ObjectiveEvent.objects.get().recorded_at
    with acting_as(world_.facilitator, day=DAY):
        amend(
            world_.scope, whole, quantity=Decimal(-240), effective_on=date(2026, 6, 1),
            reason="Lot réduit",
        )  # fmt: skip
    assert [owed(world_, row).quantity for row in (whole, share)] == [1000, 250]
    assert [owed(world_, row, DAY, before).quantity for row in (whole, share)] == [1240, 310]
    assert [owed(world_, row, date(2026, 5, 31)).words for row in (whole, share)] == [
        "1\u202f240\u00a0h",
        "310\u00a0h",
    ]


def test_what_may_come_is_said_until_it_no_longer_may(world_: World) -> None:
    each, yearly, call = add(
        world_,
        Terms(trigger=Trigger.ORDER, planned=Decimal(7)),
        Terms(trigger=Trigger.YEAR, planned=Decimal(500), ends_on=date(2026, 12, 31)),
        Terms(measure=Measure.APPRENTICES, trigger=Trigger.CALL_OFF),
    )
    assert "Aucun bon de commande n’est notifié" in owed(world_, each).undetermined
    assert owed(world_, call).words == "pas encore déterminable"
    assert "500\u00a0h de plus par année" in owed(world_, yearly).undetermined
    with acting_as(world_.facilitator, day=DAY):
        trigger(world_.scope, yearly, effective_on=date(2026, 3, 2))
    assert owed(world_, yearly).undetermined == ""
    assert owed(world_, each, date(2028, 1, 1)).undetermined == ""
    assert owed(world_, each, date(2028, 1, 1)).quantity is None
    words = [promise(row, DAY) for row in rows(world_)[1:]]
    assert words == [
        "7\u00a0h par bon de commande",
        "500\u00a0h par année, jusqu’au 31/12/2026",
        "Une quantité dite par marché subséquent",
    ]


@pytest.fixture
def world_() -> World:
    return builders.world()


def hire(world: World, name: str, **facts: Any) -> Employment:
    sex = facts.pop("sex", Sex.MALE)
    with acting_as(world.facilitator, day=DAY):
        person = builders.person(world.host, name, "Basile", sex=sex)
        return builders.employment(person, world.company, world.award, **facts)


def work(world: World, month: date, hours: dict[int, str]) -> None:
    with acting_as(world.facilitator, day=DAY):
        entries = [Entry(pk, {"travail": Decimal(done)}) for pk, done in hours.items()]
        statement = declare_month(world.scope, world.award, month, entries, version=0)
        validate_lines(world.scope, statement, list(statement.lines.values_list("pk", flat=True)))


def test_persons_contracts_apprentices_and_shares_are_counted_apart(world_: World) -> None:
    whole = world_.clause.commitments.get().objectives.get()
    add(
        world_,
        Terms(measure=Measure.PERSONS, quantity=Decimal(3)),
        Terms(measure=Measure.CONTRACTS, quantity=Decimal(3)),
        Terms(measure=Measure.APPRENTICES, quantity=Decimal(1)),
        Terms(public="FEMMES", share=Decimal(30), part_of=whole),
        Terms(public="QPV", share=Decimal(30), part_of=whole),
        Terms(public="RSA", share=Decimal(10), part_of=whole),
    )
    district = hire(world_, "Supposé", district="QN02101A", district_vintage="2024")
    by_criterion = hire(world_, "Imaginé", criteria=["QPV", "RSA"], type="apprentissage")
    hire(world_, "Prévu", starts=date(2027, 1, 4))
    work(
        world_,
        date(2026, 10, 1),
        {world_.employment.pk: "60", district.pk: "25", by_criterion.pk: "10"},
    )
    done = list(done_by_objective(rows(world_), DAY).values())
    assert done == [95, 3, 3, 1, 60, 35, 10]
    assert list(done_by_objective(rows(world_), date(2026, 9, 30)).values())[:2] == [0, 0]
    before = world_.award.recorded_at
    assert list(done_by_objective(rows(world_), DAY, before).values())[:2] == [0, 0]


def test_what_was_done_takes_the_same_queries_whatever_the_objectives(
    world_: World, django_assert_max_num_queries: Any
) -> None:
    add(world_, *[Terms(measure=Measure.PERSONS, quantity=Decimal(3)) for _ in range(6)])
    found = rows(world_)
    with django_assert_max_num_queries(7):
        done_by_objective(found, DAY)

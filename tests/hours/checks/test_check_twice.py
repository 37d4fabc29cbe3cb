"""An hour told twice is seen, even by two hosts who know nothing of each other."""

from datetime import date

import pytest
from tests import builders
from tests.builders import DAY, World
from tests.hours.checks.check_worlds import agency, codes, declare

from coclause.core.actor import acting_as
from coclause.hours.models import Employment

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return builders.world()


def elsewhere(world: World, *, starts: date = date(2026, 3, 9), ends: date | None = None) -> World:
    """The same person, employed by the same company, recorded by another host on its own award.

    Small worlds all have the same person: one identity.
    """
    other = builders.world("Mont-Rêvé")
    with acting_as("test", day=DAY):
        other.award.members.update(organisation=world.company)
    with acting_as(other.facilitator, day=DAY):
        other.employment = builders.employment(
            other.person, world.company, other.award, starts=starts, ends=ends, contract_number="2"
        )
    return other


@pytest.mark.parametrize(
    ("here", "there", "found"),
    [
        ("35", "35", ["counted_twice"]),
        ("35", "40", ["recorded_twice"]),
        ("120", "110", ["above_ceiling", "counted_twice"]),
    ],
)
def test_one_contract_recorded_by_two_hosts(
    world: World, here: str, there: str, found: list[str]
) -> None:
    other = elsewhere(world)
    declare(other, there)
    assert codes(declare(world, here)) == found


def test_a_contract_that_follows_another_is_no_double(world: World) -> None:
    other = elsewhere(world, starts=date(2026, 10, 16))
    with acting_as(world.facilitator, day=DAY):
        Employment.objects.filter(pk=world.employment.pk).update(ends_on=date(2026, 10, 15))
    declare(other, "35")
    assert codes(declare(world, "35")) == []


def test_two_employers_in_a_month(world: World) -> None:
    _, _, made = agency(world)
    with acting_as(world.facilitator, day=DAY):
        Employment.objects.filter(pk=made.pk).update(identity=world.person.identity)
    declare(world, "20", who=made)
    assert codes(declare(world, "35")) == ["two_employers", "two_employers"]

"""A facilitator is told of hours that surprise: too many, or far from the person's last months."""

from datetime import date

import pytest
from tests import builders
from tests.builders import DAY, World
from tests.hours.checks.check_worlds import agency, codes, declare, noted

from coclause.core.actor import acting_as
from coclause.hours.models import Employment

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return builders.world()


def months(world: World, *hours: str, last: int = 10) -> None:
    """Months declared one after the other, up to that one of 2026."""
    for number, count in enumerate(reversed(hours)):
        declare(world, count, date(2026, last - number, 1))


@pytest.mark.parametrize(("hours", "found"), [("220", []), ("220.5", ["above_ceiling"])])
def test_above_the_ceiling_of_a_month(world: World, hours: str, found: list[str]) -> None:
    statement = declare(world, hours)
    assert codes(statement) == found


def test_the_ceiling_counts_all_employers(world: World) -> None:
    _, _, other = agency(world)
    with acting_as(world.facilitator, day=DAY):
        Employment.objects.filter(pk=other.pk).update(identity=world.person.identity)
    declare(world, "120", who=other)
    statement = declare(world, "110")
    assert codes(statement).count("above_ceiling") == 2
    assert "230" in noted(statement)[0].text


@pytest.mark.parametrize(
    ("before", "now", "found"),
    [
        (("80", "80", "80"), "121", ["jump"]),
        (("80", "80", "80"), "120", []),  # forty hours away, no more
        (("80", "80", "80"), "39", ["jump"]),
        (("140", "140", "140"), "205", []),  # less than half of the mean
        (("80",), "200", []),  # one month says nothing of what is usual
        (("10", "80", "80", "80"), "100", []),  # the last three alone
    ],
)
def test_a_jump_from_the_last_months(
    world: World, before: tuple[str, ...], now: str, found: list[str]
) -> None:
    months(world, *before, last=9)
    assert codes(declare(world, now)) == found


def test_a_jump_says_the_gap_and_the_mean(world: World) -> None:
    months(world, "30", "35", "40", last=9)
    note = noted(declare(world, "128"))[0]
    assert "93\u00a0h de plus" in note.text
    assert "3 derniers mois" in note.text
    assert "35\u00a0h" in note.text


def test_a_month_cut_by_the_end_of_the_contract_is_no_drop(world: World) -> None:
    months(world, "120", "120", "120", last=9)
    statement = declare(world, "20")
    assert codes(statement) == ["jump"]
    with acting_as(world.facilitator, day=DAY):
        Employment.objects.filter(pk=world.employment.pk).update(ends_on=date(2026, 10, 9))
    assert codes(statement) == []


def test_the_first_month_cut_by_the_hiring_is_not_usual(world: World) -> None:
    declare(world, "10", date(2026, 3, 1))  # hired on the 9th
    declare(world, "100", date(2026, 4, 1))
    assert codes(declare(world, "160", date(2026, 5, 1))) == []

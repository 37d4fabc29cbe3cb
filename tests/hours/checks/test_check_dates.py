"""A facilitator is told of hours that no contract, assignment or calendar can hold."""

from datetime import date

import pytest
from tests import builders
from tests.builders import DAY, World
from tests.hours.checks.check_worlds import OCTOBER, codes, declare, noted, validate

from coclause.core.actor import acting_as
from coclause.hours.models import Assignment, Employment

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return builders.world()


def ends(world: World, *, contract: date | None = None, assignment: date | None = None) -> None:
    with acting_as(world.facilitator, day=DAY):
        if contract:
            Employment.objects.filter(pk=world.employment.pk).update(ends_on=contract)
        if assignment:
            Assignment.objects.filter(employment=world.employment).update(ends_on=assignment)


def test_a_month_within_every_date_has_no_remark(world: World) -> None:
    assert codes(declare(world, "120")) == []


def test_a_month_after_the_contract_ended(world: World) -> None:
    statement = declare(world, "35")
    ends(world, contract=date(2026, 9, 30))
    note = noted(statement)[0]
    assert (note.code, note.severity) == ("outside_dates", "à corriger")
    assert "au 30/09/2026" in note.text


def test_a_month_after_the_person_left_the_award(world: World) -> None:
    statement = declare(world, "35")
    ends(world, assignment=date(2026, 9, 15))
    assert codes(statement) == ["outside_assignment"]


@pytest.mark.parametrize(
    ("end", "hours", "found"),
    [
        (date(2026, 10, 3), "30", []),  # Thursday to Saturday: three days of ten hours
        (date(2026, 10, 3), "30.5", ["beyond_days"]),
        (date(2026, 10, 4), "30.5", ["beyond_days"]),  # a Sunday holds nothing more
        (date(2026, 10, 5), "30.5", []),
        (date(2026, 10, 31), "220", []),  # a whole month is the ceiling's matter
    ],
)
def test_more_hours_than_the_days_under_contract(
    world: World, end: date, hours: str, found: list[str]
) -> None:
    statement = declare(world, hours)
    ends(world, contract=end)
    assert codes(statement) == found


def test_more_hours_than_the_days_on_the_award(world: World) -> None:
    statement = declare(world, "40")
    ends(world, assignment=date(2026, 10, 3))
    note = noted(statement)[0]
    assert note.code == "beyond_days"
    assert "3 jours sur ce marché" in note.text


def test_a_month_in_which_the_award_is_not_executed(world: World) -> None:
    statement = declare(world, "35")
    with acting_as("test", day=DAY):
        builders.calendar(world.award, world.award.starts_on, date(2026, 9, 30))
    note = noted(statement)[0]
    assert (note.code, note.employment_id) == ("outside_execution", None)


def test_a_month_declared_more_than_a_year_after(world: World) -> None:
    with acting_as("test", day=DAY):
        builders.calendar(world.award, date(2025, 1, 6), date(2027, 5, 28))
        world.award.members.update(starts_on=date(2025, 1, 6))
    with acting_as(world.facilitator, day=DAY):
        Employment.objects.filter(pk=world.employment.pk).update(starts_on=date(2025, 1, 6))
        Assignment.objects.update(starts_on=date(2025, 1, 6))
    assert codes(declare(world, "35", date(2025, 11, 1))) == []
    assert codes(declare(world, "35", date(2025, 10, 1))) == ["old_month"]


def test_what_was_validated_as_it_is_was_seen(world: World) -> None:
    statement = declare(world, "230")
    assert codes(statement) == ["above_ceiling"]
    with acting_as(world.facilitator, day=DAY):
        person = builders.person(world.host, "Rêvée", "Aline")
        other = builders.employment(person, world.company, world.award)
    validate(world, statement)
    declare(world, "35", OCTOBER, who=other)
    assert codes(statement) == []

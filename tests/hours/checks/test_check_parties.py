"""Whoever checks knows whether the employer has a place in the award, and who contests what."""

from datetime import date
from decimal import Decimal

import pytest
from tests import builders
from tests.builders import DAY, World
from tests.hours.checks.check_worlds import agency, codes, declare, noted

from coclause.clauses.models import AwardMember
from coclause.core.actor import acting_as
from coclause.hours.contesting import contest
from coclause.organisations.choices import MemberRole
from coclause.organisations.scopes import scope_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return builders.world()


def test_an_employer_that_is_not_in_the_award(world: World) -> None:
    made, _, employed = agency(world)
    statement = declare(world, "35", who=employed)
    assert codes(statement) == []
    with acting_as("test", day=DAY):
        AwardMember.objects.filter(organisation=made).update(ends_on=date(2026, 9, 30))
    note = noted(statement)[0]
    assert note.code == "employer_not_in_award"
    assert "Intérim des Songes" in note.text


def test_companies_that_are_not_known_are_no_doubt(world: World) -> None:
    statement = declare(world, "35")
    with acting_as("test", day=DAY):
        world.award.members.all().delete()
    assert codes(statement) == []


def test_a_contested_line_shows_both_figures(world: World) -> None:
    _, user, employed = agency(world)
    statement = declare(world, "96", who=employed, by=user)
    with acting_as("test", day=DAY):
        holder = builders.member(world.company, MemberRole.COMPANY)
    with acting_as(holder, day=DAY):
        contest(scope_of(holder, DAY), statement.lines.get(), Decimal(60), "Absente deux semaines")
    note = noted(statement)[0]
    assert (note.code, note.severity) == ("contested", "à corriger")
    assert "60\u00a0h" in note.text
    assert "96\u00a0h" in note.text
    assert "Absente" not in note.text
    assert "Absente deux semaines" in note.detail


def test_a_corrected_line_is_no_longer_contested(world: World) -> None:
    _, user, employed = agency(world)
    statement = declare(world, "96", who=employed, by=user)
    with acting_as("test", day=DAY):
        holder = builders.member(world.company, MemberRole.COMPANY)
    with acting_as(holder, day=DAY):
        contest(scope_of(holder, DAY), statement.lines.get(), None, "Trop d’heures")
    assert codes(statement) == ["contested"]
    declare(world, "60", who=employed, by=user)
    assert codes(statement) == []

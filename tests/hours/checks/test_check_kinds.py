"""Hours that the clause will not count are said before they are validated."""

import pytest
from tests import builders
from tests.builders import DAY, World
from tests.hours.checks.check_worlds import codes, declare, noted

from coclause.clauses.models import Clause
from coclause.core.actor import acting_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return builders.world()


def test_a_kind_that_the_clause_does_not_count(world: World) -> None:
    statement = declare(world, {"travail": "35", "stage": "14"})
    note = noted(statement)[0]
    assert note.code == "uncounted_kind"
    assert "14\u00a0h de stage" in note.text


@pytest.mark.parametrize(("hours", "found"), [("124", []), ("124.5", ["above_cap"])])
def test_beyond_the_cap_of_a_kind(world: World, hours: str, found: list[str]) -> None:
    with acting_as("test", day=DAY):
        Clause.objects.filter(pk=world.clause.pk).update(training_cap=10)  # 10 % of 1 240 h
    assert codes(declare(world, {"formation": hours})) == found

"""The table of checks as a whole: every row made by something, a constant number of queries."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
from tests import builders
from tests.builders import DAY, World
from tests.hours.checks.check_worlds import declare

from coclause.clauses.models import Clause
from coclause.core.actor import acting_as
from coclause.core.models import Parameter
from coclause.core.parameters import UnknownParameterError
from coclause.hours.checks import CHECKS, remarks
from coclause.hours.models import Statement
from coclause.web.public.texts import PARAMETERS

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return builders.world()


def crowded(world: World, people: int, months: int) -> list[Statement]:
    with acting_as(world.facilitator, day=DAY):
        crew = [
            builders.employment(
                builders.person(world.host, f"Rêvé{'abcdefgh'[number]}", "Basile"),
                world.company,
                world.award,
            )
            for number in range(people)
        ]
    for number in range(months):
        for one in crew:
            declare(world, "230", date(2026, 10 - number, 1), who=one)
    return list(Statement.objects.order_by("pk"))


@pytest.mark.parametrize("size", [1, 4])
def test_queries_do_not_grow_with_months_and_people(
    world: World,
    size: int,
    django_assert_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    with acting_as("test", day=DAY):
        Clause.objects.filter(pk=world.clause.pk).update(training_cap=10)
    statements = crowded(world, size, size)
    with django_assert_num_queries(17):
        assert len(remarks(statements, day=DAY)) == size


def test_a_month_without_hours_reads_nothing_more(
    world: World, django_assert_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    statement = declare(world, "0")
    with django_assert_num_queries(1):
        assert remarks([statement], day=DAY) == {}


def test_a_value_that_is_not_known_stops_the_checks(world: World) -> None:
    statement = declare(world, "35")
    with acting_as("test", day=DAY):
        Parameter.objects.filter(code="jump_share").delete()
    with pytest.raises(UnknownParameterError, match="jump_share"):
        remarks([statement], day=DAY)


def test_every_check_is_told_in_the_table() -> None:
    for code, check in CHECKS.items():
        assert check.code == code
        assert check.severity in ("à corriger", "à confirmer")
        assert check.looks_at.endswith((".", ")."))
        assert check.reference
        assert set(check.parameters) <= PARAMETERS.keys()

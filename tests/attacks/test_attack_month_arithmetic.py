"""Months declared in pieces: no kind of hours forgotten, none counted twice, never a crash."""

from datetime import date
from decimal import Decimal

import pytest
from tests import builders
from tests.attacks.recounting import assert_months_hold
from tests.builders import DAY, World

from coclause.core.actor import acting_as
from coclause.hours.checking import validate_lines
from coclause.hours.declaring import Entry, MonthRefused, declare_month
from coclause.hours.models import Assignment, EmploymentMonth, Statement, StatementLine

pytestmark = pytest.mark.django_db
OCTOBER = date(2026, 10, 1)


@pytest.fixture
def world() -> World:
    return builders.world()


def declare(world: World, version: int, worked: int | None = None, **hours: int) -> Statement:
    said = Decimal(worked) if worked is not None else None
    entry = Entry(world.employment.pk, {kind: Decimal(n) for kind, n in hours.items()}, said)
    with acting_as(world.facilitator, day=DAY):
        return declare_month(world.scope, world.award, OCTOBER, [entry], version=version)


def validate(world: World, statement: Statement) -> None:
    waiting = list(statement.lines.to_check().values_list("pk", flat=True))
    with acting_as(world.facilitator, day=DAY):
        validate_lines(world.scope, statement, waiting)


def declared() -> Decimal:
    return sum((line.hours for line in StatementLine.objects.declared()), Decimal(0))


def share_month(world: World, hours: int) -> None:
    """Another award already counts hours of the same month."""
    with acting_as("test", day=DAY):
        second = builders.award(builders.lot(world.operation, number=4), world.company)
    with acting_as(world.facilitator, day=DAY):
        Assignment.objects.create(
            employment=world.employment, award=second, host=world.host, starts_on="2026-03-09"
        )
        entry = Entry(world.employment.pk, {"travail": Decimal(hours)}, Decimal(100))
        declare_month(world.scope, second, OCTOBER, [entry], version=0)


def test_a_kind_left_out_stays_and_counts(world: World) -> None:
    declare(world, 0, travail=35)
    declare(world, 1, formation=7)
    assert declared() == 42
    assert EmploymentMonth.objects.get().hours_worked == 42
    assert_months_hold()


def test_a_kind_left_out_counts_against_the_month_shared_with_another_site(world: World) -> None:
    share_month(world, 60)
    declare(world, 0, travail=30)
    with pytest.raises(MonthRefused) as refusal:
        declare(world, 1, formation=11)
    assert "il en reste 10" in refusal.value.problems[world.employment.pk]
    declare(world, 1, formation=10)
    assert_months_hold()


def test_validated_hours_may_change_kind(world: World) -> None:
    validate(world, declare(world, 0, travail=30))
    statement = declare(world, 1, travail=10, formation=20)
    assert_months_hold()
    validate(world, statement)
    assert declared() == 30
    assert EmploymentMonth.objects.get().hours_allocated == 30
    assert_months_hold()


def test_validated_hours_changing_kind_in_a_full_shared_month_are_refused_in_words(
    world: World,
) -> None:
    share_month(world, 70)
    validate(world, declare(world, 0, travail=30))
    with pytest.raises(MonthRefused) as refusal:
        declare(world, 1, travail=10, formation=20)
    assert "validation de leur correction" in refusal.value.problems[world.employment.pk]
    assert_months_hold()


def test_a_month_held_above_744_hours_is_refused_in_words(world: World) -> None:
    validate(world, declare(world, 0, travail=400))
    with pytest.raises(MonthRefused, match="1 ligne à corriger"):
        declare(world, 1, travail=0, formation=400)
    assert declared() == 400

"""A month of hours from declaration to correction: what a company and a facilitator rely on."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from tests import builders
from tests.builders import DAY, World, at

from coclause.core.actor import acting_as
from coclause.core.refusals import Conflict, Refused
from coclause.hours.checking import return_lines, validate_lines
from coclause.hours.declaring import Entry, MonthRefused, declare_month
from coclause.hours.models import Assignment, EmploymentMonth, Statement, StatementLine

pytestmark = pytest.mark.django_db
OCTOBER = date(2026, 10, 1)


@pytest.fixture
def world() -> World:
    return builders.world()


def declare(world: World, hours: str, *, version: int = 0, worked: str | None = None) -> Statement:
    entry = Entry(
        world.employment.pk, {"travail": Decimal(hours)}, Decimal(worked) if worked else None
    )
    with acting_as(world.facilitator, day=DAY):
        return declare_month(world.scope, world.award, OCTOBER, [entry], version=version)


def pending(statement: Statement) -> list[int]:
    return list(statement.lines.to_check().values_list("pk", flat=True))


def total(lines: "object") -> Decimal:
    return sum((line.hours for line in lines), Decimal(0))  # type: ignore[attr-defined]


def test_declared_hours_count_as_validated_only_once_checked(world: World) -> None:
    statement = declare(world, "35.5")
    assert total(StatementLine.objects.declared()) == Decimal("35.5")
    assert total(StatementLine.objects.validated()) == 0
    with acting_as(world.facilitator, day=DAY):
        assert validate_lines(world.scope, statement, pending(statement)) == 1
    assert total(StatementLine.objects.validated()) == Decimal("35.5")


def test_sending_the_same_month_twice_adds_nothing(world: World) -> None:
    statement = declare(world, "35")
    declare(world, "35", version=statement.version)
    assert StatementLine.objects.count() == 1


def test_a_page_read_before_somebody_else_wrote_is_told(world: World) -> None:
    declare(world, "35")
    with pytest.raises(Conflict, match="quelqu'un d’autre"):
        declare(world, "40")
    assert total(StatementLine.objects.declared()) == 35


def test_validated_hours_stay_until_their_correction_is_validated(world: World) -> None:
    statement = declare(world, "35")
    with acting_as(world.facilitator, day=DAY):
        validate_lines(world.scope, statement, pending(statement), at=at(date(2026, 11, 6)))
    statement = declare(world, "30", version=1)
    assert total(StatementLine.objects.validated()) == 35
    assert total(StatementLine.objects.declared()) == 30
    with acting_as(world.facilitator, day=DAY):
        validate_lines(world.scope, statement, pending(statement), at=at(date(2026, 11, 20)))
    assert total(StatementLine.objects.validated()) == 30
    assert total(StatementLine.objects.validated(known_on=at(date(2026, 11, 10)))) == 35
    assert total(StatementLine.objects.validated(known_on=at(date(2026, 11, 1)))) == 0


@pytest.mark.parametrize("change", [{"hours": 99}, {"state": "declaree"}, {"validated_at": None}])
def test_a_validated_line_never_changes_whatever_the_code_says(
    world: World, change: dict[str, object]
) -> None:
    statement = declare(world, "35")
    with acting_as(world.facilitator, day=DAY):
        validate_lines(world.scope, statement, pending(statement))
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            StatementLine.objects.update(**change)
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            StatementLine.objects.all().delete()


def test_a_line_sent_back_shows_its_reason_and_no_longer_counts(world: World) -> None:
    statement = declare(world, "35")
    with acting_as(world.facilitator, day=DAY):
        with pytest.raises(Refused, match="motif"):
            return_lines(world.scope, statement, pending(statement), " ")
        return_lines(world.scope, statement, pending(statement), "Feuille d'heures manquante")
    assert total(StatementLine.objects.declared()) == 0
    statement = declare(world, "35", version=1)
    assert total(StatementLine.objects.declared()) == 35
    assert pending(statement)


def test_hours_of_a_month_never_exceed_those_worked_on_all_sites(world: World) -> None:
    with acting_as("test", day=DAY):
        other = builders.lot(world.operation, number=4)
        second = builders.award(other, world.company)
    with acting_as(world.facilitator, day=DAY):
        Assignment.objects.create(
            employment=world.employment, award=second, host=world.host, starts_on="2026-03-09"
        )
    declare(world, "100", worked="151")
    entry = Entry(world.employment.pk, {"travail": Decimal(60)})
    with acting_as(world.facilitator, day=DAY), pytest.raises(MonthRefused) as refusal:
        declare_month(world.scope, second, OCTOBER, [entry], version=0)
    assert "il en reste 51" in refusal.value.problems[world.employment.pk]
    month = EmploymentMonth.objects.get()
    assert (month.hours_allocated, month.hours_worked) == (Decimal(100), Decimal(151))


def test_the_database_itself_refuses_more_hours_than_worked(world: World) -> None:
    statement = declare(world, "35")
    with (
        acting_as(world.facilitator, day=DAY),
        pytest.raises(DatabaseError, match="month_allocated_within_worked"),
        transaction.atomic(),
    ):
        StatementLine.objects.filter(statement=statement).update(hours=36)


def test_a_correction_downwards_can_lower_the_hours_worked(world: World) -> None:
    declare(world, "40", worked="40")
    declare(world, "30", version=1, worked="30")
    assert EmploymentMonth.objects.get().hours_worked == 30


def test_a_month_at_zero_is_declared_and_has_no_line(world: World) -> None:
    with acting_as(world.facilitator, day=DAY):
        declare_month(world.scope, world.award, OCTOBER, [], version=0)
    assert Statement.objects.get().lines.count() == 0


@pytest.mark.parametrize(("hours", "why"), [("-1", "négatives"), ("745", "744"), ("800", "744")])
def test_impossible_hours_are_refused_in_a_sentence(world: World, hours: str, why: str) -> None:
    with pytest.raises(MonthRefused) as refusal:
        declare(world, hours)
    assert why in refusal.value.problems[world.employment.pk]
    assert not Statement.objects.exists()

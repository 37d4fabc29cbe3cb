"""The hours bar of a clause: a wrong figure here sends a facilitator to the wrong company."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests import builders
from tests.builders import DAY, World, at

from coclause.clauses.choices import Instrument
from coclause.core.actor import acting_as
from coclause.core.months import shift
from coclause.hours.checking import return_lines, validate_lines
from coclause.hours.declaring import Entry, declare_month
from coclause.hours.models import Statement
from coclause.hours.progress import progress_of_awards, progress_of_clauses
from coclause.hours.projecting import projection

OCTOBER = date(2026, 10, 1)
END = date(2027, 5, 28)


def declare(
    world: World, month: date, hours: str, *, version: int = 0, kind: str = "travail"
) -> Statement:
    entry = Entry(world.employment.pk, {kind: Decimal(hours)})
    with acting_as(world.facilitator, day=DAY):
        return declare_month(world.scope, world.award, month, [entry], version=version)


def validate(world: World, statement: Statement, day: date = DAY) -> None:
    with acting_as(world.facilitator, day=DAY):
        pending = list(statement.lines.to_check().values_list("pk", flat=True))
        validate_lines(world.scope, statement, pending, at=at(day))


def test_the_end_is_foreseen_from_the_last_three_months() -> None:
    months = {date(2026, m, 1): Decimal(h) for m, h in ((7, 97), (8, 21), (9, 91), (10, 96))}
    assert projection(Decimal(564), months, END, DAY) == 1049


def test_a_month_at_zero_slows_the_pace_down() -> None:
    months = {OCTOBER: Decimal(60), shift(OCTOBER, 1): Decimal(0)}
    assert projection(Decimal(60), months, END, DAY) == 60 + 30 * 6


def test_no_month_declared_foresees_nothing() -> None:
    assert projection(Decimal(0), {}, END, DAY) is None


def test_once_execution_is_over_nothing_more_comes() -> None:
    assert projection(Decimal(300), {date(2026, 3, 1): Decimal(300)}, date(2026, 6, 30), DAY) == 300


@pytest.mark.django_db
def test_figures_of_a_clause() -> None:
    world = builders.world()
    validate(world, declare(world, shift(OCTOBER, -1), "60"))
    declare(world, OCTOBER, "90")
    found = progress_of_clauses([world.clause.pk], DAY)[world.clause.pk]
    assert [found.validated, found.waiting, found.committed] == [60, 90, 1240]
    # 268 days of 453, from 02/03/2026 to 28/05/2027.
    assert found.expected == 734
    assert found.projected == 150 + 75 * 7
    assert found.behind == 734 - 150
    assert found.missing_at_end == 1240 - 675
    assert found.is_short(Decimal("0.85"))
    assert progress_of_awards([world.award.pk], DAY)[world.award.pk] == found


@pytest.mark.django_db
def test_a_correction_waiting_adds_its_difference_only() -> None:
    world = builders.world()
    validate(world, declare(world, OCTOBER, "35"), date(2026, 11, 6))
    declare(world, OCTOBER, "40", version=1)
    found = progress_of_clauses([world.clause.pk], DAY)[world.clause.pk]
    assert [found.validated, found.waiting] == [35, 5]


@pytest.mark.django_db
def test_hours_sent_back_are_not_reached() -> None:
    world = builders.world()
    statement = declare(world, OCTOBER, "35")
    with acting_as(world.facilitator, day=DAY):
        pending = list(statement.lines.to_check().values_list("pk", flat=True))
        return_lines(world.scope, statement, pending, "Feuille d'heures manquante")
    found = progress_of_clauses([world.clause.pk], DAY)[world.clause.pk]
    assert [found.reached, found.projected] == [0, 0]


@pytest.mark.django_db
def test_hours_known_on_a_past_day_stay_what_they_were() -> None:
    world = builders.world()
    validate(world, declare(world, OCTOBER, "35"), date(2026, 11, 6))
    asked = [world.clause.pk]
    assert progress_of_clauses(asked, DAY, at(date(2026, 11, 5)))[world.clause.pk].validated == 0


@pytest.mark.django_db
def test_hours_that_the_clause_does_not_count_are_left_out() -> None:
    world = builders.world()
    declare(world, OCTOBER, "35", kind="stage")
    assert progress_of_clauses([world.clause.pk], DAY)[world.clause.pk].reached == 0


@pytest.mark.django_db
def test_without_a_commitment_the_hours_of_the_lot_count_and_the_rest_is_unknown() -> None:
    world = builders.world()
    with acting_as("test", day=DAY):
        second = builders.clause(world.lot, instrument=Instrument.CRITERION)
    declare(world, OCTOBER, "35")
    found = progress_of_clauses([second.pk], DAY)[second.pk]
    assert [found.reached, found.committed, found.expected] == [35, None, None]
    assert found.missing_at_end is None
    assert found.behind == 0


@pytest.mark.django_db
@pytest.mark.parametrize("worlds", [1, 4])
def test_queries_do_not_grow_with_the_clauses(worlds: int, django_assert_num_queries: Any) -> None:
    made = [builders.world(f"Val {number}") for number in range(worlds)]
    for world in made:
        declare(world, OCTOBER, "35")
    with django_assert_num_queries(8):
        progress_of_clauses([world.clause.pk for world in made], DAY)
    with django_assert_num_queries(7):
        progress_of_awards([world.award.pk for world in made], DAY)

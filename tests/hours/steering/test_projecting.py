"""The end foreseen: a wrong one warns a company too late, or a buyer for nothing."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from tests import builders
from tests.builders import DAY, World, at
from tests.hours.test_hours_progress import declare

from coclause.clauses.execution import extend, resume, suspend, terminate
from coclause.clauses.models import Award
from coclause.core.actor import acting_as
from coclause.hours.choices import Way
from coclause.hours.models import PlannedHours
from coclause.hours.progress import (
    Progress,
    pooled,
    progress_of_awards,
    progress_of_clauses,
    progress_of_commitments,
)
from coclause.hours.projecting import Line, Plan, projection_by_plan
from coclause.organisations.choices import Role

OCTOBER = date(2026, 10, 1)
END = date(2027, 5, 28)


def plan_of(*lines: Line, **calendar: Any) -> Plan:
    facts = {
        "starts_on": date(2026, 3, 2),
        "ends_on": END,
        "suspensions": (),
        "suspended_on": None,
        **calendar,
    }
    return Plan(lines=lines, **facts)


def planned(world: World, hours: int, starts: date, ends: date) -> PlannedHours:
    with acting_as(world.facilitator, day=DAY):
        return PlannedHours.objects.create(
            award=world.award, way=Way.DIRECT, hours=hours, starts_on=starts, ends_on=ends
        )


def of_clause(world: World) -> Progress:
    return progress_of_clauses([world.clause.pk], DAY)[world.clause.pk]


def test_planned_hours_are_spread_over_their_days() -> None:
    line = Line(Decimal(310), date(2026, 10, 1), date(2026, 10, 31))
    assert plan_of(line).after(date(2026, 9, 1)) == 310
    assert plan_of(line).after(OCTOBER) == 0
    across = Line(Decimal(61), OCTOBER, date(2026, 11, 30))
    assert plan_of(across).after(OCTOBER) == 30


def test_days_without_execution_give_no_planned_hour() -> None:
    november = Line(Decimal(300), date(2026, 11, 1), date(2026, 11, 30))
    stopped = (DateRange(date(2026, 11, 1), date(2026, 11, 16)),)
    assert plan_of(november, suspensions=stopped).after(OCTOBER) == 150
    assert plan_of(november, suspended_on=date(2026, 11, 11)).after(OCTOBER) == 100
    assert plan_of(november, ends_on=date(2026, 11, 10)).after(OCTOBER) == 100
    assert plan_of(november, starts_on=date(2026, 11, 21)).after(None) == 100


def test_several_awards_add_up_each_from_its_own_last_month() -> None:
    line = Line(Decimal(61), OCTOBER, date(2026, 11, 30))
    plans = [plan_of(line), plan_of(line)]
    assert projection_by_plan(Decimal("10.5"), plans, [OCTOBER, None]) == 102


@pytest.mark.django_db
def test_with_a_plan_the_end_is_what_is_done_and_what_is_planned() -> None:
    world = builders.world()
    declare(world, OCTOBER, "90")
    assert of_clause(world).projected == 90 + 90 * 7
    assert not of_clause(world).by_plan
    planned(world, 200, date(2026, 12, 1), date(2026, 12, 31))
    planned(world, 61, OCTOBER, date(2026, 11, 30))
    found = of_clause(world)
    # October is declared: of the second line, November alone is still to come.
    assert found.projected == 90 + 200 + 30
    assert found.by_plan
    assert found.months == 1
    assert progress_of_awards([world.award.pk], DAY)[world.award.pk] == found
    commitment = world.award.commitments.get().pk
    assert progress_of_commitments([commitment], DAY)[commitment] == found


@pytest.mark.django_db
def test_a_plan_tells_the_end_before_any_month_is_declared() -> None:
    world = builders.world()
    planned(world, 1240, date(2026, 3, 2), END)
    assert of_clause(world).projected == 1240


@pytest.mark.django_db
def test_the_pace_is_kept_while_one_of_the_awards_has_no_plan() -> None:
    world = builders.world()
    with acting_as("test", day=DAY):
        other = builders.award(world.lot, builders.organisation("Zinc Rêvé", Role.COMPANY))
        builders.commit(other, world.clause, Decimal(100))
    declare(world, OCTOBER, "90")
    planned(world, 300, date(2026, 12, 1), date(2026, 12, 31))
    assert not of_clause(world).by_plan
    over = (date(2026, 3, 2), date(2026, 9, 30))
    with acting_as("test", day=DAY):
        builders.calendar(other, *over)
    assert of_clause(world).by_plan
    assert of_clause(world).projected == 390


@pytest.mark.django_db
def test_a_suspension_leaves_the_end_unknown_then_an_extension_moves_it() -> None:
    world = builders.world()
    declare(world, OCTOBER, "90")
    planned(world, 620, date(2026, 12, 1), date(2027, 5, 31))
    scope = world.scope
    with acting_as(world.facilitator, day=DAY):
        suspend(scope, world.award, on=date(2026, 11, 10), reason="Gel")
        assert of_clause(world).projected is None
        resume(scope, world.award, on=DAY)
        # Three days of the plan lie after the end of execution.
        assert of_clause(world).projected == 90 + round(Decimal(620) * 179 / 182)
        extend(scope, world.award, ends_on=date(2027, 9, 30), effective_on=DAY, reason="Travaux")
        assert of_clause(world).projected == 90 + 620


@pytest.mark.django_db
def test_a_termination_leaves_out_what_was_planned_after_it() -> None:
    world = builders.world()
    declare(world, OCTOBER, "90")
    planned(world, 620, date(2026, 12, 1), date(2027, 5, 31))
    with acting_as(world.facilitator, day=DAY):
        terminate(world.scope, world.award, on=DAY, partial=False, removed={}, reason="Fin")
    assert Award.objects.get().ends_on == DAY
    assert of_clause(world).projected == 90


@pytest.mark.django_db
def test_figures_as_known_at_a_moment_follow_the_pace_that_was_known() -> None:
    world = builders.world()
    declare(world, OCTOBER, "90")
    planned(world, 200, date(2026, 12, 1), date(2026, 12, 31))
    known = progress_of_clauses([world.clause.pk], DAY, at(date(2027, 1, 1)))[world.clause.pk]
    assert not known.by_plan


def test_an_agreement_is_foreseen_by_plan_when_all_its_contracts_are() -> None:
    one = Decimal(1)
    parts = [Progress(one, one, one, one, one, by_plan=plan) for plan in (True, False)]
    assert pooled(parts[:1]).by_plan
    assert not pooled(parts).by_plan
    assert not pooled([]).by_plan

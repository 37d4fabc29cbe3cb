"""Plans: written by the referent alone, read by each side, finished by whose turn it is."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from tests import builders
from tests.attacks.test_attack_at_once import at_once, unexpected
from tests.builders import DAY, World
from tests.hours.steering.steering_worlds import buyer_of, company_of, scoped, short_world, step

from coclause.clauses.choices import MeetingKind, MemberPart
from coclause.clauses.meeting import arrange
from coclause.clauses.models import AwardMember, Clause, Meeting
from coclause.core.actor import acting_as
from coclause.core.models import JournalEntry, User
from coclause.core.refusals import Conflict, Refused
from coclause.hours.choices import Way
from coclause.hours.models import PlannedHours, PlanStep
from coclause.hours.planning import (
    by_way,
    drop_hours,
    drop_step,
    finish_step,
    kick_offs,
    left_to_plan,
    plan_hours,
    read_as,
    readable,
    reopen_step,
)
from coclause.hours.planning_due import count_steps_due, steps_due
from coclause.hours.progress import progress_of_awards
from coclause.organisations.choices import MemberRole, Role

DECEMBER = (date(2026, 12, 1), date(2026, 12, 31))


@pytest.fixture
def world(db: None) -> World:
    return builders.world()


def line(world: World, hours: int = 200, **facts: Any) -> PlannedHours:
    first, last = DECEMBER
    return PlannedHours(
        **{
            "award": world.award,
            "way": Way.DIRECT,
            "hours": Decimal(hours),
            "starts_on": first,
            "ends_on": last,
            **facts,
        }
    )


def planned(world: World, *args: Any, seen: str | None = None, **facts: Any) -> PlannedHours:
    with acting_as(world.facilitator, day=DAY):
        return plan_hours(world.scope, line(world, *args, **facts), seen=seen)


def test_hours_are_added_up_by_way(world: World) -> None:
    with acting_as("test", day=DAY):
        agency = builders.organisation("Intérim Rêvé", Role.COMPANY)
    planned(world)
    planned(world, 100, way=Way.MADE_AVAILABLE, partner=agency)
    planned(world, 50, way=Way.MADE_AVAILABLE)
    sums = by_way(world.award.planned.all())
    assert {one.label: int(one.hours) for one in sums} == {
        "Embauche directe": 200,
        "Mise à disposition": 150,
    }
    told = JournalEntry.objects.filter(verb="plan.hours")
    assert told.count() == 3
    assert f"clause:{world.clause.pk}" in told[0].subjects


def test_what_is_left_to_plan_follows_what_is_done(world: World) -> None:
    def left() -> Decimal | None:
        figures = progress_of_awards([world.award.pk], DAY)[world.award.pk]
        return left_to_plan(figures, has_lines=world.award.planned.exists())

    assert left() == 1240
    planned(world, 900)
    assert left() == 340
    planned(world, 400)
    assert left() == 0
    with acting_as("test", day=DAY):
        award = builders.award(world.lot, builders.organisation("Zinc Rêvé", Role.COMPANY))
    assert left_to_plan(progress_of_awards([award.pk], DAY)[award.pk], has_lines=False) is None


@pytest.mark.parametrize(
    "facts",
    [
        {"starts_on": date(2026, 3, 1)},
        {"ends_on": date(2027, 5, 29)},
        {"starts_on": date(2026, 12, 31), "ends_on": date(2026, 12, 1)},
        {"hours": Decimal(0)},
    ],
)
def test_hours_out_of_the_execution_are_refused(world: World, facts: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        planned(world, **facts)
    assert not PlannedHours.objects.exists()


def test_a_direct_hire_has_no_partner(world: World) -> None:
    with pytest.raises(Refused, match="sans autre structure"):
        planned(world, partner=world.company)


def test_a_line_changed_meanwhile_is_not_written_over(world: World) -> None:
    made = planned(world)
    seen = read_as(PlannedHours.objects.get())
    made.hours = Decimal(250)
    with acting_as(world.facilitator, day=DAY):
        plan_hours(world.scope, made, seen=seen)
        made.hours = Decimal(300)
        with pytest.raises(Conflict):
            plan_hours(world.scope, made, seen=seen)
        assert PlannedHours.objects.get().hours == 250
        drop_hours(world.scope, PlannedHours.objects.get())
        with pytest.raises(Conflict):
            plan_hours(world.scope, made)
        with pytest.raises(Conflict):
            drop_hours(world.scope, made)


def test_only_the_referent_writes_the_plan(world: World) -> None:
    made, waits = planned(world), step(world)
    neighbour = builders.world("Mont-Rêvé").facilitator
    for user in (buyer_of(world), company_of(world), neighbour):
        scope = scoped(user)
        for act in (
            lambda: plan_hours(scope, made),  # noqa: B023
            lambda: drop_hours(scope, made),  # noqa: B023
            lambda: drop_step(scope, waits, "Non"),  # noqa: B023
            lambda: reopen_step(scope, waits),  # noqa: B023
        ):
            with acting_as(user, day=DAY), pytest.raises(PermissionDenied):
                act()


def test_a_closed_clause_leaves_its_plan_as_it_is(world: World) -> None:
    with acting_as("test", day=DAY):
        for state in ("achevee", "close"):
            Clause.objects.update(state=state)
    with pytest.raises(Refused, match="closes"):
        planned(world)


@pytest.mark.parametrize(
    ("turn", "allowed"),
    [
        ("entreprise", {"company", "facilitator"}),
        ("acheteur", {"buyer", "facilitator"}),
        ("facilitateur", {"facilitator"}),
    ],
)
def test_a_step_is_finished_by_whose_turn_it_is(world: World, turn: str, allowed: set[str]) -> None:
    users: dict[str, User] = {
        "company": company_of(world),
        "buyer": buyer_of(world),
        "facilitator": world.facilitator,
    }
    for name, user in users.items():
        made = step(world, turn)
        with acting_as(user, day=DAY):
            if name in allowed:
                finish_step(scoped(user), made)
            else:
                with pytest.raises(PermissionDenied):
                    finish_step(scoped(user), made)
        made.refresh_from_db()
        assert (made.done_on == DAY) == (name in allowed)


def test_a_step_is_done_once_and_may_be_opened_again(world: World) -> None:
    made = step(world)
    with acting_as(world.facilitator, day=DAY):
        finish_step(world.scope, made)
        with pytest.raises(Conflict):
            finish_step(world.scope, made)
        with pytest.raises(Conflict):
            drop_step(world.scope, made, "Trop tard")
        reopen_step(world.scope, made)
        with pytest.raises(Conflict):
            reopen_step(world.scope, made)
        with pytest.raises(Refused, match="motif"):
            drop_step(world.scope, made, " . ")
        drop_step(world.scope, made, "Poste supprimé.")
    assert PlanStep.objects.get().dropped == "Poste supprimé"


@pytest.mark.parametrize(
    "facts",
    [
        {"agreed_on": date(2026, 11, 25)},
        {"by": date(2026, 3, 1)},
    ],
)
def test_a_step_that_makes_no_sense_is_refused(world: World, facts: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        step(world, **facts)


def test_a_step_is_agreed_at_a_meeting_of_its_own_operation(world: World) -> None:
    other = builders.world("Mont-Rêvé")
    with acting_as(other.facilitator, day=DAY):
        foreign = arrange(other.scope, Meeting(operation=other.operation, kind="suivi", on=DAY))
    with pytest.raises(Refused, match="autre opération"):
        step(world, meeting=foreign)
    with acting_as(world.facilitator, day=DAY):
        later = arrange(world.scope, Meeting(operation=world.operation, kind="suivi", on=DAY))
        kick_off = arrange(
            world.scope, Meeting(operation=world.operation, kind=MeetingKind.KICK_OFF, on=DAY)
        )
    assert list(kick_offs(world.award)) == [kick_off, later]
    assert step(world, meeting=kick_off).meeting == kick_off


def test_each_side_finds_its_steps_on_its_desk(
    world: World, django_assert_num_queries: Any
) -> None:
    users = {
        "entreprise": company_of(world),
        "acheteur": buyer_of(world),
        "facilitateur": world.facilitator,
    }
    for turn in users:
        step(world, turn, label=f"Étape {turn}")
    step(builders.world("Mont-Rêvé"))
    for turn, user in users.items():
        scope = scoped(user)
        with django_assert_num_queries(1):
            found = steps_due(scope)
        assert len(found) == 3
        assert [item.what for item in found if item.turn == turn] == [f"Étape {turn}"]
        other = world.buyer if turn == "entreprise" else world.company
        assert all(item.about == f"{world.operation}, lot 3 · {other}" for item in found)
        with django_assert_num_queries(1):
            assert count_steps_due(scope) == 1
    assert {item.url_args for item in found} == {(world.award.pk,)}
    with django_assert_num_queries(0):
        assert steps_due(replace(scope, memberships=())) == []
        assert count_steps_due(replace(scope, memberships=())) == 0


def test_a_desk_forgets_steps_done_and_closed_clauses(world: World) -> None:
    made = step(world, "facilitateur")
    with acting_as(world.facilitator, day=DAY):
        finish_step(world.scope, made)
    assert not steps_due(world.scope)
    step(world, "facilitateur")
    assert count_steps_due(world.scope) == 1
    with acting_as("test", day=DAY):
        for state in ("achevee", "close"):
            Clause.objects.update(state=state)
    assert count_steps_due(world.scope) == 0


def test_a_company_that_was_replaced_reads_the_plan_no_more(world: World) -> None:
    user = company_of(world)
    assert readable(scoped(user)).get() == world.award
    with acting_as("test", day=DAY):
        AwardMember.objects.update(ends_on=date(2026, 10, 31), departure="cession")
        next_one = builders.organisation("Zinc Rêvé", Role.COMPANY)
        AwardMember.objects.create(
            award=world.award,
            organisation=next_one,
            part=MemberPart.HOLDER,
            starts_on=date(2026, 11, 1),
        )
        newcomer = builders.member(next_one, MemberRole.COMPANY)
    step(world)
    assert not readable(scoped(user)).exists()
    assert count_steps_due(scoped(user)) == 0
    assert readable(scoped(newcomer)).get() == world.award
    assert count_steps_due(scoped(newcomer)) == 1


def test_the_journal_of_a_shared_lot_tells_one_company_nothing_of_another(world: World) -> None:
    with acting_as("test", day=DAY):
        builders.award(world.lot, builders.organisation("Zinc Rêvé", Role.COMPANY))
    planned(world)
    told = JournalEntry.objects.get(verb="plan.hours")
    assert told.subjects == [f"operation:{world.operation.pk}", f"award:{world.award.pk}"]


def test_of_two_people_at_once_a_step_is_done_once(committed_db: object) -> None:
    world = short_world()
    made = step(world)

    def finished(one: World) -> object:
        return finish_step(one.scope, PlanStep.objects.get(pk=made.pk))

    answers = at_once(world, finished, finished)
    assert not unexpected(answers), answers
    assert sum(isinstance(answer, Conflict) for answer in answers) == 1

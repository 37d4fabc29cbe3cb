"""Meetings: the referent's alone, never in the past, and a cancelled one stays cancelled."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from tests import builders
from tests.builders import DAY, World
from tests.clauses.opt_out_worlds import buyer_of

from coclause.clauses.meeting import (
    announced,
    arrange,
    cancel,
    meetings_to_come,
    next_meeting,
    read_as,
)
from coclause.clauses.models import Meeting
from coclause.core.actor import acting_as
from coclause.core.models import JournalEntry
from coclause.core.refusals import Conflict, Refused
from coclause.organisations.scopes import scope_of

pytestmark = pytest.mark.django_db
SOON = DAY + timedelta(10)


@pytest.fixture
def world() -> World:
    return builders.world()


def plan(world: World, on: date = SOON) -> Meeting:
    with acting_as(world.facilitator, day=DAY):
        return arrange(world.scope, Meeting(operation=world.operation, kind="lancement", on=on))


def test_a_meeting_is_told_to_the_buyer_and_in_the_journal(world: World) -> None:
    made = plan(world)
    neighbour = builders.world("Mont-Rêvé")
    assert list(meetings_to_come(scope_of(buyer_of(world), DAY))) == [made]
    assert not meetings_to_come(scope_of(buyer_of(neighbour), DAY))
    assert next_meeting(world.operation, DAY) == made
    told = JournalEntry.objects.get(verb="meeting.arranged")
    assert told.subjects == [f"operation:{world.operation.pk}"]


def test_a_past_day_is_refused_and_today_is_not(world: World) -> None:
    with pytest.raises(Refused):
        plan(world, DAY - timedelta(1))
    assert not Meeting.objects.exists()
    assert plan(world, DAY).on == DAY


def test_only_the_referent_plans_moves_and_cancels(world: World) -> None:
    made = plan(world)
    for scope in (scope_of(buyer_of(world), DAY), builders.world("Mont-Rêvé").scope):
        assert scope.user is not None
        with acting_as(scope.user, day=DAY):
            with pytest.raises(PermissionDenied):
                arrange(scope, made)
            with pytest.raises(PermissionDenied):
                cancel(scope, made, "Essai")


def test_a_cancelled_meeting_is_never_moved_back_to_life(world: World) -> None:
    made, stale = plan(world), Meeting.objects.get()
    with acting_as(world.facilitator, day=DAY):
        cancel(world.scope, made, "Salle indisponible")
        stale.on = SOON + timedelta(1)
        with pytest.raises(Conflict):
            arrange(world.scope, stale)
        with pytest.raises(Conflict):
            cancel(world.scope, stale, "Autre motif")
    made.refresh_from_db()
    assert (made.on, made.cancelled) == (SOON, "Salle indisponible")
    assert not meetings_to_come(world.scope)
    assert list(announced(world.operation, DAY)) == [made]


def test_who_moves_a_meeting_read_before_another_move_is_told(world: World) -> None:
    made = plan(world)
    seen = read_as(made)
    with acting_as(world.facilitator, day=DAY):
        made.on = SOON + timedelta(1)
        arrange(world.scope, made, seen=seen)
        late = Meeting.objects.get()
        late.on = SOON + timedelta(2)
        with pytest.raises(Conflict):
            arrange(world.scope, late, seen=seen)
    assert Meeting.objects.get().on == SOON + timedelta(1)


def test_a_meeting_that_was_held_is_not_cancelled_and_a_reason_is_needed(world: World) -> None:
    made = plan(world)
    later = scope_of(world.facilitator, SOON + timedelta(1))
    with acting_as(world.facilitator, day=later.day):
        with pytest.raises(Refused):
            cancel(later, made, "Trop tard")
        with pytest.raises(Refused):
            cancel(world.scope, made, "  ")
    assert not Meeting.objects.get().cancelled

"""Nothing that a buyer asked stays unseen: each request is on the desk of whoever acts next."""

from datetime import date, timedelta
from typing import Any

import pytest
from tests import builders
from tests.builders import DAY, World
from tests.network.requests_worlds import (
    coordinator,
    facilitator_of,
    request_of,
    seen_by,
    wrote,
)

from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.core.working_days import working_days_between
from coclause.desk.desk import count_due
from coclause.desk.desk import due as desk_of
from coclause.network.choices import EntryKind
from coclause.network.due import QUIET, due, quiet_since
from coclause.network.due import count_due as count_requests
from coclause.network.states import RequestState
from coclause.organisations.choices import MemberRole, Role

pytestmark = pytest.mark.django_db
S = RequestState
LONG_AGO = date(2026, 10, 1)


@pytest.fixture
def world() -> World:
    return builders.world()


def kinds(items: list[Any]) -> list[str]:
    return [item.kind.removeprefix("request-") for item in items]


def everything(user: User) -> tuple[list[str], list[str], list[str]]:
    found = due(seen_by(user))
    assert count_requests(seen_by(user)) == len(found.mine)
    return kinds(found.mine), kinds(found.waiting), kinds(found.watch)


@pytest.mark.parametrize(
    ("state", "facts", "expected"),
    [
        (S.NEW, {}, (["take"], [], [])),
        (S.TAKEN, {}, (["answer"], [], [])),
        (S.ASKED, {"answered_on": DAY}, ([], ["asked"], [])),
        (S.ANSWERED, {"answered_on": DAY}, ([], [], [])),
        (S.ANSWERED, {"answered_on": LONG_AGO, "received": LONG_AGO}, ([], [], ["finish"])),
        (S.OPENED, {"received": LONG_AGO}, ([], [], [])),
        (S.CLOSED, {"received": LONG_AGO}, ([], [], [])),
    ],
)
def test_each_state_waits_for_the_right_one(
    world: World, state: RequestState, facts: dict[str, Any], expected: Any
) -> None:
    request_of(world.host, world.facilitator, state=state, **facts)
    assert everything(world.facilitator) == expected


def test_a_buyer_who_wrote_back_is_to_be_read(world: World) -> None:
    since = DAY - timedelta(4)
    asked = request_of(
        world.host, world.facilitator, received=since, state=S.TAKEN, answered_on=DAY
    )
    wrote(asked, EntryKind.QUESTION, DAY - timedelta(2))
    wrote(asked, EntryKind.REPLY, DAY - timedelta(1))
    wrote(asked, EntryKind.NOTE, DAY)
    assert everything(world.facilitator)[0] == ["replied"]


def test_the_promised_day_makes_it_late_on_the_desk(world: World) -> None:
    request_of(world.host, world.facilitator, received=date(2026, 11, 16))
    promised = desk_of(world.scope)
    assert promised.count == count_due(world.scope)
    late = [item for item in promised.late if item.kind == "request-take"]
    assert [item.by for item in late] == [date(2026, 11, 23)]


def test_under_nobodys_name_it_is_everybodys_in_the_host_and_no_one_elses(world: World) -> None:
    with acting_as("test", day=DAY):
        colleague = builders.member(world.host, MemberRole.FACILITATOR)
        manager = builders.member(world.host, MemberRole.HOST_MANAGER)
    _, other = facilitator_of("Plie des Brumes")
    request_of(world.host)
    request_of(world.host, world.facilitator)
    assert len(everything(world.facilitator)[0]) == 2
    assert len(everything(colleague)[0]) == 1
    assert len(everything(manager)[0]) == 2
    assert everything(other) == ([], [], [])


def test_the_request_of_somebody_who_left_comes_back_to_the_host(world: World) -> None:
    with acting_as("test", day=DAY):
        colleague = builders.member(world.host, MemberRole.FACILITATOR)
    request_of(world.host, world.facilitator)
    assert everything(colleague)[0] == []
    with acting_as("test", day=DAY):
        world.facilitator.memberships.update(ends_on=DAY - timedelta(1))
    assert everything(colleague)[0] == ["take"]


def test_the_coordination_sees_its_own_nobodys_and_those_past_their_day(world: World) -> None:
    of, user = coordinator()
    request_of(of)
    request_of(None)
    request_of(world.host, world.facilitator, received=date(2026, 11, 16))
    request_of(world.host, world.facilitator, received=date(2026, 11, 23))
    request_of(world.host, world.facilitator, received=LONG_AGO, answered_on=date(2026, 10, 2))
    assert sorted(everything(user)[0]) == ["assign", "forgotten", "take", "unanswered"]
    found = desk_of(seen_by(user))
    assert found.count == count_due(seen_by(user))


def test_a_coordination_of_another_region_sees_nothing(world: World) -> None:
    with acting_as("test", day=DAY):
        far = builders.region("84", "Région Inventée")
        of = builders.organisation("Coordination Lointaine", Role.COORDINATION, of=far)
        user = builders.member(of, MemberRole.COORDINATOR)
    request_of(None, received=LONG_AGO)
    assert everything(user) == ([], [], [])


def test_a_buyer_answers_a_question_and_waits_for_the_rest(world: World) -> None:
    with acting_as("test", day=DAY):
        user = builders.member(world.buyer, MemberRole.BUYER)
    request_of(world.host, buyer=world.buyer, state=S.ASKED, answered_on=DAY)
    request_of(world.host, buyer=world.buyer)
    request_of(world.host, state=S.ASKED, answered_on=DAY)
    assert everything(user) == (["reply"], ["sent"], [])


def test_quiet_means_ten_working_days_and_not_nine() -> None:
    last = quiet_since(DAY)
    assert working_days_between(last, DAY) == QUIET
    assert working_days_between(last + timedelta(1), DAY) == QUIET - 1


@pytest.mark.parametrize(
    ("role", "queries"),
    [(MemberRole.COMPANY, 0), (MemberRole.OBSERVER, 0), (MemberRole.PRESCRIBER, 0)],
)
def test_who_has_no_part_in_requests_asks_nothing(
    world: World, django_assert_num_queries: Any, role: MemberRole, queries: int
) -> None:
    with acting_as("test", day=DAY):
        user = builders.member(world.company, role)
    scope = seen_by(user)
    with django_assert_num_queries(queries):
        assert due(scope).mine == []
        assert count_requests(scope) == 0


@pytest.mark.parametrize("many", [1, 12])
def test_one_query_for_the_list_and_one_for_the_count(
    world: World, django_assert_num_queries: Any, many: int
) -> None:
    for _ in range(many):
        request_of(world.host, world.facilitator)
    scope = world.scope
    with django_assert_num_queries(1):
        assert len(due(scope).mine) == many
    with django_assert_num_queries(1):
        assert count_requests(scope) == many

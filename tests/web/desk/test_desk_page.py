"""« À faire »: each role finds what is its turn, what is late, and whom it waits for."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from tests import builders
from tests.builders import DAY, World

from coclause.clauses.models import OperationHost
from coclause.clauses.states import ClauseState
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.core.working_days import add_working_days
from coclause.desk.desk import count_due, done_since, due
from coclause.hours.declaring import Entry, declare_month
from coclause.organisations.scopes import scope_of

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]


def declare(world: World, month: date, hours: str = "35") -> None:
    with acting_as(world.facilitator, day=DAY):
        entry = Entry(world.employment.pk, {"travail": Decimal(hours)})
        declare_month(
            world.scope, world.award, month, [entry], version=0, at=builders.at(date(2026, 11, 20))
        )


def kinds(items: list[Any]) -> list[str]:
    return [item.kind for item in items]


def test_working_days_leave_out_holidays() -> None:
    assert add_working_days(date(2026, 11, 9), 2) == date(2026, 11, 12)
    assert add_working_days(date(2026, 11, 20), 5) == date(2026, 11, 27)
    assert add_working_days(date(2026, 12, 31), 1) == date(2027, 1, 4)


def test_a_facilitator_checks_what_was_sent_and_waits_for_the_rest(world: World) -> None:
    declare(world, date(2026, 10, 1))
    found = due(world.scope)
    assert kinds(found.week) == ["check"]
    check = found.week[0]
    assert (check.since, check.by) == (date(2026, 11, 20), date(2026, 11, 27))
    assert check.what == "Vérifier octobre : 35\u00a0h"
    assert kinds(found.waiting) == ["declare"]
    assert found.waiting[0].what == "Déclarer 7 mois, mars à septembre"
    assert found.waiting[0].by == date(2026, 4, 5)
    # Nobody at the company can be reminded: it is said before the hours that are missing.
    assert kinds(found.watch) == ["silent", "call"]
    assert done_since(world.scope, date(2020, 1, 1))


def test_each_state_of_a_clause_waits_for_the_right_one(
    world: World, people: dict[str, User]
) -> None:
    with acting_as("test", day=DAY):
        for number, state in enumerate(ClauseState, start=10):
            builders.clause(builders.lot(world.operation, number=number), state=state)
    found = due(world.scope)
    assert sorted(kinds(found.next)) == ["award", "close", "resume", "write"]
    assert "accept" in kinds(found.waiting)
    assert kinds(due(scope_of(people["buyer"], DAY)).next) == ["accept"]


def test_a_passed_date_is_late(world: World) -> None:
    with acting_as("test", day=DAY):
        lot = builders.lot(world.operation, number=9)
        builders.clause(lot, state=ClauseState.DRAFT, act_by=date(2026, 11, 20))
    assert kinds(due(world.scope).late) == ["write"]


def test_a_company_declares_and_corrects(world: World, people: dict[str, User]) -> None:
    found = due(scope_of(people["company"], DAY))
    assert kinds(found.late) == ["declare"]
    assert due(scope_of(people["other_company"], DAY)).count == 0


def test_an_operation_without_facilitator_reaches_the_coordination(
    world: World, people: dict[str, User]
) -> None:
    scope = scope_of(people["coordinator"], DAY)
    assert due(scope).count == 0
    with acting_as("test", day=DAY):
        OperationHost.objects.update(ends_on=date(2026, 11, 1))
    assert kinds(due(scope).next) == ["unfollowed"]
    assert due(world.scope).count == 0


def test_a_facilitator_does_not_carry_the_work_of_a_colleague(
    world: World, people: dict[str, User]
) -> None:
    declare(world, date(2026, 10, 1))
    with acting_as("test", day=DAY):
        OperationHost.objects.update(facilitator=people["manager"])
    assert due(world.scope).count == 0
    assert due(scope_of(people["manager"], DAY)).count == 1


@pytest.mark.parametrize("role", ["prescriber", "observer"])
def test_a_role_without_turn_is_told_what_will_come(
    people: dict[str, User], signed_in: SignIn, role: str
) -> None:
    page = signed_in(people[role]).get("/a-faire/").content.decode()
    assert "Rien n’est à faire ici pour votre rôle" in page
    assert 'href="/chiffres/"' in page


@pytest.mark.parametrize(
    ("role", "queries"),
    [("facilitator", 5), ("manager", 5), ("company", 8), ("buyer", 4), ("coordinator", 2)],
)
def test_the_count_beside_the_menu_is_that_of_the_page_and_cheap(
    world: World,
    people: dict[str, User],
    django_assert_num_queries: Any,
    role: str,
    queries: int,
) -> None:
    declare(world, date(2026, 10, 1))
    with acting_as("test", day=DAY):
        lot = builders.lot(world.operation, number=9)
        builders.clause(lot, state=ClauseState.PROPOSED)
    scope = scope_of(people[role], DAY)
    expected = due(scope).count
    with django_assert_num_queries(queries):
        assert count_due(scope) == expected


@pytest.mark.parametrize("more", [0, 4])
@pytest.mark.parametrize(("role", "queries"), [("facilitator", 63), ("company", 40)])
def test_queries_of_the_desk_do_not_grow(
    *,
    world: World,
    people: dict[str, User],
    signed_in: SignIn,
    django_assert_num_queries: Any,
    role: str,
    queries: int,
    more: int,
) -> None:
    declare(world, date(2026, 10, 1))
    with acting_as("test", day=DAY):
        for number in range(20, 20 + more):
            lot = builders.lot(world.operation, number=number)
            under = builders.clause(lot)
            builders.commit(builders.award(lot, world.company), under, Decimal(900))
            builders.clause(lot, state=ClauseState.DRAFT, instrument="critere")
    client = signed_in(people[role])
    client.get("/a-faire/")
    with django_assert_num_queries(queries):
        assert client.get("/a-faire/").status_code == 200

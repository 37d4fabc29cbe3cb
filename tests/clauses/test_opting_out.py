"""The register: numbers that follow, nothing rewritten, private, one act at a time."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from tests import builders
from tests.builders import DAY, World
from tests.clauses.opt_out_worlds import REASON, buyer_of, recorded

from coclause.clauses.models import OperationHost, OptOut
from coclause.clauses.opting_out import (
    invoked,
    versions,
    withdraw,
)
from coclause.core.actor import acting_as
from coclause.core.models import JournalEntry, User
from coclause.core.refusals import Conflict, Refused
from coclause.organisations.choices import MemberRole, Role
from coclause.organisations.scopes import scope_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return builders.world()


@pytest.fixture
def buyer(world: World) -> User:
    return buyer_of(world)


def test_numbers_follow_each_other_and_what_the_law_said_is_kept(world: World, buyer: User) -> None:
    first, second = recorded(world, buyer), recorded(world, buyer)
    assert (first.number, second.number) == (1, 2)
    assert first.verdict["duty"] == "exempt"
    assert first.verdict["keep_reasons"]["articles"]
    assert (first.author, first.day) == (buyer, DAY)


@pytest.mark.parametrize(
    "facts",
    [
        {"value": Decimal("5403999.99")},
        {"notice_on": date(2026, 8, 21)},
        {"kind": "prive", "market_type": "prive"},
        {"months": 6},
        {"months": None},
        {"market_type": "services"},
        {"kind": "concession", "market_type": "concessions"},
        {"reason": " \n\t"},
        {"reason": "…"},
        {"law_buyer": ""},
        {"notice_on": date(2028, 1, 1)},
        {"code": "inconnu"},
    ],
    ids=str,
)
def test_nothing_is_recorded_when_the_law_does_not_open_it(
    world: World, buyer: User, facts: dict[str, Any]
) -> None:
    with pytest.raises(Refused) as refusal:
        recorded(world, buyer, **facts)
    assert refusal.value.sentence
    assert not OptOut.objects.exists()


def test_a_concession_invokes_its_own_two_cases(world: World, buyer: User) -> None:
    entry = recorded(world, buyer, kind="concession", market_type="concessions", code="no_link")
    case = invoked(entry)
    assert case is not None
    assert case.article == "L3114-2-1"


def test_nobody_writes_in_the_register_of_another(world: World, buyer: User) -> None:
    other = builders.world("Mont-Rêvé")
    with pytest.raises(PermissionDenied):
        recorded(world, world.facilitator)
    with pytest.raises(PermissionDenied):
        recorded(other, buyer)
    with pytest.raises(PermissionDenied):
        recorded(world, buyer, other.lot.contract)
    theirs = recorded(other, buyer_of(other))
    with pytest.raises(PermissionDenied):
        recorded(world, buyer, replaces=theirs)
    assert OptOut.objects.get() == theirs


def test_a_correction_is_another_entry_and_the_first_stays_as_it_was(
    world: World, buyer: User
) -> None:
    first = recorded(world, buyer)
    second = recorded(world, buyer, replaces=first, reason="Précision : deux équipes.")
    third = recorded(world, buyer, replaces=second, code="no_link")
    first.refresh_from_db()
    assert first.reason == REASON
    assert list(OptOut.objects.in_force()) == [third]
    assert versions(second) == [first, second, third]


def test_an_entry_cannot_be_rewritten_nor_erased(world: World, buyer: User) -> None:
    entry = recorded(world, buyer)
    with acting_as(buyer, day=DAY):
        with pytest.raises(DatabaseError), transaction.atomic():
            OptOut.objects.filter(pk=entry.pk).update(reason="Autre chose.")
        with pytest.raises(DatabaseError), transaction.atomic():
            entry.delete()
    entry.refresh_from_db()
    assert entry.reason == REASON


def test_who_comes_second_on_an_entry_is_told(world: World, buyer: User) -> None:
    entry = recorded(world, buyer)
    scope = scope_of(buyer, DAY)
    with acting_as(buyer, day=DAY):
        withdraw(scope, entry)
        with pytest.raises(Conflict):
            withdraw(scope, entry)
    with pytest.raises(Conflict):
        recorded(world, buyer, replaces=entry)
    assert OptOut.objects.get().withdrawn_on == DAY


def test_the_host_reads_while_it_follows_and_no_longer(world: World, buyer: User) -> None:
    entry = recorded(world, buyer, world.lot.contract)
    alone = recorded(world, buyer)
    seen = OptOut.objects.visible_to
    assert list(seen(world.scope)) == [entry]
    assert set(seen(scope_of(buyer, DAY))) == {entry, alone}
    with acting_as("test", day=DAY):
        coordination = builders.organisation("Coordination Inventée", Role.COORDINATION)
        coordinator = builders.member(coordination, MemberRole.COORDINATOR)
        OperationHost.objects.filter(operation=world.operation).update(ends_on=date(2026, 11, 23))
    assert not seen(scope_of(coordinator, DAY))
    assert not seen(world.scope)


def test_reasons_are_nowhere_else_and_the_buyers_journal_does_not_tell(
    world: World, buyer: User
) -> None:
    entry = recorded(world, buyer, world.lot.contract)
    with acting_as(buyer, day=DAY):
        withdraw(scope_of(buyer, DAY), entry)
    acts = JournalEntry.objects.filter(verb__startswith="opt_out")
    assert acts.count() == 2
    for act in acts:
        assert act.subjects == [f"optout:{entry.pk}"]
        assert "occupé" not in act.sentence

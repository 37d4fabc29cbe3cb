"""Who may look and who may write: a refused act changes nothing."""

from decimal import Decimal

import pytest
from django.urls import reverse
from tests import builders
from tests.builders import DAY, World
from tests.web.operations.web_operations import published_contract, signed_in

from coclause.clauses.models import Award, Clause, Contract, ObjectiveEvent, Operation
from coclause.core.actor import acting_as
from coclause.core.models import JournalEntry, User
from coclause.organisations.choices import MemberRole, Role
from coclause.organisations.models import Organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return builders.world()


def neighbour_of_region() -> User:
    with acting_as("test", day=DAY):
        host = builders.organisation("PLIE voisin", Role.HOST)
        return builders.member(host, MemberRole.FACILITATOR)


def far_away() -> User:
    with acting_as("test", day=DAY):
        other = builders.region("84", "Région lointaine")
        host = builders.organisation("PLIE lointain", Role.HOST, of=other)
        return builders.member(host, MemberRole.FACILITATOR)


def member_of(organisation: Organisation, role: MemberRole) -> User:
    with acting_as("test", day=DAY):
        return builders.member(organisation, role)


def writing(world: World) -> list[str]:
    objective = world.clause.commitments.get().objectives.get()
    return [
        reverse("contract-new", args=[world.operation.pk]),
        reverse("clause-new", args=[world.lot.pk]),
        reverse("clause-edit", args=[world.clause.pk]),
        reverse("award-new", args=[world.lot.pk]),
        reverse("commitment-new", args=[world.clause.pk]),
        reverse("amendment-new", args=[objective.pk]),
    ]


def state() -> tuple[int, ...]:
    kinds = (Operation, Contract, Clause, Award, ObjectiveEvent, JournalEntry)
    return tuple(kind._default_manager.count() for kind in kinds)


@pytest.mark.parametrize("who", ["neighbour", "coordination", "buyer", "company"])
def test_inside_the_scope_without_the_right_is_403_and_changes_nothing(
    world: World, who: str
) -> None:
    with acting_as("test", day=DAY):
        coordination = builders.organisation("Coordination", Role.COORDINATION)
    user = neighbour_of_region()
    if who == "coordination":
        user = member_of(coordination, MemberRole.COORDINATOR)
    elif who == "buyer":
        user = member_of(world.buyer, MemberRole.BUYER)
    elif who == "company":
        user = member_of(world.company, MemberRole.COMPANY)
    client, before = signed_in(user), state()
    for address in writing(world):
        assert client.get(address).status_code == 403, address
        assert client.post(address, {}).status_code == 403, address
    assert state() == before


def test_another_region_finds_nothing_and_changes_nothing(world: World) -> None:
    client, before = signed_in(far_away()), state()
    published = published_contract()
    pages = [
        reverse("operation", args=[world.operation.pk]),
        reverse("published-contract", args=[published.pk]),
        reverse("follow", args=[published.pk]),
    ]
    for address in [*pages, *writing(world)]:
        assert client.get(address).status_code == 404, address
        assert client.post(address, {}).status_code == 404, address
    assert state() == before
    assert "Médiathèque" not in client.get(reverse("operations") + "?suivi=tous").content.decode()


def test_an_observer_reads_no_operation(world: World) -> None:
    with acting_as("test", day=DAY):
        watcher = builders.organisation("Observatoire", Role.OBSERVER)
    client = signed_in(member_of(watcher, MemberRole.OBSERVER))
    assert client.get(reverse("operation", args=[world.operation.pk])).status_code == 404
    assert client.get(reverse("published")).status_code == 403
    assert client.get(reverse("operation-new")).status_code == 403


def test_only_those_who_open_operations_may_follow(world: World) -> None:
    published = published_contract()
    with acting_as("test", day=DAY):
        coordination = builders.organisation("Coordination", Role.COORDINATION)
    client = signed_in(member_of(coordination, MemberRole.COORDINATOR))
    assert client.get(reverse("published-contract", args=[published.pk])).status_code == 200
    assert client.get(reverse("follow", args=[published.pk])).status_code == 403
    buyer = signed_in(member_of(world.buyer, MemberRole.BUYER))
    assert buyer.get(reverse("published")).status_code == 403


def test_a_company_sees_its_lots_alone(world: World) -> None:
    with acting_as("test", day=DAY):
        rival = builders.organisation("Rival fictif", Role.COMPANY)
        lot = builders.lot(world.operation, number=7)
        other = builders.clause(lot)
        builders.commit(builders.award(lot, rival), other, Decimal(300))
    client = signed_in(member_of(world.company, MemberRole.COMPANY))
    page = client.get(reverse("operation", args=[world.operation.pk])).content.decode()
    assert "Lot 3" in page
    assert "Lot 7" not in page
    assert "Rival" not in page
    assert "Journal" not in page
    listed = client.get(reverse("operations")).content.decode()
    assert "1\u202f240\u00a0h" in listed
    assert "1\u202f540\u00a0h" not in listed
    assert "Rival" not in listed


def test_a_buyer_sees_its_operation_whole_without_any_act_to_do(world: World) -> None:
    client = signed_in(member_of(world.buyer, MemberRole.BUYER))
    page = client.get(reverse("operation", args=[world.operation.pk])).content.decode()
    assert world.company.name in page
    assert "Journal" in page
    assert "Ajouter un contrat" not in page
    assert "Inventée" not in page

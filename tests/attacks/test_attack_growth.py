"""Pages of the front door, the register and calibration: as many queries for two rows as forty."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests import builders
from tests.builders import DAY
from tests.clauses.calibration_worlds import by_amount, kept
from tests.clauses.opt_out_worlds import buyer_of, recorded
from tests.network.requests_worlds import coordinator, request_of, wrote
from tests.web.door.door_worlds import follow_path

from coclause.clauses.choices import MeetingKind
from coclause.clauses.models import Meeting, OptOut
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.network.choices import EntryKind
from coclause.network.models import RegionalBuyer
from coclause.organisations.choices import MemberRole, Role

pytestmark = pytest.mark.django_db
FEW, MANY = 2, 40


@pytest.fixture(autouse=True)
def _today(day_of_the_builders: None) -> None: ...


def cost(user: User | None, address: str) -> int:
    client = Client()
    if user:
        client.force_login(user)
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def grows(
    make: Callable[[int], object], user: User | None, *addresses: str
) -> list[tuple[str, int, int]]:
    for number in range(FEW):
        make(number)
    before = [cost(user, one) for one in addresses]
    for number in range(FEW, MANY):
        make(number)
    after = [cost(user, one) for one in addresses]
    return [one for one in zip(addresses, before, after, strict=True) if one[1] != one[2]]


def test_requests_each_of_somebody() -> None:
    world = builders.world()
    _, boss = coordinator()

    def make(number: int) -> None:
        with acting_as("test", day=DAY):
            host = builders.organisation(f"Maison inventée {number}", Role.HOST)
            person = builders.member(host, MemberRole.FACILITATOR)
            buyer = builders.organisation(f"Acheteur inventé {number}", Role.BUYER)
        request_of(host, person, buyer=buyer)
        request_of(world.host, world.facilitator, buyer=world.buyer)

    assert not grows(make, boss, "/demandes/", "/demandes/?onglet=a-prendre&tri=acheteur")
    assert not grows(make, world.facilitator, "/demandes/", "/demandes/?format=xlsx")
    with acting_as("test", day=DAY):
        agent = builders.member(world.buyer, MemberRole.BUYER)
    assert not grows(make, agent, reverse("buyer-space"))


def test_an_exchange_of_many() -> None:
    world = builders.world()
    made = request_of(world.host, world.facilitator)

    def make(number: int) -> None:
        wrote(made, EntryKind.REPLY, DAY)
        wrote(made, EntryKind.ANSWER, DAY)

    assert not grows(make, world.facilitator, f"/demandes/{made.pk}/")
    assert not grows(make, None, follow_path(made))


def test_a_register_and_the_versions_of_an_entry() -> None:
    world = builders.world()
    agent = buyer_of(world)
    made: list[OptOut] = []

    def make(number: int) -> None:
        with acting_as(agent, day=DAY):
            made.append(recorded(world, user=agent, replaces=made[-1] if number % 2 else None))

    last = "/registre/", "/registre/?format=xlsx", "/registre/?etat=corrigee"
    assert not grows(make, agent, *last)
    assert not grows(make, world.facilitator, *last)


def test_versions_of_a_calibration_and_meetings() -> None:
    world = builders.world()
    contract = world.lot.contract_id

    def make(number: int) -> None:
        with acting_as(world.facilitator, day=DAY):
            kept(world, by_amount())
            Meeting.objects.create(
                operation=world.operation,
                kind=MeetingKind.values[0],
                on=DAY + timedelta(number),
                place="Mairie inventée",
            )

    pages = (
        reverse("calibrations", args=[contract]) + "?versions=toutes",
        reverse("contract-duty", args=[contract]),
        reverse("calibration-note", args=[contract]),
        reverse("operation", args=[world.operation.pk]),
    )
    assert not grows(make, world.facilitator, *pages)
    assert not grows(make, buyer_of(world), reverse("buyer-space"))


def test_regional_buyers() -> None:
    _, boss = coordinator()

    def make(number: int) -> None:
        with acting_as("test", day=DAY):
            host = builders.organisation(f"Maison inventée {number}", Role.HOST)
            person = builders.member(host, MemberRole.FACILITATOR)
            RegionalBuyer.objects.create(
                region=builders.region(),
                siren=f"{100_000_000 + number}",
                name=f"B{number}",
                referent=person.memberships.get(),
                starts_on="2026-01-01",
            )

    assert not grows(make, boss, reverse("regional-buyers"))

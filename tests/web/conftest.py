"""What page tests share: a fixed day, users of each role."""

from collections.abc import Callable

import pytest
from django.test import Client
from tests import builders
from tests.builders import DAY, World

from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.organisations.choices import MemberRole, Role

As = Callable[[User | None], Client]


@pytest.fixture(autouse=True)
def _today(day_of_the_builders: None) -> None:
    """Every page test is of that day."""


@pytest.fixture
def world() -> World:
    return builders.world()


@pytest.fixture
def signed_in() -> As:
    """A client of that user; of nobody for None."""

    def client(user: User | None) -> Client:
        made = Client()
        if user is not None:
            made.force_login(user)
        return made

    return client


@pytest.fixture
def people(world: World) -> dict[str, User]:
    """One user of each role around the world: its own, and others."""
    with acting_as("test", day=DAY):
        other_host = builders.organisation("Plie des Brumes", Role.HOST)
        far = builders.region("84", "Région Inventée")
        far_host = builders.organisation("Maison du Lointain", Role.HOST, of=far)
        other_company = builders.organisation("Nettoyage Mirage", Role.COMPANY)
        coordination = builders.organisation("Coordination Inventée", Role.COORDINATION)
        observer = builders.organisation("Observatoire Inventé", Role.OBSERVER)
        prescriber = builders.organisation("Mission locale des Songes", Role.PRESCRIBER)
        return {
            "facilitator": world.facilitator,
            "manager": builders.member(world.host, MemberRole.HOST_MANAGER),
            "other_host": builders.member(other_host, MemberRole.FACILITATOR),
            "far_host": builders.member(far_host, MemberRole.FACILITATOR),
            "buyer": builders.member(world.buyer, MemberRole.BUYER),
            "company": builders.member(world.company, MemberRole.COMPANY),
            "other_company": builders.member(other_company, MemberRole.COMPANY),
            "coordinator": builders.member(coordination, MemberRole.COORDINATOR),
            "observer": builders.member(observer, MemberRole.OBSERVER),
            "prescriber": builders.member(prescriber, MemberRole.PRESCRIBER),
        }

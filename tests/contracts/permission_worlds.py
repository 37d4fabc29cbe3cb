"""Who asks, in the permission table: every role here, its twin next door, a stranger."""

from dataclasses import dataclass, field

from django.test import Client
from tests import builders
from tests.builders import DAY, World

from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.organisations.choices import MemberRole, Role
from coclause.reference.models import Region


@dataclass
class Cast:
    """A world, a neighbour in the same region, a tenant in another region, and everybody in it."""

    here: World
    neighbour: World
    elsewhere: World
    users: dict[str, User | None]
    sessions: dict[str, str | None] = field(default_factory=dict)

    def session(self, role: str) -> str | None:
        """The key of that role's session, opened when it is first asked; a stranger has none."""
        if role not in self.sessions:
            client, user = Client(), self.users[role]
            if user is not None:
                client.force_login(user)
            self.sessions[role] = client.session.session_key if user else None
        return self.sessions[role]


ROLES = (
    "stranger",
    "facilitator",
    "manager",
    "coordinator",
    "buyer",
    "company",
    "prescriber",
    "observer",
    "neighbour_facilitator",
    "neighbour_buyer",
    "neighbour_company",
    "elsewhere_facilitator",
    "elsewhere_coordinator",
)
"""The columns of the table."""


def cast() -> Cast:
    """Build the three worlds and one person for each role."""
    with acting_as("test", day=DAY):
        other = builders.region("84", "Auvergne-Rhône-Alpes")
    here, neighbour = builders.world("Val-Imaginé"), builders.world("Mont-Rêvé")
    elsewhere = builders.world("Pays-Supposé", of=other)
    with acting_as("test", day=DAY):
        users: dict[str, User | None] = {
            "stranger": None,
            "facilitator": here.facilitator,
            "manager": builders.member(here.host, MemberRole.HOST_MANAGER),
            "coordinator": _coordinator(here.operation.region),
            "buyer": builders.member(here.buyer, MemberRole.BUYER),
            "company": builders.member(here.company, MemberRole.COMPANY),
            "prescriber": _in_new("Mission locale fictive", Role.PRESCRIBER, MemberRole.PRESCRIBER),
            "observer": _in_new("Direction imaginaire", Role.OBSERVER, MemberRole.OBSERVER),
            "neighbour_facilitator": neighbour.facilitator,
            "neighbour_buyer": builders.member(neighbour.buyer, MemberRole.BUYER),
            "neighbour_company": builders.member(neighbour.company, MemberRole.COMPANY),
            "elsewhere_facilitator": elsewhere.facilitator,
            "elsewhere_coordinator": _coordinator(other),
        }
    return Cast(here, neighbour, elsewhere, users)


def _coordinator(region: Region) -> User:
    of = builders.organisation(f"Coordination de {region}", Role.COORDINATION, of=region)
    return builders.member(of, MemberRole.COORDINATOR)


def _in_new(name: str, role: Role, as_: MemberRole) -> User:
    return builders.member(builders.organisation(name, role), as_)

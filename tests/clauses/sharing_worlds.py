"""An operation, another host of the region, and the coordination: who may follow."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tests import builders
from tests.builders import DAY, World

from coclause.clauses.choices import HostRole
from coclause.clauses.models import OperationHost
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.hours.declaring import Entry, declare_month
from coclause.hours.models import Employment, Statement
from coclause.organisations.choices import MemberRole, Role
from coclause.organisations.models import Organisation
from coclause.organisations.scopes import scope_of

JUNE, OCTOBER = date(2026, 6, 1), date(2026, 10, 1)


@dataclass
class Region:
    """The operation is `here`'s; `other` is a host of the region, with two facilitators."""

    here: World
    other: Organisation
    user: User
    colleague: User
    coordinator: User


def build() -> Region:
    here = builders.world()
    with acting_as("test", day=DAY):
        other = builders.organisation("Plie des Brumes", Role.HOST)
        coordination = builders.organisation("Coordination Inventée", Role.COORDINATION)
        return Region(
            here=here,
            other=other,
            user=builders.member(other, MemberRole.FACILITATOR),
            colleague=builders.member(other, MemberRole.FACILITATOR),
            coordinator=builders.member(coordination, MemberRole.COORDINATOR),
        )


def associated(region: Region) -> tuple[OperationHost, Employment]:
    """The other host associated since June, with a person of its own on the award."""
    here = region.here
    with acting_as("test", day=DAY):
        row = OperationHost.objects.create(
            operation=here.operation,
            host=region.other,
            facilitator=region.user,
            role=HostRole.ASSOCIATED,
            starts_on=JUNE,
        )
    with acting_as(region.user, day=DAY):
        person = builders.person(region.other, "Supposé", "Basile")
        return row, builders.employment(person, here.company, here.award)


def declare(
    user: User, region: Region, hours: dict[int, int], month: date = OCTOBER, version: int = 0
) -> Statement:
    entries = [Entry(pk, {"travail": Decimal(h)}) for pk, h in hours.items()]
    with acting_as(user, day=DAY):
        return declare_month(
            scope_of(user, DAY), region.here.award, month, entries, version=version
        )

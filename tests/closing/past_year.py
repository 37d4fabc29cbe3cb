"""A small world whose work was in 2025, a year that is over on the tests' day."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tests import builders
from tests.builders import DAY, World, at

from coclause.clauses.models import OperationHost
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.hours.checking import validate_lines
from coclause.hours.declaring import Entry, declare_month
from coclause.hours.models import Employment, Statement
from coclause.organisations.choices import MemberRole, Role
from coclause.organisations.scopes import Scope, scope_of
from coclause.reference.models import Region

YEAR = 2025
SEPTEMBER, OCTOBER = date(2025, 9, 1), date(2025, 10, 1)
CLOSED = at(date(2026, 2, 10))
LATER = at(date(2026, 6, 5))


@dataclass
class Past:
    """The world, and the people who close: the host's manager, the region's coordination."""

    world: World
    manager: User
    coordinator: User

    @property
    def region(self) -> Region:
        return self.world.operation.region

    @property
    def host_scope(self) -> Scope:
        return scope_of(self.manager, DAY)

    @property
    def region_scope(self) -> Scope:
        return scope_of(self.coordinator, DAY)


def past() -> Past:
    """An award from September to December 2025, with one person, and nothing declared."""
    world = builders.world()
    with acting_as("test", day=DAY):
        OperationHost.objects.update(starts_on=date(2025, 1, 6))
        world.award = builders.award(world.lot, world.company, date(2025, 9, 1), date(2025, 12, 31))
        coordination = builders.organisation("Coordination Inventée", Role.COORDINATION)
        manager = builders.member(world.host, MemberRole.HOST_MANAGER)
        coordinator = builders.member(coordination, MemberRole.COORDINATOR)
    world.employment = hired(world, "Imaginée")
    return Past(world, manager, coordinator)


def hired(world: World, name: str) -> Employment:
    """One more person at work on the award of 2025."""
    with acting_as(world.facilitator, day=DAY):
        person = builders.person(world.host, name, "Nadia")
        return builders.employment(person, world.company, world.award, starts=date(2025, 9, 1))


def declared(
    past: Past, month: date, hours: str, *employments: Employment, when: date = date(2025, 12, 1)
) -> Statement:
    """The company's month, or its correction, as sent on a day."""
    world = past.world
    who = employments or (world.employment,)
    entries = [Entry(one.pk, {"travail": Decimal(hours)}, Decimal(160)) for one in who]
    known = Statement.objects.filter(award=world.award, month=month).first()
    with acting_as(world.facilitator, day=DAY):
        return declare_month(
            world.scope,
            world.award,
            month,
            entries,
            version=known.version if known else 0,
            at=at(when),
        )


def validated(statement: Statement, past: Past, when: date = date(2025, 12, 15)) -> None:
    world = past.world
    with acting_as(world.facilitator, day=DAY):
        pks = list(statement.lines.to_check().values_list("pk", flat=True))
        validate_lines(world.scope, statement, pks, at=at(when))


def worked(past: Past, month: date, hours: str, *employments: Employment) -> Statement:
    """A month declared and validated before the year was over."""
    statement = declared(past, month, hours, *employments)
    validated(statement, past)
    return statement


def corrected(past: Past, month: date, hours: str, *employments: Employment) -> None:
    """The same month, corrected and validated after the closing."""
    when = date(2026, 6, 5)
    statement = declared(past, month, hours, *employments, when=when)
    validated(statement, past, when)

"""An award on which a holder and two agencies work, and who enters for each."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.test import Client
from tests import builders
from tests.builders import DAY, World

from coclause.clauses.choices import MemberPart
from coclause.clauses.models import AwardMember
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.hours.choices import Way
from coclause.hours.declaring import Entry, declare_month
from coclause.hours.models import Employment, Statement
from coclause.organisations.choices import MemberRole, Role
from coclause.organisations.models import Membership, Organisation
from coclause.organisations.scopes import scope_of

OCTOBER = date(2026, 10, 1)
HERE = "/mon-mois/2026-10/"


@dataclass
class Site:
    """An award: its holder employs Nadia, an agency Basile, another agency Zoé."""

    world: World
    holder: User
    agency: Organisation
    temp: User
    basile: Employment
    other: Organisation
    zoe: Employment

    def client(self, user: User) -> Client:
        made = Client()
        made.force_login(user)
        return made

    def typed(self, hours: dict[Employment, str], version: int = 0, **more: str) -> dict[str, str]:
        award = self.world.award.pk
        fields = {f"m{award}-h-{one.pk}-travail": told for one, told in hours.items()}
        return {**fields, f"m{award}-version": str(version), **more}

    def say(self, user: User, hours: dict[Employment, str], version: int) -> Statement:
        entries = [Entry(one.pk, {"travail": Decimal(told)}) for one, told in hours.items()]
        with acting_as(user, day=DAY):
            scope = scope_of(user, DAY)
            return declare_month(scope, self.world.award, OCTOBER, entries, version=version)


def made_available(world: World, employer: Organisation, name: str, given: str) -> Employment:
    with acting_as("test", day=DAY):
        AwardMember.objects.create(
            award=world.award,
            organisation=employer,
            part=MemberPart.AGENCY,
            starts_on=world.award.starts_on,
        )
    with acting_as(world.facilitator, day=DAY):
        person = builders.person(world.host, name, given, date(1990, 2, 3))
        return builders.employment(person, employer, world.award, way=Way.MADE_AVAILABLE)


def built_site() -> Site:
    """The other agency has nobody who signs in."""
    world = builders.world()
    with acting_as("test", day=DAY):
        agency = builders.organisation("ETTI Tremplin des Songes", Role.COMPANY)
        other = builders.organisation("Intérim Mirage", Role.COMPANY)
        holder = builders.member(world.company, MemberRole.COMPANY)
        temp = builders.member(agency, MemberRole.COMPANY)
    basile = made_available(world, agency, "Supposé", "Basile")
    zoe = made_available(world, other, "Chimérique", "Zoé")
    return Site(world, holder, agency, temp, basile, other, zoe)


def joins(user: User, company: Organisation) -> None:
    with acting_as("test", day=DAY):
        Membership.objects.create(
            user=user, organisation=company, role=MemberRole.COMPANY, starts_on=date(2026, 1, 1)
        )

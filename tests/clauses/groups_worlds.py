"""Companies, awards and hours around a small world, for groups and globalisations."""

from datetime import date
from decimal import Decimal

from tests import builders
from tests.builders import DAY, World, at

from coclause.clauses.choices import Group, MemberPart
from coclause.clauses.groups import add_member, set_group
from coclause.clauses.models import Award, AwardMember, Clause, Commitment
from coclause.core.actor import acting_as
from coclause.hours.checking import validate_lines
from coclause.hours.declaring import Entry, declare_month
from coclause.hours.models import Employment, Statement
from coclause.organisations.choices import Role
from coclause.organisations.models import Organisation

OCTOBER = date(2026, 10, 1)


def company(name: str) -> Organisation:
    with acting_as("test", day=DAY):
        return builders.organisation(name, Role.COMPANY)


def group_of(world: World, *cocontractors: Organisation) -> Award:
    """The world's award, held by a group since its first day."""
    with acting_as(world.facilitator, day=DAY):
        award = set_group(world.scope, world.award, Group.JOINT)
        for one in cocontractors:
            add_member(world.scope, award, one, MemberPart.COCONTRACTOR, starts_on=award.starts_on)
    return award


def holder(award: Award) -> AwardMember:
    return award.members.filter(part__in=("titulaire", "mandataire")).latest("starts_on")


def commitment_of(award: Award) -> Commitment:
    return Commitment.objects.get(award=award)


def second_contract(
    world: World, name: str = "Gymnase imaginaire", hours: Decimal = Decimal(800)
) -> tuple[Clause, Award]:
    """Another operation of the same host, awarded to the same company, with its own debt."""
    with acting_as("test", day=DAY):
        operation = builders.operation(
            name, world.buyer, world.host, world.facilitator, of=world.operation.region
        )
        lot = builders.lot(operation, number=1)
        clause = builders.clause(lot)
        award = builders.award(lot, world.company)
        builders.commit(award, clause, hours)
    return clause, award


def validated(
    world: World,
    hours: str,
    *,
    month: date = OCTOBER,
    award: Award | None = None,
    employment: Employment | None = None,
) -> Statement:
    """That many hours of that employment, declared and checked on the award."""
    on, who = award or world.award, employment or world.employment
    with acting_as(world.facilitator, day=DAY):
        entry = Entry(who.pk, {"travail": Decimal(hours)})
        made = declare_month(world.scope, on, month, [entry], version=0, at=at(DAY))
        lines = list(made.lines.to_check().values_list("pk", flat=True))
        validate_lines(world.scope, made, lines, at=at(DAY))
    return made

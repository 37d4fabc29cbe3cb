"""What tests of checks share: a month declared, its remarks, a second company on the award."""

from datetime import date
from decimal import Decimal

from tests import builders
from tests.builders import DAY, World

from coclause.clauses.choices import MemberPart
from coclause.clauses.models import AwardMember
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.hours.checking import validate_lines
from coclause.hours.checks import Remark, remarks
from coclause.hours.choices import EmploymentType, Way
from coclause.hours.declaring import Entry, declare_month
from coclause.hours.models import Employment, Statement
from coclause.organisations.choices import MemberRole, Role
from coclause.organisations.models import Organisation
from coclause.organisations.scopes import scope_of

OCTOBER = date(2026, 10, 1)


def declare(
    world: World,
    hours: str | dict[str, str],
    month: date = OCTOBER,
    *,
    who: Employment | None = None,
    by: User | None = None,
    version: int | None = None,
    worked: str | None = None,
) -> Statement:
    """A month of one employment, typed by the host unless somebody else sends it."""
    kinds = {"travail": hours} if isinstance(hours, str) else hours
    said = {kind: Decimal(count) for kind, count in kinds.items()}
    entry = Entry((who or world.employment).pk, said, Decimal(worked) if worked else None)
    user = by or world.facilitator
    if version is None:
        found = Statement.objects.filter(award=world.award, month=month).first()
        version = found.version if found else 0
    with acting_as(user, day=DAY):
        return declare_month(scope_of(user, DAY), world.award, month, [entry], version=version)


def validate(world: World, statement: Statement) -> None:
    with acting_as(world.facilitator, day=DAY):
        waiting = list(statement.lines.to_check().values_list("pk", flat=True))
        validate_lines(world.scope, statement, waiting)


def noted(statement: Statement, day: date = DAY) -> list[Remark]:
    return remarks([statement], day=day).get(statement.pk, [])


def codes(statement: Statement) -> list[str]:
    return [remark.code for remark in noted(statement)]


def agency(
    world: World, *, since: date = date(2026, 3, 2), hours_of: str = "Rêvé"
) -> tuple[Organisation, User, Employment]:
    """An agency on the award, somebody who declares for it, and a person it makes available."""
    with acting_as("test", day=DAY):
        made = builders.organisation("Intérim des Songes", Role.COMPANY)
        user = builders.member(made, MemberRole.COMPANY)
        AwardMember.objects.create(
            award=world.award, organisation=made, part=MemberPart.AGENCY, starts_on=since
        )
    with acting_as(world.facilitator, day=DAY):
        person = builders.person(world.host, hours_of, "Basile", date(1990, 1, 2))
        employed = builders.employment(
            person, made, world.award, type=EmploymentType.MISSION, way=Way.MADE_AVAILABLE
        )
    return made, user, employed

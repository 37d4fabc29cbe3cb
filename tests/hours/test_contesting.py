"""The company that answers for an award contests what an agency told; nothing moves by itself."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from tests import builders
from tests.builders import DAY, World
from tests.hours.checks.check_worlds import OCTOBER, agency, declare, validate

from coclause.clauses.choices import MemberPart
from coclause.clauses.models import AwardMember
from coclause.core.actor import acting_as
from coclause.core.models import JournalEntry, User
from coclause.core.refusals import Conflict, Refused
from coclause.hours.checking import return_lines
from coclause.hours.contesting import contest, contests_of, may_contest, withdraw
from coclause.hours.models import Contest, Employment, Statement, StatementLine
from coclause.hours.parties import party_of
from coclause.organisations.choices import MemberRole, Role
from coclause.organisations.scopes import Scope, scope_of

pytestmark = pytest.mark.django_db


@dataclass
class Told:
    """An agency's person, the hours it told of October, and who works for each company."""

    world: World
    holder: User
    temp: User
    employed: Employment
    statement: Statement

    @property
    def line(self) -> StatementLine:
        return self.statement.lines.select_related("declaration").get(corrected_at=None)

    def scope(self, user: User) -> Scope:
        return scope_of(user, DAY)


@pytest.fixture
def told() -> Told:
    world = builders.world()
    _, temp, employed = agency(world)
    with acting_as("test", day=DAY):
        holder = builders.member(world.company, MemberRole.COMPANY)
    statement = declare(world, "96", who=employed, by=temp)
    return Told(world, holder, temp, employed, statement)


def contested(told: Told, hours: str | None = "60", reason: str = "Absente dix jours") -> Contest:
    with acting_as(told.holder, day=DAY):
        figure = Decimal(hours) if hours else None
        return contest(told.scope(told.holder), told.line, figure, reason)


def test_a_contest_moves_no_hour(told: Told) -> None:
    contested(told)
    assert told.line.hours == 96
    assert list(contests_of(told.statement).values_list("hours", flat=True)) == [60]
    assert JournalEntry.objects.filter(verb="month.contested").count() == 1


def test_a_contest_is_changed_in_place(told: Told) -> None:
    contested(told)
    contested(told, None, "Je ne sais pas combien")
    found = Contest.objects.get()
    assert (found.hours, found.reason) == (None, "Je ne sais pas combien")


def test_a_contest_is_taken_back(told: Told) -> None:
    contested(told)
    with acting_as(told.holder, day=DAY):
        withdraw(told.scope(told.holder), told.line)
        with pytest.raises(Conflict, match="n’existe plus"):
            withdraw(told.scope(told.holder), told.line)
    assert not Contest.objects.exists()


@pytest.mark.parametrize(
    ("hours", "reason", "why"),
    [
        ("60", "  ", "Dites pourquoi"),
        ("745", "Trop", "744"),
        ("-1", "Trop", "744"),
        ("96", "Pareil", "rien à contester"),
    ],
)
def test_what_makes_no_contest_is_refused(told: Told, hours: str, reason: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        contested(told, hours, reason)
    assert not Contest.objects.exists()


def test_once_checked_a_line_is_no_longer_contested(told: Told) -> None:
    contested(told)
    line = told.line
    validate(told.world, told.statement)
    assert not contests_of(told.statement).exists()
    with acting_as(told.holder, day=DAY):
        with pytest.raises(Conflict, match="ne se conteste plus"):
            contest(told.scope(told.holder), line, Decimal(50), "Encore")
        with pytest.raises(Conflict, match="ne se conteste plus"):
            withdraw(told.scope(told.holder), line)
    assert Contest.objects.get().hours == 60


def test_once_sent_back_or_corrected_it_is_no_longer_contested(told: Told) -> None:
    line = told.line
    with acting_as(told.world.facilitator, day=DAY):
        return_lines(told.world.scope, told.statement, [line.pk], "À revoir")
    with acting_as(told.holder, day=DAY), pytest.raises(Conflict):
        contest(told.scope(told.holder), line, None, "Trop tard")
    declare(told.world, "60", who=told.employed, by=told.temp)
    with acting_as(told.holder, day=DAY), pytest.raises(Conflict):
        contest(told.scope(told.holder), line, None, "Trop tard")


def test_who_declared_the_line_does_not_contest_it(told: Told) -> None:
    scope = told.scope(told.temp)
    party = party_of(told.world.award, scope, OCTOBER)
    assert not may_contest(party, told.line)
    with acting_as(told.temp, day=DAY), pytest.raises(PermissionDenied):
        contest(scope, told.line, None, "Moi-même")


def test_a_company_that_does_not_answer_for_the_award_does_not(told: Told) -> None:
    with acting_as("test", day=DAY):
        other = builders.organisation("Plomberie Fictive", Role.COMPANY)
        user = builders.member(other, MemberRole.COMPANY)
        AwardMember.objects.create(
            award=told.world.award,
            organisation=other,
            part=MemberPart.SUBCONTRACTOR,
            starts_on=told.world.award.starts_on,
        )
    with acting_as(user, day=DAY), pytest.raises(PermissionDenied):
        contest(told.scope(user), told.line, None, "Pas moi")


def test_neither_host_nor_stranger_contests(told: Told) -> None:
    stranger = builders.world("Mont-Rêvé")
    for user in (told.world.facilitator, stranger.facilitator):
        with acting_as(user, day=DAY), pytest.raises(PermissionDenied):
            contest(told.scope(user), told.line, None, "Pas moi")


def test_hours_typed_by_the_host_are_not_contested(told: Told) -> None:
    statement = declare(told.world, "35")
    line = statement.lines.get(employment_month__employment=told.world.employment)
    scope = told.scope(told.holder)
    assert not may_contest(party_of(told.world.award, scope, OCTOBER), line)
    with acting_as(told.holder, day=DAY), pytest.raises(PermissionDenied):
        contest(scope, line, None, "Saisi par la structure")


def test_the_holder_may_contest_the_agency(told: Told) -> None:
    party = party_of(told.world.award, told.scope(told.holder), OCTOBER)
    assert may_contest(party, told.line)
    assert not may_contest(None, told.line)

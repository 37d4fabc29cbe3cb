"""Who says the hours of whom: the company of the award, an agency, both; nobody is asked twice."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import Sum
from tests import builders
from tests.builders import DAY, World

from coclause.clauses.choices import MemberPart
from coclause.clauses.models import AwardMember
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.hours import owing
from coclause.hours.choices import Origin, Way
from coclause.hours.declaring import (
    Entry,
    MonthRefused,
    Part,
    Sending,
    declare_month,
    declare_months,
)
from coclause.hours.due import count_due, due
from coclause.hours.hiring import hire
from coclause.hours.models import Contest, Declaration, Employment, StatementLine
from coclause.organisations.choices import MemberRole, Role
from coclause.organisations.models import Organisation
from coclause.organisations.scopes import Scope, scope_of

pytestmark = pytest.mark.django_db
OCTOBER = date(2026, 10, 1)


@dataclass
class Site:
    """An award whose holder employs Nadia, and an agency Basile."""

    world: World
    agency: Organisation
    basile: Employment
    holder_user: User
    agency_user: User

    @property
    def holder(self) -> Scope:
        return scope_of(self.holder_user, DAY)

    @property
    def its_agency(self) -> Scope:
        return scope_of(self.agency_user, DAY)

    def say(self, scope: Scope, *, version: int = 0, sending: Sending | None = None, **hours: int):  # type: ignore[no-untyped-def]
        """Nadia's and Basile's hours, whichever are given."""
        people = {"nadia": self.world.employment, "basile": self.basile}
        entries = [
            Entry(people[name].pk, {"travail": Decimal(total)}) for name, total in hours.items()
        ]
        assert scope.user is not None
        with acting_as(scope.user, day=DAY):
            return declare_month(
                scope,
                self.world.award,
                OCTOBER,
                entries,
                version=version,
                sending=sending or Sending(),
            )

    def owed(self, scope: Scope) -> list[date]:
        return [month for month in owing.owed_by(scope) if month == OCTOBER]


@pytest.fixture
def site(day_of_the_builders: None) -> Site:
    world = builders.world()
    with acting_as("test", day=DAY):
        agency = builders.organisation("ETTI Tremplin des Songes", Role.COMPANY)
        holder_user = builders.member(world.company, MemberRole.COMPANY)
        agency_user = builders.member(agency, MemberRole.COMPANY)
    with acting_as(world.facilitator, day=DAY):
        basile = builders.person(world.host, "Supposé", "Basile", date(1990, 2, 3))
        employment = Employment(
            employer=agency, type="mission", way=Way.MADE_AVAILABLE, starts_on=date(2026, 9, 1)
        )
        hire(world.scope, world.award, basile, employment)
    return Site(world, agency, employment, holder_user, agency_user)


def total() -> Decimal:
    lines = StatementLine.objects.declared()
    return lines.aggregate(total=Sum("hours"))["total"] or Decimal(0)


def test_an_employer_enters_the_award_with_its_first_person(site: Site) -> None:
    part = AwardMember.objects.get(award=site.world.award, organisation=site.agency)
    assert (part.part, part.starts_on) == (MemberPart.AGENCY, date(2026, 9, 1))


def test_each_company_is_asked_its_own_people(site: Site) -> None:
    assert site.owed(site.holder) == site.owed(site.its_agency) == [OCTOBER]
    site.say(site.its_agency, basile=70)
    assert site.owed(site.its_agency) == []
    assert site.owed(site.holder) == [OCTOBER]
    site.say(site.holder, version=1, nadia=35)
    assert site.owed(site.holder) == []
    assert total() == 105


def test_a_holder_that_employs_nobody_has_nothing_to_add(site: Site) -> None:
    with acting_as(site.world.facilitator, day=DAY):
        site.world.employment.assignments.update(ends_on=date(2026, 9, 30))
    site.say(site.its_agency, basile=70)
    assert site.owed(site.holder) == []


def test_an_agency_declares_nobody_else_s_people(site: Site) -> None:
    with pytest.raises(MonthRefused) as refusal:
        site.say(site.its_agency, nadia=35)
    assert "autre entreprise" in refusal.value.problems[site.world.employment.pk]
    assert not StatementLine.objects.exists()


def test_a_company_out_of_the_award_declares_nothing(site: Site) -> None:
    with acting_as("test", day=DAY):
        other = builders.member(
            builders.organisation("Nettoyage Mirage", Role.COMPANY), MemberRole.COMPANY
        )
    with pytest.raises(PermissionDenied):
        site.say(scope_of(other, DAY), basile=1)


def test_the_same_hours_told_by_both_are_one(site: Site) -> None:
    site.say(site.holder, basile=70)
    site.say(site.its_agency, version=1, basile=70)
    assert total() == 70
    assert StatementLine.objects.count() == 1
    assert not Contest.objects.exists()
    assert Declaration.objects.count() == 2


def test_an_employer_has_the_last_word_and_the_difference_stays_in_sight(site: Site) -> None:
    site.say(site.holder, basile=80)
    site.say(site.its_agency, version=1, basile=70)
    assert total() == 70
    contest = Contest.objects.get()
    assert (contest.organisation, contest.hours) == (site.world.company, Decimal(80))


def test_the_holder_does_not_overwrite_what_the_employer_said(site: Site) -> None:
    site.say(site.its_agency, basile=70)
    with pytest.raises(MonthRefused) as refusal:
        site.say(site.holder, version=1, basile=60)
    assert "contestez" in refusal.value.problems[site.basile.pk]
    site.say(site.holder, version=1, basile=70, nadia=35)
    assert total() == 105


def test_a_typed_hour_a_sheet_and_a_payroll_are_one_hour(site: Site) -> None:
    for version, origin in enumerate((Origin.TYPED, Origin.SHEET, Origin.PAYROLL)):
        site.say(site.holder, version=version, sending=Sending(origin), nadia=70)
    assert total() == 70
    assert list(Declaration.objects.order_by("pk").values_list("origin", flat=True)) == [
        "saisie",
        "tableur",
        "paie",
    ]


def test_an_invoice_keeps_its_number(site: Site) -> None:
    site.say(site.its_agency, sending=Sending(Origin.INVOICE, "F2026-118"), basile=70)
    assert StatementLine.objects.get().declaration.invoice == "F2026-118"  # type: ignore[union-attr]


def test_two_companies_say_their_own_people_from_the_same_page(site: Site) -> None:
    """The second one read the month before the first one sent it: nothing of its own changed."""
    site.say(site.its_agency, version=0, basile=70)
    site.say(site.holder, version=0, nadia=35)
    assert total() == 105


def test_a_silent_agency_that_nobody_answers_for_is_left_to_the_holder(site: Site) -> None:
    with acting_as("test", day=DAY):
        site.agency_user.memberships.update(ends_on=date(2026, 9, 30))
    site.say(site.holder, nadia=35)
    assert {company for company, _ in owing.owed_by_companies(DAY).items()} == {
        site.world.company.pk
    }
    assert all(
        OCTOBER not in owed.months for owed in owing.owed_by_companies(DAY)[site.world.company.pk]
    )


def test_the_facilitator_sees_who_is_silent(site: Site) -> None:
    site.say(site.holder, nadia=35)
    waiting = [item.about for item in due(site.world.scope) if item.kind == "declare"]
    assert any("ETTI Tremplin des Songes" in about for about in waiting)


def test_one_line_to_do_whatever_the_months_and_awards(site: Site) -> None:
    assert count_due(site.its_agency) == 1
    [item] = [item for item in due(site.its_agency) if item.kind == "declare"]
    assert item.what == "Déclarer 2 mois, septembre à octobre"


def test_a_month_over_several_awards_is_written_whole_or_not_at_all(site: Site) -> None:
    world = site.world
    with acting_as(world.facilitator, day=DAY):
        second = builders.award(builders.lot(world.operation, number=4), world.company)
        site.basile.assignments.create(award=second, host=world.host, starts_on="2026-09-01")
        AwardMember.objects.create(
            award=second, organisation=site.agency, part=MemberPart.AGENCY, starts_on="2026-09-01"
        )

    def part(award, hours: int, worked: int) -> Part:  # type: ignore[no-untyped-def]
        entry = Entry(site.basile.pk, {"travail": Decimal(hours)}, Decimal(worked))
        return Part(award, (entry,), 0)

    with acting_as(site.agency_user, day=DAY):
        with pytest.raises(MonthRefused) as refusal:
            declare_months(
                site.its_agency, OCTOBER, [part(world.award, 100, 151), part(second, 60, 151)]
            )
        assert set(refusal.value.at) == {
            (world.award.pk, site.basile.pk),
            (second.pk, site.basile.pk),
        }
        assert not StatementLine.objects.exists()
        declare_months(
            site.its_agency, OCTOBER, [part(world.award, 100, 151), part(second, 51, 151)]
        )
    assert total() == 151

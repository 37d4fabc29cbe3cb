"""An agency reads its own people's hours, and nothing of what the holder owes or did."""

from decimal import Decimal
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook
from tests import builders
from tests.attacks.months_site import HERE, OCTOBER, Site, built_site
from tests.builders import DAY

from coclause.clauses.choices import MemberPart
from coclause.clauses.models import AwardMember
from coclause.clauses.states import Turn
from coclause.core.actor import acting_as
from coclause.hours.choices import Way
from coclause.hours.employers import progress_told
from coclause.hours.models import PlannedHours, PlanStep
from coclause.organisations.choices import MemberRole, Role
from coclause.organisations.models import Membership
from coclause.organisations.scopes import scope_of

pytestmark = pytest.mark.django_db
TOLD = {"1240", "1 240", "88,25", "111,75", "Nadia", "Zoé", "autre structure"}
"""What the world owes, what its holder's people did, the month's whole, and others' names."""


@pytest.fixture
def month() -> Site:
    """October: 88.25 hours of the holder's, 23.5 of the agency's."""
    site = built_site()
    site.say(site.holder, {site.world.employment: "88.25"}, 0)
    site.say(site.temp, {site.basile: "23.50"}, 1)
    return site


def pages(site: Site) -> list[str]:
    clause, award = site.world.clause.pk, site.world.award.pk
    return [
        "/a-faire/",
        "/a-faire/?onglet=attente",
        "/operations/",
        f"/operations/{site.world.operation.pk}/",
        *(
            f"/clauses/{clause}/?onglet={tab}"
            for tab in ("clause", "engagement", "heures", "personnes", "journal")
        ),
        f"/attributions/{award}/plan/",
        HERE,
    ]


def test_no_page_tells_an_agency_what_others_owe_or_do(month: Site) -> None:
    client = month.client(month.temp)
    for page in pages(month):
        answer = client.get(page)
        assert answer.status_code == 200, page
        told = answer.content.decode().replace("\xa0", " ").replace("\u202f", " ")
        assert not {word for word in TOLD if word in told}, page


def test_its_own_hours_and_people_are_on_each(month: Site) -> None:
    client = month.client(month.temp)
    for page in ("/a-faire/", f"/clauses/{month.world.clause.pk}/"):
        assert "23,5" in client.get(page).content.decode(), page
    people = client.get(f"/clauses/{month.world.clause.pk}/?onglet=personnes").content.decode()
    assert "Basile" in people


def test_its_spreadsheet_holds_its_rows_alone(month: Site) -> None:
    answer = month.client(month.temp).get(f"/clauses/{month.world.clause.pk}/heures.xlsx")
    book = CalamineWorkbook.from_filelike(BytesIO(answer.getvalue()))
    sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    cells = {cell for rows in sheets for row in rows for cell in row}
    assert 23.5 in cells
    assert not {88.25, 111.75, "Cumul attendu"} & cells


def test_the_holder_is_told_the_whole(month: Site) -> None:
    page = month.client(month.holder).get(f"/clauses/{month.world.clause.pk}/").content.decode()
    assert "111,75" in page


def test_a_subcontractor_that_becomes_co_contractor_is_told_the_whole(month: Site) -> None:
    award = month.world.award.pk
    told, whole = progress_told([award], scope_of(month.temp, DAY))
    assert (told[award].waiting, told[award].committed, whole) == (Decimal("23.50"), None, set())
    with acting_as("test", day=DAY):
        AwardMember.objects.filter(organisation=month.agency).update(part=MemberPart.COCONTRACTOR)
    told, whole = progress_told([award], scope_of(month.temp, DAY))
    assert (told[award].waiting, told[award].committed) == (Decimal("111.75"), Decimal(1240))
    assert whole == {award}


def test_the_plan_tells_an_agency_the_hours_planned_with_it(month: Site) -> None:
    with acting_as(month.world.facilitator, day=DAY):
        for partner, hours in ((month.agency, 321), (month.other, 654)):
            PlannedHours.objects.create(
                award=month.world.award,
                way=Way.MADE_AVAILABLE,
                partner=partner,
                hours=hours,
                starts_on=OCTOBER,
                ends_on=month.world.award.ends_on,
            )
    page = month.client(month.temp).get(f"/attributions/{month.world.award.pk}/plan/")
    assert "321" in page.content.decode()
    assert "654" not in page.content.decode()


def test_only_who_answers_is_offered_to_say_a_step_done(month: Site) -> None:
    """An agency that pressed it was refused."""
    award = month.world.award
    with acting_as(month.world.facilitator, day=DAY):
        step = PlanStep.objects.create(
            award=award, label="Embaucher", turn=Turn.COMPANY, by=DAY, agreed_on=DAY
        )
    act = f"/etapes/{step.pk}/fait/"
    offered = {
        user: act in month.client(user).get(f"/attributions/{award.pk}/plan/").content.decode()
        for user in (month.holder, month.temp, month.world.facilitator)
    }
    assert list(offered.values()) == [True, False, True]


def test_it_is_not_told_that_the_holder_declared_its_month() -> None:
    site = built_site()
    page = f"/clauses/{site.world.clause.pk}/?onglet=heures"
    site.say(site.holder, {site.world.employment: "88.25"}, 0)
    assert "Aucune heure déclarée" in site.client(site.temp).get(page).content.decode()
    site.say(site.temp, {site.basile: "23.50"}, 1)
    shown = site.client(site.temp).get(page).content.decode()
    october = shown.split("<b>octobre 2026</b>")[1].split("</li>")[0]
    assert "23,5" in october
    assert "Non déclaré" not in october


def test_buying_elsewhere_tells_nothing_more(month: Site) -> None:
    """Somebody declares for an agency and works for the buyer of other contracts."""
    with acting_as("test", day=DAY):
        town = builders.organisation("Commune de Vauxrêve", Role.BUYER)
        Membership.objects.create(
            user=month.temp, organisation=town, role=MemberRole.BUYER, starts_on=OCTOBER
        )
    page = month.client(month.temp).get(f"/clauses/{month.world.clause.pk}/").content.decode()
    assert "23,5" in page
    assert not {word for word in ("111,75", "88,25", "Nadia") if word in page}

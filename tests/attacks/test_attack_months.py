"""The month of a company, sent wrong, twice, at once, for others, or far too large."""

from datetime import date
from decimal import Decimal

import pytest
from django.db.models import Sum
from tests import builders
from tests.attacks.months_site import HERE, Site, built_site, joins
from tests.builders import DAY

from coclause.core.actor import acting_as
from coclause.core.refusals import Refused
from coclause.hours.models import Employment, Statement, StatementLine

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(day_of_the_builders: None) -> None:
    """Every test is of that day."""


@pytest.fixture
def site() -> Site:
    return built_site()


def declared() -> Decimal:
    rows = StatementLine.objects.declared()
    return rows.aggregate(total=Sum("hours"))["total"] or Decimal(0)


def test_a_double_click_sends_once_and_says_nothing_wrong(site: Site) -> None:
    client = site.client(site.temp)
    said = site.typed({site.basile: "35"})
    first, second = client.post(HERE, said), client.post(HERE, said)
    assert first.status_code == second.status_code == 302
    assert declared() == 35


def test_an_invoice_number_with_a_null_sign_is_no_error(site: Site) -> None:
    said = site.typed({site.basile: "35"}, facture="F-2026\x00-1\n2", origine="facture")
    assert site.client(site.temp).post(HERE, said).status_code == 400
    assert not Statement.objects.exists()


def test_hours_that_are_no_number_are_refused(site: Site) -> None:
    for wrong in ("NaN", "Infinity", "-1", "745"):
        with pytest.raises(Refused):
            site.say(site.holder, {site.world.employment: wrong}, 0)
    assert not Statement.objects.exists()


def test_an_agency_of_three_hundred_people_sends_its_month(site: Site) -> None:
    with acting_as(site.world.facilitator, day=DAY):
        for rank in range(299):
            born = date(1970 + rank % 30, 1 + rank % 12, 1 + rank % 28)
            person = builders.person(site.world.host, f"Inventé{rank}", "Camille", born)
            builders.employment(person, site.agency, site.world.award)
    award = site.world.award.pk
    with acting_as(site.world.facilitator, day=DAY):
        mine = list(Employment.objects.filter(employer=site.agency).values_list("pk", flat=True))
    assert len(mine) == 300
    said: dict[str, str] = {f"m{award}-version": "0"}
    for pk in mine:
        said |= {f"m{award}-h-{pk}-{kind}": "" for kind in ("formation", "stage")}
        said |= {f"m{award}-h-{pk}-travail": "35", f"m{award}-total-{pk}": ""}
    answer = site.client(site.temp).post(HERE, said)
    assert answer.status_code == 302
    assert declared() == 300 * 35


def test_a_user_of_two_agencies_says_the_month_of_both(site: Site) -> None:
    joins(site.temp, site.other)
    client = site.client(site.temp)
    said = site.typed({site.basile: "70", site.zoe: "30"})
    assert client.post(HERE, said).status_code == 302
    told = StatementLine.objects.values_list(
        "employment_month__employment", "declaration__organisation"
    )
    assert dict(told) == {site.basile.pk: site.agency.pk, site.zoe.pk: site.other.pk}


def test_what_one_agency_of_two_said_is_not_overwritten_by_the_holder(site: Site) -> None:
    joins(site.temp, site.other)
    site.client(site.temp).post(HERE, site.typed({site.basile: "70", site.zoe: "30"}))
    said = site.typed({site.world.employment: "35", site.zoe: "10", site.basile: "10"}, 1)
    site.client(site.holder).post(HERE, said)
    told = {line.employment_id: line.hours for line in StatementLine.objects.declared()}
    assert told[site.zoe.pk] == 30
    assert told[site.basile.pk] == 70


def test_someone_hired_while_the_page_was_open_is_not_sent_at_zero(site: Site) -> None:
    client = site.client(site.temp)
    client.get(HERE)
    said = site.typed({site.basile: "70"})
    with acting_as(site.world.facilitator, day=DAY):
        person = builders.person(site.world.host, "Tardive", "Ondine", date(1991, 2, 3))
        late = builders.employment(person, site.agency, site.world.award)
    answer = client.post(HERE, said)
    assert answer.status_code == 422
    assert "vient d’être ajoutée" in answer.content.decode()
    assert not Statement.objects.exists()
    assert client.post(HERE, said | site.typed({late: ""})).status_code == 302
    assert declared() == 70


@pytest.mark.parametrize("field", ["h-{}-travail", "total-{}"])
def test_negative_hours_read_well(site: Site, field: str) -> None:
    name = f"m{site.world.award.pk}-{field.format(site.basile.pk)}"
    said = {**site.typed({site.basile: "20"}), name: "-5"}
    answer = site.client(site.temp).post(HERE, said)
    assert answer.status_code == 422
    assert "négativ" in answer.content.decode()

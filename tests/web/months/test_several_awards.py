"""A month over several awards: each click acts on what it names, and first comes what waits."""

import re
from decimal import Decimal

import pytest
from django.db.models import Sum
from django.test import Client
from tests import builders
from tests.attacks.months_site import HERE, OCTOBER, Site, built_site
from tests.builders import DAY
from tests.evenings import filled

from coclause.clauses.choices import MemberPart
from coclause.clauses.models import Award, AwardMember
from coclause.core.actor import acting_as
from coclause.hours.checking import return_each
from coclause.hours.models import Employment, StatementLine

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Site:
    return built_site()


@pytest.fixture
def second(site: Site) -> tuple[Award, Employment]:
    """Another award of the holder's, on which Abel works."""
    with acting_as("test", day=DAY):
        lot = builders.lot(site.world.operation, number=9)
        clause = builders.clause(lot)
        award = builders.award(lot, site.world.company)
        builders.commit(award, clause, Decimal(900))
    with acting_as(site.world.facilitator, day=DAY):
        person = builders.person(site.world.host, "Songeur", "Abel")
        return award, builders.employment(person, site.world.company, award)


def page(client: Client) -> str:
    return client.get(HERE).content.decode().replace("\xa0", " ").replace("\u202f", " ")


def declared(award: Award) -> Decimal | None:
    lines = StatementLine.objects.declared().filter(statement__award=award)
    total: Decimal | None = lines.aggregate(total=Sum("hours"))["total"]
    return total


def test_one_click_at_zero_leaves_what_is_sent_already(
    site: Site, second: tuple[Award, Employment]
) -> None:
    award, _ = second
    site.say(site.holder, {site.world.employment: "88.25"}, 0)
    client = site.client(site.holder)
    assert "Ce qui est déjà envoyé sur les autres ne change pas" in page(client)
    versions = {f"m{site.world.award.pk}-version": "1", f"m{award.pk}-version": "0"}
    assert client.post(HERE, {**versions, "neant": "1"}).status_code == 302
    assert declared(site.world.award) == Decimal("88.25")
    assert award.statements.get(month=OCTOBER).version == 1
    assert "neant" not in page(client)
    versions[f"m{award.pk}-version"] = "1"
    again = client.post(HERE, {**versions, "neant": "1"})
    assert again.status_code == 422
    assert "Tous vos marchés sont déjà envoyés." in again.content.decode()
    assert declared(site.world.award) == Decimal("88.25")


@pytest.fixture
def typed(site: Site, second: tuple[Award, Employment]) -> dict[str, str]:
    """Two people above the ceiling, as the holder types them."""
    award, abel = second
    hours = {(site.world.award, site.world.employment): "230", (award, abel): "240"}
    fields = dict(filled(site.client(site.holder).get(HERE).content.decode()))
    return fields | {f"m{on.pk}-h-{one.pk}-travail": told for (on, one), told in hours.items()}


def test_doubts_already_read_are_not_asked_again(
    site: Site, second: tuple[Award, Employment], typed: dict[str, str]
) -> None:
    award, abel = second
    client = site.client(site.holder)
    mark = client.post(HERE, typed).context["confirmed"]
    assert len(mark.split()) == 2
    corrected = typed | {f"m{award.pk}-h-{abel.pk}-travail": "35", "confirmed": mark}
    assert client.post(HERE, corrected).status_code == 302
    assert declared(award) == 35


def test_a_doubt_not_read_yet_is_asked(site: Site, typed: dict[str, str]) -> None:
    mark = f"{site.world.employment.pk}:above_ceiling"
    answer = site.client(site.holder).post(HERE, typed | {"confirmed": mark})
    assert answer.status_code == 200
    assert declared(site.world.award) is None


def test_what_was_sent_back_comes_first_and_says_so(
    site: Site, second: tuple[Award, Employment]
) -> None:
    award, _ = second
    site.say(site.holder, {site.world.employment: "88.25"}, 0)
    line = StatementLine.objects.get()
    with acting_as(site.world.facilitator, day=DAY):
        return_each(site.world.scope, line.statement, {line.pk: "Bulletin à 80 h"})
    told = page(site.client(site.holder))
    sections = re.findall(r'class="month-section" id="marche-(\d+)"', told)
    assert sections == [str(site.world.award.pk), str(award.pk)]
    assert "À corriger" in told


def test_an_award_where_an_agency_has_nobody_asks_nothing_of_it(site: Site) -> None:
    with acting_as("test", day=DAY):
        lot = builders.lot(site.world.operation, number=9)
        builders.clause(lot)
        award = builders.award(lot, site.world.company)
        AwardMember.objects.create(
            award=award,
            organisation=site.agency,
            part=MemberPart.AGENCY,
            starts_on=award.starts_on,
        )
    client = site.client(site.temp)
    told = page(client)
    assert "1 autre marché où aucun de vos salariés n’est affecté en octobre" in told
    assert f'id="marche-{award.pk}"' not in told
    sent = {f"m{site.world.award.pk}-h-{site.basile.pk}-travail": "23,5"}
    assert client.post(HERE, {**sent, f"m{site.world.award.pk}-version": "0"}).status_code == 302
    assert declared(site.world.award) == Decimal("23.50")
    assert not award.statements.exists()

"""What a company is not told of the others on its lot: their debts, hours, orders and acts."""

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from tests import builders
from tests.attacks.months_site import Site, built_site
from tests.builders import DAY

from coclause.clauses.choices import Departure
from coclause.clauses.groups import replace_holder
from coclause.clauses.models import Clause
from coclause.core.actor import acting_as
from coclause.core.journal import record_act
from coclause.core.models import User
from coclause.hours.declaring import Entry, declare_month
from coclause.hours.owing import owed_by
from coclause.organisations.choices import MemberRole, Role
from coclause.organisations.scopes import scope_of

pytestmark = pytest.mark.django_db
LEFT_ON = DAY - timedelta(days=40)
NEXT = "Charpentes Nouvelles-Inventées"


@dataclass
class Lot:
    """A lot of the site: its holder owes 1 240 hours."""

    site: Site
    user: User

    @property
    def clause(self) -> str:
        return f"/clauses/{self.site.world.clause.pk}/"

    @property
    def operation(self) -> str:
        return f"/operations/{self.site.world.operation.pk}/"

    @property
    def client(self) -> Client:
        return self.site.client(self.user)

    def told(self, path: str) -> str:
        answer = self.client.get(path)
        assert answer.status_code == 200, path
        return (
            answer.content.decode()
            .replace("\xa0", " ")
            .replace("\u202f", " ")
            .replace("&nbsp;", " ")
        )


@pytest.fixture
def shared() -> Lot:
    """Another company holds an award of the same lot, and owes 3 331 hours."""
    site = built_site()
    with acting_as("test", day=DAY):
        rival = builders.organisation(NEXT, Role.COMPANY)
        award = builders.award(site.world.lot, rival)
        builders.commit(award, site.world.clause, Decimal(3331))
    with acting_as(site.world.facilitator, day=DAY):
        record_act(site.world.facilitator, "month.validated", "777 h", site.world.clause, day=DAY)
    return Lot(site, site.holder)


@pytest.fixture
def left() -> Lot:
    """Another company answers for the award since."""
    site = built_site()
    with acting_as("test", day=DAY):
        heir = builders.organisation(NEXT, Role.COMPANY)
    with acting_as(site.world.facilitator, day=DAY):
        replace_holder(
            site.world.scope,
            site.world.award,
            heir,
            on=LEFT_ON + timedelta(days=1),
            departure=Departure.LIQUIDATION,
            reason="essai",
        )
    return Lot(site, site.holder)


@pytest.mark.parametrize("tab", ["", "clause", "engagement", "heures", "personnes", "journal"])
def test_a_holder_is_told_nothing_of_the_other_holder(shared: Lot, tab: str) -> None:
    """Two competitors on one lot: what one owes and does is not the other's to know."""
    told = shared.told(f"{shared.clause}?onglet={tab}")
    assert not {word for word in (NEXT, "3 331", "4 571", "777 h") if word in told}
    assert shared.site.world.company.name in told


def test_its_operation_adds_its_own_award_alone(shared: Lot) -> None:
    told = shared.told(shared.operation)
    assert "1 240 h" in told
    assert not {word for word in (NEXT, "3 331", "4 571") if word in told}


def test_the_network_is_told_of_all(shared: Lot) -> None:
    network = Lot(shared.site, shared.site.world.facilitator)
    assert "4 571" in network.told(network.operation)
    assert "777 h" in network.told(f"{network.clause}?onglet=journal")


def test_searching_another_company_finds_nothing(shared: Lot) -> None:
    """Else names are tried until one answers."""
    name = shared.site.world.operation.name
    assert name not in shared.told(f"/operations/?q={NEXT}")
    assert name in shared.told(f"/operations/?q={shared.site.world.company.name}")
    assert name in shared.told(f"/operations/?q={shared.site.agency.name}")
    agency = Lot(shared.site, shared.site.temp)
    assert name in agency.told(f"/operations/?q={shared.site.agency.name}")
    for other in (shared.site.other, shared.site.world.company):
        assert name not in agency.told(f"/operations/?q={other.name}")
    network = Lot(shared.site, shared.site.world.facilitator)
    assert name in network.told(f"/operations/?suivi=tous&q={NEXT}")


def test_who_left_is_not_told_who_comes_next_nor_what_is_owed_since(left: Lot) -> None:
    for page in (left.operation, "/operations/"):
        told = left.told(page)
        assert not {word for word in (NEXT, "1 240", "À vous") if word in told}, page
    assert left.site.world.company.name in left.told(left.operation)


def test_orders_are_read_by_who_owes_them(left: Lot) -> None:
    site, award = left.site, left.site.world.award
    path = f"/attributions/{award.pk}/commandes/"
    assert left.client.get(path).status_code == 404
    assert site.client(site.temp).get(path).status_code == 404
    assert site.client(site.world.facilitator).get(path).status_code == 200
    with acting_as("test", day=DAY):
        heir = award.members.get(organisation__name=NEXT).organisation
        user = builders.member(heir, MemberRole.COMPANY)
    assert site.client(user).get(path).status_code == 200


def test_an_agency_is_not_told_the_volume_nor_the_penalties() -> None:
    site = built_site()
    with acting_as("test", day=DAY):
        Clause.objects.filter(pk=site.world.clause.pk).update(
            target_hours=4242, terms="Pénalité de 51 € par heure"
        )
    agency, holder = Lot(site, site.temp), Lot(site, site.holder)
    for page in (f"{agency.clause}?onglet=clause", agency.operation):
        assert not {word for word in ("4 242", "51 €") if word in agency.told(page)}, page
    assert "51 €" in holder.told(f"{holder.clause}?onglet=clause")


def test_it_is_the_turn_of_who_has_months_to_declare() -> None:
    """The holder owes months since March; the agency that said its own is asked nothing."""
    site = built_site()
    pages = ("/operations/", f"/operations/{site.world.operation.pk}/")
    for page in pages:
        assert "À vous" in Lot(site, site.temp).told(page), page
    with acting_as(site.temp, day=DAY):
        scope = scope_of(site.temp, DAY)
        for month in owed_by(scope):
            worked = Entry(site.basile.pk, {"travail": Decimal(20)})
            declare_month(scope, site.world.award, month, [worked], version=0)
    for page in pages:
        assert "À vous" not in Lot(site, site.temp).told(page), page
        assert "À vous" in Lot(site, site.holder).told(page), page


def test_thousands_of_hours_are_written_alike() -> None:
    site = built_site()
    with acting_as("test", day=DAY):
        builders.commit(
            builders.award(site.world.lot, site.agency), site.world.clause, Decimal(9000)
        )
    site.say(site.holder, {site.world.employment: "88.25"}, 0)
    told = Lot(site, site.world.facilitator).told(f"/clauses/{site.world.clause.pk}/?onglet=heures")
    cards = told.split('class="month-cards"')[1]
    assert re.search(r"attendu \d \d{3} h", cards)
    assert not re.search(r"attendu \d{4}", cards)

"""Who answers a buyer: a wrong turn here, and nobody ever calls back."""

from datetime import date, timedelta
from typing import Any

import pytest
from tests import builders
from tests.builders import DAY
from tests.network.requests_worlds import coordinator, facilitator_of

from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.network.models import RegionalBuyer
from coclause.network.requests.routing import Route, in_charge, route
from coclause.organisations.models import TerritoryCharge
from coclause.reference.models import Commune, Epci

pytestmark = pytest.mark.django_db
SIRET = "00000004800013"


@pytest.fixture
def place() -> Commune:
    with acting_as("test", day=DAY):
        return builders.commune()


def charge(user: User, *, since: date = date(2026, 1, 1), **where: Any) -> TerritoryCharge:
    with acting_as("test", day=DAY):
        return TerritoryCharge.objects.create(
            membership=user.memberships.get(), starts_on=since, **where
        )


def answers(place: Commune | None, day: date = DAY, **said: Any) -> Route:
    facts = {"several_sites": False, "siret": "", **said}
    return route(builders.region(), place, day=day, **facts)


def listed(**facts: Any) -> RegionalBuyer:
    with acting_as("test", day=DAY):
        return RegionalBuyer.objects.create(
            region=builders.region(),
            siren=SIRET[:9],
            name="Région Supposée",
            starts_on=date(2026, 1, 1),
            **facts,
        )


def test_the_closest_territory_wins(place: Commune) -> None:
    _, far = facilitator_of("Maison du Département")
    host, near = facilitator_of("Maison de l'EPCI")
    charge(far, departement=place.departement)
    charge(near, epci=Epci.objects.get(pk=place.epci_id))
    found = answers(place)
    assert (found.user, found.organisation) == (near, host)
    assert "Communauté" in found.why


def test_who_was_in_charge_that_day_and_not_today(place: Commune) -> None:
    _, before = facilitator_of("Maison d'Avant")
    _, after = facilitator_of("Maison d'Après")
    old = charge(before, commune=place)
    with acting_as("test", day=DAY):
        TerritoryCharge.objects.filter(pk=old.pk).update(ends_on=date(2026, 6, 30))
    charge(after, commune=place, since=date(2026, 7, 1))
    assert answers(place, date(2026, 6, 30)).user == before
    assert answers(place, date(2026, 7, 1)).user == after


def test_nobody_in_charge_goes_to_the_coordination_and_says_why(place: Commune) -> None:
    of, _ = coordinator()
    found = answers(place)
    assert (found.organisation, found.user) == (of, None)
    assert "Aucun facilitateur ne suit Montfictif" in found.why


def test_a_facilitator_who_left_or_whose_account_is_closed_is_no_answer(place: Commune) -> None:
    of, _ = coordinator()
    _, gone = facilitator_of("Maison Quittée")
    charge(gone, commune=place)
    with acting_as("test", day=DAY):
        gone.memberships.update(ends_on=DAY - timedelta(1))
    assert answers(place).organisation == of
    with acting_as("test", day=DAY):
        gone.memberships.update(ends_on=None)
        User.objects.filter(pk=gone.pk).update(is_active=False)
    assert in_charge(place, DAY) is None
    assert answers(place).organisation == of


def test_several_sites_or_an_unknown_place_go_to_the_coordination(place: Commune) -> None:
    of, _ = coordinator()
    _, near = facilitator_of("Maison de Montfictif")
    charge(near, commune=place)
    assert answers(place).user == near
    assert answers(place, several_sites=True).organisation == of
    assert answers(None).organisation == of


def test_a_buyer_of_regional_scope_goes_to_its_referent_wherever_it_builds(place: Commune) -> None:
    of, _ = coordinator()
    host, referent = facilitator_of("Maison du Référent")
    _, near = facilitator_of("Maison de Montfictif")
    charge(near, commune=place)
    row = listed(referent=referent.memberships.get())
    found = answers(place, siret=SIRET)
    assert (found.user, found.organisation) == (referent, host)
    assert "a nommé ce référent" in found.why
    with acting_as("test", day=DAY):
        referent.memberships.update(ends_on=DAY - timedelta(1))
    assert answers(place, siret=SIRET).organisation == of
    with acting_as("test", day=DAY):
        RegionalBuyer.objects.filter(pk=row.pk).update(ends_on=DAY - timedelta(1))
    assert answers(place, siret=SIRET).user == near


def test_the_list_of_another_region_changes_nothing(place: Commune) -> None:
    _, near = facilitator_of("Maison de Montfictif")
    charge(near, commune=place)
    row = listed()
    with acting_as("test", day=DAY):
        RegionalBuyer.objects.filter(pk=row.pk).update(region=builders.region("84", "Ailleurs"))
    assert answers(place, siret=SIRET).user == near


def test_a_region_without_coordination_says_that_nobody_answers(place: Commune) -> None:
    found = answers(place)
    assert (found.organisation, found.user) == (None, None)

"""The answer of the law for a contract already recorded: with its reasons, and never guessed."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.builders import DAY, World
from tests.web.conftest import As

from coclause.clauses.models import Contract
from coclause.core.actor import acting_as
from coclause.core.models import User

pytestmark = pytest.mark.django_db
NBSP, THIN = "\u00a0", "\u202f"


@pytest.fixture
def facilitator(world: World, signed_in: As) -> Client:
    return signed_in(world.facilitator)


def record(world: World, **facts: Any) -> None:
    with acting_as("test", day=DAY):
        Contract.objects.filter(pk=world.lot.contract_id).update(**facts)


def page(client: Client, world: World) -> str:
    answer = client.get(reverse("contract-duty", args=[world.lot.contract_id]))
    assert answer.status_code == 200
    return answer.content.decode().replace(NBSP, " ").replace(THIN, " ")


ABOVE = {
    "estimated_value": Decimal(6_200_000),
    "notice_on": date(2027, 1, 12),
    "duration_months": 14,
    "defense": False,
}


def test_above_the_threshold_the_answer_comes_with_its_articles(
    world: World, facilitator: Client
) -> None:
    record(world, **ABOVE)
    told = page(facilitator, world)
    assert "Oui, une condition sociale est obligatoire dans ce marché" in told
    assert "art. L2112-2-1, I" in told
    assert "À examiner d’abord : une condition d’exécution" in told
    assert "Si l’acheteur veut s’en dispenser" in told
    assert "présumée" not in told


def test_without_an_estimate_the_amount_is_said_to_be_presumed(
    world: World, facilitator: Client
) -> None:
    record(world, **{**ABOVE, "estimated_value": None})
    told = page(facilitator, world)
    assert "présumée" in told
    assert "La valeur estimée n’est pas saisie" in told


def test_without_a_notice_nothing_is_guessed(world: World, facilitator: Client) -> None:
    record(world, notified_on=None)
    told = page(facilitator, world)
    assert "On ne peut pas encore répondre" in told
    assert "Compléter le contrat" in told
    assert "première estimation" not in told


def test_a_private_contract_has_no_duty(world: World, facilitator: Client) -> None:
    record(world, kind="prive", market_type="prive")
    assert "Non, aucune condition sociale n’est obligatoire dans ce contrat privé" in page(
        facilitator, world
    )


def test_the_buyer_reads_it_without_the_referent_s_buttons(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    record(world, **ABOVE)
    told = page(signed_in(people["buyer"]), world)
    assert "Oui, une condition sociale" in told
    assert "Compléter le contrat" not in told
    assert "Calibrer" not in told


def operation(client: Client, world: World) -> str:
    answer = client.get(reverse("operation", args=[world.operation.pk]))
    return answer.content.decode().replace(NBSP, " ").replace(THIN, " ")


def test_the_operation_says_it_in_one_line_to_network_and_buyer(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    record(world, **ABOVE)
    link = reverse("contract-duty", args=[world.lot.contract_id])
    for who in ("facilitator", "other_host", "coordinator", "buyer"):
        told = operation(signed_in(people[who]), world)
        assert link in told
        assert "6 200 000 € hors taxes" in told
    assert link not in operation(signed_in(people["company"]), world)


def test_what_the_law_asks_is_typed_with_the_contract(world: World, facilitator: Client) -> None:
    address = reverse("contract-edit", args=[world.lot.contract_id])
    typed = {
        "once": "jeton",
        "seen": "1",
        "kind": "marche",
        "market_type": "travaux",
        "object": "Médiathèque",
        "estimated_value": "6 200 000 €",
        "notice_on": "12/01/2027",
        "defense": "false",
        "ccag": "travaux",
    }
    assert facilitator.post(address, typed).status_code == 302
    contract = Contract.objects.get(pk=world.lot.contract_id)
    assert [contract.estimated_value, contract.notice_on] == [6_200_000, date(2027, 1, 12)]
    assert (contract.defense, contract.ccag) == (False, "travaux")
    shown = facilitator.get(address).content.decode()
    assert "12/01/2027" in shown


def test_what_is_not_known_stays_so(world: World, facilitator: Client) -> None:
    address = reverse("contract-edit", args=[world.lot.contract_id])
    typed = {
        "seen": "1",
        "kind": "marche",
        "market_type": "travaux",
        "object": "Médiathèque",
        "estimated_value": "",
        "notice_on": "",
        "defense": "unknown",
        "ccag": "",
    }
    zero = facilitator.post(address, {**typed, "estimated_value": "0"})
    assert "Laissez vide" in zero.content.decode()
    assert facilitator.post(address, typed).status_code == 302
    contract = Contract.objects.get(pk=world.lot.contract_id)
    assert (contract.estimated_value, contract.notice_on, contract.defense) == (None, None, None)
    assert contract.ccag == ""

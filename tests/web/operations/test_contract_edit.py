"""A contract recorded as ordinary turns out to be a framework: it must be possible to say so."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from tests import builders
from tests.builders import DAY

from coclause.clauses.models import Order
from coclause.core.actor import acting_as

pytestmark = pytest.mark.django_db


def test_a_contract_becomes_a_framework_once_and_the_late_one_is_told() -> None:
    world = builders.world()
    client = Client()
    client.force_login(world.facilitator)
    contract = world.lot.contract
    path = f"/contrats/{contract.pk}/modifier/"
    said = {
        "seen": client.get(path).context["form"]["seen"].value(),
        "kind": "marche",
        "market_type": "travaux",
        "object": contract.object,
        "amount": "1 000 000",
        "notified_on": "20/02/2026",
        "framework": "bons_commande",
        "maximum": "200 000",
    }
    assert client.post(path, said).status_code == 302
    contract.refresh_from_db()
    assert contract.framework == "bons_commande"
    assert contract.maximum == Decimal(200_000)
    late = client.post(path, said | {"object": "Écrit d’une vieille page"})
    assert "vient d’être modifié" in late.text
    contract.refresh_from_db()
    assert contract.object != "Écrit d’une vieille page"


def test_a_form_that_forbids_the_orders_already_placed_is_refused() -> None:
    world = builders.world()
    with acting_as("test", day=DAY):
        Order.objects.create(
            award=world.award, kind="bon_commande", number="BC-1", ordered_on=date(2026, 5, 4)
        )
    client = Client()
    client.force_login(world.facilitator)
    path = f"/contrats/{world.lot.contract_id}/modifier/"
    said = {
        "seen": client.get(path).context["form"]["seen"].value(),
        "kind": "marche",
        "market_type": "travaux",
        "object": "Médiathèque",
        "framework": "marches_subsequents",
    }
    assert "Des commandes sont déjà enregistrées" in client.post(path, said).text
    world.lot.contract.refresh_from_db()
    assert not world.lot.contract.framework

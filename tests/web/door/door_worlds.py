"""What the tests of the front door share: an address with answers, and somebody to answer."""

import re
from typing import Any
from urllib.parse import urlencode

from django.test import Client
from tests import builders
from tests.builders import DAY, World
from tests.network.requests_worlds import coordinator

from coclause.core.actor import acting_as
from coclause.network import links
from coclause.network.models import BuyerRequest
from coclause.organisations.models import TerritoryCharge

NEED = {
    "objet": "Réhabilitation de la piscine des Nuages",
    "type": "travaux",
    "valeur": "6 200 000",
    "mois": "14",
    "commune": "Montfictif",
    "avis": "12/01/2027",
}
CONTACT = {
    "buyer_name": "Ville de Montfictif",
    "buyer_siret": "",
    "name": "Aliénor Fictive",
    "email": "alienor@exemple.test",
    "phone": "",
    "message": "Nous hésitons sur le nombre d’heures.",
    "site_web": "",
}


def put_in_charge(world: World) -> None:
    """The facilitator of the world follows Montfictif; a coordination follows the rest."""
    with acting_as("test", day=DAY):
        TerritoryCharge.objects.create(
            membership=world.facilitator.memberships.get(),
            commune=builders.commune(),
            starts_on="2026-01-01",
        )
    coordinator()


def door(**answers: str) -> str:
    return f"/porte/?{urlencode(NEED | answers)}"


def sending(**answers: str) -> str:
    return f"/porte/envoyer/?{urlencode(NEED | answers)}"


def text_of(answer: Any) -> str:
    """The words of a page, tags and narrow spaces set aside."""
    words = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", words.replace("\u202f", " ").replace("\u00a0", " "))


def send(client: Client, **contact: str) -> BuyerRequest:
    """Send from the page, as a browser does, and return what was kept."""
    before = set(BuyerRequest.objects.values_list("pk", flat=True))
    answer = client.post(sending(), CONTACT | {"once": token_of(client)} | contact)
    assert answer.status_code == 302, text_of(answer)
    return BuyerRequest.objects.exclude(pk__in=before).get()


def token_of(client: Client, address: str = "") -> str:
    page = client.get(address or sending()).content.decode()
    found = re.search(r'name="once" value="([^"]+)"', page)
    assert found
    return found[1]


def follow_path(request: BuyerRequest, suffix: str = "") -> str:
    return f"/suivi/{links.written(request.link_key)}/{suffix}"

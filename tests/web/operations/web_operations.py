"""What the tests of operations share: signing in, a published contract."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.test import Client
from django.utils import timezone
from tests.builders import DAY

from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.watch.models import (
    ImportRun,
    PublishedContract,
    PublishedHolder,
    PublishedState,
)

BUYER_SIRET = "21250056500016"
HOLDER_SIRET = "55204599900869"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def published_contract(number: str = "2026-01", **facts: Any) -> PublishedContract:
    """A works contract of an invented buyer, with one French holder."""
    with acting_as("test", day=DAY):
        run = ImportRun.objects.create(day=DAY, started_at=timezone.now())
        contract = PublishedContract.objects.create(
            **{
                "kind": "marche",
                "buyer_siret": BUYER_SIRET,
                "buyer_siren": BUYER_SIRET[:9],
                "buyer_name": "Commune imaginaire",
                "published_id": number,
                "object": "Réfection d'un préau imaginaire",
                "market_type": "travaux",
                "amount": Decimal(120000),
                "duration_months": 12,
                "notified_on": date(2026, 3, 2),
                "place_code": "21231",
                "place_type": "Code commune",
                "departement": "21",
                "region": "27",
                "territory_basis": "execution",
                "fingerprint": "0" * 64,
                "first_seen": run,
                "last_changed": run,
                "last_seen": run,
                **facts,
            }
        )
        PublishedHolder.objects.create(
            contract=contract,
            identifier=HOLDER_SIRET,
            identifier_type="SIRET",
            name="Toitures imaginaires",
            from_sequence=0,
            current=True,
        )
        PublishedState.objects.create(
            contract=contract,
            sequence=0,
            dated_on=date(2026, 3, 2),
            amount=Decimal(120000),
            holders=[HOLDER_SIRET],
        )
    return contract

"""From a published contract to the operation that follows it, once, whoever clicks."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from html import unescape
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.urls import reverse
from tests import builders
from tests.builders import World
from tests.web.operations.web_operations import (
    BUYER_SIRET,
    HOLDER_SIRET,
    published_contract,
    signed_in,
)

from coclause.clauses.models import Award, Contract, Operation
from coclause.clauses.states import ClauseState
from coclause.organisations.models import Organisation
from coclause.watch.models import PublishedContract


def follow_data(world: World, **changes: str) -> dict[str, str]:
    return {
        "once": "jeton-s",
        "host": str(world.host.pk),
        "name": "Préau imaginaire",
        "buyer": "",
        "buyer_name": "Commune imaginaire",
        "buyer_siret": BUYER_SIRET,
        "buyer_kind": "inconnu",
        "commune": "Montfictif (21231)",
        "kind": "marche",
        "market_type": "travaux",
        "object": "Réfection d'un préau imaginaire",
        "amount": "120 000",
        "duration_months": "12",
        "notified_on": "02/03/2026",
        "lot_title": "Lot unique",
        "instrument": "condition_execution",
        "theme": "insertion",
        "with_award": "on",
        "company_name": "Toitures imaginaires",
        "company_siret": HOLDER_SIRET,
        "starts_on": "02/03/2026",
        "ends_on": "01/03/2027",
    } | changes


@pytest.mark.django_db
def test_the_page_shows_the_operation_ready_filled() -> None:
    world = builders.world()
    contract = published_contract()
    address = reverse("follow", args=[contract.pk])
    page = signed_in(world.facilitator).get(address).content.decode()
    for filled in (
        "Commune imaginaire",
        BUYER_SIRET,
        "Montfictif (21231)",
        "120\u202f000",
        "02/03/2026",
        "01/03/2027",
        HOLDER_SIRET,
    ):
        assert filled in page, filled
    assert not Operation.objects.filter(published=contract).exists()


@pytest.mark.django_db
def test_confirming_opens_everything_and_says_who_follows() -> None:
    world = builders.world()
    contract = published_contract()
    client = signed_in(world.facilitator)
    answer = client.post(reverse("follow", args=[contract.pk]), follow_data(world))
    contract.refresh_from_db()
    operation = contract.operation
    assert operation is not None
    assert answer["Location"] == reverse("operation", args=[operation.pk])
    assert operation.buyer.siret == BUYER_SIRET
    assert operation.commune is not None
    made = operation.contracts.get()
    assert (made.amount, made.duration_months) == (Decimal(120000), 12)
    clause = made.lots.get().clauses.get()
    assert clause.state == ClauseState.DRAFT
    holder = Award.objects.get(lot__contract=made).members.get().organisation
    assert holder.siret == HOLDER_SIRET
    page = unescape(client.get(reverse("published-contract", args=[contract.pk])).content.decode())
    assert f"Suivi par {world.host.name}" in page
    listed = unescape(client.get(reverse("published")).content.decode())
    assert world.host.name in listed
    assert reverse("follow", args=[contract.pk]) not in listed


@pytest.mark.django_db
def test_a_contract_already_followed_leads_to_its_operation() -> None:
    world = builders.world()
    contract = published_contract()
    client = signed_in(world.facilitator)
    address = reverse("follow", args=[contract.pk])
    client.post(address, follow_data(world))
    before = Operation.objects.count()
    again = client.post(address, follow_data(world, once="autre"), follow=True)
    assert "déjà suivi" in again.content.decode()
    assert "Préau imaginaire" in again.content.decode()
    assert client.get(address).status_code == 302
    assert Operation.objects.count() == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"market_type": ""},
        {"ends_on": ""},
        {"company_siret": "123"},
        {"commune": "Nulle-Part-les-Oies"},
        {"notified_on": "02/03/0202"},
    ],
)
def test_a_wrong_following_writes_nothing_at_all(wrong: dict[str, str]) -> None:
    world = builders.world()
    contract = published_contract()
    before = (Operation.objects.count(), Contract.objects.count(), Organisation.objects.count())
    answer = signed_in(world.facilitator).post(
        reverse("follow", args=[contract.pk]), follow_data(world, **wrong)
    )
    assert answer.status_code == 200
    assert 'class="error-summary"' in answer.content.decode()
    after = (Operation.objects.count(), Contract.objects.count(), Organisation.objects.count())
    assert after == before


def both_at_once(acts: list[Callable[[], HttpResponse]]) -> list[HttpResponse]:
    gate = Barrier(len(acts))

    def run(act: Callable[[], HttpResponse]) -> Any:
        try:
            gate.wait(timeout=20)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_of_two_following_at_once_one_wins_and_the_other_is_led(committed_db: object) -> None:
    world = builders.world()
    contract = published_contract()
    address = reverse("follow", args=[contract.pk])
    clients = [signed_in(world.facilitator) for _ in range(2)]
    answers = both_at_once(
        [
            lambda c=client, n=number: c.post(address, follow_data(world, once=f"j{n}"))  # type: ignore[misc]
            for number, client in enumerate(clients)
        ]
    )
    followed = PublishedContract.objects.get(pk=contract.pk).operation
    assert followed is not None
    operation = reverse("operation", args=[followed.pk])
    assert [answer["Location"] for answer in answers] == [operation, operation]
    assert Operation.objects.filter(name="Préau imaginaire").count() == 1
    assert Organisation.objects.filter(siret=BUYER_SIRET).count() == 1


def test_one_form_sent_twice_at_once_opens_one_operation(committed_db: object) -> None:
    world = builders.world()
    client_cookies = signed_in(world.facilitator).cookies
    sent = {
        "once": "jeton-double",
        "host": str(world.host.pk),
        "name": "Gymnase imaginaire",
        "buyer": world.buyer.siret or "",
        "commune": "",
    }
    clients = [signed_in(world.facilitator) for _ in range(2)]
    for client in clients:
        client.cookies = client_cookies
    answers = both_at_once(
        [
            lambda c=client: c.post(reverse("operation-new"), sent)  # type: ignore[misc]
            for client in clients
        ]
    )
    assert Operation.objects.filter(name="Gymnase imaginaire").count() == 1
    assert answers[0]["Location"] == answers[1]["Location"]

"""Sending a request without an account: kept once, in the right hands, and not a tool of abuse."""

import re
from decimal import Decimal

import pytest
from django.conf import LazySettings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client
from tests import builders
from tests.builders import DAY, World
from tests.web.conftest import As
from tests.web.door.door_worlds import (
    CONTACT,
    follow_path,
    put_in_charge,
    send,
    sending,
    text_of,
    token_of,
)

from coclause.core.actor import acting_as
from coclause.core.models import JournalEntry, Mail, Parameter, User
from coclause.network.models import BuyerRequest
from coclause.organisations.choices import MemberRole

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _somebody_answers(world: World) -> None:
    put_in_charge(world)


def limit(code: str, value: int) -> None:
    with acting_as("test", day=DAY):
        Parameter.objects.filter(code=code).update(value=value)


def test_the_page_shows_what_leaves_and_who_answers(client: Client, world: World) -> None:
    page = text_of(client.get(sending()))
    assert "Réhabilitation de la piscine des Nuages" in page
    assert f"{world.facilitator}" in page
    assert "effacées deux ans après" in page


def test_a_request_is_kept_as_described_with_what_the_buyer_was_told(
    client: Client, world: World
) -> None:
    made = send(client)
    assert made.object == "Réhabilitation de la piscine des Nuages"
    assert (made.value, made.months, made.commune_id) == (Decimal(6_200_000), 14, "21231")
    assert (made.buyer_name, made.contact_email) == ("Ville de Montfictif", "alienor@exemple.test")
    assert made.facilitator == world.facilitator
    assert made.verdict["duty"] == "due"
    assert made.estimate is not None
    assert (made.estimate["low"], made.estimate["high"]) == (2395, 12_400)
    assert JournalEntry.objects.filter(verb="request.received").count() == 1


def test_after_sending_the_page_of_the_link_says_what_happened(client: Client) -> None:
    answer = client.post(sending(), CONTACT | {"once": token_of(client)}, follow=True)
    made = BuyerRequest.objects.get()
    assert answer.redirect_chain == [(follow_path(made), 302)]
    page = text_of(answer)
    assert f"Votre demande {made.reference} est envoyée." in page
    assert "Gardez ce lien" in page
    assert follow_path(made) in answer.content.decode()


def test_a_form_sent_twice_sends_once(client: Client) -> None:
    token = token_of(client)
    first = client.post(sending(), CONTACT | {"once": token})
    second = client.post(sending(), CONTACT | {"once": token})
    assert first["Location"] == second["Location"]
    assert BuyerRequest.objects.count() == 1
    assert Mail.objects.filter(kind="request.received").count() == 1


def test_somebody_elses_form_leads_nobody_to_what_they_sent(client: Client) -> None:
    """A page kept by a cache on the way would give two strangers the same token."""
    token = token_of(client)
    made = send(client, once=token)
    stranger = Client()
    token_of(stranger)
    answer = stranger.post(sending(), CONTACT | {"once": token, "email": "autre@exemple.test"})
    assert answer["Location"] != follow_path(made)
    assert BuyerRequest.objects.count() == 2


def test_the_trace_of_a_sending_does_not_hold_the_link(client: Client) -> None:
    made = send(client)
    signature = follow_path(made).rstrip("/").rpartition(".")[2]
    traces = [SessionStore().decode(row.session_data) for row in Session.objects.all()]
    assert traces
    assert not any(signature in str(trace) for trace in traces)


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("buyer_name", "", "Dites quelle organisation achète"),
        ("name", "", "Dites à qui répondre"),
        ("email", "", "Donnez une adresse"),
        ("email", "alienor", "Cette adresse n’est pas complète"),
        ("email", "a@exemple.test,b@exemple.test", "Cette adresse n’est pas complète"),
        ("email", "a@exemple.test\nBcc: b@exemple.test", "Cette adresse n’est pas complète"),
        ("buyer_siret", "123", "n&#x27;est pas un SIRET"),
        ("message", "a" * 4001, "4000"),
        ("site_web", "http://pub.exemple.test", "devait rester vide"),
    ],
)
def test_what_cannot_be_sent_is_told_and_nothing_is_kept(
    client: Client, field: str, typed: str, told: str
) -> None:
    answer = client.post(sending(), CONTACT | {"once": token_of(client), field: typed})
    assert answer.status_code == 200
    assert told in text_of(answer)
    assert not BuyerRequest.objects.exists()
    assert not Mail.objects.exists()
    # What was typed is still there, the trap apart.
    assert (CONTACT["message"] if field != "message" else "Aliénor Fictive") in text_of(
        answer
    ) + answer.content.decode()


def test_the_trap_is_out_of_the_way_of_people(client: Client) -> None:
    page = client.get(sending()).content.decode()
    trap = re.search(r'<div class="visually-hidden" aria-hidden="true">.*?</div>', page, re.S)
    assert trap
    assert 'tabindex="-1"' in trap[0]
    assert 'autocomplete="off"' in trap[0]


def test_a_sender_is_stopped_beyond_its_hour_and_another_is_not(client: Client) -> None:
    limit("front_door_per_hour", 2)
    send(client)
    send(client)
    answer = client.post(sending(), CONTACT | {"once": token_of(client)})
    assert answer.status_code == 200
    assert "Trop de demandes sont parties d’ici" in text_of(answer)
    assert BuyerRequest.objects.count() == 2
    send(Client(REMOTE_ADDR="192.0.2.7"))


def test_everybody_together_is_limited_too(client: Client) -> None:
    limit("front_door_per_hour_everybody", 2)
    send(Client(REMOTE_ADDR="192.0.2.1"))
    send(Client(REMOTE_ADDR="192.0.2.2"))
    last = Client(REMOTE_ADDR="192.0.2.3")
    answer = last.post(sending(), CONTACT | {"once": token_of(last)})
    assert "Trop de demandes" in text_of(answer)
    assert BuyerRequest.objects.count() == 2


def test_a_forwarded_address_is_not_believed_unless_told(client: Client) -> None:
    limit("front_door_per_hour", 1)
    send(Client(headers={"X-Forwarded-For": "192.0.2.1"}))
    liar = Client(headers={"X-Forwarded-For": "192.0.2.2"})
    answer = liar.post(sending(), CONTACT | {"once": token_of(liar)})
    assert "Trop de demandes" in text_of(answer)


def test_behind_a_proxy_only_what_it_added_counts(client: Client, settings: LazySettings) -> None:
    settings.PROXIES = 1
    limit("front_door_per_hour", 1)
    send(Client(headers={"X-Forwarded-For": "198.51.100.1, 192.0.2.1"}))
    send(Client(headers={"X-Forwarded-For": "198.51.100.1, 192.0.2.2"}))
    liar = Client(headers={"X-Forwarded-For": "203.0.113.9, 192.0.2.1"})
    answer = liar.post(sending(), CONTACT | {"once": token_of(liar)})
    assert "Trop de demandes" in text_of(answer)


def test_a_household_is_one_sender_whatever_its_ipv6_address(client: Client) -> None:
    limit("front_door_per_hour", 1)
    send(Client(REMOTE_ADDR="2001:db8:1:2::1"))
    other = Client(REMOTE_ADDR="2001:db8:1:2:ffff::9")
    answer = other.post(sending(), CONTACT | {"once": token_of(other)})
    assert "Trop de demandes" in text_of(answer)
    send(Client(REMOTE_ADDR="2001:db8:1:3::1"))


def test_beyond_a_handful_of_mails_the_request_is_kept_and_the_page_gives_the_link(
    client: Client,
) -> None:
    for number in range(5):
        send(Client(REMOTE_ADDR=f"192.0.2.{number}"))
    answer = client.post(sending(), CONTACT | {"once": token_of(client)}, follow=True)
    assert BuyerRequest.objects.count() == 6
    assert Mail.objects.filter(kind="request.received").count() == 5
    assert "aucun accusé de réception ne part" in text_of(answer)
    assert "Gardez ce lien" in text_of(answer)


def test_a_signed_in_buyer_types_neither_its_organisation_nor_its_name(
    world: World, signed_in: As
) -> None:
    with acting_as("test", day=DAY):
        user = builders.member(world.buyer, MemberRole.BUYER)
    client = signed_in(user)
    page = client.get(sending()).content.decode()
    assert "id_buyer_name" not in page
    assert f'value="{user.email}"' in page
    typed = {"name": str(user), "email": user.email, "once": token_of(client)}
    assert client.post(sending(), typed).status_code == 302
    made = BuyerRequest.objects.get()
    assert made.buyer == world.buyer
    assert made.buyer_siret == world.buyer.siret


def test_somebody_else_signed_in_is_not_taken_for_a_buyer(
    people: dict[str, User], signed_in: As
) -> None:
    made = send(signed_in(people["company"]))
    assert made.buyer is None
    assert made.buyer_name == "Ville de Montfictif"


def test_nothing_is_sent_where_nobody_would_answer(client: Client) -> None:
    with acting_as("test", day=DAY):
        builders.commune("69123", "Confluence-la-Rêvée", builders.region("84", "Région Inventée"))
    there = sending(commune="Confluence-la-Rêvée")
    assert client.get(there).status_code == 302
    assert client.post(there, CONTACT).status_code == 302
    assert not BuyerRequest.objects.exists()


def test_a_need_that_cannot_be_read_goes_back_to_the_questions(client: Client) -> None:
    answer = client.post(sending(avis="hier"), CONTACT)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/porte/?")
    assert not BuyerRequest.objects.exists()


def test_the_page_is_kept_by_no_cache(client: Client) -> None:
    answer = client.get(sending())
    assert "no-store" in answer["Cache-Control"]
    assert "noindex" in answer["X-Robots-Tag"]


def test_a_form_from_elsewhere_is_refused() -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(sending(), CONTACT).status_code == 403
    assert not BuyerRequest.objects.exists()

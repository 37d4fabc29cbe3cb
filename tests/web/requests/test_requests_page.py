"""The page of a request: what each reader sees, and what each act answers."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests import builders
from tests.builders import DAY, World
from tests.network.requests_worlds import facilitator_of, request_of, wrote

from coclause.clauses.models import Contract, Operation
from coclause.core.actor import acting_as
from coclause.core.models import Mail, MailState, User
from coclause.core.outbox import mails_about
from coclause.network.choices import EntryKind
from coclause.network.models import BuyerRequest
from coclause.network.states import RequestState
from coclause.organisations.models import Organisation

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]
S = RequestState


def page(client: Client, asked: BuyerRequest) -> str:
    answer = client.get(f"/demandes/{asked.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def post(client: Client, asked: BuyerRequest, act: str, **data: str) -> Any:
    return client.post(f"/demandes/{asked.pk}/{act}/", data, follow=True)


@pytest.fixture
def client_of(signed_in: SignIn, people: dict[str, User]) -> Callable[[str], Client]:
    return lambda role: signed_in(people[role])


def test_who_answers_reads_the_need_the_answer_given_and_the_contact(
    world: World, client_of: Callable[[str], Client]
) -> None:
    asked = request_of(world.host, world.facilitator)
    text = page(client_of("facilitator"), asked)
    for told in (
        "Réfection de la halle imaginaire",
        asked.reference,
        "Nous voudrions une clause.",
        "alienor@exemple.test",
        "La valeur atteint le seuil.",
        "art. R2121-3",
        "d’insertion, en première estimation",
        "promise le 01/12/2026",
        "Prendre en charge",
    ):
        assert told in text, told


def test_a_buyer_reads_its_exchange_without_notes_contact_or_mails(
    world: World, client_of: Callable[[str], Client]
) -> None:
    asked = request_of(world.host, world.facilitator, buyer=world.buyer, route="Secret de route")
    wrote(asked, EntryKind.NOTE, DAY, "Élue très prudente")
    wrote(asked, EntryKind.REROUTED, DAY, "Confiée à X : trop loin pour moi")
    wrote(asked, EntryKind.QUESTION, DAY, "Combien de logements ?")
    text = page(client_of("buyer"), asked)
    assert "Combien de logements ?" in text
    for hidden in (
        "Élue très prudente",
        "trop loin pour moi",
        "Secret de route",
        "alienor@exemple.test",
        "Courriels",
        "Note interne",
        "Prendre en charge",
        "/confier/",
    ):
        assert hidden not in text, hidden
    assert "Élue très prudente" in page(client_of("coordinator"), asked)


@pytest.mark.parametrize(
    "role",
    ["other_host", "far_host", "company", "observer", "prescriber", "other_company"],
)
def test_a_request_is_not_there_for_anybody_else(
    world: World, client_of: Callable[[str], Client], role: str
) -> None:
    asked = request_of(world.host, world.facilitator, buyer=world.buyer)
    client = client_of(role)
    assert client.get(f"/demandes/{asked.pk}/").status_code == 404
    for act in ("prendre", "confier", "ecrire", "classer", "operation", "repondre", "retirer"):
        assert client.post(f"/demandes/{asked.pk}/{act}/").status_code == 404


def test_taking_it_puts_it_under_ones_name_and_twice_is_once(
    world: World, client_of: Callable[[str], Client]
) -> None:
    asked = request_of(world.host)
    client = client_of("facilitator")
    for _ in range(2):
        answer = post(client, asked, "prendre", once="un-essai-de-prise")
        assert answer.status_code == 200
    asked.refresh_from_db()
    assert (asked.state, asked.facilitator) == (S.TAKEN, world.facilitator)
    assert asked.entries.filter(kind=EntryKind.TAKEN).count() == 1


def test_whoever_comes_second_is_told_and_nothing_changes(
    world: World, people: dict[str, User], client_of: Callable[[str], Client]
) -> None:
    asked = request_of(world.host, people["manager"], state=S.TAKEN)
    answer = client_of("facilitator").post(f"/demandes/{asked.pk}/prendre/")
    assert answer.status_code == 422
    assert "Quelqu’un d’autre vient d’agir" in answer.content.decode()
    asked.refresh_from_db()
    assert asked.facilitator == people["manager"]


@pytest.mark.parametrize(
    ("kind", "state", "mails"), [("reponse", S.ANSWERED, 1), ("question", S.ASKED, 1)]
)
def test_what_is_written_leaves_by_mail(
    world: World, client_of: Callable[[str], Client], kind: str, state: str, mails: int
) -> None:
    asked = request_of(world.host, world.facilitator)
    answer = post(client_of("facilitator"), asked, "ecrire", kind=kind, text="Bonjour à vous.")
    assert "Bonjour à vous." in answer.content.decode()
    asked.refresh_from_db()
    assert asked.state == state
    assert mails_about(asked).count() == mails
    assert "/suivi/" in mails_about(asked)[0].body


def test_a_note_stays_inside(world: World, client_of: Callable[[str], Client]) -> None:
    asked = request_of(world.host, world.facilitator)
    post(client_of("facilitator"), asked, "ecrire", kind="note", text="À rappeler.")
    asked.refresh_from_db()
    assert asked.state == S.NEW
    assert not Mail.objects.exists()


def test_what_was_typed_comes_back_with_the_error(
    world: World, client_of: Callable[[str], Client]
) -> None:
    asked = request_of(world.host, world.facilitator)
    answer = client_of("facilitator").post(
        f"/demandes/{asked.pk}/ecrire/", {"text": "Texte à garder"}
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Texte à garder" in text
    assert "Dites à qui va ce texte." in text


def test_a_message_that_never_arrived_is_said_on_the_page(
    world: World, client_of: Callable[[str], Client]
) -> None:
    asked = request_of(world.host, world.facilitator)
    client = client_of("facilitator")
    post(client, asked, "ecrire", kind="reponse", text="Bonjour.")
    with acting_as("test", day=DAY):
        Mail.objects.update(state=MailState.ABANDONED, last_error="550 boîte inconnue")
    text = page(client, asked)
    assert "Abandonné" in text
    assert "550 boîte inconnue" in text


def test_passing_it_on_leads_back_to_the_list_of_what_is_left(
    world: World, client_of: Callable[[str], Client]
) -> None:
    _, other = facilitator_of("Plie du Songe")
    asked = request_of(world.host, world.facilitator)
    client = client_of("facilitator")
    form = client.get(f"/demandes/{asked.pk}/confier/").content.decode()
    assert "Plie du Songe" in form
    refused = client.post(f"/demandes/{asked.pk}/confier/", {"reason": "Hors zone"})
    assert refused.status_code == 422
    answer = post(client, asked, "confier", to=str(other.memberships.get().pk), reason="Hors zone")
    assert answer.redirect_chain == [("/demandes/", 302)]
    assert client.get(f"/demandes/{asked.pk}/").status_code == 404


def test_closing_asks_for_a_reason(world: World, client_of: Callable[[str], Client]) -> None:
    asked = request_of(world.host, world.facilitator)
    client = client_of("facilitator")
    assert (
        "Personne n’a encore répondu"
        in client.get(f"/demandes/{asked.pk}/classer/").content.decode()
    )
    assert client.post(f"/demandes/{asked.pk}/classer/", {"reason": ""}).status_code == 422
    post(client, asked, "classer", reason="Le projet est abandonné.")
    asked.refresh_from_db()
    assert asked.state == S.CLOSED
    assert post(client, asked, "classer", reason="Encore").redirect_chain


def test_an_operation_opens_filled_with_the_request(
    world: World, client_of: Callable[[str], Client]
) -> None:
    asked = request_of(world.host, world.facilitator, buyer_siret=str(world.buyer.siret))
    client = client_of("facilitator")
    form = client.get(f"/demandes/{asked.pk}/operation/").context["form"]
    assert form["buyer"].value() == f"{world.buyer.name} (SIRET {world.buyer.siret})"
    data = {name: form[name].value() or "" for name in form.fields}
    answer = post(client, asked, "operation", **data)
    made = Operation.objects.get(requests=asked)
    assert answer.redirect_chain == [(f"/operations/{made.pk}/", 302)]
    assert (made.buyer, made.commune) == (world.buyer, asked.commune)
    assert Contract.objects.get(operation=made).estimated_value == asked.value
    assert "Voir l’opération" in page(client, asked)


def test_a_buyer_unknown_to_the_directory_is_proposed_as_new(
    world: World, client_of: Callable[[str], Client]
) -> None:
    siret = builders.siret()
    asked = request_of(world.host, world.facilitator, buyer_siret=siret)
    client = client_of("facilitator")
    form = client.get(f"/demandes/{asked.pk}/operation/").context["form"]
    assert form["buyer_name"].value() == "Ville de Val-Rêvé"
    data = {name: form[name].value() or "" for name in form.fields}
    post(client, asked, "operation", **data)
    assert Organisation.objects.get(siret=siret).name == "Ville de Val-Rêvé"


def test_a_coordination_has_no_host_to_open_an_operation_for(
    world: World, client_of: Callable[[str], Client]
) -> None:
    asked = request_of(world.host, world.facilitator)
    assert client_of("coordinator").get(f"/demandes/{asked.pk}/operation/").status_code == 403


def test_a_buyer_replies_then_takes_it_back(
    world: World, client_of: Callable[[str], Client]
) -> None:
    asked = request_of(
        world.host, world.facilitator, buyer=world.buyer, state=S.ASKED, answered_on=DAY
    )
    buyer = client_of("buyer")
    post(buyer, asked, "repondre", text="Douze logements.")
    asked.refresh_from_db()
    assert asked.state == S.TAKEN
    assert "Douze logements." in page(client_of("facilitator"), asked)
    post(buyer, asked, "retirer")
    asked.refresh_from_db()
    assert asked.state == S.CLOSED


def test_the_acts_of_one_side_are_refused_to_the_other(
    world: World, client_of: Callable[[str], Client]
) -> None:
    asked = request_of(world.host, world.facilitator, buyer=world.buyer)
    for act in ("prendre", "confier", "ecrire", "classer", "operation"):
        assert client_of("buyer").post(f"/demandes/{asked.pk}/{act}/").status_code == 403
    for act in ("repondre", "retirer"):
        assert client_of("facilitator").post(f"/demandes/{asked.pk}/{act}/").status_code == 403
    asked.refresh_from_db()
    assert asked.state == S.NEW


@pytest.mark.parametrize("lines", [0, 12])
@pytest.mark.parametrize(("role", "queries"), [("facilitator", 15), ("buyer", 12)])
def test_queries_of_the_page_do_not_grow(
    *,
    world: World,
    client_of: Callable[[str], Client],
    django_assert_num_queries: Any,
    role: str,
    queries: int,
    lines: int,
) -> None:
    asked = request_of(world.host, world.facilitator, buyer=world.buyer)
    for number in range(lines):
        wrote(asked, EntryKind.ANSWER, DAY - timedelta(number), f"Réponse {number}")
    client = client_of(role)
    page(client, asked)
    with django_assert_num_queries(queries):
        page(client, asked)


def test_a_page_asked_by_address_after_an_act_leads_to_the_request(
    world: World, client_of: Callable[[str], Client]
) -> None:
    asked = request_of(world.host, world.facilitator)
    for act in ("prendre", "ecrire"):
        answer = client_of("facilitator").get(f"/demandes/{asked.pk}/{act}/")
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/demandes/{asked.pk}/")

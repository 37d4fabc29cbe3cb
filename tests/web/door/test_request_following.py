"""Following by a link: nobody lists, guesses or changes a request that is not theirs."""

from datetime import timedelta

import pytest
from django.test import Client
from tests.builders import DAY, World
from tests.network.requests_worlds import request_of, wrote
from tests.web.door.door_worlds import follow_path, text_of, token_of

from coclause.core.actor import acting_as
from coclause.network import links
from coclause.network.choices import EntryKind
from coclause.network.models import BuyerRequest, RequestEntry
from coclause.network.states import RequestState

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(world: World) -> BuyerRequest:
    return request_of(world.host, world.facilitator)


def everything() -> list[object]:
    requests = BuyerRequest.objects.order_by("pk").values()
    return [*requests, *RequestEntry.objects.order_by("pk").values()]


def test_the_link_shows_where_it_stands_who_answers_and_by_when(
    client: Client, world: World, sent: BuyerRequest
) -> None:
    page = text_of(client.get(follow_path(sent)))
    assert sent.reference in page
    assert "Au réseau de répondre, avant le 01/12/2026" in page
    assert str(world.facilitator) in page
    assert "Réfection de la halle imaginaire" in page


def test_notes_of_the_network_and_reasons_to_pass_it_on_are_not_shown(
    client: Client, sent: BuyerRequest
) -> None:
    wrote(sent, EntryKind.NOTE, DAY, "Acheteur difficile.")
    wrote(sent, EntryKind.REROUTED, DAY, "Confiée à Paul : je ne m’entends pas avec eux.")
    wrote(sent, EntryKind.ANSWER, DAY, "Voici une <b>proposition</b>.")
    answer = client.get(follow_path(sent))
    page = text_of(answer)
    assert "difficile" not in page
    assert "je ne m’entends pas" not in page
    assert "Confiée à quelqu’un d’autre" in page
    assert "&lt;b&gt;proposition" in answer.content.decode()


def test_no_cache_no_engine_and_no_other_site_learns_the_link(
    client: Client, sent: BuyerRequest
) -> None:
    answer = client.get(follow_path(sent))
    assert "no-store" in answer["Cache-Control"]
    assert "noindex" in answer["X-Robots-Tag"]
    # "no-referrer" would make browsers send forms with a null origin, which are then refused.
    assert answer["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("change", ["signature", "key", "number", "bare", "other key"])
@pytest.mark.parametrize("suffix", ["", "repondre/", "retirer/"])
def test_a_link_that_this_site_did_not_write_opens_nothing(
    client: Client, sent: BuyerRequest, change: str, suffix: str
) -> None:
    part = links.written(sent.link_key)
    key, _, signature = part.partition(".")
    wrong = {
        "signature": f"{key}.{signature[:-1]}{'a' if signature[-1] != 'a' else 'b'}",
        "key": f"{'0' if key[0] != '0' else '1'}{key[1:]}.{signature}",
        "number": str(sent.pk),
        "bare": key,
        "other key": links.written(links.new_key()),
    }[change]
    before = everything()
    ask = client.post if suffix else client.get
    assert ask(f"/suivi/{wrong}/{suffix}", {"text": "Bonjour"}).status_code == 404
    assert everything() == before


def test_there_is_no_list(client: Client, sent: BuyerRequest) -> None:
    assert client.get("/suivi/").status_code == 404


@pytest.mark.parametrize("suffix", ["repondre/", "retirer/"])
def test_opening_an_address_changes_nothing(
    client: Client, sent: BuyerRequest, suffix: str
) -> None:
    """A mail program that opens the links of a message must not act."""
    before = everything()
    assert client.get(follow_path(sent, suffix)).status_code == 405
    assert everything() == before
    assert client.post(follow_path(sent)).status_code == 405


def test_the_buyer_writes_back_once_and_the_network_acts_next(
    client: Client, sent: BuyerRequest
) -> None:
    with acting_as("test", day=DAY):
        BuyerRequest.objects.filter(pk=sent.pk).update(state=RequestState.ASKED)
    typed = {"text": "Le maximum est de 6 M€.", "once": token_of(client, follow_path(sent))}
    for _ in range(2):
        answer = client.post(follow_path(sent, "repondre/"), typed)
        assert answer["Location"] == follow_path(sent)
    sent.refresh_from_db()
    assert sent.state == RequestState.TAKEN
    replies = sent.entries.filter(kind=EntryKind.REPLY)
    assert [one.text for one in replies] == ["Le maximum est de 6 M€."]
    assert "Le maximum est de 6 M€." in text_of(client.get(follow_path(sent)))


def test_an_empty_or_endless_reply_is_told_and_kept(client: Client, sent: BuyerRequest) -> None:
    before = everything()
    empty = client.post(follow_path(sent, "repondre/"), {"text": "  "})
    assert "Écrivez votre message" in text_of(empty)
    long = client.post(follow_path(sent, "repondre/"), {"text": "b" * 4001})
    assert "b" * 4001 in long.content.decode()
    assert everything() == before


def test_a_withdrawn_request_is_over(client: Client, sent: BuyerRequest) -> None:
    answer = client.post(follow_path(sent, "retirer/"), follow=True)
    assert "Votre demande est retirée" in text_of(answer)
    sent.refresh_from_db()
    assert sent.state == RequestState.CLOSED
    again = client.post(follow_path(sent, "retirer/"), follow=True)
    assert "Rien n’a été modifié" in text_of(again)
    late = client.post(follow_path(sent, "repondre/"), {"text": "Finalement…"})
    assert "Cette demande est terminée" in text_of(late)
    assert sent.entries.filter(kind=EntryKind.WITHDRAWN).count() == 1


@pytest.mark.parametrize("suffix", ["", "repondre/", "retirer/"])
def test_a_link_closes_after_its_day_and_says_what_to_do(
    client: Client, sent: BuyerRequest, suffix: str
) -> None:
    with acting_as("test", day=DAY):
        BuyerRequest.objects.filter(pk=sent.pk).update(link_until=DAY)
    assert client.get(follow_path(sent)).status_code == 200
    with acting_as("test", day=DAY):
        BuyerRequest.objects.filter(pk=sent.pk).update(link_until=DAY - timedelta(1))
    before = everything()
    ask = client.post if suffix else client.get
    answer = ask(follow_path(sent, suffix), {"text": "Bonjour"})
    assert answer.status_code == 410
    page = text_of(answer)
    assert "Ce lien n’est plus ouvert" in page
    assert "halle imaginaire" not in page
    assert "Val-Rêvé" not in page
    assert everything() == before


def test_a_signed_in_stranger_follows_by_the_link_alone(sent: BuyerRequest, world: World) -> None:
    client = Client()
    client.force_login(world.facilitator)
    client.post(follow_path(sent, "repondre/"), {"text": "Merci."})
    assert sent.entries.get(kind=EntryKind.REPLY).author is None

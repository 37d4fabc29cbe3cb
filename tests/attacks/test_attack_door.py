"""Getting round the front door: amounts, texts and addresses as an attacker types them."""

from datetime import timedelta

import pytest
from django.test import Client
from tests import builders
from tests.builders import DAY, World
from tests.network.requests_worlds import request_of, wrote
from tests.web.door.door_worlds import (
    CONTACT,
    door,
    follow_path,
    put_in_charge,
    send,
    sending,
    text_of,
    token_of,
)

from coclause.core.actor import acting_as
from coclause.core.models import Mail, User
from coclause.core.outbox import mailbox, plain_address
from coclause.core.refusals import Refused
from coclause.network.choices import EntryKind
from coclause.network.models import BuyerRequest, RequestEntry
from coclause.network.requests.answering import forget_contacts, reply
from coclause.network.states import RequestState

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(day_of_the_builders: None) -> None: ...


@pytest.fixture
def world() -> World:
    made = builders.world()
    put_in_charge(made)
    return made


@pytest.mark.parametrize(
    "typed",
    [
        *("0", "0,001", "-5", "1e400", "NaN", "Infinity", "+1", "=1+1", "0,004 €", "٣٣٣٣٣٣٣"),
        *("999999999999999", "12345678901234,99", "9" * 12, "9" * 60, "1" * 5000),
    ],
)
def test_no_amount_breaks_the_door(client: Client, world: World, typed: str) -> None:
    for address in (door(valeur=typed), sending(valeur=typed)):
        assert client.get(address).status_code in (200, 302)
    answer = client.post(sending(valeur=typed), CONTACT)
    assert answer.status_code in (200, 302)


WRONG = (
    ("objet", ("x" * 10_000, "\u202egnp.exe", "\x01\x0b\x1f", "💣" * 900, "\uffff", "\u2028")),
    ("objet", ("<script>alert(1)</script>", '#read("/etc/passwd") $x$ *_@\\')),
    ("mois", ("0", "-1", "9" * 20, "1e3", "٣")),
    ("avis", ("01/01/0202", "31/12/9999", "01/01/1990", "31/12/2100")),
    ("commune", ("x" * 10_000, "(21231)", "%' OR 1=1 --")),
    ("commune_choice", ("99999",)),
    ("type", ("autre", "prive", "concession")),
    ("acheteur", ("x",)),
    ("defense", ("peut-être",)),
    ("plusieurs", ("x" * 1000,)),
)


@pytest.mark.parametrize("answers", [{name: one} for name, every in WRONG for one in every])
def test_no_answer_breaks_the_door_its_paper_or_its_sending(
    client: Client, world: World, answers: dict[str, str]
) -> None:
    assert client.get(door(**answers)).status_code == 200
    paper = client.get(door(**answers).replace("/porte/", "/porte/reponse.pdf"))
    assert paper.status_code in (200, 302)
    assert client.post(sending(**answers), CONTACT).status_code in (200, 302)
    page = client.get(door(**answers)).content.decode()
    assert "<script>alert(1)" not in page
    for made in BuyerRequest.objects.all():
        assert client.get(follow_path(made)).status_code == 200


def test_words_of_the_place_stay_words_in_the_next_address(client: Client, world: World) -> None:
    """What follows "&" in a name would otherwise answer other questions of the door."""
    page = client.get("/facilitateurs/", {"commune": "&defense=oui (21231)"}).content.decode()
    assert "?commune=%26defense%3Doui" in page
    assert "?commune=&amp;defense=oui" not in page


@pytest.mark.parametrize("email", ["", "aliénor@exemple.test", '"a b"@exemple.test'])
def test_a_facilitator_who_cannot_be_written_to_closes_no_door(
    client: Client, world: World, email: str
) -> None:
    """The desk shows the request all the same, and no stranger reads their address."""
    with acting_as("test", day=DAY):
        User.objects.filter(pk=world.facilitator.pk).update(email=email)
    answer = client.post(sending(), CONTACT | {"once": token_of(client)})
    assert answer.status_code == 302, text_of(answer)
    assert BuyerRequest.objects.get().facilitator == world.facilitator
    assert Mail.objects.filter(kind="request.received").count() == 1


@pytest.mark.parametrize(
    "address",
    ["victime@[127.0.0.1]", "victime@[IPv6:::1]", "victime%ailleurs.test@exemple.test"],
)
def test_a_mailbox_has_no_second_name_by_its_server(address: str) -> None:
    with pytest.raises(Refused):
        plain_address(address)


@pytest.mark.parametrize(
    ("one", "other"),
    [("victime@gmail.com", "V.ic.time+x@GoogleMail.com"),
     ("victime@gmail.com", "victime@ｇｍａｉｌ.com"),
     ("victime@exemple.test", "victime@exemple。test")],
)  # fmt: skip
def test_a_mailbox_written_otherwise_is_the_same(one: str, other: str) -> None:
    assert mailbox(other) == mailbox(one)


def test_a_link_does_not_write_without_end(client: Client, world: World) -> None:
    made = send(client)
    answers = [
        client.post(follow_path(made, "repondre/"), {"text": f"Encore {number}"})
        for number in range(12)
    ]
    assert [one.status_code for one in answers] == [302] * 10 + [200] * 2
    assert "déjà partis par ce lien" in text_of(answers[-1])
    assert RequestEntry.objects.filter(request=made, kind=EntryKind.REPLY).count() == 10


def test_words_on_a_request_closed_meanwhile_are_refused(world: World) -> None:
    made = request_of(world.host, world.facilitator)
    stale = BuyerRequest.objects.get(pk=made.pk)
    with acting_as("test", day=DAY):
        BuyerRequest.objects.filter(pk=made.pk).update(state=RequestState.CLOSED)
    with pytest.raises(Refused), acting_as("front-door", day=DAY):
        reply(stale, "Encore un mot.", author=None, at=builders.at(DAY), desk="")
    assert not RequestEntry.objects.filter(request=made, kind=EntryKind.REPLY).exists()


@pytest.mark.parametrize("state", [RequestState.CLOSED, RequestState.ANSWERED, RequestState.ASKED])
def test_nobody_is_remembered_for_having_no_address_or_never_writing_back(
    world: World, state: RequestState
) -> None:
    """A call typed in without an address, a buyer who never wrote back: persons all the same."""
    kept = timedelta(730)
    long_ago = DAY - kept - timedelta(1)
    by_phone = request_of(
        received=long_ago, state=state, contact_email="", route="Aliénor préfère le matin."
    )
    wrote(by_phone, EntryKind.NOTE, DAY, "Rappeler Aliénor au 03 00 00 00 00")
    with acting_as("test", day=DAY):
        assert forget_contacts(DAY, kept) == 1
        wrote(by_phone, EntryKind.NOTE, DAY, "Aliénor a rappelé")
        forget_contacts(DAY, kept)
    by_phone.refresh_from_db()
    held = (by_phone.contact_name, by_phone.contact_phone, by_phone.message, by_phone.route)
    assert held == ("",) * 4
    assert not RequestEntry.objects.filter(request=by_phone, text__gt="").exists()


def test_a_contact_never_opens_a_message_to_somebody_else(client: Client, world: World) -> None:
    made = send(client, email="a?cc=victime&body=x@exemple.test")
    client.force_login(world.facilitator)
    page = client.get(f"/demandes/{made.pk}/").content.decode()
    assert "mailto:a%3Fcc%3D" in page
    assert "mailto:a?cc=" not in page

"""Strangers at the same moment on real connections: limits, links and numbers hold all the same."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from tests import builders
from tests.builders import DAY, World
from tests.network import drafting_worlds
from tests.network.requests_worlds import request_of
from tests.web.door.door_worlds import CONTACT, follow_path, put_in_charge, sending, token_of

from coclause.core.actor import acting_as
from coclause.core.models import Mail, Parameter
from coclause.network.choices import EntryKind
from coclause.network.models import BuyerRequest, ClauseText, Draft

pytestmark = pytest.mark.usefixtures("committed_db", "day_of_the_builders")
Post = Callable[[], object]


def together(*posts: Post) -> list[object]:
    """Each in a thread with a connection of its own; its answer's status, or what it raised."""
    start = threading.Barrier(len(posts))
    answers: list[object] = [None] * len(posts)

    def run(number: int, post: Post) -> None:
        try:
            start.wait(timeout=20)
            answers[number] = post()
        except Exception as error:
            answers[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(posts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=90)
    return answers


def open_door() -> World:
    world = builders.world()
    put_in_charge(world)
    return world


def limit(code: str, value: int) -> None:
    with acting_as("test", day=DAY):
        Parameter.objects.filter(code=code).update(value=value)


def sender(address: str, email: str) -> Post:
    client = Client(REMOTE_ADDR=address)
    said = CONTACT | {"once": token_of(client), "email": email}
    return lambda: client.post(sending(), said).status_code


def test_the_limits_of_a_sender_and_of_a_mailbox_hold_at_once() -> None:
    open_door()
    limit("front_door_per_hour", 3)
    limit("public_mail_per_day", 2)
    same = [sender("192.0.2.7", f"v.ictime+{number}@gmail.com") for number in range(5)]
    others = [sender(f"198.51.100.{number}", "Victime@GoogleMail.com") for number in range(3)]
    answers = together(*same, *others)
    assert answers[:5].count(302) == 3, answers
    assert answers[5:] == [302] * 3
    assert BuyerRequest.objects.count() == 6
    assert Mail.objects.filter(kind="request.received").count() == 2
    assert Mail.objects.filter(kind="request.announced").count() == 2


def test_one_form_sent_by_two_clicks_at_once_is_one_request() -> None:
    open_door()
    first = Client()
    said = CONTACT | {"once": token_of(first)}
    second = Client()
    second.cookies = first.cookies
    answers = together(
        *(lambda one=one: one.post(sending(), said)["Location"] for one in (first, second))
    )
    assert answers[0] == answers[1], answers
    assert BuyerRequest.objects.count() == 1


@pytest.mark.parametrize("_again", range(2))
def test_words_and_a_closing_at_once_never_leave_words_behind(_again: int) -> None:
    """What the buyer writes comes before the end or is refused: nobody reads what is over."""
    world = open_door()
    made = request_of(world.host, world.facilitator)
    reply, close = follow_path(made, "repondre/"), f"/demandes/{made.pk}/classer/"
    buyer, network = Client(), Client()
    network.force_login(world.facilitator)
    answers = together(
        lambda: buyer.post(reply, {"text": "Encore un mot"}).status_code,
        lambda: network.post(close, {"reason": "Fini"}).status_code,
    )
    assert not [one for one in answers if isinstance(one, Exception)], answers
    kinds = list(made.entries.order_by("pk").values_list("kind", flat=True))
    if EntryKind.CLOSED in kinds and EntryKind.REPLY in kinds:
        assert kinds.index(EntryKind.REPLY) < kinds.index(EntryKind.CLOSED)


def test_a_request_withdrawn_by_two_clicks_is_withdrawn_once() -> None:
    world = open_door()
    made = request_of(world.host, world.facilitator, buyer=world.buyer)
    buyer, other = Client(), Client()
    answers = together(
        lambda: buyer.post(follow_path(made, "retirer/")).status_code,
        lambda: other.post(follow_path(made, "retirer/")).status_code,
    )
    assert answers == [302, 302]
    assert made.entries.filter(kind=EntryKind.WITHDRAWN).count() == 1


def test_versions_of_texts_and_of_documents_are_numbered_once_each() -> None:
    desk = drafting_worlds.desk()
    contract = drafting_worlds.works(desk)
    address = f"/contrats/{contract.pk}/redaction/"
    clients = [Client() for _ in range(4)]
    for client, user in zip(clients, (desk.facilitator, desk.agent) * 2, strict=True):
        client.force_login(user)
    offered = clients[0].get(address).context["form"].fields["texts"].choices
    said = {"instrument": "condition_execution", "texts": [key for key, _ in offered]}
    answers = together(*(lambda one=one: one.post(address, said).status_code for one in clients))
    assert answers == [302] * 4, answers
    assert list(Draft.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4]
    text = ClauseText.objects.get(region=desk.region, code="ccap-condition-execution-marche")
    bosses = [Client(), Client()]
    for boss in bosses:
        boss.force_login(desk.coordinator)
    body = {"body": "Un autre texte.", "starts_on": f"{DAY:%d/%m/%Y}", "seen": "1", "note": ""}
    answers = together(
        *(
            lambda one=one, n=n: (
                one.post(
                    f"/bibliotheque/{text.pk}/version/", body | {"body": f"Texte {n}."}
                ).status_code
            )
            for n, one in enumerate(bosses)
        )
    )
    assert sorted(map(str, answers)) == ["302", "422"], answers
    assert text.versions.count() == 2

"""Values that no form offers, in the addresses and fields of calibration and the register."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests import builders
from tests.builders import DAY
from tests.clauses.calibration_worlds import by_amount, kept
from tests.clauses.opt_out_worlds import buyer_of, recorded
from tests.network import drafting_worlds
from tests.network.requests_worlds import coordinator, request_of
from tests.web.calibrations.test_calibration_pages import whole
from tests.web.door.door_worlds import follow_path

from coclause.clauses.models import Calibration
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.network.models import Draft, RequestEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("day_of_the_builders")]
ODD = ("-1", "9" * 30, "1e400", "NaN", "٣", "31/12/9999", "a'\"><b\u202e💣")
FEW = ODD[-3:]
"""For the forms of many fields, each sent with each of these."""


def signed(user: User) -> Client:
    made = Client()
    made.force_login(user)
    return made


@pytest.mark.parametrize(
    "odd", [*FEW, *(pytest.param(odd, marks=pytest.mark.nightly) for odd in ODD[:-3])]
)
def test_no_value_in_an_address_breaks_a_page(odd: str) -> None:
    world = builders.world()
    agent, (_, boss) = buyer_of(world), coordinator()
    with acting_as(world.facilitator, day=DAY):
        kept(world, by_amount())
    request_of(world.host, world.facilitator, buyer=world.buyer)
    recorded(world, agent)
    contract = world.lot.contract_id
    lists = {
        "requests": ("q", "etat", "qui", "departement", "retard", "onglet", "tri", "page"),
        "opt-outs": ("q", "cas", "etat", "tri", "page"),
        "library": ("q", "piece", "instrument", "contrat", "etat", "tri", "page"),
        "regional-buyers": ("tri", "page"),
        "buyer-space": ("q", "etat", "acheteur", "tri", "page"),
        "spaser": ("acheteur", "annee", "an", "page"),
        "programmes": ("tri", "page"),
        "opt-out-new": ("contrat",),
    }
    own = {
        "calibrations": ("versions",),
        "calibration-new": ("depuis", "portee"),
        "drafting": ("instrument", "page"),
        "contract-duty": ("x",),
    }
    for user in (agent, world.facilitator, boss):
        client = signed(user)
        for name, keys in lists.items():
            for key in keys:
                assert client.get(reverse(name), {key: odd}).status_code in (200, 403, 404)
        for name, keys in own.items():
            for key in keys:
                page = client.get(reverse(name, args=[contract]), {key: odd})
                assert page.status_code in (200, 403, 404)


@pytest.mark.parametrize("odd", FEW)
def test_no_value_in_a_calibration_breaks_it(odd: str) -> None:
    world = builders.world()
    client = signed(world.facilitator)
    address = reverse("calibration-new", args=[world.lot.contract_id])
    for name in whole():
        answer = client.post(address, whole(**{name: odd}))
        assert answer.status_code in (200, 302), name
        answer = client.post(address, whole(**{name: odd, "enregistrer": "1", "computed": odd}))
        assert answer.status_code in (200, 302), name
    assert not Calibration.objects.exists(), "nothing is kept that was not shown first"
    with acting_as(world.facilitator, day=DAY):
        version = kept(world, by_amount())
    answer = client.post(reverse("calibration-retain", args=[version.pk]), {"seen": odd})
    assert answer.status_code == 302


@pytest.mark.parametrize("odd", FEW)
def test_no_value_in_a_form_breaks_it(odd: str) -> None:
    world = builders.world()
    agent, (_, boss) = buyer_of(world), coordinator()
    made = request_of(world.host, world.facilitator, buyer=world.buyer)
    entry = recorded(world, agent)
    network, buyer, region = signed(world.facilitator), signed(agent), signed(boss)
    facts = {
        "etape": "inscrire",
        "buyer": str(world.buyer.pk),
        "contract": "",
        "object": "O",
        "reference": "",
        "type": "travaux",
        "law_buyer": "collectivite",
        "value": "6 M€",
        "months": "5",
        "notice_on": "02/11/2026",
        "defense": "non",
        "code": "short_works",
        "reason": "Motif écrit",
        "once": "j",
    }
    for name in facts:
        for address in ("/registre/nouvelle/", f"/registre/{entry.pk}/corriger/"):
            answer = buyer.post(address, facts | {name: odd, "once": f"{name}{odd}"[:60]})
            assert answer.status_code in (200, 302, 409), name
    meeting = {
        "kind": "lancement",
        "on": "01/12/2026",
        "at": "9 h",
        "place": "P",
        "note": "N",
        "seen": "",
    }
    for name in meeting:
        address = reverse("meeting-new", args=[world.operation.pk])
        assert network.post(address, meeting | {name: odd}).status_code in (200, 302), name
    for name in ("to", "reason", "kind", "text", "once"):
        for act in ("reroute", "write", "close", "take", "open"):
            said = {"to": "coordination", "reason": "r", "kind": "note", "text": "t"} | {name: odd}
            answer = network.post(reverse(f"request-{act}", args=[made.pk]), said)
            assert answer.status_code in (200, 302, 404, 422), (name, act)
    line = {
        "siren": "732829320",
        "name": "B",
        "referent": "",
        "reason": "",
        "starts_on": "01/12/2026",
        "ends_on": "",
    }
    for name in line:
        answer = region.post(reverse("regional-buyer-new"), line | {name: odd})
        assert answer.status_code in (200, 302, 422), name


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.docx", b""),
        ("a.docx", b"PK\x03\x04"),
        ("a.docx", b"\xd0\xcf\x11\xe0" * 99),
        ("a.docx", b"%PDF-1.7"),
        ("a.docx", b"x" * (5 * 1024 * 1024 + 1)),
        ("../../a\u202e.docx", b"PK"),
        ("a.docx", b"\x00" * 100),
    ],
)
def test_no_document_that_comes_back_breaks_drafting(name: str, content: bytes) -> None:
    desk = drafting_worlds.desk()
    contract = drafting_worlds.works(desk)
    client = signed(desk.facilitator)
    said = {"document": SimpleUploadedFile(name, content), "note": "x"}
    answer = client.post(reverse("draft-return", args=[contract.pk]), said)
    assert answer.status_code == 422
    assert not Draft.objects.exists()


def test_strangers_act_by_post_with_a_token_and_never_by_reading() -> None:
    world = builders.world()
    made = request_of(world.host, world.facilitator)
    strict = Client(enforce_csrf_checks=True)
    for suffix in ("repondre/", "retirer/"):
        address = follow_path(made, suffix)
        assert strict.post(address, {"text": "x"}).status_code == 403
        for method in ("get", "head", "options", "put", "delete", "patch"):
            assert getattr(Client(), method)(address).status_code == 405, method
    assert strict.post("/programmation/", {}).status_code == 403
    network = signed(world.facilitator)
    for act in ("take", "reroute", "write", "close", "open", "answer", "take-back"):
        for method in ("get", "head", "options", "put", "delete"):
            getattr(network, method)(reverse(f"request-{act}", args=[made.pk]))
    made.refresh_from_db()
    assert made.state == "nouvelle"
    assert RequestEntry.objects.filter(request=made).count() == 1

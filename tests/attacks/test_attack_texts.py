"""Typed texts that a paper, a Word document, a mail or a spreadsheet cannot hold, or would run."""

import re
import zipfile
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from tests import builders
from tests.builders import DAY
from tests.network import drafting_worlds
from tests.network.requests_worlds import request_of, wrote

from coclause.clauses.choices import MeetingKind
from coclause.clauses.models import Contract, Operation, OptOut
from coclause.core.actor import acting_as
from coclause.network.choices import EntryKind
from coclause.network.models import Draft
from coclause.organisations.choices import MemberRole

pytestmark = pytest.mark.django_db
NASTY = (
    "=HYPERLINK(\"http://ailleurs.test\",\"ici\")",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "\t=1+1",
    "\r=1+1",
    "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "\x01\x02\x0b\x0c\x1f controls",
    "\ufffe\uffff",
    "\u202eexe.txt\u2066\u2069",
    "💣" * 40,
    "#read(\"/etc/passwd\") #eval(\"1\") $ x $ *_@a <b> \\",
    "{{ 7*7 }} {% debug %} [à compléter : x",
    "]]>&#0;&lt;",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _today(day_of_the_builders: None) -> None: ...


def formulas(content: bytes) -> list[str]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return [
            name
            for name in archive.namelist()
            if name.startswith("xl/worksheets/") and re.search(rb"<f[ >]", archive.read(name))
        ]


@pytest.mark.parametrize("text", NASTY)
def test_a_request_said_so_breaks_no_page_mail_or_sheet(text: str) -> None:
    world = builders.world()
    made = request_of(
        world.host,
        world.facilitator,
        buyer=world.buyer,
        object=text,
        buyer_name=text[:200],
        contact_name=text[:120],
        contact_phone=text[:30],
        message=text,
        route=text,
    )
    wrote(made, EntryKind.REPLY, DAY, text)
    client = Client()
    client.force_login(world.facilitator)
    own = f"/demandes/{made.pk}/"
    for address in ("/demandes/", own, f"{own}operation/", reverse("desk")):
        page = client.get(address)
        assert page.status_code == 200, address
        assert b"<script>alert(1)" not in page.content
        assert b"<img src=x" not in page.content
    sheet = client.get("/demandes/?format=xlsx")
    assert sheet.status_code == 200
    assert not formulas(sheet.content)
    answer = client.post(f"/demandes/{made.pk}/ecrire/", {"kind": "reponse", "text": f"A {text}"})
    assert answer.status_code == 302


@pytest.mark.parametrize("text", NASTY)
def test_a_contract_said_so_gives_its_papers(text: str) -> None:
    desk = drafting_worlds.desk()
    contract = drafting_worlds.works(desk)
    with acting_as("test", day=DAY):
        Contract.objects.filter(pk=contract.pk).update(object=text, reference=text[:60])
        Operation.objects.filter(pk=contract.operation_id).update(name=text[:200])
    client = Client()
    client.force_login(desk.facilitator)
    offered = client.get(f"/contrats/{contract.pk}/redaction/").context["form"].fields["texts"]
    keys = [key for key, _ in offered.choices]
    made = client.post(
        f"/contrats/{contract.pk}/redaction/", {"instrument": "condition_execution", "texts": keys}
    )
    assert made.status_code == 302
    draft = Draft.objects.get()
    for address in (f"/contrats/{contract.pk}/redaction/", made["Location"]):
        page = client.get(address)
        assert page.status_code == 200
        assert b"<script>alert(1)" not in page.content
    papers = ("draft-file", draft.pk), ("calibration-note", contract.pk)
    for name, pk in (*papers, ("calibrations", contract.pk)):
        assert client.get(reverse(name, args=[pk])).status_code == 200, name


@pytest.mark.parametrize("text", NASTY)
def test_an_entry_of_the_register_said_so_has_its_paper_and_its_sheet(text: str) -> None:
    world = builders.world()
    with acting_as("test", day=DAY):
        agent = builders.member(world.buyer, MemberRole.BUYER)
    client = Client()
    client.force_login(agent)
    facts = {
        "etape": "inscrire", "once": "j", "buyer": str(world.buyer.pk), "object": f"O {text}",
        "reference": text[:60], "type": "travaux", "law_buyer": "collectivite", "value": "6 M€",
        "months": "5", "notice_on": "02/11/2026", "defense": "non", "code": "short_works",
        "reason": f"{text}\nParce que",
    }  # fmt: skip
    answer = client.post("/registre/nouvelle/", facts)
    assert answer.status_code == 302
    entry = OptOut.objects.get()
    for address in ("/registre/", f"/registre/{entry.pk}/", f"/registre/{entry.pk}/corriger/"):
        page = client.get(address)
        assert page.status_code == 200
        assert b"<script>alert(1)" not in page.content
    assert client.get(f"/registre/{entry.pk}/document.pdf").status_code == 200
    sheet = client.get("/registre/?format=xlsx")
    assert not formulas(sheet.content)


@pytest.mark.parametrize("text", NASTY)
def test_a_library_text_said_so_is_kept_or_refused_in_words(text: str) -> None:
    desk = drafting_worlds.desk()
    client = Client()
    client.force_login(desk.coordinator)
    said = {
        "title": f"T {text}", "block": "ccap", "instrument": "condition_execution",
        "contract": "marche", "body": f"Un texte.\n\n{text}", "advice": text,
        "starts_on": "24/11/2026",
    }  # fmt: skip
    answer = client.post("/bibliotheque/nouveau/", said)
    assert answer.status_code in (302, 422)
    if answer.status_code == 302:
        assert client.get(answer["Location"]).status_code == 200
        assert not formulas(client.get("/bibliotheque/?format=xlsx").content)


@pytest.mark.parametrize("text", NASTY)
def test_a_meeting_said_so_breaks_no_page(text: str) -> None:
    world = builders.world()
    client = Client()
    client.force_login(world.facilitator)
    data = {
        "kind": MeetingKind.values[0],
        "on": "01/12/2026",
        "at": "9 h",
        "place": f"P {text}",
        "note": text,
    }
    answer = client.post(f"/operations/{world.operation.pk}/reunions/nouvelle/", data)
    assert answer.status_code == 302
    page = client.get(f"/operations/{world.operation.pk}/")
    assert page.status_code == 200
    assert b"<script>alert(1)" not in page.content

"""Other people's requests, registers and texts: by link, by id, by a field that nobody offers."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from tests import builders
from tests.builders import DAY
from tests.clauses.opt_out_worlds import REASON, buyer_of, recorded
from tests.network import drafting_worlds
from tests.network.requests_worlds import coordinator, request_of
from tests.web.door.door_worlds import CONTACT, put_in_charge, sending, token_of

from coclause.clauses.models import Contract, OperationHost, OptOut
from coclause.core.actor import acting_as
from coclause.core.models import JournalEntry, User
from coclause.network.models import BuyerRequest, ClauseText, ClauseTextVersion, Draft
from coclause.organisations.choices import MemberRole, Role
from coclause.organisations.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(day_of_the_builders: None) -> None: ...


def signed(user: User) -> Client:
    made = Client()
    made.force_login(user)
    return made


def other_buyer() -> User:
    with acting_as("test", day=DAY):
        of = builders.organisation("Ville de Mont-Songe", Role.BUYER)
        return builders.member(of, MemberRole.BUYER)


def test_a_request_takes_nothing_that_its_form_does_not_ask() -> None:
    world = builders.world()
    put_in_charge(world)
    stranger = other_buyer()
    with acting_as("test", day=DAY):
        far = builders.member(builders.organisation("Hôte visé", Role.HOST), MemberRole.FACILITATOR)
    for client in (Client(), signed(stranger)):
        more = {
            "buyer": str(world.buyer.pk),
            "organisation": str(far.memberships.get().organisation_id),
            "facilitator": str(far.pk),
            "state": "classee",
            "link_key": "abc",
            "answer_by": "2030-01-01",
            "verdict": "{}",
            "received_on": "2020-01-01",
            "link_until": "2099-01-01",
            "channel": "saisie",
        }
        answer = client.post(sending(), CONTACT | {"once": token_of(client)} | more)
        assert answer.status_code == 302
    own = {one.buyer_id for one in BuyerRequest.objects.all()}
    assert own == {None, stranger.memberships.get().organisation_id}
    for made in BuyerRequest.objects.all():
        assert made.facilitator == world.facilitator
        assert (made.state, made.channel, made.received_on) == ("nouvelle", "porte", DAY)
        assert made.link_key != "abc"


def test_a_host_that_passed_a_request_on_reads_and_does_nothing_more() -> None:
    world = builders.world()
    with acting_as("test", day=DAY):
        host = builders.organisation("Maison suivante", Role.HOST)
        after = builders.member(host, MemberRole.FACILITATOR)
    made = request_of(host, after)
    former = signed(world.facilitator)
    for name in (
        "request",
        "request-take",
        "request-reroute",
        "request-write",
        "request-close",
        "request-open",
        "request-answer",
        "request-take-back",
    ):
        for answer in (
            former.get(reverse(name, args=[made.pk])),
            former.post(reverse(name, args=[made.pk]), {"text": "x"}),
        ):
            assert answer.status_code == 404, name
    assert f"/demandes/{made.pk}/" not in former.get("/demandes/").content.decode()


def test_nobody_is_given_a_request_from_out_of_the_list() -> None:
    world = builders.world()
    made = request_of(world.host, world.facilitator)
    with acting_as("test", day=DAY):
        far = builders.region("84", "Région Inventée")
        away = builders.member(
            builders.organisation("Lointain", Role.HOST, of=far), MemberRole.FACILITATOR
        )
        company = builders.member(world.company, MemberRole.COMPANY)
    client = signed(world.facilitator)
    for user in (away, company):
        said = {"to": str(user.memberships.get().pk), "reason": "x"}
        assert client.post(reverse("request-reroute", args=[made.pk]), said).status_code == 422
    made.refresh_from_db()
    assert made.facilitator == world.facilitator


def test_an_entry_is_written_for_ones_own_buyer_and_contract_alone() -> None:
    world = builders.world()
    stranger = other_buyer()
    own = stranger.memberships.get().organisation_id
    facts = {
        "etape": "inscrire",
        "once": "j",
        "object": "O",
        "type": "travaux",
        "law_buyer": "collectivite",
        "value": "6 M€",
        "months": "5",
        "notice_on": "02/11/2026",
        "defense": "non",
        "code": "short_works",
        "reason": REASON,
        "number": "99",
        "day": "2020-01-01",
        "author": str(world.facilitator.pk),
    }
    client = signed(stranger)
    for wrong in (
        {"buyer": str(world.buyer.pk)},
        {"buyer": str(own), "contract": str(world.lot.contract_id)},
    ):
        client.post("/registre/nouvelle/", facts | wrong)
        assert not OptOut.objects.exists()
    assert client.get(f"/registre/nouvelle/?contrat={world.lot.contract_id}").status_code == 404
    assert client.post("/registre/nouvelle/", facts | {"buyer": str(own)}).status_code == 302
    entry = OptOut.objects.get()
    assert (entry.number, entry.day, entry.author) == (1, DAY, stranger)


def test_reasons_are_read_in_the_register_alone() -> None:
    world = builders.world()
    agent = buyer_of(world)
    with acting_as("test", day=DAY):
        contract = Contract.objects.get(pk=world.lot.contract_id)
    with acting_as(agent, day=DAY):
        entry = recorded(world, agent, contract, reason="MOTIF-SECRET, trois semaines")
    _, boss = coordinator()
    with acting_as("test", day=DAY):
        colleague = builders.member(
            builders.organisation("Autre hôte", Role.HOST), MemberRole.FACILITATOR
        )
        observer = builders.member(
            builders.organisation("Observatoire", Role.OBSERVER), MemberRole.OBSERVER
        )
        company = builders.member(world.company, MemberRole.COMPANY)
    told = " ".join(JournalEntry.objects.values_list("sentence", flat=True))
    assert "MOTIF" not in told
    assert world.buyer.name not in told.split("Inscription")[-1]
    for user in (boss, colleague, observer, company):
        client = signed(user)
        for name, pk in (
            ("opt-out", entry.pk),
            ("opt-out-pdf", entry.pk),
            ("opt-out-correct", entry.pk),
        ):
            assert client.get(reverse(name, args=[pk])).status_code == 404
        assert client.post(reverse("opt-out-withdraw", args=[entry.pk])).status_code == 404
        for address in (
            reverse("operation", args=[world.operation.pk]),
            reverse("contract-duty", args=[contract.pk]),
            reverse("opt-outs"),
            reverse("opt-outs") + "?format=xlsx",
            reverse("drafting", args=[contract.pk]),
            reverse("calibration-note", args=[contract.pk]),
            reverse("desk"),
        ):
            assert b"MOTIF" not in client.get(address).content
    with acting_as("test", day=DAY):
        OperationHost.objects.filter(operation=world.operation).update(ends_on=DAY - timedelta(1))
    former = signed(world.facilitator)
    assert former.get(reverse("opt-out", args=[entry.pk])).status_code == 404
    assert b"MOTIF" not in former.get("/registre/").content


def test_texts_of_another_region_fill_nothing() -> None:
    desk = drafting_worlds.desk()
    contract = drafting_worlds.works(desk)
    with acting_as("test", day=DAY):
        far = builders.region("84", "Région Inventée")
        away = ClauseText.objects.create(
            region=far,
            code="ailleurs",
            title="Ailleurs",
            block="ccap",
            instrument="condition_execution",
            contract="marche",
        )
        version = ClauseTextVersion.objects.create(
            text=away, number=1, starts_on=DAY, body="SECRET"
        )
    client = signed(desk.facilitator)
    said = {"instrument": "condition_execution", "texts": [str(version.pk)]}
    assert client.post(f"/contrats/{contract.pk}/redaction/", said).status_code == 422
    assert not Draft.objects.exists()
    boss = signed(desk.coordinator)
    for name in ("library-text",):
        assert boss.get(reverse(name, args=[away.pk])).status_code == 404
    new = {
        "region": "84",
        "title": "T",
        "block": "ccap",
        "instrument": "condition_execution",
        "contract": "marche",
        "body": "Un texte.",
        "starts_on": "24/11/2026",
        "code": "rc-reserve-marche",
        "retired_on": "2020-01-01",
    }
    assert boss.post("/bibliotheque/nouveau/", new).status_code == 302
    made = ClauseText.objects.get(title="T")
    assert (made.region_id, made.code, made.retired_on) == (desk.region.pk, "t", None)


def test_a_former_agent_of_a_buyer_keeps_nothing() -> None:
    world = builders.world()
    agent = buyer_of(world)
    made = request_of(world.host, world.facilitator, buyer=world.buyer)
    with acting_as(agent, day=DAY):
        entry = recorded(world, user=agent)
    with acting_as("test", day=DAY):
        Membership.objects.filter(user=agent).update(ends_on=DAY - timedelta(1))
    client = signed(agent)
    for address in (f"/demandes/{made.pk}/", f"/registre/{entry.pk}/"):
        assert client.get(address).status_code == 404
    for address in ("/demandes/", "/registre/", reverse("buyer-space"), reverse("programmes")):
        assert client.get(address).status_code == 403

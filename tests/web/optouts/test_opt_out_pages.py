"""The register on screen: smaller conditions first, the buyer's own words, private."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader
from python_calamine import CalamineWorkbook
from tests import builders
from tests.builders import DAY, World
from tests.clauses.opt_out_worlds import REASON, buyer_of, recorded

from coclause.clauses.models import OperationHost, OptOut
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.organisations.choices import MemberRole, Role

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
NEW = "/registre/nouvelle/"
LIST_QUERIES = 12


def facts(world: World, step: str, **changed: str) -> dict[str, str]:
    return {
        "etape": step,
        "once": "jeton",
        "buyer": str(world.buyer.pk),
        "object": "Réfection de la verrière",
        "type": "travaux",
        "law_buyer": "collectivite",
        "value": "6 M€",
        "months": "5",
        "notice_on": "02/11/2026",
        "defense": "non",
        **changed,
    }


def post(client: Client, data: dict[str, str], url: str = NEW) -> str:
    answer = client.post(url, data)
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.fixture
def buyer(people: dict[str, User]) -> User:
    return people["buyer"]


@pytest.fixture
def client(buyer: User, signed_in: As) -> Client:
    return signed_in(buyer)


def test_the_smaller_conditions_and_the_door_come_before_any_case(
    client: Client, world: World
) -> None:
    page = post(client, facts(world, "loi"))
    assert "Un volume plus petit" in page
    assert "De la formation" in page
    assert "/porte/?objet=R%C3%A9fection" in page
    assert 'name="code"' not in page
    assert page.index("Demander l’aide du facilitateur") < page.index("choisir un cas")


def test_what_is_not_due_has_nothing_to_record_even_when_sent_straight_to_the_end(
    client: Client, world: World
) -> None:
    under = {"value": "5 403 999", "code": "short_works", "reason": REASON}
    for step in ("loi", "cas", "inscrire"):
        page = post(client, facts(world, step, **under))
        assert "rien à inscrire" in page
        assert 'value="inscrire"' not in page
    unknown = post(client, facts(world, "cas", notice_on="02/01/2028"))
    assert "n’est pas certaine" in unknown
    assert not OptOut.objects.exists()


def test_cases_closed_to_this_contract_say_why_and_cannot_be_sent(
    client: Client, world: World
) -> None:
    page = post(client, facts(world, "cas", months="6"))
    assert "Fermé ici : 6 mois" in page
    assert 'value="short_works"' not in page
    sent = facts(world, "inscrire", months="6", code="short_works", reason=REASON)
    assert 'class="error-summary"' in post(client, sent)
    assert not OptOut.objects.exists()


def test_reasons_start_empty_without_any_example(client: Client, world: World) -> None:
    page = post(client, facts(world, "cas"))
    start = page.index("<textarea", page.index('id="id_reason"') - 300)
    field = page[start : page.index("</textarea>", start)]
    assert field.partition(">")[2].strip() == ""
    assert "placeholder" not in field


def test_nothing_is_kept_before_the_summary_and_a_double_click_writes_once(
    client: Client, world: World, buyer: User
) -> None:
    written = {"code": "short_works", "reason": "Raison <b>propre</b>.\n\nSuite."}
    page = post(client, facts(world, "relire", **written))
    assert "Raison &lt;b&gt;propre&lt;/b&gt;." in page
    assert not OptOut.objects.exists()
    answers = [client.post(NEW, facts(world, "inscrire", **written)) for _ in range(2)]
    entry = OptOut.objects.get()
    assert {answer["Location"] for answer in answers} == {f"/registre/{entry.pk}/"}
    assert (entry.author, entry.day, entry.number) == (buyer, DAY, 1)
    assert "reason" not in answers[0]["Location"]


def test_a_contract_fills_the_facts_and_links_the_entry(client: Client, world: World) -> None:
    contract = world.lot.contract
    page = client.get(f"{NEW}?contrat={contract.pk}").content.decode()
    assert f'name="contract" value="{contract.pk}"' in page
    assert str(contract.object) in page
    sent = facts(world, "inscrire", contract=str(contract.pk), code="short_works", reason=REASON)
    client.post(NEW, sent)
    assert OptOut.objects.get().contract == contract


def test_a_contract_of_another_buyer_is_not_taken(client: Client, world: World) -> None:
    other = builders.world("Mont-Rêvé").lot.contract
    assert client.get(f"{NEW}?contrat={other.pk}").status_code == 404
    post(client, facts(world, "inscrire", contract=str(other.pk), code="no_link", reason=REASON))
    assert not OptOut.objects.exists()


def test_what_was_typed_is_not_lost_on_the_way_back(client: Client, world: World) -> None:
    data = facts(world, "contrat", code="no_link", reason=REASON)
    assert 'value="6 M€"' in post(client, data)
    assert REASON in post(client, data | {"etape": "cas"})


def test_a_correction_replaces_and_the_second_one_is_told(
    client: Client, world: World, buyer: User
) -> None:
    entry = recorded(world, buyer)
    url = f"/registre/{entry.pk}/corriger/"
    page = post(client, facts(world, "cas"), url)
    assert REASON in page, "the buyer's own words come back to be corrected"
    written = {"code": "no_link", "reason": "Corrigé."}
    client.post(url, facts(world, "inscrire", **written))
    later = OptOut.objects.get(replaces=entry)
    second = client.post(url, facts(world, "inscrire", **written, once="autre"))
    assert second.status_code == 409
    assert "vient d’être corrigée" in second.content.decode()
    old = client.get(f"/registre/{entry.pk}/").content.decode()
    assert f"/registre/{later.pk}/" in old
    assert "corriger/" not in old


def test_a_withdrawn_entry_stays_readable(client: Client, world: World, buyer: User) -> None:
    entry = recorded(world, buyer)
    assert client.post(f"/registre/{entry.pk}/retirer/").status_code == 302
    page = client.get(f"/registre/{entry.pk}/").content.decode()
    assert "Retirée le 24/11/2026" in page
    assert REASON in page
    assert client.post(f"/registre/{entry.pk}/retirer/").status_code == 409


def test_the_paper_holds_the_words_and_its_version(
    client: Client, world: World, buyer: User
) -> None:
    recorded(world, buyer)
    first = recorded(world, buyer, code="no_link")
    second = recorded(world, buyer, replaces=first)
    answer = client.get(f"/registre/{second.pk}/document.pdf")
    assert answer["Content-Type"] == "application/pdf"
    pages = PdfReader(BytesIO(answer.content)).pages
    words = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert "une seule équipe de deux personnes" in words
    assert "2, qui remplace la version 1" in words
    assert str(buyer) in words


def test_after_a_handover_the_former_host_reads_nothing(
    world: World, buyer: User, signed_in: As
) -> None:
    entry = recorded(world, buyer, world.lot.contract)
    client = signed_in(world.facilitator)
    assert REASON in client.get(f"/registre/{entry.pk}/").content.decode()
    assert entry.object in client.get("/registre/").content.decode()
    with acting_as("test", day=DAY):
        OperationHost.objects.filter(operation=world.operation).update(ends_on="2026-11-23")
    for suffix in ("", "document.pdf"):
        assert client.get(f"/registre/{entry.pk}/{suffix}").status_code == 404
    assert entry.object not in client.get("/registre/").content.decode()


def test_spreadsheets_of_others_hold_no_reason(world: World, buyer: User, signed_in: As) -> None:
    recorded(world, buyer, world.lot.contract, object="=1+1")
    told = {
        user: cells(signed_in(user).get("/registre/?format=xlsx").content)
        for user in (buyer, world.facilitator)
    }
    assert told[buyer]["Motifs"] == REASON
    assert told[buyer]["Objet"] == "=1+1"
    assert told[world.facilitator]["Motifs"] == ""
    assert told[world.facilitator]["Numéro"] == 1


def test_the_buyers_page_of_the_coordination_does_not_tell(
    world: World, buyer: User, people: dict[str, User], signed_in: As
) -> None:
    recorded(world, buyer, world.lot.contract)
    client = signed_in(people["coordinator"])
    for url in (f"/organisations/{world.buyer.pk}/", f"/operations/{world.operation.pk}/"):
        page = client.get(url).content.decode()
        assert "dispenses" not in page
        assert "verrière" not in page


def test_the_list_filters_and_asks_as_many_queries_for_one_entry_as_for_many(
    world: World, buyer: User, client: Client, django_assert_num_queries: Any
) -> None:
    first = recorded(world, buyer)
    with django_assert_num_queries(LIST_QUERIES):
        client.get("/registre/")
    for _ in range(6):
        recorded(world, buyer, object="Nettoyage des halles")
    recorded(world, buyer, replaces=first, object="Toiture")
    with django_assert_num_queries(LIST_QUERIES):
        client.get("/registre/")
    page = client.get("/registre/?etat=corrigee").content.decode()
    assert first.object in page
    assert "Nettoyage des halles" not in page
    assert "Toiture" in client.get("/registre/?q=toit&tri=-valeur").content.decode()


def test_a_member_of_two_buyers_says_for_which(world: World, signed_in: As) -> None:
    user = buyer_of(world)
    with acting_as("test", day=DAY):
        other = builders.organisation("Syndicat des Songes", Role.BUYER)
        user.memberships.create(organisation=other, role=MemberRole.BUYER, starts_on="2026-01-01")
    client = signed_in(user)
    assert "Syndicat des Songes" in client.get(NEW).content.decode()
    sent = facts(world, "inscrire", buyer=str(other.pk), code="no_link", reason=REASON)
    client.post(NEW, sent)
    assert OptOut.objects.get().buyer == other


def cells(content: bytes) -> dict[str, Any]:
    """The first row of the register, by header."""
    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_name("Registre")
    head, first, *_ = rows.to_python()
    return dict(zip(map(str, head), first, strict=True))

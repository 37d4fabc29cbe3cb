"""From a contract to its document, and back: the pages of drafting."""

import re
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from docx import Document
from tests.builders import DAY
from tests.network import drafting_worlds as worlds
from tests.web.conftest import As

from coclause.clauses.choices import ContractKind
from coclause.clauses.models import Contract
from coclause.core.actor import acting_as
from coclause.core.files import content_of
from coclause.network.library.offered import offered_for
from coclause.network.models import Draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> worlds.Desk:
    return worlds.desk()


@pytest.fixture
def contract(desk: worlds.Desk) -> Contract:
    return worlds.works(desk)


@pytest.fixture
def facilitator(desk: worlds.Desk, signed_in: As) -> Client:
    return signed_in(desk.facilitator)


@pytest.fixture
def buyer(desk: worlds.Desk, signed_in: As) -> Client:
    return signed_in(desk.agent)


def texts_of(contract: Contract, instrument: str = "condition_execution") -> list[str]:
    found = offered_for(contract.operation.region_id, DAY, instrument, "marche")
    return [str(one.version_id) for one in found]


def prepare(client: Client, contract: Contract, **said: object) -> Draft:
    data = {"instrument": "condition_execution", "texts": texts_of(contract), **said}
    answer = client.post(f"/contrats/{contract.pk}/redaction/", data)
    assert answer.status_code == 302, answer.content.decode()
    return Draft.objects.latest("number")


def document(*lines: str) -> bytes:
    made = Document()
    for line in lines:
        made.add_paragraph(line)
    written = BytesIO()
    made.save(written)
    return written.getvalue()


def give_back(client: Client, contract: Contract, content: bytes, **said: str) -> Any:
    sent = SimpleUploadedFile(said.pop("name", "pieces.docx"), content)
    return client.post(
        f"/contrats/{contract.pk}/redaction/reprendre/",
        {"document": sent, "note": "", **said},
        follow=True,
    )


def test_the_page_says_what_is_known_and_what_is_not(
    facilitator: Client, contract: Contract
) -> None:
    page = facilitator.get(f"/contrats/{contract.pk}/redaction/").content.decode()
    assert "À écrire dans le document" in page
    assert "pénalité par heure non réalisée, en euros" in page
    assert "1\u202f035" in page
    assert "lot 1, démolition : 500 heures" in page
    assert "À renseigner d’abord" not in page, "everything that can be recorded is"


def test_what_can_be_recorded_leads_to_where_it_is(
    facilitator: Client, buyer: Client, contract: Contract
) -> None:
    with acting_as("test", day=DAY):
        contract.duration_months, contract.ccag = None, ""
        contract.save()
    page = facilitator.get(f"/contrats/{contract.pk}/redaction/").content.decode()
    first = page.split("À renseigner d’abord")[1].split("</section>")[0]
    assert "durée du contrat" in first
    assert "Dites si le contrat se réfère à un CCAG" in first
    assert f"/contrats/{contract.pk}/modifier/" in first
    theirs = buyer.get(f"/contrats/{contract.pk}/redaction/").content.decode()
    assert f"/contrats/{contract.pk}/modifier/" not in theirs, "the buyer cannot open it"


def test_a_version_is_prepared_shown_and_downloaded(
    facilitator: Client, buyer: Client, contract: Contract
) -> None:
    draft = prepare(facilitator, contract)
    page = buyer.get(f"/redactions/{draft.pk}/").content.decode()
    assert "Version qui compte" in page
    assert '<span class="to-complete">[à compléter : pénalité par heure non réalisée' in page
    answer = buyer.get(f"/redactions/{draft.pk}.docx")
    assert answer.content == content_of(draft.file)
    assert answer["Content-Type"].endswith("wordprocessingml.document")
    assert (
        'attachment; filename="insertion-2026-t-014-version-1.docx"'
        in answer["Content-Disposition"]
    )


def test_only_the_texts_ticked_are_prepared(facilitator: Client, contract: Contract) -> None:
    draft = prepare(facilitator, contract, texts=texts_of(contract)[:1])
    assert draft.blocks == ["aapc"]


def test_nothing_ticked_and_a_text_no_longer_offered_are_refused(
    facilitator: Client, contract: Contract
) -> None:
    address = f"/contrats/{contract.pk}/redaction/"
    nothing = facilitator.post(address, {"instrument": "condition_execution"})
    assert nothing.status_code == 422
    assert "Cochez au moins un texte" in nothing.content.decode()
    gone = facilitator.post(address, {"instrument": "critere", "texts": texts_of(contract)})
    assert gone.status_code == 422
    assert "n’est plus proposé" in gone.content.decode()
    assert not Draft.objects.exists()


def test_a_double_click_prepares_one_version(facilitator: Client, contract: Contract) -> None:
    for _ in range(2):
        prepare(facilitator, contract, once="x" * 24)
    assert contract.drafts.count() == 1


def test_another_instrument_offers_other_texts(facilitator: Client, contract: Contract) -> None:
    page = facilitator.get(f"/contrats/{contract.pk}/redaction/?instrument=reserve")
    titles = {one.text.title for _, one, _ in page.context["texts"]}
    assert "RC : marché ou lot réservé" in titles
    assert "CCAP : clause d’insertion, condition d’exécution" not in titles


def test_a_private_contract_has_no_text(desk: worlds.Desk, facilitator: Client) -> None:
    private = worlds.contract(desk, kind=ContractKind.PRIVATE, market_type="prive", ccag="")
    page = facilitator.get(f"/contrats/{private.pk}/redaction/").content.decode()
    assert "Pas de texte pour un contrat privé" in page
    assert "Préparer le document Word" not in page


def test_a_document_comes_back_from_the_buyer_and_counts(
    facilitator: Client, buyer: Client, contract: Contract
) -> None:
    first = prepare(facilitator, contract)
    answer = give_back(
        buyer,
        contract,
        document("Pénalité : 40 euros.", "Durée : [à compléter : durée]"),
        name="..\\CCAP relu.docx",
        note="Pénalité fixée",
    )
    page = answer.content.decode()
    assert "c’est maintenant la version qui compte" in page
    assert "1 élément à compléter" in page
    assert "Pénalité fixée" in page
    assert "CCAP relu.docx" in page
    listed = facilitator.get(f"/contrats/{contract.pk}/redaction/").content.decode()
    assert listed.count("Version qui compte</span>") == 1
    assert re.search(r"Version 2</a>.{0,400}Version qui compte", listed, re.DOTALL)
    old = facilitator.get(f"/redactions/{first.pk}/").content.decode()
    assert "Une version plus récente compte" in old
    assert facilitator.get(f"/redactions/{first.pk}.docx").status_code == 200


def test_tracked_changes_are_said(buyer: Client, contract: Contract) -> None:
    made = Document()
    paragraph = made.add_paragraph("Texte relu.")
    inserted = paragraph._p.makeelement(
        "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}ins", {}
    )
    paragraph._p.append(inserted)
    written = BytesIO()
    made.save(written)
    page = give_back(buyer, contract, written.getvalue()).content.decode()
    assert "Des modifications suivies attendent" in page


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7", "Ce fichier est un PDF"),
        (b"PK\x03\x04 rien", "pas un document Word"),
        (b"x" * 5_300_000, "dépasse 5 Mo"),
        (b"x" * 10_200_000, "dépasse 5 Mo"),
    ],
)
def test_what_is_no_document_is_refused_in_words(
    buyer: Client, contract: Contract, content: bytes, words: str
) -> None:
    answer = give_back(buyer, contract, content)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Draft.objects.exists()


def test_no_file_at_all_is_refused_at_its_field(buyer: Client, contract: Contract) -> None:
    answer = buyer.post(f"/contrats/{contract.pk}/redaction/reprendre/", {"note": "Relu"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Choisissez le document Word à reprendre" in page
    assert 'value="Relu"' in page


def test_a_change_of_the_operation_is_said(
    desk: worlds.Desk, facilitator: Client, contract: Contract
) -> None:
    prepare(facilitator, contract)
    quiet = facilitator.get(f"/contrats/{contract.pk}/redaction/").content.decode()
    assert "n’est plus à jour" not in quiet
    lots = list(contract.lots.order_by("number"))
    worlds.calibrate(
        contract, {lots[0]: (600_000, 505), lots[1]: (640_000, 535)}, desk.facilitator, number=2
    )
    page = facilitator.get(f"/contrats/{contract.pk}/redaction/").content.decode()
    assert "Depuis, cela a changé : les heures, les heures par lot." in page


def test_the_network_reads_and_does_not_prepare(
    desk: worlds.Desk, signed_in: As, facilitator: Client, contract: Contract
) -> None:
    prepare(facilitator, contract)
    client = signed_in(desk.coordinator)
    page = client.get(f"/contrats/{contract.pk}/redaction/").content.decode()
    assert "préparent les pièces de ce contrat" in page
    assert "Préparer le document Word" not in page
    for address in ("redaction/", "redaction/reprendre/"):
        assert client.post(f"/contrats/{contract.pk}/{address}", {}).status_code == 403
    assert contract.drafts.count() == 1


def test_the_page_costs_the_same_for_one_version_and_many(
    desk: worlds.Desk, facilitator: Client, contract: Contract
) -> None:
    address = f"/contrats/{contract.pk}/redaction/"
    prepare(facilitator, contract)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as seen:
            facilitator.get(address)
        counts.append(len(seen))
        for _ in range(3):
            prepare(facilitator, contract, texts=texts_of(contract)[:1])
        prepare(facilitator, contract)
    assert counts[0] == counts[1]


def test_the_operation_leads_there(facilitator: Client, buyer: Client, contract: Contract) -> None:
    for client in (facilitator, buyer):
        page = client.get(f"/operations/{contract.operation_id}/").content.decode()
        assert f"/contrats/{contract.pk}/redaction/" in page

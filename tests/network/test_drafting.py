"""Clause texts filled from a contract: nothing known is asked again, nothing unknown is hidden."""

import shutil
import subprocess
import threading
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connections
from docx import Document
from tests import builders
from tests.builders import DAY
from tests.network import drafting_worlds as worlds

from coclause.clauses.choices import Ccag, HoursKind
from coclause.clauses.models import Clause, Contract, OperationHost
from coclause.core.actor import acting_as
from coclause.core.files import content_of
from coclause.core.models import JournalEntry
from coclause.core.refusals import Refused
from coclause.network.drafting.changes import changes_since, newer_texts
from coclause.network.drafting.preparing import clean_name, keep_returned, prepare, prospect_of
from coclause.network.drafting.values import (
    disagreements,
    facts_of,
    instrument_of,
    text_contract_of,
    values_of,
)
from coclause.network.library.filling import Value
from coclause.network.library.keeping import add_version
from coclause.network.library.offered import Offered, offered_for
from coclause.network.models import Draft
from coclause.organisations.choices import MemberRole, Role
from coclause.render.word_reading import read

CONVERTING_SECONDS = 180
NOT_OURS = {
    "penalite_par_heure",
    "ponderation",
    "objectif_formation",
    "duree_minimale_parcours",
    "structures_reservees",
    "fondement_reservation",
    "nombre_personnes",
}
"""What no record of the operation says: the buyer writes it."""


def offered(contract: Contract, instrument: str = "", day: date = DAY) -> list[Offered]:
    used = instrument or instrument_of(contract)
    return offered_for(contract.operation.region_id, day, used, text_contract_of(contract))


def prepared(desk: worlds.Desk, contract: Contract, instrument: str = "") -> Draft:
    used = instrument or instrument_of(contract)
    with acting_as(desk.facilitator, day=DAY):
        return prepare(desk.scope(), contract, used, offered(contract, used))


def words_of(draft: Draft) -> str:
    return "\n".join(read(content_of(draft.file)).paragraphs).replace("\u00a0", " ")


# --- what is known of the operation ---


@pytest.mark.django_db
def test_a_marche_of_two_lots_gives_everything_it_holds() -> None:
    desk = worlds.desk()
    known = values_of(worlds.works(desk), DAY)
    assert known["acheteur"] == "Commune de Val-Fictif"
    assert known["reference"] == "2026-T-014"
    assert known["heures_insertion"] == 1035
    assert known["heures_par_lot"] == [
        "lot 1, démolition : 500 heures",
        "lot 2, gros œuvre : 535 heures",
    ]
    assert known["lots_concernes"] == ["lot 1, démolition", "lot 2, gros œuvre"]
    assert str(known["taux"]).replace("\u202f", " ") == "5 %"
    assert "coût horaire" in str(known["methode_de_calcul"])
    assert known["duree"] == "14 mois"
    assert known["lieu_execution"] == "Montfictif (21)"
    assert known["facilitateur_courriel"] == desk.facilitator.email
    assert known["facilitateur_structure"] == desk.host.name
    assert known["date_avis"] == date(2026, 12, 14)
    assert known["obligation_sociale"] == "oui"
    assert known["article_ccag"] == "article 20 du CCAG-Travaux (à vérifier)"
    assert known["heures_comptees"] == ["travail", "formation"]
    publics = known["publics_eligibles"]
    assert isinstance(publics, list)
    assert len(publics) == 2
    assert "penalite_par_heure" not in known


@pytest.mark.django_db
def test_the_hours_are_those_of_the_retained_calibration_then_of_the_clause() -> None:
    desk = worlds.desk()
    contract = worlds.contract(desk)
    first = worlds.lot(contract, 1, "démolition", target_hours=480)
    second = worlds.lot(contract, 2, "gros œuvre", target_hours=300)
    assert values_of(contract, DAY)["heures_insertion"] == 780
    worlds.calibrate(contract, {first: (600_000, 500)}, desk.facilitator)
    assert values_of(contract, DAY)["heures_insertion"] == 800
    assert [one[:24] for one in disagreements(facts_of(contract, DAY))] == [
        "Lot 1, démolition : le c"
    ]
    with acting_as("test", day=DAY):
        Clause.objects.filter(lot=second).update(target_hours=None)
    known = values_of(contract, DAY)
    assert "heures_insertion" not in known, "a sum without one of its lots is not the total"
    assert "heures_par_lot" not in known


@pytest.mark.django_db
def test_a_volume_of_the_whole_that_its_lots_do_not_add_up_to_is_told() -> None:
    desk = worlds.desk()
    contract = worlds.contract(desk)
    worlds.lot(contract, 1, "démolition", target_hours=480)
    worlds.lot(contract, 2, "gros œuvre", target_hours=300)
    worlds.calibrate(contract, {None: (600_000, 780)}, desk.facilitator)
    assert disagreements(facts_of(contract, DAY)) == []
    worlds.calibrate(contract, {None: (600_000, 500)}, desk.facilitator, number=2)
    (told,) = disagreements(facts_of(contract, DAY))
    assert "500" in told
    assert "780" in told


@pytest.mark.django_db
def test_a_lot_reserved_beside_others_is_not_in_their_condition() -> None:
    desk = worlds.desk()
    contract = worlds.contract(desk)
    worlds.lot(contract, 1, "gros œuvre", target_hours=500)
    worlds.lot(contract, 2, "espaces verts", target_hours=900, instrument="reserve")
    condition = values_of(contract, DAY, "condition_execution")
    reserved = values_of(contract, DAY, "reserve")
    assert condition["heures_insertion"] == 500
    assert reserved["heures_insertion"] == 900
    assert condition["perimetre"] == "lot 1, gros œuvre"
    assert reserved["perimetre"] == "lot 2, espaces verts"


@pytest.mark.django_db
def test_a_clause_that_names_no_public_takes_all_those_of_the_region() -> None:
    desk = worlds.desk()
    contract = worlds.contract(desk)
    worlds.lot(contract, 1, "gros œuvre", publics=[])
    everyone = values_of(contract, DAY)["publics_eligibles"]
    assert isinstance(everyone, list)
    assert len(everyone) > 15
    assert not any("'" in label for label in everyone)


@pytest.mark.django_db
def test_what_nobody_said_stays_unknown() -> None:
    desk = worlds.desk()
    contract = worlds.contract(
        desk, estimated_value=None, duration_months=None, notice_on=None, ccag="", reference=""
    )
    known = values_of(contract, DAY)
    for code in (
        "duree",
        "reference",
        "ccag",
        "date_avis",
        "obligation_sociale",
        "heures_insertion",
        "publics_eligibles",
        "perimetre",
    ):
        assert code not in known


@pytest.mark.django_db
def test_the_duty_is_said_only_where_it_is_due() -> None:
    desk = worlds.desk()
    below = worlds.contract(desk, estimated_value=Decimal(5_403_999))
    due = worlds.contract(desk, estimated_value=Decimal(5_404_000))
    assert "obligation_sociale" not in values_of(below, DAY)
    assert values_of(due, DAY)["obligation_sociale"] == "oui"


@pytest.mark.django_db
def test_the_facilitator_is_the_one_of_the_day() -> None:
    desk = worlds.desk()
    contract = worlds.works(desk)
    with acting_as("test", day=DAY):
        other = builders.member(desk.host, MemberRole.FACILITATOR)
        OperationHost.objects.filter(operation=contract.operation).update(ends_on=date(2026, 12, 1))
        OperationHost.objects.create(
            operation=contract.operation,
            host=desk.host,
            facilitator=other,
            role="referente",
            starts_on=date(2026, 12, 2),
        )
    assert values_of(contract, DAY)["facilitateur_courriel"] == desk.facilitator.email
    assert values_of(contract, date(2026, 12, 2))["facilitateur_courriel"] == other.email


# --- documents ---


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("make", "blocks", "told"),
    [
        (
            worlds.works,
            {"aapc", "rc", "ae", "ccap", "cctp"},
            (
                "1 035",
                "lot 1, démolition : 500 heures",
                "lot 2, gros œuvre : 535 heures",
                "article 20 du CCAG-Travaux (à vérifier)",
                "L. 2112-2-1",
                "14 mois",
                "Montfictif (21)",
                "2026-T-014",
            ),
        ),
        (
            worlds.concession,
            {"aapc", "rc", "ccap"},
            ("4 800", "240 mois", "L. 3114-2-1", "l’autorité concédante"),
        ),
        (
            worlds.framework,
            {"aapc", "rc", "ae", "ccap", "cctp"},
            ("0,83 h d’insertion", "2 400 000", "1 992 heures", "article 16 du CCAG-FCS"),
        ),
    ],
    ids=["marché de deux lots", "concession", "accord-cadre"],
)
def test_every_block_opens_in_libreoffice_with_nothing_known_left_to_fill(
    make: Callable[[worlds.Desk], Contract], blocks: set[str], told: tuple[str, ...], tmp_path: Path
) -> None:
    desk = worlds.desk()
    contract = make(desk)
    draft = prepared(desk, contract)
    assert set(draft.blocks) == blocks
    words = _by_libreoffice(content_of(draft.file), tmp_path)
    known = values_of(contract, DAY)
    for value in (*told, *_certain(known)):
        assert value in words, value
    assert {gap["code"] for gap in draft.missing} <= NOT_OURS
    assert all(gap["block"] in blocks for gap in draft.missing)
    assert "{{" not in words
    assert "L. 2112" not in words or make is not worlds.concession
    for gap in draft.missing:
        assert f"[à compléter : {gap['label']}]" in words


def _certain(known: dict[str, Value]) -> list[str]:
    """Known values that every one of these documents writes."""
    publics = known["publics_eligibles"]
    assert isinstance(publics, list)
    codes = ("acheteur", "objet", "facilitateur_nom", "facilitateur_structure")
    return [*publics, *(str(known[code]) for code in (*codes, "facilitateur_courriel"))]


def _by_libreoffice(content: bytes, folder: Path) -> str:
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LIBREOFFICE (soffice) IS ABSENT: THE DOCUMENT WAS NOT OPENED")
    (folder / "pieces.docx").write_bytes(content)
    subprocess.run(
        [
            soffice,
            f"-env:UserInstallation=file://{folder}/profile",
            "--headless",
            "--convert-to",
            "txt:Text (encoded):UTF8",
            "--outdir",
            str(folder),
            str(folder / "pieces.docx"),
        ],
        check=True,
        capture_output=True,
        timeout=CONVERTING_SECONDS,
    )
    text = (folder / "pieces.txt").read_text(encoding="utf-8-sig")
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "instrument", ["critere", "condition_critere", "reserve", "marche_insertion"]
)
def test_other_instruments_leave_only_what_the_operation_cannot_say(instrument: str) -> None:
    desk = worlds.desk()
    contract = worlds.contract(desk)
    worlds.lot(contract, 1, "démolition", target_hours=500, instrument="critere")
    draft = prepared(desk, contract, instrument)
    assert draft.blocks
    assert {gap["code"] for gap in draft.missing} <= NOT_OURS


@pytest.mark.django_db
def test_a_missing_piece_says_its_block() -> None:
    desk = worlds.desk()
    contract = worlds.contract(desk, duration_months=None)
    worlds.lot(contract, 1, "démolition")
    worlds.lot(contract, 2, "gros œuvre", target_hours=535)
    draft = prepared(desk, contract)
    gaps = {(gap["block"], gap["code"]): gap for gap in draft.missing}
    assert ("ccap", "duree") in gaps
    assert ("ae", "heures_par_lot") in gaps, "the table of the annex has an empty cell"
    assert gaps["ccap", "ccag-volume"]["sentence"].startswith("À compléter dans le bloc")
    assert gaps["ccap", "duree"]["where"] == "Périmètre et volume"
    first_page = words_of(draft).split("Avis :")[0]
    assert "Ce qui reste à compléter" in first_page
    assert "durée du contrat" in first_page


@pytest.mark.django_db
def test_without_a_ccag_nothing_is_asked_in_its_name() -> None:
    desk = worlds.desk()
    for ccag in (Ccag.NONE, Ccag.UNKNOWN):
        contract = worlds.contract(desk, ccag=ccag)
        worlds.lot(contract, 1, "gros œuvre", publics=[], hour_kinds=[HoursKind.WORK])
        found = prospect_of(contract, desk.scope(), "condition_execution", offered(contract))
        assert not [gap for gap in found.gaps if gap.code.startswith("ccag-")]


# --- versions ---


@pytest.mark.django_db
def test_a_version_is_numbered_signed_and_told() -> None:
    desk = worlds.desk()
    contract = worlds.works(desk)
    first, second = prepared(desk, contract), prepared(desk, contract)
    assert (first.number, second.number) == (1, 2)
    assert second.author == desk.facilitator
    assert second.file.name == "insertion-2026-t-014-version-2.docx"
    assert {one.text.block for one in second.texts.all()} == set(second.blocks)
    told = JournalEntry.objects.latest("pk")
    assert told.sentence.startswith("Pièces préparées, version 2 : AAPC, RC, AE, CCAP, CCTP")
    assert f"operation:{contract.operation_id}" in told.subjects


@pytest.mark.django_db
def test_only_the_referent_host_and_the_buyer_draft() -> None:
    desk = worlds.desk()
    contract = worlds.works(desk)
    with acting_as("test", day=DAY):
        other = builders.organisation("Plie des Brumes", Role.HOST)
        stranger = builders.member(other, MemberRole.FACILITATOR)
    content = content_of(prepared(desk, contract).file)
    for user in (stranger, desk.coordinator):
        with acting_as(user, day=DAY):
            with pytest.raises(PermissionDenied):
                prepare(desk.scope(user), contract, "condition_execution", offered(contract))
            with pytest.raises(PermissionDenied):
                keep_returned(desk.scope(user), contract, content, "pieces.docx")
    with acting_as(desk.agent, day=DAY):
        prepare(desk.scope(desk.agent), contract, "condition_execution", offered(contract))
    assert contract.drafts.count() == 2


def changed(draft: Draft, *lines: str) -> bytes:
    """The same document with other words, as somebody would write them in their word processor."""
    made = Document(BytesIO(content_of(draft.file)))
    for line in lines:
        made.add_paragraph(line)
    written = BytesIO()
    made.save(written)
    return written.getvalue()


@pytest.mark.django_db
def test_a_text_changed_by_hand_comes_back_and_counts() -> None:
    desk = worlds.desk()
    contract = worlds.works(desk)
    first = prepared(desk, contract)
    content = changed(first, "Une visite du chantier est prévue avec le facilitateur.")
    with acting_as(desk.agent, day=DAY):
        kept = keep_returned(
            desk.scope(desk.agent), contract, content, "../C:\\essai\\CCAP <relu>.docx", note="Relu"
        )
    assert (kept.number, kept.kind, kept.note) == (2, "reprise", "Relu")
    assert kept.file.name == "CCAP relu.docx"
    assert content_of(kept.file) == content
    assert kept.blocks == first.blocks
    labels = [gap["label"] for gap in kept.missing]
    assert "pénalité par heure non réalisée, en euros" in labels
    assert "Une visite du chantier" in words_of(kept)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7 ...", "est un PDF"),
        (b"du texte", "n’est pas un document Word"),
        (b"x" * 6_000_000, "dépasse 5 Mo"),
        (b"", "est vide"),
    ],
)
def test_a_file_that_is_not_a_plain_document_is_refused(content: bytes, words: str) -> None:
    desk = worlds.desk()
    contract = worlds.works(desk)
    with acting_as(desk.facilitator, day=DAY), pytest.raises(Refused, match=words):
        keep_returned(desk.scope(), contract, content, "pieces.docx")
    assert not contract.drafts.exists()


@pytest.mark.django_db
def test_the_document_unchanged_is_not_kept_twice() -> None:
    desk = worlds.desk()
    contract = worlds.works(desk)
    same = content_of(prepared(desk, contract).file)
    with acting_as(desk.facilitator, day=DAY), pytest.raises(Refused, match="sans changement"):
        keep_returned(desk.scope(), contract, same, "pieces.docx")


@pytest.mark.django_db
def test_a_name_that_says_nothing_is_replaced() -> None:
    contract = worlds.works(worlds.desk())
    assert clean_name("///", contract, 3) == "insertion-2026-t-014-version-3.docx"
    assert clean_name("a" * 400 + ".docx", contract, 3) == "a" * 120 + ".docx"


def test_two_versions_at_once_get_two_numbers(committed_db: Any) -> None:
    desk = worlds.desk()
    contract = worlds.works(desk)
    ready = threading.Barrier(2)
    numbers: list[int] = []

    def write() -> None:
        try:
            ready.wait(timeout=20)
            numbers.append(prepared(desk, contract).number)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(numbers) == [1, 2]


# --- what changed since ---


@pytest.mark.django_db
def test_what_changed_since_a_version_is_said() -> None:
    desk = worlds.desk()
    contract = worlds.works(desk)
    draft = prepared(desk, contract)
    lots = list(contract.lots.order_by("number"))
    assert changes_since(draft, values_of(contract, DAY)) == []
    with acting_as("test", day=DAY):
        Clause.objects.filter(lot=lots[0]).update(publics=["DELD"])
        Clause.objects.filter(lot=lots[1]).update(publics=["DELD"])
        desk.facilitator.last_name = "Autrement"
        desk.facilitator.save()
        contract.duration_months = 15
        contract.save()
    worlds.calibrate(
        contract, {lots[0]: (600_000, 505), lots[1]: (640_000, 535)}, desk.facilitator, number=2
    )
    assert changes_since(draft, values_of(contract, DAY)) == [
        "les heures",
        "les heures par lot",
        "les publics",
        "le facilitateur",
        "la durée",
    ]
    assert changes_since(prepared(desk, contract), values_of(contract, DAY)) == []


@pytest.mark.django_db
def test_a_fact_that_is_no_longer_known_has_changed() -> None:
    desk = worlds.desk()
    contract = worlds.works(desk)
    draft = prepared(desk, contract)
    with acting_as("test", day=DAY):
        contract.ccag = ""
        contract.save()
    assert changes_since(draft, values_of(contract, DAY)) == ["le CCAG"]


@pytest.mark.django_db
def test_a_newer_text_of_the_library_is_said() -> None:
    desk = worlds.desk()
    contract = worlds.works(desk)
    draft = prepared(desk, contract)
    assert newer_texts(draft, offered(contract)) == []
    text = next(one.text for one in offered(contract) if one.text.block == "rc")
    with acting_as(desk.coordinator, day=DAY):
        add_version(desk.scope(desk.coordinator), text, "Un autre texte.", starts_on=DAY, seen=1)
    assert newer_texts(draft, offered(contract)) == [text.title]

"""Journeys 1 and 2 in one: from the public page to a Word document with nothing known left out."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from docx import Document
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader
from tests.core.jobs_helper import running_worker
from tests.core.smtp_server import smtp_server
from tests.journeys.acts import (
    BUYER,
    FACILITATOR,
    enter,
    fill,
    french,
    go,
    main_act,
    open_link,
    press,
    take_turn,
    todo,
    told,
    words,
)

from coclause import demo

OBJECT = "Réhabilitation de la piscine des Nuages"
EMAIL = "alienor.fictive@exemple.test"
QUESTION = "Le chantier se fait-il en site occupé ?"
REPLY = "Non, la piscine ferme pendant les travaux."
USUAL, CHARTER = "5 170", "7 235"
"""Hours of 6.2 M€, half of it labour at 30 € an hour: at 5 %, then at 7 %, by five hours."""
REFERENCE = "2027-T04"
PUBLIC = "Bénéficiaire du RSA"
PENALTY = "[à compléter : pénalité par heure non réalisée, en euros]"
UNKNOWN = {
    "pénalité par heure non réalisée, en euros",
    "objectif de formation",
    "durée minimale d’un parcours",
}
"""What no record says: the buyer decides it, in the document."""
CONVERTING_SECONDS = 120


@dataclass(frozen=True)
class Cast:
    """Who plays, as the cards of the first page name them."""

    facilitator: str
    host: str
    buyer: str


def test_from_the_public_page_to_a_word_document(
    page: Page, site: str, database: str, browser: Browser, tmp_path: Path
) -> None:
    """A stranger's request becomes a calibrated clause, its documents, and its buyer sees them."""
    page.goto("/")
    (facilitator, host), (_, buyer) = card(page, FACILITATOR), card(page, BUYER)
    cast = Cast(facilitator, host, buyer)
    with stranger(browser, site) as outside:
        with smtp_server() as mailbox, running_worker(database, mailbox):
            describe(outside)
            read_the_answer(outside, cast)
            reference = send(outside, cast)
            follow(outside, mailbox.wait_for_letter(EMAIL, reference), reference, cast)
            enter(page, FACILITATOR)
            take_and_ask(page)
            answer_by_the_link(outside, mailbox.wait_for_letter(EMAIL, reference, "question"))
        open_the_operation(page, reference, cast)
    read_what_the_law_says(page)
    calibrate(page)
    read_the_note(page, tmp_path)
    write_the_clause(page)
    made = prepare_the_documents(page, tmp_path)
    nothing_known_is_left_to_fill(made, cast, tmp_path)
    send_back_changed(page, made, tmp_path)
    plan_a_meeting(page)
    take_turn(page, BUYER)
    see_it_as_the_buyer(page)


# --- the buyer, without an account ---


@contextmanager
def stranger(browser: Browser, site: str) -> Iterator[Page]:
    """Somebody whose browser knows nothing of the site."""
    context = browser.new_context(base_url=site, locale="fr-FR")
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


def card(page: Page, role: str) -> tuple[str, str]:
    """The person and the organisation of that card of the first page."""
    title = page.get_by_role("heading", name=role, exact=True, level=3)
    shown = page.get_by_role("listitem").filter(has=title)
    who = shown.get_by_role("paragraph")
    return who.nth(0).inner_text(), who.nth(1).inner_text()


def describe(page: Page) -> None:
    page.goto("/")
    bar = page.get_by_role("navigation", name="Navigation principale")
    expect(bar.get_by_role("link", name="Analyser une programmation")).to_be_visible()
    go(page, "Décrire un marché")
    fill(page, **{"Que voulez-vous acheter": OBJECT, "Valeur totale": "6,2 M€"})
    page.get_by_role("radio", name="Travaux").check()
    fill(page, Durée="14", **{"Commune où": "Dijon", "Envoi de": "12/01/2027"})
    press(page, "Voir la réponse")


def read_the_answer(page: Page, cast: Cast) -> None:
    """The answer, its reasons and articles, the range, and who answers, by name."""
    title = page.get_by_role("heading", name=words("Oui, une condition sociale est obligatoire"))
    expect(title).to_be_visible()
    expect(page.get_by_text("art. L2112-2-1, I").first).to_be_visible()
    expect(page.get_by_text("L’obligation existe depuis le 22/08/2026")).to_be_visible()
    expect(page.get_by_role("heading", name=words("Première estimation : 2 395 à"))).to_be_visible()
    expect(page.get_by_label("Qui vous répond").get_by_text(cast.facilitator)).to_be_visible()


def send(page: Page, cast: Cast) -> str:
    open_link(page, "Envoyer ma demande")
    fill(page, **{"Votre organisation": cast.buyer, "Vos nom": "Aliénor Fictive"})
    fill(page, **{"Adresse électronique": EMAIL, "Votre message": "Par où commencer ?"})
    press(page, "Envoyer ma demande")
    told(page, "est envoyée. Un accusé de réception part")
    found = re.search(r"D\d{4}-\d{5}", page.get_by_role("heading", level=1).inner_text())
    assert found
    return found[0]


def follow(page: Page, received: EmailMessage, reference: str, cast: Cast) -> None:
    """The acknowledgement says who answers and nothing of the project; its link opens."""
    body = str(received.get_content())
    assert cast.facilitator in body
    assert OBJECT not in body
    page.context.clear_cookies()
    page.goto(link_of(received))
    expect(page.get_by_role("heading", level=1)).to_contain_text(reference)
    expect(page.get_by_text("Au réseau de répondre, avant le")).to_be_visible()


def link_of(received: EmailMessage) -> str:
    found = re.search(r"https?://[^/\s]+(/suivi/\S+/)", str(received.get_content()))
    assert found
    return found[1]


def answer_by_the_link(page: Page, received: EmailMessage) -> None:
    """The message asks the question; the answer is given behind its link."""
    assert QUESTION in str(received.get_content())
    page.goto(link_of(received))
    expect(page.get_by_text(QUESTION)).to_be_visible()
    fill(page, **{"Votre message": REPLY})
    press(page, "Répondre")
    told(page, "Votre message est envoyé")


# --- the facilitator ---


def take_and_ask(page: Page) -> None:
    open_link(todo(page, "Prendre une demande", OBJECT), "Lire la demande")
    expect(page.get_by_text("Par où commencer ?")).to_be_visible()
    main_act(page, "Prendre en charge")
    page.get_by_role("radio", name=re.compile("^Une question")).check()
    fill(page, Texte=QUESTION)
    press(page, "Envoyer")
    expect(page.get_by_text(QUESTION)).to_be_visible()


def open_the_operation(page: Page, reference: str, cast: Cast) -> None:
    """Nothing that the buyer said is typed again."""
    go(page, "À faire")
    open_link(todo(page, "Lire ce que l’acheteur a écrit", OBJECT), "Lire")
    expect(page.get_by_text(REPLY)).to_be_visible()
    open_link(page, "Ouvrir l'opération")
    expect(page.get_by_label(words("Nom de l'opération"))).to_have_value(OBJECT)
    expect(page.get_by_label("Acheteur", exact=True)).to_have_value(re.compile(f"^{cast.buyer} "))
    expect(page.get_by_label(words("Commune d'exécution"))).to_have_value(re.compile("^Dijon "))
    press(page, "Ouvrir l'opération")
    told(page, "Opération ouverte, avec son contrat et le lot 1")


def read_what_the_law_says(page: Page) -> None:
    """The contract carries the value and the date that the buyer gave: the duty is known."""
    page.get_by_role("link", name=re.compile("^obligatoire")).click()
    title = page.get_by_role("heading", name=words("Oui, une condition sociale"), level=1)
    expect(title).to_be_visible()
    facts = page.get_by_role("main").locator(".facts")
    for said in (words("6 200 000 € HT"), re.compile("12/01/2027"), re.compile("14 mois")):
        expect(facts.get_by_text(said)).to_be_visible()
    expect(page.get_by_text("art. L2112-2-1, I").first).to_be_visible()


def calibrate(page: Page) -> None:
    """Two versions side by side; the second one is retained."""
    main_act(page, "Calibrer")
    keep_version(page, "Taux d’usage", "5", USUAL)
    main_act(page, "Nouvelle version")
    keep_version(page, "Taux de la charte", "7", CHARTER, source="Charte inventée de 2026")
    table = page.get_by_role("table", name="Versions du calibrage")
    total = table.get_by_role("row", name=re.compile("^Total à demander"))
    expect(total).to_contain_text(words(f"{USUAL} h"))
    expect(total).to_contain_text(words(f"{CHARTER} h"))
    press(table, re.compile("^Retenir la version 2"))
    told(page, "Version 2 retenue")


def keep_version(page: Page, title: str, rate: str, expected: str, source: str = "") -> None:
    fill(page, **{"Nom de la version": title, "Taux d'insertion": rate})
    if source:
        fill(page, **{"Source de ce taux": source})
    press(page, "Calculer")
    result = page.get_by_role("heading", name=words(f"Résultat : {expected} h à demander"))
    expect(result).to_be_visible()
    press(page, "Enregistrer cette version")
    told(page, "Version enregistrée. Comparez-la aux autres")


def read_the_note(page: Page, folder: Path) -> None:
    """The PDF says what was computed, from what, and what the law answers."""
    with page.expect_download() as started:
        open_link(page, "Note de calibrage (PDF)")
    started.value.save_as(folder / "note.pdf")
    printed = "".join(one.extract_text() for one in PdfReader(folder / "note.pdf").pages)
    said = tight(printed)
    for expected in (OBJECT, f"{CHARTER} h", f"{USUAL} h", "Charte inventée de 2026", "L2112-2-1"):
        assert tight(expected) in said, expected


def write_the_clause(page: Page) -> None:
    """The volume is already there: the calibration gave it."""
    main_act(page, "Écrire la clause")
    expect(page.get_by_label("Volume proposé")).to_have_value(re.compile(r"^7\s?235$"))
    page.get_by_label("Instrument").select_option("condition_execution")
    page.get_by_label("Stage", exact=True).uncheck()
    page.get_by_role("checkbox", name=re.compile(f"^{PUBLIC}")).check()
    press(page, "Enregistrer la clause")
    told(page, "Proposez-la à l'acheteur")
    main_act(page, "Proposer à l'acheteur")
    told(page, "L’acheteur la trouvera dans ce qu’il a à faire")


def prepare_the_documents(page: Page, folder: Path) -> Path:
    """The CCAG and the reference are asked first; then the document is prepared, and downloaded."""
    open_link(page.get_by_role("main"), OBJECT)
    open_link(page, "Rédiger les pièces")
    open_link(page.get_by_role("main"), "Modifier le contrat")
    page.get_by_label(re.compile("CCAG")).select_option("travaux")
    fill(page, Référence=REFERENCE)
    press(page, "Enregistrer")
    open_link(page, "Rédiger les pièces")
    expect(page.get_by_text("À renseigner d’abord")).to_have_count(0)
    press(page, "Préparer le document Word")
    expect(page.get_by_role("heading", name="Version 1 des pièces", level=1)).to_be_visible()
    with page.expect_download() as started:
        main_act(page, "Télécharger le document Word")
    path = folder / "pieces.docx"
    started.value.save_as(path)
    return path


def nothing_known_is_left_to_fill(made: Path, cast: Cast, folder: Path) -> None:
    """Read by LibreOffice: all that was said is written, and only what nobody said is not."""
    text = by_libreoffice(made, folder)
    known = (
        *(OBJECT, cast.buyer, cast.facilitator, cast.host, "facilitatrice@demo.coclause.test"),
        *("Dijon", "14 mois", REFERENCE, CHARTER, "7 %", PUBLIC, "formation"),
    )
    for expected in known:
        assert expected in text, expected
    assert set(re.findall(r"\[à compléter : ([^]]+)\]", text)) <= UNKNOWN
    assert "{{" not in text
    for block in ("Avis", "RC :", "AE :", "CCAP :", "CCTP :"):
        assert block in text, block


def by_libreoffice(made: Path, folder: Path) -> str:
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LIBREOFFICE (soffice) IS ABSENT: THE DOCUMENT WAS NOT OPENED")
    profile = f"-env:UserInstallation=file://{folder}/profile"
    to_text = ["--headless", "--convert-to", "txt:Text (encoded):UTF8"]
    subprocess.run(
        [soffice, profile, *to_text, "--outdir", str(folder), str(made)],
        check=True,
        capture_output=True,
        timeout=CONVERTING_SECONDS,
    )
    text = made.with_suffix(".txt").read_text(encoding="utf-8-sig")
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def send_back_changed(page: Page, made: Path, folder: Path) -> None:
    """The penalty is written by hand; the document that comes back is the one that counts."""
    document = Document(str(made))
    for paragraph in document.paragraphs:
        if PENALTY in plain(paragraph.text):
            paragraph.text = plain(paragraph.text).replace(PENALTY, "60")
    changed = folder / "pieces relues.docx"
    document.save(str(changed))
    open_link(page, "Déposer un document modifié")
    page.get_by_label(re.compile("^Document Word")).set_input_files(changed)
    fill(page, **{"Ce qui change": "Pénalité de 60 € par heure"})
    press(page, "Déposer le document")
    expect(page.get_by_role("heading", name="Version 2 des pièces", level=1)).to_be_visible()
    expect(page.get_by_text("Version qui compte", exact=True)).to_be_visible()
    expect(page.get_by_role("main").get_by_text(PENALTY.strip("[]"))).to_have_count(0)


def plan_a_meeting(page: Page) -> None:
    open_link(page, OBJECT)
    open_link(page, "Prévoir une réunion")
    page.get_by_role("main").get_by_role("radio").first.check()
    fill(page, Jour=french(demo.today() + timedelta(days=6)), Heure="14 h 30")
    fill(page, **{"Lieu ou lien": "Mairie, salle des Nuages"})
    press(page, "Prévoir la réunion")
    told(page, "La réunion est prévue")


# --- the buyer, with an account ---


def see_it_as_the_buyer(page: Page) -> None:
    """What is expected of it, the next meeting, the note and the last document."""
    go(page, "Mes marchés")
    expect(todo(page, "Accepter la clause", OBJECT)).to_be_visible()
    expect(page.get_by_text("Mairie, salle des Nuages")).to_be_visible()
    row = page.get_by_role("row").filter(has_text=OBJECT)
    expect(row).to_contain_text(words(f"{CHARTER} h"))
    expect(row.get_by_role("link", name=re.compile("^Note de calibrage"))).to_be_visible()
    with page.expect_download() as started:
        open_link(row, re.compile("version 2"))
    assert started.value.suggested_filename.endswith(".docx")


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def tight(text: str) -> str:
    """Without any space: a PDF cuts lines where it will."""
    return re.sub(r"\s", "", text)

"""Journey 5: hours checked line by line, what is missing told to the buyer, papers that prove."""

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader
from tests.core.jobs_helper import running_worker
from tests.core.smtp_server import smtp_server
from tests.journeys.acts import (
    BUYER,
    COMPANY,
    FACILITATOR,
    PHONE,
    enter,
    fill,
    fits,
    french,
    go,
    main_act,
    open_link,
    press,
    somebody_else,
    take_turn,
    todo,
    told,
    words,
)
from tests.journeys.letters import letter_to
from tests.journeys.months import MONTH, SEND, open_month, people, send

from coclause import demo
from coclause.render.numbers import month_fr

BUYER_EMAIL = "acheteur@demo.coclause.test"
COMPANY_EMAIL = "entreprise@demo.coclause.test"
WHY = "Le relevé compte deux fois la dernière semaine."
TOO_MANY, RIGHT = "230", "120,5"
INTERIM = "bilan intermédiaire"
WORDING = "Chaque heure non réalisée donne lieu à une pénalité de 50 €."


def test_several_months_are_validated_at_once(page: Page) -> None:
    """Those without a remark: the others are opened one by one."""
    enter(page, FACILITATOR)
    go(page, "Mois à vérifier")
    boxes = page.get_by_role("checkbox", name=re.compile("^Choisir "))
    before = boxes.count()
    assert before > 1
    fits(page)
    for box in boxes.all()[:2]:
        box.check()
    press(page, "Valider les mois choisis")
    told(page, "validé")
    expect(boxes).to_have_count(before - 2)
    if before > 2:
        press(page, re.compile(r"^Valider (ces|ce) .* : "))
        told(page, "validé")
    expect(boxes).to_have_count(0)


def test_a_line_goes_back_and_its_paper_is_replaced(
    page: Page, browser: Browser, site: str, database: str, tmp_path: Path
) -> None:
    """The reason stands at the line, the company is told, and no paper outlives a correction."""
    enter(page, COMPANY)
    award, name = declare_too_much(page)
    take_turn(page, FACILITATOR)
    with smtp_server() as mailbox, running_worker(database, mailbox):
        send_one_line_back(page, award, name)
        letter = letter_to(mailbox, COMPANY_EMAIL, "des heures sont à corriger")
    assert name not in letter
    take_turn(page, COMPANY)
    correct(page, award, name)
    take_turn(page, FACILITATOR)
    open_check(page, award)
    press(page, re.compile("^Tout valider"))
    told(page, "validée")
    open_clause(page, award)
    open_link(page, "Bilans, attestations et fiches de contrôle")
    first = issue(page, INTERIM, tmp_path)
    take_turn(page, COMPANY)
    correct_what_was_validated(page, award, name)
    take_turn(page, FACILITATOR)
    open_check(page, award)
    press(page, re.compile("^Tout valider"))
    told(page, "validée")
    open_clause(page, award)
    open_link(page, "Bilans, attestations et fiches de contrôle")
    second = replace(page, tmp_path)
    assert first.number in second.text
    certificate = issue(page, "attestation", tmp_path)
    take_turn(page, COMPANY)
    open_clause(page, award)
    open_link(page, "Bilans, attestations et fiches de contrôle")
    assert download(page, tmp_path, "attestation") == certificate
    with somebody_else(browser, site) as stranger:
        verify(stranger, first.code, "n’est plus en vigueur")
        verify(stranger, second.code, "authentique et en vigueur")


def declare_too_much(page: Page) -> tuple[str, str]:
    """A sudden jump is sent all the same, with a remark. Returns the award and the person."""
    open_month(page)
    place = page.locator(".month-section:has(> .month-list .month-name label)").first
    award = place.get_by_role("heading", level=2).inner_text()
    name, hours = people(place)[0]
    hours.fill(TOO_MANY)
    press(page, SEND)
    expect(place.get_by_text("À confirmer.").first).to_be_visible()
    press(page, re.compile("^Envoyer quand même"))
    told(page, "est envoyé")
    return award, name


def open_check(page: Page, award: str) -> None:
    """From the list of months to check."""
    go(page, "Mois à vérifier")
    row = page.get_by_role("row").filter(has_text=award).filter(has_text=month_fr(MONTH))
    open_link(row, re.compile("^Ouvrir"))
    expect(page.get_by_role("heading", name=words("Vérifier"), level=1)).to_be_visible()


def send_one_line_back(page: Page, award: str, name: str) -> None:
    """A reason under one line: that line goes back, the others are validated."""
    open_check(page, award)
    line = page.get_by_role("row").filter(has_text=name).first
    expect(line.get_by_text(re.compile("Remarque"))).to_be_visible()
    line.get_by_text("Renvoyer cette ligne").click()
    line.get_by_label(re.compile("^Motif")).fill(WHY)
    fits(page)
    press(page, "Renvoyer les lignes qui ont un motif, valider les autres")
    told(page, "renvoyée")


def correct(page: Page, award: str, name: str) -> None:
    """The reason is at the line that was sent back."""
    open_link(todo(page, "Corriger", award), "Corriger")
    line = page.locator("#mois .month-line").filter(has_text=name).filter(has_text=WHY)
    expect(line).to_be_visible()
    line.locator("input").first.fill(RIGHT)
    send(page)
    told(page, "est envoyé")


def correct_what_was_validated(page: Page, award: str, name: str) -> None:
    """The month may be opened again by its address: the clause tells it."""
    page.goto(f"/mon-mois/{MONTH:%Y-%m}/")
    people_of = dict(people(page.get_by_role("region", name=award)))
    people_of[name].fill("110")
    send(page)
    told(page, "est envoyé")


def open_clause(page: Page, award: str) -> None:
    """By its operation, then its lot."""
    operation, _, lot = award.rpartition(", lot ")
    go(page, "Opérations et clauses")
    fill(page, Rechercher=operation)
    press(page, "Filtrer")
    open_link(page.get_by_role("table"), operation)
    table = page.get_by_role("table", name=re.compile(rf"^Clauses du Lot {lot},"))
    table.get_by_role("rowheader").get_by_role("link").first.click()
    expect(page.get_by_role("region", name="Avancement")).to_be_visible()


@dataclass(frozen=True)
class Paper:
    """What a numbered document says of itself."""

    number: str
    code: str
    text: str


def issue(page: Page, label: str, folder: Path) -> Paper:
    """What will be frozen is read before it is."""
    open_link(page.get_by_role("main"), re.compile(label))
    expect(page.get_by_role("heading", name="Ce qui sera figé")).to_be_visible()
    fits(page)
    press(page, re.compile("^Établir"))
    told(page, "Le document est établi")
    return download(page, folder, label)


def replace(page: Page, folder: Path) -> Paper:
    """The page of papers says which one a correction made old, and leads to its next version."""
    expect(page.get_by_text("ont été corrigés depuis")).to_be_visible()
    open_link(page, "Établir la version 2")
    press(page, "Établir la version 2")
    told(page, "Le document est établi")
    return download(page, folder, INTERIM)


def download(page: Page, folder: Path, label: str) -> Paper:
    """The latest of that kind, read back."""
    row = page.get_by_role("row").filter(has_text=re.compile(label, re.IGNORECASE)).first
    with page.expect_download() as started:
        open_link(row, "Télécharger")
    file = folder / started.value.suggested_filename
    started.value.save_as(file)
    document = PdfReader(file)
    catalogue: Any = document.root_object
    assert catalogue["/MarkInfo"]["/Marked"]
    text = " ".join(one.extract_text() for one in document.pages)
    number, code = re.search(r"CC-\d{4}-\d{6}", text), re.search(r"(\w{4}-){3}\w{4}", text)
    assert number
    assert code
    assert file.stem == number[0]
    return Paper(number[0], code[0], text)


def verify(page: Page, code: str, answer: str) -> None:
    """Anybody types the code, however it is written: valid or not, what and when, no figure."""
    page.goto("/")
    open_link(page, "Vérifier un document")
    fill(page, Code_de_vérification=code.lower().replace("-", " "))
    press(page, "Vérifier")
    main = page.get_by_role("main")
    expect(main.get_by_text(words(answer))).to_be_visible()
    expect(main.get_by_text(re.compile(r"\d h\b"))).to_have_count(0)


def test_a_shortfall_is_told_and_the_buyer_decides(
    page: Page, browser: Browser, site: str, database: str
) -> None:
    """The contract's own terms, a letter to sign, and a decision that only the buyer takes."""
    enter(page, FACILITATOR)
    place, clause = open_late_clause(page), page.url
    type_penalty(page)
    page.goto(clause)
    open_link(page, re.compile("^Signaler un manque"))
    expect(page.get_by_text(words("Selon le contrat, la pénalité serait de")).first).to_be_visible()
    expect(page.get_by_label(words("Projet de lettre"))).to_have_value(re.compile(WORDING))
    fits(page)
    with smtp_server() as mailbox, running_worker(database, mailbox):
        press(page, "Signaler à l'acheteur")
        told(page, "C’est à l’acheteur de décider")
        letter = letter_to(mailbox, BUYER_EMAIL, f"Heures d’insertion manquantes : {place}")
    report = page.url
    assert report.rpartition("/signalements/")[2] in letter
    with somebody_else(browser, site, PHONE) as buyer:
        enter(buyer, BUYER)
        decide(buyer, report)
    page.reload()
    expect(page.get_by_text("Décidé", exact=True)).to_be_visible()
    expect(page.get_by_text(words("Pénalité de 5 000 €")).first).to_be_visible()


def open_late_clause(page: Page) -> str:
    """A clause of the buyer of the card, behind what was expected today. What a letter calls it."""
    go(page, "Opérations et clauses")
    fill(page, Rechercher="Commune de Montfictif")
    page.get_by_label(words("Sous l'attendu")).check()
    press(page, "Filtrer")
    page.get_by_role("rowheader").get_by_role("link").first.click()
    clauses = page.get_by_role("rowheader").get_by_role("link").all()
    for address in [str(link.get_attribute("href")) for link in clauses]:
        page.goto(address)
        if page.get_by_text(re.compile("de retard")).count():
            crumbs = page.get_by_role("navigation", name=words("Fil d'Ariane"))
            _, operation, lot = crumbs.get_by_role("listitem").all_inner_texts()
            return f"{operation}, {lot.lower()}"
    raise AssertionError("no clause of this operation is late")


def type_penalty(page: Page) -> None:
    open_link(page, "Pénalité prévue")
    page.get_by_label("par heure d’insertion non réalisée").check()
    fill(page, Montant="50", Article_du_contrat="Article 8.2 du CCAP")
    fill(page, **{"Texte de l'article": WORDING, "À partir du": french(MONTH)})
    press(page, "Enregistrer")
    told(page, "enregistré")


def decide(page: Page, report: str) -> None:
    """A notice first, then what follows it: both stay on the page."""
    path = report.partition("/signalements/")[2]
    page.locator(f"main a[href='/signalements/{path}']").first.click()
    page.get_by_label("Mise en demeure").check()
    fill(page, **{"Délai donné": french(demo.today() + timedelta(15))})
    press(page, "Enregistrer la décision")
    expect(page.get_by_text("Mise en demeure jusqu’au").first).to_be_visible()
    page.get_by_label("Pénalité", exact=True).check()
    fill(page, **{"Montant de la pénalité": "5000"})
    press(page, "Enregistrer la décision")
    expect(page.get_by_text(words("Le contrat prévoit une mise en demeure"))).to_be_visible()
    fits(page)
    press(page, "Enregistrer quand même")
    expect(page.get_by_text("Décidé", exact=True)).to_be_visible()


def test_the_plan_of_the_meeting_is_kept_and_projected(page: Page) -> None:
    """Who does what by when, hours by way: the projection follows what is planned."""
    enter(page, FACILITATOR)
    open_late_clause(page)
    open_link(page, re.compile("^Plan d’action"))
    main_act(page, "Ajouter une étape")
    fill(page, Quoi="Envoyer deux fiches de poste")
    page.get_by_label("L’entreprise").or_(page.get_by_label("entreprise")).first.check()
    fill(page, Pour_le=french(demo.today() + timedelta(9)))
    press(page, "Ajouter au plan")
    told(page, "L’étape est au plan")
    open_link(page, "Prévoir des heures")
    page.get_by_label("Mise à disposition").check()
    fill(page, Heures_prévues="120", À_partir_du=french(demo.today()))
    fill(page, **{"Jusqu'au": french(demo.today() + timedelta(60))})
    press(page.get_by_role("main"), re.compile("^(Prévoir|Enregistrer|Ajouter)"))
    told(page, "Ces heures sont au plan")
    expect(page.get_by_role("heading", name=re.compile("^Selon le plan"))).to_be_visible()
    fits(page)
    press(page, re.compile("^C’est fait : Envoyer deux fiches"))
    expect(page.get_by_text(re.compile("étapes? faite"))).to_be_visible()

"""Journey 3: a company's month, from the letter that invites a contact to the hours sent.

What a company already has is taken as it is: last month, its spreadsheet, its payroll.
"""

import re
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect
from python_calamine import CalamineWorkbook
from tests.core.jobs_helper import running_worker
from tests.core.smtp_server import smtp_server
from tests.hours.payroll.dsn_files import (
    SIREN,
    Contract,
    Declaration,
    Employee,
    hours,
    sending,
)
from tests.journeys.acts import (
    COMPANY,
    DESK,
    FACILITATOR,
    PHONE,
    enter,
    fill,
    fits,
    french,
    go,
    leave,
    main_act,
    open_link,
    press,
    siret_of,
    somebody_else,
    take_turn,
    todo,
    told,
    words,
)
from tests.journeys.clicks import Hand
from tests.journeys.letters import code_for, enter_by_letter, letter_to, link_in
from tests.journeys.months import MONTH, SEND, open_month, people, send
from tests.network.programmes.programme_files import xlsx

from coclause.core.months import last_day

MOST_CLICKS = 4
NEWCOMER = "zelie.chimere@exemple.test"
INVOICE = "F-2026-0001"
WHY = "Absente la seconde moitié du mois."
NAME = "Inventée-Pour-Voir"


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_new_contact_sends_the_month_in_four_clicks(
    page: Page, browser: Browser, site: str, database: str, size: ViewportSize
) -> None:
    """Half of the contacts change in a year: whoever comes next needs two minutes, no password."""
    company = company_of_the_card(page)
    with smtp_server() as mailbox, running_worker(database, mailbox):
        enter(page, FACILITATOR)
        add_contact(page, company, NEWCOMER)
        letter = letter_to(mailbox, NEWCOMER, "vos heures d’insertion se déclarent ici")
        with somebody_else(browser, site, size) as phone:
            hand = Hand(phone)
            hand.open(link_in(letter))
            hand.click(phone.get_by_role("button", name="Recevoir mon code"))
            phone.get_by_label("Code reçu").fill(code_for(mailbox, NEWCOMER))
            hand.click(phone.get_by_role("button", name="Entrer"))
            expect(phone.get_by_text(words("est repris."))).to_be_visible()
            total = phone.locator("[data-month-total]").inner_text()
            hand.click(phone.get_by_role("button", name=SEND))
            told(phone, f"est envoyé : {total}")
            assert hand.clicks <= MOST_CLICKS
            fits(phone)


def company_of_the_card(page: Page) -> str:
    """The company that the card of the first page enters for; left after."""
    enter(page, COMPANY)
    name = page.get_by_text(re.compile(r" · ")).first.inner_text().split(" · ")[0]
    leave(page)
    return name


def add_contact(page: Page, company: str, email: str) -> None:
    go(page, "Organisations")
    fill(page, Nom_ou_SIRET=company)
    press(page, "Filtrer")
    open_link(page.get_by_role("table"), company)
    open_link(page, "Voir les contacts")
    main_act(page, "Ajouter un contact")
    fill(page, Prénom="Zélie", Nom="Chimère", Adresse_électronique=email)
    press(page, "Ajouter et inviter")
    told(page, "Le contact est ajouté. Un message l’invite à entrer")


def test_a_refused_value_is_corrected_at_its_line(page: Page) -> None:
    """On a phone, what is wrong is said where it was typed; the rest stays as it was typed."""
    page.set_viewport_size(PHONE)
    enter(page, COMPANY)
    open_month(page)
    (name, first), *others = people(page)
    kept = [field.input_value() for _, field in others]
    first.fill("745")
    press(page, SEND)
    line = page.locator(".month-line").filter(has_text=name).first
    expect(line.get_by_text("Un mois compte au plus 744 heures")).to_be_visible()
    expect(first).to_have_value("745")
    assert [field.input_value() for _, field in people(page)[1:]] == kept
    fits(page)
    first.fill("35,5")
    send(page)
    told(page, "est envoyé")


def test_what_was_typed_outlives_a_lost_line(page: Page, context: BrowserContext) -> None:
    """In a cellar or a lift, the page stays, says so in French, and sends later."""
    page.set_viewport_size(PHONE)
    enter(page, COMPANY)
    open_month(page)
    field = people(page)[0][1]
    field.fill("41,25")
    context.set_offline(True)
    press(page, SEND)
    note = page.get_by_role("alert").filter(has_text="Pas de réseau")
    expect(note).to_be_in_viewport()
    expect(field).to_have_value("41,25")
    fits(page)
    context.set_offline(False)
    expect(page.get_by_text("Le réseau est revenu")).to_be_visible()
    page.reload()
    expect(field).to_have_value("41,25")
    send(page)
    told(page, "est envoyé")
    expect(page.get_by_role("heading", name="À faire", level=1)).to_be_visible()


def test_a_session_that_ends_while_typing_loses_nothing(
    page: Page, context: BrowserContext
) -> None:
    """Coming back by the door, the company finds its figures where it left them."""
    enter(page, COMPANY)
    open_month(page)
    address = page.url
    people(page)[0][1].fill("41,25")
    context.clear_cookies()
    press(page, SEND)
    enter(page, COMPANY)
    page.goto(address)
    expect(people(page)[0][1]).to_have_value("41,25")


def test_a_company_sends_the_table_it_already_keeps(page: Page) -> None:
    """Its own headers are confirmed once; the next file is read without a question."""
    enter(page, COMPANY)
    open_month(page)
    names = [name for name, _ in people(page)]
    rows: list[tuple[Any, ...]] = [("Salarié du chantier", "Heures faites", "Observations")]
    rows += [(name, 30.5 + rank, "rien à dire") for rank, name in enumerate(names)]
    table = xlsx({"Pointage": rows})
    choose_table(page, table)
    expect(page.get_by_role("heading", name="Quelle colonne dit quoi")).to_be_visible()
    choose_column(page, "Nom et prénom ensemble", "Salarié du chantier")
    choose_column(page, "Heures de travail", "Heures faites")
    press(page, "Confirmer et lire les heures")
    expect(page.get_by_text("Ce n’est qu’une proposition")).to_be_visible()
    assert [field.input_value() for _, field in people(page)] == [
        f"{30.5 + rank}".replace(".", ",") for rank in range(len(names))
    ]
    page.goto(page.url.partition("fichier")[0])
    choose_table(page, table)
    expect(page.get_by_text("Ce n’est qu’une proposition")).to_be_visible()
    send(page)
    told(page, "est envoyé")


def choose_column(page: Page, what: str, header: str) -> None:
    """The option whose text begins with the column's letter and header."""
    field = page.get_by_label(words(what, "^"))
    option = field.locator("option").filter(has_text=header)
    field.select_option(value=option.get_attribute("value"))


def choose_table(page: Page, content: bytes, invoice: str = "") -> None:
    """From the month to the page of files, with that one."""
    open_link(page, "un tableur")
    file = {"name": "heures.xlsx", "mimeType": "application/octet-stream", "buffer": content}
    page.get_by_label(words("Votre tableau d'heures")).set_input_files(file)  # type: ignore[arg-type]
    if invoice:
        fill(page, Numéro_de_facture=invoice)
    press(page, "Lire ce tableau")


def test_the_template_comes_back_as_it_was_filled(page: Page) -> None:
    """Downloaded, changed in one cell, sent back: that cell alone has changed."""
    enter(page, COMPANY)
    open_month(page)
    before = [field.input_value() for _, field in people(page)]
    with page.expect_download() as started:
        open_link(page, "ce modèle")
    choose_table(page, with_first_hours(started.value.path().read_bytes(), 52.25))
    expect(page.get_by_text("Ce n’est qu’une proposition")).to_be_visible()
    assert [field.input_value() for _, field in people(page)] == ["52,25", *before[1:]]
    send(page)
    told(page, "est envoyé")


def with_first_hours(content: bytes, hours: float) -> bytes:
    """The workbook, with other hours of work for its first person."""
    sheet = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(1)
    rows = [list(row) for row in sheet.to_python()]
    head = next(number for number, row in enumerate(rows) if "Personne" in row)
    rows[head + 1][rows[head].index("Heures de travail")] = hours
    return xlsx({sheet.name: rows})


def test_a_payroll_fills_the_month_with_those_who_work_there(page: Page) -> None:
    """A proposal and a ceiling, of the persons concerned alone; nobody else's name is shown."""
    company = company_of_the_card(page)
    enter(page, COMPANY)
    open_month(page)
    operation = operations(page)[0]
    take_turn(page, FACILITATOR)
    siret = siret_of(page, company)
    hire(page, operation, company)
    take_turn(page, COMPANY)
    open_month(page)
    people_paid = [
        employee(NAME, "ZELIE", "17051995", "88.50"),
        employee("Étrangère", "PERSONNE", "01011990", "151.67"),
    ]
    choose_payroll(page, payroll(siret, people_paid))
    expect(page.get_by_text("Ce n’est qu’une proposition")).to_be_visible()
    line = page.locator("#mois .month-line").filter(has_text=re.compile(NAME, re.IGNORECASE))
    expect(line.locator("input").first).to_have_value("88,5")
    expect(page.get_by_text(re.compile("étrangère", re.IGNORECASE))).to_have_count(0)
    send(page)
    told(page, "est envoyé")


def operations(page: Page) -> list[str]:
    """The names of the awards of the month, without their lot."""
    titles = page.locator("#mois .month-section .section-head h2").all_inner_texts()
    return [title.rpartition(", lot ")[0] for title in titles]


def hire(page: Page, operation: str, company: str) -> None:
    """Somebody whose birth the payroll of the test can tell, on that company's lot."""
    go(page, "Opérations et clauses")
    fill(page, Rechercher=operation)
    press(page, "Filtrer")
    open_link(page.get_by_role("table"), operation)
    lot = page.locator("section.stack").filter(has_text=company)
    open_link(lot.get_by_role("table"), "Condition d'exécution")
    open_link(page.get_by_role("main"), re.compile("^Personnes"))
    open_link(page, "Ajouter une personne")
    fill(page, Nom_de_naissance=NAME, Prénoms="Zélie", Date_de_naissance="17/05/1995")
    page.get_by_label("Sexe").select_option(label="Femme")
    fill(page, Début_du_contrat=french(MONTH))
    press(page, "Enregistrer et affecter")
    told(page, "ses heures peuvent être déclarées")


def day(when: date) -> str:
    """As a payroll writes it."""
    return f"{when:%d%m%Y}"


def employee(family: str, given: str, born: str, measure: str) -> Employee:
    """Hours paid for the whole month, by a contract that begins with it."""
    paid = hours(measure, first=day(MONTH), last=day(last_day(MONTH)))
    return Employee(family.upper(), given, born, "", (Contract(start=day(MONTH)),), (paid,))


def payroll(siret: str, people_paid: list[Employee]) -> bytes:
    """The month's declaration of that establishment."""
    declaration = Declaration({siret[9:]: people_paid}, month=day(MONTH))
    return sending([declaration]).replace(SIREN.encode(), siret[:9].encode())


def choose_payroll(page: Page, content: bytes) -> None:
    open_link(page, "un tableur")
    file = {"name": "paie.dsn", "mimeType": "application/octet-stream", "buffer": content}
    page.get_by_label("Fichier DSN du mois").set_input_files(file)  # type: ignore[arg-type]
    press(page, "Lire ce fichier de paie")


def test_a_month_without_hours_is_said_in_one_act(page: Page) -> None:
    """Nobody worked: the facilitator needs to know it too."""
    page.set_viewport_size(PHONE)
    enter(page, COMPANY)
    open_month(page)
    page.get_by_text("Aucune heure ce mois-ci").click()
    press(page, re.compile("^Confirmer et envoyer"))
    if page.get_by_text("à confirmer.").count():
        press(page, re.compile("^Envoyer quand même"))
    told(page, "est envoyé : aucune heure")


def test_an_agency_says_its_own_and_the_holder_contests(
    page: Page, browser: Browser, site: str, database: str
) -> None:
    """The invoice's number stays with the hours; the two numbers are seen by who checks."""
    enter(page, COMPANY)
    open_month(page)
    section = page.locator(".month-section:has(.month-others)").first
    award = section.get_by_role("heading", level=2).inner_text()
    section.get_by_text("dont l’employeur déclare lui-même").click()
    agency = page.locator(".month-others .month-name span").first.inner_text().split(", ")[2]
    take_turn(page, FACILITATOR)
    with smtp_server() as mailbox, running_worker(database, mailbox):
        add_contact(page, agency, NEWCOMER)
        with somebody_else(browser, site, PHONE) as phone:
            letter = letter_to(mailbox, NEWCOMER, "vos heures d’insertion se déclarent ici")
            enter_by_letter(phone, mailbox, NEWCOMER, letter)
            send_invoice(phone)
    take_turn(page, COMPANY)
    open_month(page)
    contest(page, award)
    take_turn(page, FACILITATOR)
    open_link(todo(page, "Vérifier", award), re.compile("^Vérifier .* : "))
    expect(page.get_by_text(f"Facture n° {INVOICE}").first).to_be_visible()
    expect(page.get_by_text(WHY)).to_be_visible()


def contest(page: Page, award: str) -> None:
    """The holder sees the employer's number, without a name, and says its own beside it."""
    section = page.get_by_role("region", name=award)
    expect(section.get_by_role("heading", name="Déclaré par les employeurs")).to_be_visible()
    expect(section.get_by_text(re.compile("Une personne employée par")).first).to_be_visible()
    open_link(section, re.compile("^Contester"))
    fill(page, Heures_selon_vous="21,5", Pourquoi=WHY)
    press(page, "Contester cette ligne")
    told(page, "Votre contestation est enregistrée")
    expect(page.get_by_role("region", name=award).get_by_text(WHY)).to_be_visible()


def send_invoice(page: Page) -> None:
    """An export with the number of the invoice on each line."""
    names = [name for name, _ in people(page)]
    rows: list[tuple[Any, ...]] = [("Intérimaire", "Heures facturées", "N° facture")]
    rows += [(name, 40 + rank, INVOICE) for rank, name in enumerate(names)]
    choose_table(page, xlsx({"Facture": rows}))
    press(page, "Confirmer et lire les heures")
    expect(page.get_by_text("Ce n’est qu’une proposition")).to_be_visible()
    send(page)
    told(page, "est envoyé")
    fits(page)


def test_a_contact_hands_over_to_a_colleague(
    page: Page, browser: Browser, site: str, database: str
) -> None:
    """Whoever leaves names the next one, who enters from a letter and finds the month."""
    enter(page, COMPANY)
    with smtp_server() as mailbox, running_worker(database, mailbox):
        go(page, "Contacts")
        open_link(page, re.compile("^Passer la main"))
        fill(page, Prénom="Zélie", Nom="Chimère", Adresse_électronique=NEWCOMER)
        press(page.get_by_role("main"), "Passer la main")
        told(page, "votre collègue est prévenu à votre place")
        letter = letter_to(mailbox, NEWCOMER, "vos heures d’insertion se déclarent ici")
        with somebody_else(browser, site, PHONE) as phone:
            enter_by_letter(phone, mailbox, NEWCOMER, letter)
            expect(phone.get_by_role("heading", name=words("Vos heures"), level=1)).to_be_visible()
            send(phone)
            told(phone, "est envoyé")
            fits(phone)

"""Journey 1, the other way in: a buyer's Excel file, to requests in the facilitator's hands."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect
from tests.core.jobs_helper import running_worker
from tests.core.smtp_server import smtp_server
from tests.journeys.acts import open_link, press, told, words
from tests.journeys.visits_programmes import write_case

EMAIL = "alienor.fictive@exemple.test"


def test_a_buyer_has_its_programme_analysed_and_sends_lines(
    page: Page, site: str, database: str, tmp_path: Path
) -> None:
    """Its own columns, the analysis in the background, the table, and requests in one action."""
    with smtp_server() as mailbox, running_worker(database, mailbox):
        deposit(page, write_case(tmp_path))
        press(page, "Confirmer et analyser")
        # The page asks by itself, each second, until the result is there.
        expect(page.get_by_role("heading", name="Vos achats analysés", level=1)).to_be_visible()
        read_the_result(page)
        page.get_by_role("checkbox", name=re.compile("^Ligne 6,")).check()
        page.get_by_role("checkbox", name=re.compile("^Ligne 4,")).check()
        press(page, "Envoyer les lignes cochées")
        told(page, "2 demandes partent")
        sent = page.get_by_role("link", name=re.compile(r"^D\d{4}-\d{5}$"))
        expect(sent).to_have_count(2)
        mailbox.wait_for_letter(EMAIL, "2 demandes")
    sent.first.click()
    expect(
        page.get_by_role("heading", name=re.compile("^Votre demande D"), level=1)
    ).to_be_visible()


def deposit(page: Page, file: Path) -> None:
    page.goto("/porte/")
    open_link(page, "Analyser ma liste d’achats (Excel)")
    page.get_by_label("Votre liste d’achats").set_input_files(file)
    page.get_by_label(words("Votre organisation")).fill("Ville de Montfictif")
    page.get_by_label("Catégorie d’acheteur").select_option("collectivite")
    page.get_by_label(words("Vos nom")).fill("Aliénor Fictive")
    page.get_by_label(words("Adresse électronique")).fill(EMAIL)
    press(page, "Lire mon fichier")
    told(page, "Vérifiez ses colonnes")
    expect(page.get_by_text(words("La feuille « Notice »")).first).to_be_attached()


def read_the_result(page: Page) -> None:
    table = page.get_by_role("table", name="Lignes de la programmation")
    expect(table.get_by_role("row")).to_have_count(7)
    expect(table.get_by_role("row", name=re.compile("École des Nuages, lot 1"))).to_contain_text(
        "Oui"
    )
    with page.expect_download() as download:
        open_link(page, "Télécharger le tableau")
    assert download.value.suggested_filename.endswith(".xlsx")
    page.get_by_label("Obligation").select_option("due")
    press(page, "Filtrer")
    expect(table.get_by_role("row")).to_have_count(4)
    open_link(page, "Tout effacer")
    expect(table.get_by_role("row")).to_have_count(7)

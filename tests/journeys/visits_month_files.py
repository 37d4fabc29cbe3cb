"""The pages that read a month in a file, for the accessibility test."""

from datetime import date

from playwright.sync_api import Page
from tests.journeys.visits import COMPANY, Visit
from tests.network.programmes.programme_files import xlsx

from coclause import demo
from coclause.core.months import first_day, shift

NOT_PAGES_MONTH_FILES = {
    "month-payroll": "POST alone",
    "month-mapping": "POST alone",
    "month-template": "a file",
}


def _chosen(page: Page, field: str, name: str, content: bytes) -> None:
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    page.locator(f"input[name={field}]").set_input_files(file)  # type: ignore[arg-type]
    page.locator("form", has=page.locator(f"input[name={field}]")).locator("button").click()


def choose_nothing(page: Page) -> None:
    page.get_by_role("button", name="Lire ce tableau").click()
    page.get_by_text("Choisissez le fichier à lire.").first.wait_for()


def send_a_picture_as_payroll(page: Page) -> None:
    _chosen(page, "paie-file", "paie.dsn", b"\x89PNG not a payroll")
    page.get_by_text("Ce n’est pas une DSN.").first.wait_for()


def send_a_new_table(page: Page) -> None:
    """Headers that nobody confirmed: the page of the columns, every fold open."""
    rows = [
        ("Nom du salarié", "Prénom", "Chantier", "Heures réalisées", "Observations"),
        ("Inventée", "Nadia", "Médiathèque", 70.5, "Un mot très long, " * 8),
    ]
    _chosen(page, "tableur-file", "heures.xlsx", xlsx({"Octobre": rows}))
    page.get_by_role("heading", name="Quelle colonne dit quoi ?").wait_for()
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")


def send_an_odd_workbook(page: Page) -> None:
    """Headers that are nobody's words, and other sheets that one may take."""
    book: dict[str, list[tuple[object, ...]]] = {
        "Pointage": [("Octobre",), (), ("Gars", "Tps"), ("Nadia", 70.5), ("Léo", "35h30")],
        "Effectif": [("Code", "Libellé"), ("a", "Un mot très long, " * 8)],
    }
    _chosen(page, "tableur-file", "heures.xlsx", xlsx(book))
    page.get_by_text("Ces colonnes ne sont pas toutes reconnues").wait_for()
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")


def open_the_older_months(page: Page) -> None:
    page.get_by_text("Autres mois").click()


def send_our_template(page: Page) -> None:
    """The month's grid, filled from the workbook downloaded here."""
    with page.expect_download() as download:
        page.get_by_role("link", name="Téléchargez celui de ce mois").click()
    content = download.value.path().read_bytes()
    _chosen(page, "tableur-file", "heures.xlsx", content)
    page.get_by_text("Ce n’est qu’une proposition").wait_for()


HERE = "/mon-mois/{file_month}/fichier/"
VISITS_MONTH_FILES = (
    Visit("month-file", HERE, COMPANY),
    Visit("month-file", HERE, COMPANY, "columns", act=send_a_new_table),
    Visit("month-file", HERE, COMPANY, "odd columns", act=send_an_odd_workbook),
    Visit("company-month", "/mon-mois/{file_month}/", COMPANY, "older", act=open_the_older_months),
    Visit("month-file", HERE, COMPANY, "errors", status=422, act=choose_nothing),
    Visit("month-file", HERE, COMPANY, "no payroll", status=422, act=send_a_picture_as_payroll),
    Visit("month-file", HERE, COMPANY, "proposed", act=send_our_template),
)


def places_month_files() -> dict[str, object]:
    """The last month over, in which the company of the demonstration works."""
    day: date = demo.today()
    return {"file_month": f"{shift(first_day(day), -1):%Y-%m}"}

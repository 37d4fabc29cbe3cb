"""What a user does on the pages, act by act: by the cards, the buttons and the labels shown."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

FACILITATOR = "Facilitateur"
COORDINATION = "Coordination régionale"
BUYER = "Acheteur"
COMPANY = "Entreprise"
PHONE = ViewportSize(width=390, height=844)
DESK = ViewportSize(width=1280, height=900)


@contextmanager
def somebody_else(browser: Browser, site: str, size: ViewportSize = DESK) -> Iterator[Page]:
    """Another browser, at the same time, that nobody is signed in with."""
    visitor = browser.new_context(base_url=site, locale="fr-FR", viewport=size)
    visitor.set_default_timeout(30_000)
    yield visitor.new_page()
    visitor.close()


def enter(page: Page, role: str) -> None:
    """Through the role's card on the first page."""
    page.goto("/")
    page.get_by_role("button", name=re.compile(f"^Entrer : {role},")).first.click()
    expect(page.get_by_role("heading", name="À faire", level=1)).to_be_visible()


def enter_as(page: Page, card: str) -> None:
    """Through a card of the first page that shares its role with another: "agence"."""
    page.goto("/")
    page.locator(f"button[value='{card}@demo.coclause.test']").click()
    expect(page.get_by_role("heading", name="À faire", level=1)).to_be_visible()


def leave(page: Page) -> None:
    press(page, "Se déconnecter")
    expect(page.get_by_role("link", name="Se connecter")).to_be_visible()


def take_turn(page: Page, role: str) -> None:
    """Whoever was there leaves; another one enters."""
    leave(page)
    enter(page, role)


def fits(page: Page) -> None:
    """Nothing of the page is wider than the screen."""
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{page.url} overflows by {wide} px"


def words(text: str, start: str = "") -> re.Pattern[str]:
    """That text, whichever apostrophe or space it is typeset with."""
    parts = (re.escape(part) for part in re.split(r"[\s'’]", text))
    return re.compile(start + r"[\s'’]".join(parts))


def press(place: Page | Locator, name: str | re.Pattern[str]) -> None:
    place.get_by_role("button", name=_name(name)).first.click()


def open_link(place: Page | Locator, name: str | re.Pattern[str]) -> None:
    place.get_by_role("link", name=_name(name)).first.click()


def go(page: Page, entry: str) -> None:
    """By the left bar, or the bar above for a company."""
    bar = page.get_by_role("navigation", name="Navigation principale")
    bar.get_by_role("link", name=re.compile(f"^{entry}")).click()


def main_act(page: Page, name: str) -> None:
    """The filled button of the page's head: the page says by itself what comes next."""
    head = page.get_by_role("main").locator(".head-actions")
    act = _name(name)
    head.get_by_role("link", name=act).or_(head.get_by_role("button", name=act)).click()


def fill(page: Page, **fields: str) -> None:
    """Fields by the beginning of their label, written with underscores for spaces."""
    for name, value in fields.items():
        page.get_by_label(words(name.replace("_", " "), "^")).first.fill(value)


def told(page: Page, sentence: str) -> None:
    """A message on top of the page says so."""
    expect(page.get_by_role("status").filter(has_text=words(sentence))).to_be_visible()


def todo(page: Page, what: str, about: str) -> Locator:
    """The line of « À faire » about that operation."""
    lines = page.get_by_role("listitem").filter(has_text=about)
    return lines.filter(has_text=what).first


def siret_of(page: Page, company: str) -> str:
    """As the directory gives it."""
    go(page, "Organisations")
    fill(page, Nom_ou_SIRET=company)
    press(page, "Filtrer")
    open_link(page, company)
    found = re.search(r"\d{14}", re.sub(r"\s", "", page.get_by_role("main").inner_text()))
    assert found
    return found[0]


def french(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def bar_says(page: Page, sentence: str) -> None:
    """The large bar of the clause tells its figures in a sentence."""
    bar = page.get_by_role("region", name="Avancement").get_by_role("img")
    expect(bar).to_have_accessible_name(words(sentence))


def _name(name: str | re.Pattern[str]) -> re.Pattern[str]:
    return words(name) if isinstance(name, str) else name

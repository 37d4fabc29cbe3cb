"""The page of a company's month, as the journeys use it."""

import re

from playwright.sync_api import Locator, Page, expect
from tests.journeys.acts import open_link, press, words

from coclause import demo
from coclause.core.months import first_day, shift

MONTH = shift(first_day(demo.today()), -1)
"""The last one over: it is owed by the company of the card."""
SEND = re.compile("^Envoyer")


def open_month(page: Page) -> None:
    """« À faire » has one line for a company's hours: it leads to the oldest month owed."""
    open_link(page.get_by_role("main"), re.compile("^Déclarer"))
    expect(page.get_by_role("heading", name=words("Vos heures"), level=1)).to_be_visible()


def people(place: Page | Locator) -> list[tuple[str, Locator]]:
    """The lines that are open to typing: the name, and the field of the hours of work."""
    lines = place.locator(".month-line:has(.month-name label):visible")
    return [
        (line.locator(".month-name label").inner_text(), line.locator("input").first)
        for line in lines.all()
    ]


def send(page: Page) -> None:
    """Doubts are read, then confirmed by sending again."""
    press(page, SEND)
    if page.get_by_text("à confirmer.").count():
        press(page, re.compile("^Envoyer quand même"))


def section(page: Page, award: str) -> Locator:
    """The part of the page about that award, named as its title does."""
    return page.get_by_role("region", name=award)

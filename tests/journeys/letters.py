"""What the letters of a journey carry: a link, a code."""

import re

from playwright.sync_api import Page, expect
from tests.core.smtp_server import Mailbox
from tests.journeys.acts import fill, press


def link_in(letter: str) -> str:
    """The path of the first link of ours, on whichever server the journey runs."""
    found = re.search(r"https?://[^/\s]+(/\S+)", letter)
    assert found, letter
    return found[1]


def letter_to(mailbox: Mailbox, address: str, *about: str) -> str:
    """The words of the letter to that address whose subject says all that."""
    return str(mailbox.wait_for_letter(address, *about).get_content())


def code_for(mailbox: Mailbox, address: str) -> str:
    """The code that was asked for."""
    found = re.search(r"\d{4}-\d{4}", letter_to(mailbox, address, "votre code pour entrer"))
    assert found
    return found[0]


def enter_by_letter(page: Page, mailbox: Mailbox, address: str, letter: str) -> None:
    """From the link of a letter to the page it leads to, without a password."""
    page.goto(link_in(letter))
    press(page, "Recevoir mon code")
    expect(page.get_by_role("heading", name="Saisir le code")).to_be_visible()
    fill(page, Code_reçu=code_for(mailbox, address))
    press(page, "Entrer")

"""Journey 3: a company's month, from the letter that invites a contact to the hours sent.

What a company already has is taken as it is: last month, its spreadsheet, its payroll.
"""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect
from tests.core.jobs_helper import running_worker
from tests.core.smtp_server import smtp_server
from tests.journeys.acts import (
    COMPANY,
    DESK,
    FACILITATOR,
    PHONE,
    enter,
    fill,
    fits,
    go,
    leave,
    main_act,
    open_link,
    press,
    somebody_else,
    told,
    words,
)
from tests.journeys.clicks import Hand
from tests.journeys.letters import code_for, enter_by_letter, letter_to, link_in
from tests.network.programmes.programme_files import xlsx

MOST_CLICKS = 4
NEWCOMER = "zelie.chimere@exemple.test"
SEND = re.compile("^Envoyer")


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

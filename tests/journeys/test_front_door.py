"""Journey 1: a buyer without an account, from the first page to the facilitator's hands."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.core.jobs_helper import running_worker
from tests.core.smtp_server import smtp_server
from tests.journeys.acts import FACILITATOR, enter, fill, go, open_link, press, told, words

OBJECT = "Réhabilitation de la piscine des Nuages"
EMAIL = "alienor.fictive@exemple.test"


def test_a_buyer_is_answered_and_its_request_reaches_the_facilitator(
    page: Page, site: str, database: str
) -> None:
    """Each step of the front door, the mail by a real server, the link, and who receives it."""
    describe(page)
    read_the_answer(page)
    with smtp_server() as mailbox, running_worker(database, mailbox):
        reference = send(page)
        received = mailbox.wait_for_letter(EMAIL, reference)
        body = str(received.get_content())
    assert reference in str(received["Subject"])
    assert OBJECT not in body
    follow_from_the_mail(page, body, reference)
    enter(page, FACILITATOR)
    the_facilitator_sees_it(page, reference)


def describe(page: Page) -> None:
    page.goto("/")
    fill(page, **{"Que voulez-vous acheter": OBJECT, "Valeur totale": "6,2 M€"})
    page.get_by_role("radio", name="Travaux").check()
    fill(page, Durée="14", **{"Commune où": "Dijon", "Envoi de": "12/01/2027"})
    press(page, "Voir la réponse")


def read_the_answer(page: Page) -> None:
    title = page.get_by_role("heading", name=words("Oui, une condition sociale est obligatoire"))
    expect(title).to_be_visible()
    expect(page.get_by_text("art. L2112-2-1, I").first).to_be_visible()
    expect(page.get_by_role("heading", name=words("Première estimation : 2 395 à"))).to_be_visible()
    # Going elsewhere and back keeps what was typed.
    open_link(page, "Chiffres clés")
    page.go_back()
    expect(page.get_by_label("Que voulez-vous acheter")).to_have_value(OBJECT)
    expect(title).to_be_visible()


def send(page: Page) -> str:
    open_link(page, "Envoyer ma demande")
    fill(page, **{"Votre organisation": "Ville de Montfictif", "Vos nom": "Aliénor Fictive"})
    fill(page, **{"Adresse électronique": EMAIL, "Votre message": "Nous hésitons."})
    press(page, "Envoyer ma demande")
    told(page, "est envoyée. Un accusé de réception part")
    heading = page.get_by_role("heading", level=1).inner_text()
    found = re.search(r"D\d{4}-\d{5}", heading)
    assert found
    return found[0]


def follow_from_the_mail(page: Page, body: str, reference: str) -> None:
    """The link of the message opens the same request, in a browser that knows nothing of it."""
    link = re.search(r"https?://[^/\s]+(/suivi/\S+/)", body)
    assert link
    page.context.clear_cookies()
    page.goto(link[1])
    expect(page.get_by_role("heading", level=1)).to_contain_text(reference)
    expect(page.get_by_text("Au réseau de répondre, avant le")).to_be_visible()
    fill(page, **{"Votre message": "Le maximum est de 6,2 M€."})
    press(page, "Envoyer le message")
    told(page, "Votre message est envoyé")


def the_facilitator_sees_it(page: Page, reference: str) -> None:
    go(page, "Demandes")
    expect(page.get_by_text(reference).first).to_be_visible()
    expect(page.get_by_text(OBJECT).first).to_be_visible()


@pytest.mark.parametrize("width", [320, 390])
def test_the_door_works_on_a_phone_without_a_script(
    site: str, browser: Browser, width: int
) -> None:
    """A slow line or an old phone: the answer needs no script and the page does not overflow."""
    context = browser.new_context(
        base_url=site,
        locale="fr-FR",
        java_script_enabled=False,
        viewport={"width": width, "height": 800},
    )
    page = context.new_page()
    describe(page)
    expect(page.get_by_role("heading", name=words("Oui, une condition sociale"))).to_be_visible()
    open_link(page, "Envoyer ma demande")
    expect(page.get_by_label("Votre organisation")).to_be_visible()
    context.close()

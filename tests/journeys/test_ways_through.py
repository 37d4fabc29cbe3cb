"""The same pages by other ways in: a form, a phone, a keyboard, two persons at the same time."""

import re
from datetime import timedelta

from playwright.sync_api import Browser, Page, expect
from tests.journeys.acts import (
    COMPANY,
    COORDINATION,
    FACILITATOR,
    PHONE,
    enter,
    fill,
    french,
    go,
    leave,
    open_link,
    press,
    somebody_else,
    told,
)

from coclause import demo

PASSWORD = "demonstration-locale"


def open_first_month(page: Page) -> str:
    """From « À faire », the first month to check. Returns what the line calls it."""
    line = page.get_by_role("link", name=re.compile("^Vérifier .+ : ")).first
    title = line.inner_text()
    line.click()
    main = page.get_by_role("main").locator(".head-actions")
    check = main.get_by_role("link", name=re.compile("^Vérifier "))
    if check.count():
        check.click()
    return title


def test_a_password_opens_the_desk_and_leaving_closes_it(page: Page) -> None:
    """Without the cards, as on a site that is not a demonstration."""
    page.goto("/")
    open_link(page, "Se connecter")
    fill(page, Courriel="facilitatrice@demo.coclause.test")
    page.get_by_label(re.compile("^Mot de passe")).fill("pas celui-là")
    press(page.get_by_role("main"), "Se connecter")
    expect(page.get_by_role("alert").or_(page.locator(".error-summary"))).to_be_visible()
    page.get_by_label(re.compile("^Mot de passe")).fill(PASSWORD)
    press(page.get_by_role("main"), "Se connecter")
    expect(page.get_by_role("heading", name="À faire", level=1)).to_be_visible()
    leave(page)
    page.go_back()
    page.reload()
    expect(page.get_by_role("heading", name="À faire", level=1)).to_have_count(0)


def test_a_month_is_validated_on_a_phone(page: Page) -> None:
    """The drawer leads to « À faire », the list to the month, the bar below validates it."""
    page.set_viewport_size(PHONE)
    enter(page, FACILITATOR)
    press(page, "Menu")
    go(page, "Opérations et clauses")
    press(page, "Menu")
    go(page, "À faire")
    open_first_month(page)
    press(page, re.compile("^Tout valider"))
    told(page, "validée")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]


def test_a_month_is_validated_with_the_keyboard_alone(page: Page) -> None:
    """No step of a check needs a pointer."""
    enter(page, FACILITATOR)
    reach(page, "^Vérifier .+ : ")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="À faire", level=1)).to_have_count(0)
    if page.get_by_role("button", name=re.compile("^Tout valider")).count() == 0:
        reach(page, "^Vérifier ")
        page.keyboard.press("Enter")
    reach(page, "^Tout valider")
    page.keyboard.press("Enter")
    told(page, "validée")


def reach(page: Page, name: str) -> None:
    """Tab until the element of that name has the focus."""
    wanted = re.compile(name)
    for _ in range(80):
        page.keyboard.press("Tab")
        if wanted.search(page.locator(":focus").inner_text().strip()):
            return
    raise AssertionError(f"no way to « {name} » by the keyboard")


def test_a_double_click_sends_a_month_once(page: Page) -> None:
    """Else the second sending is refused to someone who did nothing wrong."""
    enter(page, COMPANY)
    sent: list[str] = []
    open_link(page.get_by_role("main"), re.compile("^Déclarer"))
    page.on("request", lambda r: sent.append(r.url) if r.method == "POST" else None)
    page.get_by_role("button", name=re.compile("^Envoyer")).dblclick()
    expect(page.get_by_role("status").or_(page.locator(".message-warning")).first).to_be_visible()
    assert len(sent) == 1


def test_of_two_who_validate_one_is_told(page: Page, browser: Browser, site: str) -> None:
    """The hours count once, and the second one learns what happened."""
    enter(page, FACILITATOR)
    open_first_month(page)
    with somebody_else(browser, site) as other:
        enter(other, FACILITATOR)
        open_first_month(other)
        assert other.url == page.url
        press(page, re.compile("^Tout valider"))
        told(page, "validée")
        press(other, re.compile("^Tout valider"))
        expect(other.get_by_role("main")).to_contain_text("changé pendant que vous le lisiez")


def test_who_is_no_longer_a_member_is_cut_at_once(page: Page, browser: Browser, site: str) -> None:
    """A page left open shows nothing more once the coordination has ended the membership."""
    enter(page, FACILITATOR)
    who, host = whose(page)
    with somebody_else(browser, site) as coordination:
        enter(coordination, COORDINATION)
        end_membership(coordination, who, host)
    go(page, "Opérations et clauses")
    expect(page.get_by_role("table", name="Opérations")).to_have_count(0)
    expect(page.get_by_role("main")).to_contain_text("n’a plus aucun rôle aujourd’hui")


def whose(page: Page) -> tuple[str, str]:
    """The name and the host, as the left bar says them."""
    words = page.locator(".who").first.inner_text().splitlines()
    return words[0], words[-1]


def end_membership(page: Page, who: str, host: str) -> None:
    go(page, "Organisations")
    fill(page, Nom_ou_SIRET=host)
    press(page, "Filtrer")
    open_link(page, host)
    row = page.get_by_role("row").filter(has_text=who).filter(has_text="Facilitateur")
    open_link(row, re.compile("^Terminer la période"))
    fill(page, Dernier_jour=french(demo.today() - timedelta(days=1)))
    press(page, "Terminer cette période")
    told(page, "La période est terminée")

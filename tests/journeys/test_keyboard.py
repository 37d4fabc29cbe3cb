"""Whoever has no mouse does the same work: the way through the page, the month, its check."""

from playwright.sync_api import Page, expect

MOST_KEYS = 120


def enter(page: Page, role: str) -> None:
    page.goto("/")
    reach(page, f"button[value='{role}@demo.coclause.test']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/a-faire/")


def reach(page: Page, selector: str) -> None:
    """Press Tab until that element has the focus, and shows it."""
    wanted = page.locator(selector).first
    for _ in range(MOST_KEYS):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            outline = wanted.evaluate("element => getComputedStyle(element).outlineStyle")
            assert outline != "none", f"{selector} does not show that it has the focus"
            return
    raise AssertionError(f"{selector} is out of reach of the keyboard")


def test_first_key_leads_past_the_navigation(page: Page) -> None:
    enter(page, "facilitatrice")
    page.goto("/operations/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_drawer_of_a_phone_opens_and_closes(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    enter(page, "facilitatrice")
    reach(page, ".side-menu")
    page.keyboard.press("Enter")
    drawer = page.get_by_role("navigation", name="Navigation principale")
    expect(drawer).to_be_visible()
    reach(page, "#navigation a[href='/operations/']")
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(page.locator(".side-menu")).to_be_focused()


def test_month_is_declared_then_checked(page: Page) -> None:
    enter(page, "entreprise")
    reach(page, "main a[href*='/mon-mois/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/mon-mois/**")
    address = page.url
    papers = page.locator(".month-section a[href*='/pieces/']").first.get_attribute("href")
    assert papers
    reach(page, ".month-list input")
    page.keyboard.press("Control+A")
    page.keyboard.type("35,5")
    for _ in range(3):
        # Doubts are confirmed by sending again: a person reads them, then presses once more.
        reach(page, "#mois button[type=submit]:visible")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        if page.url != address:
            break
    expect(page.locator(".message-success")).to_be_visible()
    page.context.clear_cookies()
    enter(page, "facilitatrice")
    page.goto(papers.replace("pieces", "verifier"))
    reach(page, "main input[type=checkbox]")
    page.keyboard.press("Space")
    expect(page.locator("main input[type=checkbox]").first).to_be_checked()
    reach(page, "button[name=acte][value=valider]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator(".message-success")).to_be_visible()


def test_tabs_of_a_clause_are_links(page: Page) -> None:
    enter(page, "facilitatrice")
    page.goto("/operations/?etat=en_execution")
    reach(page, "tbody th a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/operations/*/")
    reach(page, "tbody th a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/clauses/*/")
    reach(page, ".tabs a[href*=journal]")
    page.keyboard.press("Enter")
    expect(page.locator(".tabs a[aria-current]")).to_contain_text("Journal")

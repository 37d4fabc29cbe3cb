"""The look is a promise: every state is drawn, passes the accessibility rules, and fits a phone."""

import mimetypes
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template import engines
from django_cotton.compiler_regex import CottonCompiler
from playwright.sync_api import Browser, Page, Route
from tests.web import component_gallery as gallery

from coclause.web.bars import hours_bar
from coclause.web.templatetags import french

HOST = "http://gallery.test"
POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'"
SERIOUS = {"moderate", "serious", "critical"}

# The browser is one for all tests that need it, on one worker.
needs_browser = pytest.mark.xdist_group("journeys")


def draw(source: str, **extra: Any) -> str:
    """The HTML of a template written with components."""
    template = engines["django"].from_string(CottonCompiler().process(source))
    return str(template.render({**gallery.context(), **extra}, gallery.request()))


# --- what a component says ---


def test_the_bar_says_its_five_figures_to_who_does_not_see_it() -> None:
    html = draw(
        '<c-hours-bar :validated="468" :declared="96" :expected="640" :projected="1049"'
        ' :committed="1240" />'
    )
    assert 'role="img"' in html
    assert "468\u00a0h validées, 96\u00a0h déclarées à vérifier" in html
    assert "1\u202f240\u00a0h engagées" in html


def test_an_unknown_commitment_is_said_and_never_drawn_as_missing_hours() -> None:
    html = draw('<c-hours-bar :validated="212" :declared="14" />')
    assert "engagement non connu" in html
    assert "hb-missing" not in html


def test_above_the_commitment_the_scale_grows_and_the_commitment_is_marked() -> None:
    html = draw(
        '<c-hours-bar :validated="1020" :declared="180" :expected="900" :projected="1350"'
        ' :committed="1000" />'
    )
    assert "hb-owed" in html
    assert "engagé : 1\u202f000\u00a0h" in html


@pytest.mark.parametrize("name", sorted(gallery.PAGES))
def test_a_page_keeps_the_strict_policy(name: str) -> None:
    """An inline style or script would be dropped by the policy: the page would look broken."""
    html = draw(gallery.PAGES[name].read_text(encoding="utf-8"))
    assert " style=" not in html
    assert "<style" not in html
    assert html.count("<script") == html.count("<script src=") + html.count(
        "<script defer"
    ) + html.count("<script nonce")


def test_a_name_with_markup_is_shown_as_text() -> None:
    html = draw('<c-stat label="{{ name }}" value="1" />', name="<b>Toits & fils</b>")
    assert "&lt;b&gt;Toits &amp; fils&lt;/b&gt;" in html


def test_an_error_is_linked_from_the_summary_to_its_field() -> None:
    html = draw('<c-form-errors :form="form" /><c-field :field="form.hours" />')
    assert 'href="#id_hours"' in html
    assert 'id="id_hours_error"' in html
    assert 'aria-describedby="id_hours_helptext id_hours_error"' in html
    assert 'value="trente"' in html, "what was typed is lost"


def test_sorting_keeps_the_filters_and_forgets_the_page() -> None:
    html = draw('<c-th name="nom" label="Nom" :sort="sort" />')
    assert 'aria-sort="ascending"' in html
    assert 'href="?type=travaux&amp;tri=-nom"' in html


def test_paging_keeps_the_filters() -> None:
    html = draw('<c-pagination :page="page" />')
    assert "26 à 50 sur 60" in html
    assert 'href="?type=travaux&amp;page=3&amp;tri=nom"' in html


def test_an_empty_table_says_what_to_do_first() -> None:
    html = draw(
        '<c-table caption="Personnes" :rows="empty_rows"><c-slot name="empty">'
        '<c-empty title="Aucune personne" action="Ajouter" href="/p/" /></c-slot></c-table>'
    )
    assert "<table" not in html
    assert 'href="/p/"' in html


def test_a_turn_is_said_in_words() -> None:
    assert "turn-other" not in draw('<c-turn waiting="l’acheteur attend" />')
    html = draw('<c-turn :mine="False" who="L’entreprise" />')
    assert "turn-other" in html
    assert "L’entreprise" in html


# --- figures and dates ---


def test_figures_are_written_the_french_way() -> None:
    assert french.number(1051292) == "1\u202f051\u202f292"
    assert french.hours(Decimal("151.67")) == "151,67\u00a0h"
    assert french.hours("hidden") == "<\u00a05"
    assert french.euros(40000) == "40\u202f000\u00a0€"
    assert french.percent(468, 1240) == "38\u202f%"
    assert french.month_fr(date(2026, 10, 1)) == "octobre 2026"
    assert french.since(date(2026, 11, 20), date(2026, 11, 24)) == "depuis 4\u00a0jours"


def test_an_instant_is_dated_where_the_reader_lives() -> None:
    assert french.date_fr(datetime(2026, 8, 21, 22, 30, tzinfo=UTC)) == "22/08/2026"


def test_what_is_not_known_is_shown_as_not_known() -> None:
    for written in (french.number(None), french.hours(None), french.euros(None)):
        assert written == "non connu"
    assert french.date_fr(None) == french.month_fr(None) == "non connu"
    assert draw("{{ nowhere|hours }}") == "non connu"


# --- what a browser sees ---


def _answer(route: Route) -> None:
    """Serve the gallery and the static files from memory: nothing goes out."""
    path = urlsplit(route.request.url).path
    headers = {"Content-Security-Policy": POLICY}
    if path.startswith("/static/"):
        found = finders.find(path.removeprefix("/static/"))
        assert isinstance(found, str), f"fichier statique absent : {path}"
        kind = mimetypes.guess_type(found)[0] or "application/octet-stream"
        route.fulfill(body=Path(found).read_bytes(), content_type=kind, headers=headers)
    else:
        html = draw(gallery.PAGES[path.strip("/")].read_text(encoding="utf-8"))
        route.fulfill(body=html, content_type="text/html; charset=utf-8", headers=headers)


def _open(browser: Browser, name: str, width: int, theme: str = "light") -> Page:
    page = browser.new_page(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if theme == "dark" else "light",
    )
    page.set_default_timeout(10_000)
    page.route("**/*", _answer)
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    page.on("pageerror", lambda error: refused.append(str(error)))
    page.goto(f"{HOST}/{name}")
    page.evaluate("document.fonts.ready")
    assert refused == [], "the browser refused something of the page"
    return page


@needs_browser
@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (1280, "dark"), (390, "light")])
@pytest.mark.parametrize("name", sorted(gallery.PAGES))
def test_no_accessibility_rule_is_broken(
    browser: Browser, name: str, width: int, theme: str
) -> None:
    page = _open(browser, name, width, theme)
    try:
        axe = settings.NODE_MODULES / "axe-core/axe.min.js"
        page.evaluate(axe.read_text(encoding="utf-8"))
        for details in page.locator("details").all():
            details.evaluate("element => { element.open = true }")
        result = page.evaluate("axe.run(document, { resultTypes: ['violations', 'incomplete'] })")
    finally:
        page.close()
    faults = [
        (fault["id"], node["target"], node["failureSummary"])
        for fault in result["violations"]
        if fault["impact"] in SERIOUS
        for node in fault["nodes"]
    ]
    assert faults == []
    # Text of the very colour of its ground: axe leaves it to the eye, it is a fault all the same.
    assert "equalRatio" not in [
        check["data"]["messageKey"]
        for doubt in result["incomplete"]
        if doubt["id"] == "color-contrast"
        for node in doubt["nodes"]
        for check in node["any"]
        if check["data"]
    ]


@needs_browser
@pytest.mark.parametrize("name", sorted(gallery.PAGES))
def test_the_smallest_phone_never_scrolls_sideways(browser: Browser, name: str) -> None:
    page = _open(browser, name, 320)
    try:
        width = page.evaluate("document.documentElement.scrollWidth")
    finally:
        page.close()
    assert width <= 320


@needs_browser
def test_the_reader_chooses_the_theme_and_finds_it_again(browser: Browser) -> None:
    page = _open(browser, "public", 1280)
    try:
        page.get_by_label("sombre").check()
        page.reload()
        assert page.locator("html").get_attribute("data-theme") == "dark"
        page.get_by_label("auto").check()
        assert page.locator("html").get_attribute("data-theme") is None
    finally:
        page.close()


@needs_browser
def test_the_menu_of_a_phone_opens_by_keyboard_and_closes(browser: Browser) -> None:
    page = _open(browser, "work", 390)
    try:
        link = page.get_by_role("link", name="Opérations et clauses")
        assert not link.is_visible()
        page.get_by_role("button", name="Menu").press("Enter")
        assert link.is_visible()
        page.keyboard.press("Escape")
        assert not link.is_visible()
    finally:
        page.close()


@needs_browser
def test_a_double_click_sends_once(browser: Browser) -> None:
    page = _open(browser, "desk", 1280)
    try:
        page.evaluate(
            """() => {
              window.sent = 0;
              document.addEventListener('submit', event => {
                if (!event.defaultPrevented) window.sent += 1;
                event.preventDefault();
              });
            }"""
        )
        page.get_by_role("radio", name="Travaux").check()
        page.get_by_role("button", name="Enregistrer").dblclick()
        assert page.evaluate("window.sent") == 1
    finally:
        page.close()


def test_the_gallery_shows_every_hard_bar() -> None:
    """The browser checks above are worth the states that they see."""
    drawn = {name: hours_bar(*figures) for name, figures in gallery.BARS.items()}
    assert drawn["above"].commitment is not None
    assert not drawn["unknown"].committed_known
    assert drawn["zero"].drawn[-1].kind == "missing"

"""Every page opens to whoever reads it by ear, by keyboard, large, in the dark, on a phone."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from django.db import connections
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Browser, BrowserContext, Page, Response
from tests.conftest import point
from tests.journeys.conftest import AXE, Site
from tests.journeys.every_visit import NOT_PAGES, VISITS, parametrized, places
from tests.journeys.visits import Visit

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EVERYTHING = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
"""A theme changes colours and nothing else: in the dark, they alone are read again."""
LOOKS: tuple[tuple[int, Literal["light", "dark"], object], ...] = (
    (1280, "light", EVERYTHING),
    (1280, "dark", COLOURS),
    (390, "light", EVERYTHING),
)
FAULTS = {"moderate", "serious", "critical"}
WIDE, NARROW = 1280, 320
ENGLISH = re.compile(r"\b(the|and|your|with|sign|log|password|email|please|page not)\b", re.I)


def names(resolver: URLResolver) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern)
        else:
            assert isinstance(pattern, URLPattern)
            yield pattern.name or str(pattern.pattern)


def test_every_address_is_visited() -> None:
    visited = {visit.name for visit in VISITS if visit.name}
    assert set(names(get_resolver())) == visited | set(NOT_PAGES)
    assert not visited & set(NOT_PAGES)


@pytest.fixture(scope="module")
def shared_site(server: Site) -> Iterator[tuple[str, str]]:
    """The site for every page, and the address of its database: nothing here writes."""
    with server.anew() as address:
        yield address, server.database


@pytest.fixture(scope="module")
def found(shared_site: tuple[str, str], django_db_blocker: Any) -> dict[str, object]:
    """The places of that database."""
    before = dict(connections["default"].settings_dict)
    with django_db_blocker.unblock():
        point("default", shared_site[1])
        there = places()
        connections["default"].close()
        connections["default"].settings_dict.update(before)
    return there


@dataclass
class Reader:
    """The page of a role, signed in once, and what its console said since it was last emptied."""

    page: Page
    heard: list[str]


Enter = Callable[[str], Reader]


@pytest.fixture(scope="module")
def enter(browser: Browser, shared_site: tuple[str, str]) -> Iterator[Enter]:
    """The reader of each role."""
    readers: dict[str, Reader] = {}

    def reader_of(role: str) -> Reader:
        if role not in readers:
            # Without motion: colours are read as they are, not on their way to another theme.
            context = browser.new_context(base_url=shared_site[0], reduced_motion="reduce")
            context.set_default_timeout(60_000)
            readers[role] = come_in(context, role)
        return readers[role]

    yield reader_of
    for reader in readers.values():
        reader.page.context.close()


def come_in(context: BrowserContext, role: str) -> Reader:
    reader = Reader(context.new_page(), [])
    reader.page.on("console", lambda m: reader.heard.append(m.text) if m.type == "error" else None)
    reader.page.on("pageerror", lambda error: reader.heard.append(str(error)))
    if role:
        reader.page.goto("/")
        reader.page.locator(f"button[value='{role}@demo.coclause.test']").click()
        reader.page.wait_for_url("**/a-faire/")
    return reader


@pytest.fixture(scope="module")
def titles() -> dict[str, str]:
    """The address that each title names."""
    return {}


@pytest.mark.parametrize("visit", parametrized())
def test_page_is_open_to_everyone(
    visit: Visit, enter: Enter, found: dict[str, object], titles: dict[str, str]
) -> None:
    reader = enter(visit.role)
    page, path = reader.page, visit.path.format(**found)
    reader.heard.clear()
    assert opened(page, visit, path) == visit.status
    assert not [*faults(page), *slips(page)]
    # The browser itself reports an answer of 403, 404 or 422: it is the one expected above.
    assert not [told for told in reader.heard if "Failed to load resource" not in told]
    if visit.status == 200:
        # Where it led: a list that is filtered, or a sign-in asked again, is the same page.
        address = urlsplit(page.url).path
        assert titles.setdefault(page.title(), address) == address


def opened(page: Page, visit: Visit, path: str) -> int:
    """The status of the page's last answer, read wide and in the light."""
    statuses = []
    page.set_viewport_size({"width": WIDE, "height": 900})
    page.emulate_media(color_scheme="light")

    def note(response: Response) -> None:
        if response.request.is_navigation_request() and not 300 <= response.status < 400:
            statuses.append(response.status)

    page.on("response", note)
    page.goto(path)
    if visit.act:
        visit.act(page)
    page.remove_listener("response", note)
    return statuses[-1]


def faults(page: Page) -> Iterator[str]:
    """What the rules find, wide and on a phone, light and dark; and a page wider than a screen."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for width, theme, rules in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)
        for found in page.evaluate("rules => axe.run(document, rules)", rules)["violations"]:
            if found["impact"] in FAULTS:
                where = [node["html"][:160] for node in found["nodes"][:3]]
                yield f"{width} {theme}: {found['id']}, {found['help']}: {where}"
    page.set_viewport_size({"width": NARROW, "height": 900})
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > NARROW:
        yield f"the page scrolls sideways: {width} px"


def slips(page: Page) -> Iterator[str]:
    """A page has one heading of the first level, and speaks French without exclaiming."""
    if page.locator("h1").count() != 1:
        yield f"{page.locator('h1').count()} h1"
    said = f"{page.title()}\n{page.locator('body').inner_text()}"
    yield from (f"English: {word}" for word in ENGLISH.findall(said))
    if "!" in said:
        yield "an exclamation mark"

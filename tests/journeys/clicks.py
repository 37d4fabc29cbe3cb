"""Counting what a hand does: the two minutes of a month are shown by its clicks."""

from dataclasses import dataclass

from playwright.sync_api import Locator, Page


@dataclass
class Hand:
    """Every way of acting that is not typing adds one."""

    page: Page
    clicks: int = 0

    def open(self, link: str) -> None:
        """A link clicked in another program: a mailbox."""
        self.clicks += 1
        self.page.goto(link)

    def click(self, place: Locator) -> None:
        self.clicks += 1
        place.click()

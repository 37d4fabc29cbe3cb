"""Frozen figures read back: hours, days and months, in words."""

from datetime import date
from decimal import Decimal

from coclause.render.numbers import date_fr, hours, month_fr


def number_of(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def hours_of(text: str | None) -> str:
    """ "96.50" → "96,5 h"; unknown is said so."""
    return hours(number_of(text))


def day_of(text: str) -> str:
    """ "2026-11-24" → "24/11/2026"."""
    return date_fr(date.fromisoformat(text))


def month_of(text: str) -> str:
    """ "2026-10" → "Octobre 2026"."""
    return month_fr(date.fromisoformat(f"{text}-01")).capitalize()

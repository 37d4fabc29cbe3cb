"""Months in addresses and in sentences."""

from datetime import date

from coclause.render.numbers import MONTHS, month_fr

SHORT = ("janv.", "févr.", "mars", "avr.", "mai", "juin",
         "juil.", "août", "sept.", "oct.", "nov.", "déc.")  # fmt: skip


class MonthConverter:
    """ "2026-10" in an address is the first of October 2026."""

    regex = r"(?:19|20)\d{2}-(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(f"{value}-01")

    def to_url(self, value: date | str) -> str:
        return value if isinstance(value, str) else f"{value:%Y-%m}"


def name(month: date, day: date) -> str:
    """ "octobre", with its year when it is not that of `day`."""
    text = MONTHS[month.month - 1]
    return text if month.year == day.year else f"{text} {month.year}"


def of_month(month: date) -> str:
    """ "d’octobre 2026", "de mars 2026"."""
    text = month_fr(month)
    return f"d’{text}" if text[0] in "ao" else f"de {text}"


def of(month: date, day: date) -> str:
    """ "d’octobre", "de mars"."""
    text = name(month, day)
    return f"d’{text}" if text[0] in "ao" else f"de {text}"

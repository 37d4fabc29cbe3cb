"""Months, by their first day."""

import calendar
from datetime import date


def first_day(day: date) -> date:
    return day.replace(day=1)


def last_day(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def shift(month: date, months: int) -> date:
    """The first day of the month that many months later (or earlier, below zero)."""
    index = month.year * 12 + month.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def between(first: date, last: date) -> list[date]:
    """First days of the months from `first`'s to `last`'s, both included; none if reversed."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [shift(first_day(first), i) for i in range(max(count, 0))]

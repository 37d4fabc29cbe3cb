"""Working days of France: no Saturday, Sunday or public holiday."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice, takewhile

import holidays


def add_working_days(day: date, count: int) -> date:
    """The day that many working days later; the day itself for none."""
    return next(islice(_working_days_after(day), count - 1, None)) if count else day


def working_days_between(first: date, last: date) -> int:
    """Working days after `first`, up to `last` included; 0 when `last` is not after `first`."""
    return sum(1 for _ in takewhile(lambda day: day <= last, _working_days_after(first)))


def _working_days_after(day: date) -> Iterator[date]:
    closed = holidays.country_holidays("FR", years=[day.year, day.year + 1])
    while True:
        day += timedelta(days=1)
        # `holidays` works out further years by itself when one is asked for.
        if day.weekday() < 5 and day not in closed:
            yield day

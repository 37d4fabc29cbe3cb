"""Days of execution of an award: from its start to its end, suspensions left out.

The same count as the database's `coclause_days_on`, for what is decided month by month.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Protocol

from coclause.render.numbers import date_fr

ONE_DAY = timedelta(days=1)


class Calendar(Protocol):
    """An award, or one version of its calendar."""

    @property
    def starts_on(self) -> Any: ...
    @property
    def ends_on(self) -> Any: ...
    @property
    def suspensions(self) -> Any: ...
    @property
    def suspended_on(self) -> Any: ...


def days_off(calendar: Calendar) -> Iterator[tuple[date, date]]:
    """Periods without execution, both days included; the last day is the end while one runs."""
    for period in calendar.suspensions:
        yield period.lower, period.upper - ONE_DAY
    if calendar.suspended_on is not None and calendar.suspended_on <= calendar.ends_on:
        yield calendar.suspended_on, calendar.ends_on


def days_of_execution(calendar: Calendar, first: date, last: date) -> int:
    """How many days of execution there are from `first` to `last`, both included."""
    first, last = max(first, calendar.starts_on), min(last, calendar.ends_on)
    if last < first:
        return 0
    off = sum(
        max((min(last, end) - max(first, start)).days + 1, 0) for start, end in days_off(calendar)
    )
    return (last - first).days + 1 - off


def is_suspended(calendar: Calendar, day: date) -> bool:
    """Whether that day lies within a suspension, over or still running."""
    if calendar.suspended_on is not None and calendar.suspended_on <= day:
        return True
    return any(period.lower <= day < period.upper for period in calendar.suspensions)


def off_in_words(calendar: Calendar) -> list[str]:
    """ "suspendue du 02/11/2026 au 30/11/2026", "suspendue depuis le 02/01/2027"."""
    told = [
        f"suspendue du {date_fr(period.lower)} au {date_fr(period.upper - ONE_DAY)}"
        for period in calendar.suspensions
    ]
    if calendar.suspended_on is not None:
        told.append(f"suspendue depuis le {date_fr(calendar.suspended_on)}")
    return told

"""What falls due follows days of execution: a plain count, day by day, must agree with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import given, settings
from hypothesis import strategies as st

from coclause.clauses.calendars import days_of_execution, is_suspended

pytestmark = pytest.mark.django_db
FIRST = date(2026, 3, 2)
CLOSE = Fraction(1, 10**9)


@dataclass(frozen=True)
class Calendar:
    """A calendar and the day a debt takes effect."""

    starts_on: date
    ends_on: date
    suspensions: list[DateRange]
    suspended_on: date | None
    effective: date

    def share(self, first: date, last: date) -> Fraction:
        """Counted day by day."""
        begin = min(max(self.starts_on, self.effective), self.ends_on)
        whole = [day for day in _days(begin, self.ends_on) if not self._off(day)]
        running = self.suspended_on
        if not whole:
            at_the_end = first <= self.ends_on <= last
            return Fraction(at_the_end and (running is None or running > self.ends_on))
        done = [d for d in whole if first <= d <= last and (running is None or d < running)]
        return Fraction(len(done), len(whole))

    def _off(self, day: date) -> bool:
        return any(period.lower <= day < period.upper for period in self.suspensions)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(n) for n in range((last - first).days + 1))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    length = draw(st.integers(0, 90))
    ends_on = FIRST + timedelta(length)
    marks = draw(st.lists(st.integers(0, length + 1), max_size=6, unique=True))
    marks = sorted(marks)[: len(marks) // 2 * 2]
    periods = [
        DateRange(FIRST + timedelta(a), FIRST + timedelta(b))
        for a, b in zip(marks[::2], marks[1::2], strict=True)
    ]
    after = marks[-1] if marks else 0
    running = draw(st.none() | st.integers(after, length + 20))
    return Calendar(
        starts_on=FIRST,
        ends_on=ends_on,
        suspensions=periods,
        suspended_on=None if running is None else FIRST + timedelta(running),
        effective=FIRST + timedelta(draw(st.integers(-30, length + 30))),
    )


def share(of: Calendar, first: date, last: date) -> Fraction:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coclause_due_share(%s, %s, %s, %s, %s, %s::daterange[], %s)",
            (
                first,
                last,
                of.starts_on,
                of.ends_on,
                of.effective,
                of.suspensions,
                of.suspended_on,
            ),
        )
        (found,) = cursor.fetchone()
    return Fraction(found)


@settings(max_examples=150)
@given(of=calendars(), cuts=st.lists(st.integers(-10, 110), max_size=5))
def test_what_falls_due_is_counted_in_days_of_execution(of: Calendar, cuts: list[int]) -> None:
    first, last = of.starts_on - timedelta(10), of.ends_on + timedelta(30)
    ends = sorted({min(FIRST + timedelta(cut), last) for cut in cuts} | {last})
    total = Fraction(0)
    for end in ends:
        part = share(of, first, end)
        assert part >= 0
        assert abs(part - of.share(first, end)) < CLOSE
        total += part
        first = end + timedelta(1)
    assert total <= 1 + CLOSE
    if of.suspended_on is None or of.suspended_on > of.ends_on:
        assert abs(total - 1) < CLOSE


@given(of=calendars(), cuts=st.tuples(st.integers(-10, 110), st.integers(-10, 110)))
def test_months_are_asked_by_the_same_days(of: Calendar, cuts: tuple[int, int]) -> None:
    first, last = (FIRST + timedelta(cut) for cut in sorted(cuts))
    days = [
        day
        for day in _days(first, last)
        if of.starts_on <= day <= of.ends_on and not is_suspended(of, day)
    ]
    assert days_of_execution(of, first, last) == len(days)

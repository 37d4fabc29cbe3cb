"""A wrong or ambiguous number on a page is a wrong decision for who reads it."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coclause.render import numbers


def test_thousands_are_parted_by_narrow_spaces_and_units_never_break() -> None:
    assert numbers.integer(1051292) == "1\u202f051\u202f292"
    assert numbers.hours(1051292) == "1\u202f051\u202f292\u00a0h"
    assert numbers.euros(Decimal("40000.00")) == "40\u202f000\u00a0€"
    assert numbers.euros(Decimal("1234.5"), cents=True) == "1\u202f234,50\u00a0€"
    assert numbers.euros(Decimal("100000.00"), cents=True) == "100\u202f000\u00a0€"
    assert numbers.euros(Decimal("0.50"), cents=True) == "0,50\u00a0€"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (35.5, "35,5"),
        (151.67, "151,67"),
        (Decimal("151.670"), "151,67"),
        (2.675, "2,68"),
        (0, "0"),
        (100, "100"),
        (-0.001, "0"),
        (Decimal("-1200.5"), "\u22121\u202f200,5"),
    ],
)
def test_hours_of_a_payslip_are_written_as_they_were_paid(value: float, text: str) -> None:
    assert numbers.decimal(value) == text


def test_what_is_not_known_is_said_and_never_shown_as_zero() -> None:
    for write in (numbers.integer, numbers.decimal, numbers.hours, numbers.euros):
        assert write(None) == "non connu"
    assert numbers.date_fr(None) == numbers.month_fr(None) == "non connu"
    assert numbers.percent(3, 0) == numbers.percent(3, None) == "non calculable"
    assert numbers.percent(None, 3) == "non connu"
    assert numbers.amount("hidden", "h") == "<\u00a05"


def test_a_share_is_rounded_once_from_exact_figures() -> None:
    assert numbers.percent(631826, 1051292) == "60,1\u202f%"
    assert numbers.percent(Decimal("0.5"), 1000) == "0,1\u202f%"
    assert numbers.percent(1, 3, places=0) == "33\u202f%"


def test_dates_and_waits_read_as_people_say_them() -> None:
    today = date(2026, 10, 12)
    assert numbers.date_fr(date(2026, 8, 22)) == "22/08/2026"
    assert numbers.month_fr(today) == "octobre 2026"
    assert numbers.days_since(date(2026, 10, 12), today) == "depuis aujourd’hui"
    assert numbers.days_since(date(2026, 10, 11), today) == "depuis hier"
    assert numbers.days_since(date(2026, 9, 30), today) == "depuis 12\u00a0jours"
    assert numbers.days_since(date(2026, 10, 20), today) == "à partir du 20/10/2026"


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_an_integer_can_be_read_back(value: int) -> None:
    text = numbers.integer(value).replace("\u202f", "").replace("\u2212", "-")
    assert int(text) == value


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN")])
def test_a_broken_computation_is_refused_not_printed(value: float | Decimal) -> None:
    with pytest.raises(ValueError, match="nombre sans écriture"):
        numbers.integer(value)

"""Dated values: a gap, an overlap or a value carried on would tell of a law that is not there."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coclause.law import dated, exemptions
from coclause.law.dated import Dated

CODES = sorted({row.code for row in dated.values()})
THRESHOLDS = [code for code in CODES if code.startswith("threshold_")]


def period(first: date, last: date | None) -> Dated:
    """A value of an invented code."""
    return Dated("essai", Decimal(1), first, last, "source")


def test_the_files_have_no_gap_and_no_overlap() -> None:
    assert dated.faults(dated.values()) == []


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([(date(2020, 1, 1), date(2020, 12, 31)), (date(2021, 1, 2), None)], "gap"),
        ([(date(2020, 1, 1), date(2021, 1, 1)), (date(2021, 1, 1), None)], "overlap"),
        ([(date(2020, 1, 1), None), (date(2021, 1, 1), None)], "overlap"),
        ([(date(2020, 1, 1), date(2019, 1, 1))], "ends before"),
    ],
)
def test_a_fault_is_found(rows: list[tuple[date, date | None]], told: str) -> None:
    """The check itself must be able to fail, in whatever order the file is written."""
    found = dated.faults([period(*row) for row in reversed(rows)])
    assert len(found) == 1
    assert told in found[0]


def test_following_periods_are_no_fault() -> None:
    rows = [period(date(2020, 1, 1), date(2020, 12, 31)), period(date(2021, 1, 1), None)]
    assert dated.faults(rows) == []


@given(st.sampled_from(THRESHOLDS), st.dates(date(2020, 1, 1), date(2027, 12, 31)))
def test_one_threshold_a_day_and_one_only(code: str, day: date) -> None:
    holding = [row for row in dated.history(code) if dated.holds(day, row.first, row.last)]
    assert holding == [dated.on(code, day)]


@given(st.sampled_from(THRESHOLDS), st.dates(date(2028, 1, 1), date(2100, 1, 1)))
def test_no_threshold_is_carried_on(code: str, day: date) -> None:
    assert dated.on(code, day) is None
    with pytest.raises(LookupError, match="aucune valeur connue"):
        dated.known(code, day)


def test_every_value_says_where_it_comes_from() -> None:
    assert all(row.reference for row in dated.values())
    of_law = [row for row in dated.values() if row.code.startswith(("threshold_", "duty_"))]
    assert len(of_law) == 22
    assert all(row.text_date == date(2026, 9, 1) for row in of_law)
    # The day of the notice of December 2019 was not found: it is left out, not guessed.
    assert {row.first.year for row in of_law if row.journal is None} == {2020}


def test_an_unknown_code_is_an_error() -> None:
    with pytest.raises(KeyError, match="seuil"):
        dated.history("seuil")


def test_the_opt_outs_are_four_and_two() -> None:
    rows = dated.tables("exemption")
    assert sum(row["contract"] == "marche" for row in rows) == 4
    assert sum(row["contract"] == "concession" for row in rows) == 2
    assert exemptions.known_codes() == (
        "immediately_available",
        "no_link",
        "competition_or_difficulty",
        "short_works",
    )

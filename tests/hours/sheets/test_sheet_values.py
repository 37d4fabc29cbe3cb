"""Hours, birth dates and months, as companies write them."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coclause.hours.sheets.reading import looks_like_nir
from coclause.hours.sheets.sharing import QUARTER, shared
from coclause.hours.sheets.values import born_of, hours_of, month_of

OCTOBER = date(2026, 10, 1)


@pytest.mark.parametrize(
    ("cell", "hours"),
    [
        (35.5, "35.5"),
        (151.67, "151.67"),
        (0, "0"),
        ("35,5", "35.5"),
        ("35.50 h", "35.50"),
        ("35h30", "35.5"),
        ("35 h 30", "35.5"),
        ("35H", "35"),
        ("35:30", "35.5"),
        ("151:40:00", "151.67"),
        ("1 010,25", "1010.25"),
        ("7 heures 15 min", "7.25"),
        ("12 hrs", "12"),
        (-4, "-4"),
    ],
)
def test_hours_are_read_as_they_are_written(cell: Any, hours: str) -> None:
    assert hours_of(cell) == Decimal(hours)


@pytest.mark.parametrize(
    "cell",
    [None, "", "12/03", "trente", True, date(2026, 10, 1), 1e300, float("nan"), "9" * 40, "35h75",
     "12,5,3", "10 à 12", "=1+1"],
)  # fmt: skip
def test_what_is_no_number_of_hours_is_not_made_one(cell: Any) -> None:
    assert hours_of(cell) is None


@pytest.mark.parametrize(
    ("cell", "born"),
    [
        (date(1999, 3, 5), date(1999, 3, 5)),
        ("05/03/1999", date(1999, 3, 5)),
        ("5.3.99", date(1999, 3, 5)),
        ("05-03-04", date(2004, 3, 5)),
        ("1999-03-05", date(1999, 3, 5)),
        ("1999-03-05 00:00:00", date(1999, 3, 5)),
        (36224, date(1999, 3, 5)),
        ("31/02/1999", None),
        ("mars 1999", None),
        ("05/03/2030", None),
        (None, None),
    ],
)
def test_birth_dates_are_read_or_left_unknown(cell: Any, born: date | None) -> None:
    assert born_of(cell, OCTOBER) == born


@pytest.mark.parametrize(
    ("cell", "month"),
    [
        ("octobre 2026", OCTOBER),
        ("Oct-26", OCTOBER),
        ("10/2026", OCTOBER),
        ("2026-10", OCTOBER),
        ("10", OCTOBER),
        (10, OCTOBER),
        (date(2026, 10, 31), OCTOBER),
        ("octobre", OCTOBER),
        ("septembre", date(2026, 9, 1)),
        ("T3 2026", None),
        ("plus tard", None),
    ],
)
def test_months_are_read_as_they_are_written(cell: Any, month: date | None) -> None:
    assert month_of(cell, OCTOBER) == month


@pytest.mark.parametrize(
    ("cell", "is_one"),
    [
        ("2 95 05 21 231 001 23", True),
        ("2950521231001", True),
        (2950521231001.0, True),
        ("29505212310012", False),
        ("1 85 07 2A 004 123 87", True),
        ("00000000100013", False),
        ("12345678901234", False),
        (151.67, False),
        ("Contrat 2026-118", False),
    ],
)
def test_a_registration_number_is_known_by_its_shape(cell: Any, is_one: bool) -> None:
    """What looks like one is taken out before anything is read."""
    assert looks_like_nir(cell) is is_one


@given(
    total=st.decimals(0, 744, places=2),
    weights=st.dictionaries(st.integers(1, 6), st.decimals(0, 300, places=2), max_size=6),
)
def test_hours_shared_between_awards_add_up_to_the_hours_told(
    total: Decimal, weights: dict[int, Decimal]
) -> None:
    """A quarter of an hour lost or made at each month would be years of debt."""
    awards = (1, 2, 3)
    parts = shared(total, awards, weights)
    if parts is None:
        assert not any(weights.get(award) for award in awards)
        return
    assert sum(parts.values()) == total
    assert set(parts) == set(awards)
    assert min(parts.values()) >= 0
    odd = [award for award, hours in parts.items() if hours % QUARTER]
    assert len(odd) <= 1
    known = {award: weights[award] for award in awards if weights.get(award)}
    for award, hours in parts.items():
        exact = total * known.get(award, Decimal(0)) / sum(known.values())
        assert abs(hours - exact) < QUARTER * len(awards)


def test_the_only_award_takes_all() -> None:
    assert shared(Decimal("151.67"), [7], {}) == {7: Decimal("151.67")}

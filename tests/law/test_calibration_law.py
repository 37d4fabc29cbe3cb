"""Calibration: a figure written in a contract, that a company will have to carry out."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coclause.law.calibration import (
    Calibration,
    CalibrationError,
    defaults,
    from_amount,
    from_hours,
    globalised,
    quartile_place,
)
from coclause.law.estimates import TYPES, assumptions, estimate, no_estimate

D = Decimal
DAY = date(2026, 10, 1)
ROUND: Any = {"step": 5, "minimum": 35}

amounts = st.decimals(0, 10**10, places=2)
shares = st.decimals("0.0001", 1, places=4)
costs = st.decimals("0.5", 200, places=2)
steps = st.sampled_from((5, 10))


def test_the_reference_example() -> None:
    found = from_amount(1_000_000, D("0.5"), D("0.05"), 30, **ROUND)
    assert (str(found.exact), found.hours, found.method) == ("833.33", 835, "amount")
    assert len(found.why) == 4
    assert "500\u202f000\u00a0€" in found.why[0]


def test_transferred_staff_is_taken_off_before_the_rate() -> None:
    """Hours of people already in place cannot be offered to anyone."""
    found = from_hours(20_000, D("0.05"), transferred_hours=12_000, **ROUND)
    assert (str(found.exact), found.hours, found.method) == ("400.00", 400, "hours_worked")
    assert any("12\u202f000\u00a0h" in line for line in found.why)
    assert from_hours(20_000, D("0.05"), **ROUND).hours == 1000


@given(amounts, shares, shares, costs, steps)
def test_hours_are_round_and_never_below_exact(
    amount: D, labour: D, rate: D, cost: D, step: int
) -> None:
    found = from_amount(amount, labour, rate, cost, step=step, minimum=0)
    assert found.hours is not None
    assert found.exact <= found.hours < found.exact + step
    assert found.hours % step == 0
    assert found.exact == found.exact.quantize(D("0.01"))


@given(amounts, amounts, shares, shares, costs)
def test_a_larger_contract_never_asks_for_less(
    amount: D, more: D, labour: D, rate: D, cost: D
) -> None:
    low = from_amount(amount, labour, rate, cost, **ROUND)
    high = from_amount(amount + more, labour, rate, cost, **ROUND)
    assert (low.hours or 0) <= (high.hours or 0)


@given(amounts, amounts, shares)
def test_more_transferred_staff_never_asks_for_more(worked: D, transferred: D, rate: D) -> None:
    kept = min(worked, transferred)
    found = from_hours(worked, rate, transferred_hours=kept, **ROUND)
    assert (found.hours or 0) <= (from_hours(worked, rate, **ROUND).hours or 0)
    assert found.exact <= worked


@pytest.mark.parametrize(
    ("worked", "hours"), [("699.80", None), ("699.89", None), ("700", 35), ("700.2", 40)]
)
def test_the_minimum_is_compared_before_rounding(worked: str, hours: int | None) -> None:
    """34.99 h would round to 35: the commitment would be larger than what was found."""
    found = from_hours(D(worked), D("0.05"), **ROUND)
    assert found.hours == hours
    assert ("Globalisez" in found.why[-1]) == (hours is None)


def test_exact_figures_shown_are_those_rounded() -> None:
    """A figure shown as 835.00 h must not become 840 h for a thousandth."""
    assert from_hours(D("16700.04"), D("0.05"), **ROUND).hours == 835
    assert from_hours(D("16700.2"), D("0.05"), **ROUND).hours == 840


def test_small_lots_together_make_a_commitment() -> None:
    """Three lots too small alone are a person's month together."""
    small = [from_hours(300, D("0.05"), **ROUND) for _ in range(3)]
    assert [one.hours for one in small] == [None] * 3
    found = globalised([one.exact for one in small], **ROUND)
    assert (found.exact, found.hours, found.method) == (D("45.00"), 45, "globalised")
    assert globalised([D("10")], **ROUND).hours is None
    with pytest.raises(CalibrationError, match="au moins un lot"):
        globalised([], **ROUND)


def amount_with(**change: Any) -> Calibration:
    """The reference example, changed."""
    given_: dict[str, Any] = {
        "amount": 1_000_000,
        "labour_share": D("0.5"),
        "rate": D("0.05"),
        "hourly_cost": 30,
    }
    return from_amount(**{**given_, **ROUND, **change})


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"amount": -1}, "Le montant"),
        ({"amount": D("NaN")}, "Le montant"),
        ({"amount": D("sNaN")}, "Le montant"),
        ({"amount": D("Infinity")}, "Le montant"),
        ({"amount": D("1e400")}, "Le montant"),
        ({"amount": D("1e-400")}, "Le montant"),
        ({"amount": 10**12 + 1}, "Le montant"),
        ({"labour_share": 0}, "La part de main-d’œuvre"),
        ({"labour_share": D("1.01")}, "La part de main-d’œuvre"),
        ({"rate": 5}, "Le taux d’insertion"),
        ({"rate": D("-0.05")}, "Le taux d’insertion"),
        ({"hourly_cost": 0}, "Le coût horaire"),
        ({"hourly_cost": -30}, "Le coût horaire"),
        ({"amount": 10**12, "hourly_cost": D("0.000001")}, "Les heures du contrat"),
        ({"step": 0}, "L’arrondi"),
        ({"step": D("2.5")}, "L’arrondi"),
        ({"minimum": -1}, "Le minimum utile"),
    ],
)
def test_nonsense_is_refused_by_name(change: dict[str, Any], named: str) -> None:
    with pytest.raises(CalibrationError, match=named):
        amount_with(**change)


@pytest.mark.parametrize(
    ("worked", "transferred", "named"),
    [
        (-1, 0, "Les heures travaillées"),
        (100, -1, "Les heures du personnel repris"),
        (100, 101, "dépasse les 100 heures travaillées"),
        (D("Infinity"), 0, "Les heures travaillées"),
    ],
)
def test_absurd_hours_are_refused_by_name(worked: D, transferred: D, named: str) -> None:
    with pytest.raises(CalibrationError, match=named):
        from_hours(worked, D("0.05"), transferred_hours=transferred, **ROUND)


def test_no_hours_left_is_too_small_not_an_error() -> None:
    found = from_hours(100, D("0.05"), transferred_hours=100, **ROUND)
    assert (str(found.exact), found.hours) == ("0.00", None)


def test_defaults_come_with_their_source() -> None:
    start = defaults(DAY)
    assert (start.step, start.minimum.value) == (D(5), D(35))
    assert [step.value for step in start.steps] == [5, 10]
    assert (start.labour_share.value, start.rate.value, start.hourly_cost.value) == (
        D("0.5"),
        D("0.05"),
        D(30),
    )
    assert all(one.reference for one in (start.labour_share, start.rate, start.hourly_cost))
    with pytest.raises(LookupError, match="aucune valeur connue"):
        defaults(date(2010, 1, 1))


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (None, "non connu"),
        (D("0.99"), "dans le quart le plus bas"),
        (1, "dans la moitié centrale"),
        (3, "dans la moitié centrale"),
        (D("3.01"), "dans le quart le plus haut"),
    ],
)
def test_a_figure_finds_its_place_among_achieved_ones(value: D | None, place: str) -> None:
    assert quartile_place(value, (D(1), D(2), D(3))) == place


def test_an_estimate_is_a_range_with_what_it_supposes() -> None:
    """One figure alone would be taken for a promise."""
    found = estimate("travaux", D(1_000_000), 12, DAY)
    assert found is not None
    # 1 000 000 × 0,3 × 0,05 ÷ 38,9 = 385,6 ; 1 000 000 × 0,5 × 0,1 ÷ 25 = 2 000.
    assert (found.low, found.high) == (390, 2000)
    assert [one.told for one in found.assumptions] == [
        "30\u202f% à 50\u202f%",
        "5\u202f% à 10\u202f%",
        "25\u00a0€ à 38,90\u00a0€",
    ]
    assert found.remarks == ()


@given(amounts, amounts, st.sampled_from(("travaux", "services")))
def test_estimates_grow_with_the_value(value: D, more: D, kind: str) -> None:
    low, high = (estimate(kind, one, None, DAY) for one in (value, value + more))
    assert low is not None
    assert high is not None
    assert low.low <= high.low
    assert low.high <= high.high
    assert low.low <= low.high


@pytest.mark.parametrize("kind", ["fournitures", "prestations_intellectuelles", "concession"])
def test_where_nothing_is_known_nothing_is_estimated(kind: str) -> None:
    assert estimate(kind, D(1_000_000), 12, DAY) is None
    assert no_estimate(kind, D(1_000_000))


def test_every_type_is_estimated_or_says_why() -> None:
    for kind in TYPES:
        assert bool(assumptions(kind, DAY)) != bool(no_estimate(kind, D(1)))
        assert no_estimate(kind, None)
    assert all("sans source publiée" in one.source for one in assumptions("services", DAY)), (
        "services have no published source"
    )
    assert estimate("travaux", None, 12, DAY) is None
    with pytest.raises(KeyError):
        estimate("autre", D(1), 12, DAY)
    with pytest.raises(CalibrationError, match="La valeur"):
        estimate("travaux", D("NaN"), 12, DAY)


def test_remarks_of_an_estimate() -> None:
    small = estimate("travaux", D(1_000), D("1.5"), DAY)
    assert small is not None
    assert "Même le haut" in small.remarks[0]
    assert "durée est courte" in small.remarks[1]
    middle = estimate("travaux", D(50_000), None, DAY)
    assert middle is not None
    assert "Le bas" in middle.remarks[0]
    assert "durée n’est pas connue" in middle.remarks[1]

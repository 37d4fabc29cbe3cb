"""The hours bar must never lie: its lengths are the figures, whatever the figures are."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coclause.web.bars import HoursBar, hours_bar, progress_width

amounts = st.one_of(
    st.none(),
    st.integers(0, 2_000_000),
    st.decimals(0, 99_999, places=2, allow_nan=False, allow_infinity=False),
)


def share(text: str) -> Decimal:
    return Decimal(text.removesuffix("%"))


def kinds(bar: HoursBar) -> list[str]:
    return [segment.kind for segment in bar.drawn]


def test_the_picture_of_a_clause_that_will_miss_hours() -> None:
    bar = hours_bar(468, 96, 640, 1049, 1240)
    assert [(s.kind, s.x, s.width) for s in bar.drawn] == [
        ("validated", "0%", "37.74%"),
        ("declared", "37.74%", "7.74%"),
        ("projected", "45.48%", "39.11%"),
        ("missing", "84.6%", "15.4%"),
    ]
    assert bar.expected is not None
    assert bar.expected.x == "51.61%"
    assert bar.expected.words == "attendu aujourd’hui : 640\u00a0h"
    assert bar.commitment is None


def test_missing_hours_are_written_with_a_minus() -> None:
    bar = hours_bar(468, 96, 640, 1049, 1240)
    assert bar.drawn[-1].figure == "\u2212191\u00a0h"


def test_above_the_commitment_nothing_is_missing_and_the_mark_is_inside() -> None:
    bar = hours_bar(1020, 180, 900, 1350, 1000)
    assert kinds(bar) == ["validated", "declared", "projected"]
    assert bar.commitment is not None
    assert bar.commitment.x == "74.07%"


def test_without_a_projection_nothing_is_called_missing() -> None:
    assert kinds(hours_bar(3, 0, 12, None, 1000)) == ["validated"]


def test_nothing_known_draws_nothing() -> None:
    bar = hours_bar(None, None, None, None, None)
    assert bar.drawn == ()
    assert bar.sentence.endswith("engagement non connu")


def test_a_short_stretch_carries_no_words_that_would_be_cut() -> None:
    bar = hours_bar(30, 0, None, None, 1240)
    assert bar.drawn[0].figure == ""


def test_labels_near_a_side_stay_in_the_bar() -> None:
    near_start, near_end = hours_bar(0, 0, 10, None, 1000), hours_bar(0, 0, 990, None, 1000)
    assert near_start.expected is not None
    assert near_start.expected.anchor == "start"
    assert near_end.expected is not None
    assert near_end.expected.anchor == "end"


def test_negative_hours_are_refused() -> None:
    with pytest.raises(ValueError, match="négatives"):
        hours_bar(-1, 0, 0, 0, 10)


@given(amounts, amounts, amounts, amounts, amounts)
def test_stretches_follow_one_another_and_stay_inside(
    validated: Decimal | int | None,
    declared: Decimal | int | None,
    expected: Decimal | int | None,
    projected: Decimal | int | None,
    committed: Decimal | int | None,
) -> None:
    bar = hours_bar(validated, declared, expected, projected, committed)
    reached = Decimal(0)
    for segment in bar.segments:
        assert abs(share(segment.x) - reached) <= Decimal("0.02")
        reached = share(segment.x) + share(segment.width)
    assert reached <= Decimal("100.02")
    for mark in (bar.expected, bar.commitment):
        assert mark is None or 0 <= share(mark.x) <= 100


@pytest.mark.parametrize(
    ("done", "total", "width"),
    [(3, 8, "37.5%"), (9, 8, "100%"), (None, 8, "0%"), (3, None, "0%"), (0, 0, "0%")],
)
def test_a_progress_never_overflows(done: int | None, total: int | None, width: str) -> None:
    assert progress_width(done, total) == width

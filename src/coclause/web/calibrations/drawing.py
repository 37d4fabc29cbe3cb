"""What closed contracts achieved, drawn: a bar for the middle half, a mark for ours.

Lengths are shares of the width, as SVG percentages: attributes alone, and words keep their size.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from coclause.law.numbers import decimal_fr

ROOM = Decimal("1.15")
"""The scale goes beyond the largest figure by that much."""
EDGE = 34
"""Nearer than this share (%) to a side, words are set from that side: whole on a phone."""


@dataclass(frozen=True)
class Place:
    """A point of the scale with its words. `anchor` is the SVG `text-anchor`."""

    x: str
    anchor: str
    words: str


@dataclass(frozen=True)
class Drawing:
    """Bars of what was done and of what had been committed; marks; and the same in a sentence."""

    done: tuple[str, str]
    committed: tuple[str, str]
    median: str
    ours: Place | None
    end: str
    sentence: str


def draw(
    done: Sequence[Decimal],
    committed: Sequence[Decimal],
    ours: Decimal | None,
    name: str = "",
) -> Drawing:
    """Lay out quartiles in hours for 1 000 €. `ours` is the figure of the version `name`."""
    top = max(*done, *committed, ours or Decimal(0)) * ROOM or Decimal(1)

    def at(value: Decimal) -> Decimal:
        return 100 * value / top

    def bar(low: Decimal, high: Decimal) -> tuple[str, str]:
        return _share(at(low)), _share(max(at(high) - at(low), Decimal("0.5")))

    place = None
    told = (
        f"Heures réalisées pour 1 000 € : la moitié centrale va de {decimal_fr(done[0])} à"
        f" {decimal_fr(done[2])}, médiane {decimal_fr(done[1])}. Heures engagées : de"
        f" {decimal_fr(committed[0])} à {decimal_fr(committed[2])}"
    )
    if ours is not None:
        place = Place(_share(at(ours)), _anchor(at(ours)), f"{name} : {decimal_fr(ours)}\u00a0h")
        told += f". {name} : {decimal_fr(ours)}"
    return Drawing(
        done=bar(done[0], done[2]),
        committed=bar(committed[0], committed[2]),
        median=_share(at(done[1])),
        ours=place,
        end=f"{decimal_fr(top.quantize(Decimal('0.01')))}\u00a0h",
        sentence=f"{told}.",
    )


def _share(value: Decimal) -> str:
    return f"{value:.2f}%"


def _anchor(at: Decimal) -> str:
    if at < EDGE:
        return "start"
    return "end" if at > 100 - EDGE else "middle"

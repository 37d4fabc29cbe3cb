"""What an indicator is: one definition, one name, one computation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from coclause.indicators.facts import Facts

Number = int | Decimal
Value = Number | None | dict[str, Number]
Row = dict[str, Any]
"""A row behind a figure, in plain values. `value` is its part of the figure; `key` the category."""


class PeriodKind(StrEnum):
    FLOW = "flow"
    STOCK = "stock"


class Kind(StrEnum):
    NUMBER = "number"
    BREAKDOWN = "breakdown"


@dataclass(frozen=True)
class Indicator:
    """One figure of the catalogue.

    `compute` gives None for what is not known, never 0 in its place. `rows` reconcile with it: the
    sum of their `value` (by `key` in a breakdown) is the figure, unless `rows` is None because
    the figure is a quotient, whose two `terms` are figures.
    """

    code: str
    label: str
    unit: str
    definition: str
    compute: Callable[[Facts], Value]
    rows: Callable[[Facts], list[Row]] | None = None
    period: PeriodKind = PeriodKind.FLOW
    kind: Kind = Kind.NUMBER
    denominator: str | None = None
    labels: Callable[[Facts], Mapping[str, str]] | None = None
    terms: Callable[[Facts], Mapping[str, Number | None]] | None = None
    parameter: str | None = None
    persons: bool = False
    """Counts persons: small groups are hidden from whoever may not read their files."""
    heads: Callable[[Facts], Mapping[str, int]] | None = None
    """The persons behind each category of what is not counted in persons: hidden as they are."""
    several: bool = False
    """One person may be in several categories."""
    apart: tuple[str, ...] = ()
    """Categories counted beside the others, out of the denominator."""
    of: str | None = field(default=None)
    """The figure that the categories add up to, when it is another one."""

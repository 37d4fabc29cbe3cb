"""The one computation of figures: dashboard, public page, PDF, command and open data call it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from coclause.indicators.catalogue import CATALOGUE
from coclause.indicators.facts import Facts
from coclause.indicators.indicator import Indicator, Kind, PeriodKind, Row, Value
from coclause.indicators.perimeter import Perimeter, Period
from coclause.render.numbers import Measure

State = Literal["provisoire", "clos"]


@dataclass(frozen=True)
class UsedParameter:
    """A dated value that a figure depends on, and where it comes from."""

    code: str
    value: Decimal
    reference: str


@dataclass(frozen=True)
class Figure:
    """A value with everything that must be said beside it.

    `value` is a number, None when it is not known, "hidden" when it counts fewer persons than may
    be shown; in a breakdown, one such value by category, whose French names are in `labels`.
    `terms` are the two figures of a quotient.
    """

    code: str
    label: str
    unit: str
    kind: Kind
    value: Measure | Mapping[str, Measure]
    definition: str
    period: str
    perimeter: str
    denominator: str | None
    state: State
    labels: Mapping[str, str] = field(default_factory=dict)
    terms: Mapping[str, Measure] = field(default_factory=dict)
    parameters: tuple[UsedParameter, ...] = ()
    several: bool = False


def figures(
    perimeter: Perimeter,
    period: Period,
    known_on: datetime | None = None,
    codes: Collection[str] | None = None,
    *,
    hide: bool = True,
) -> dict[str, Figure]:
    """The figures of these codes (all by default), in the catalogue's order.

    `known_on` counts the hours as they were declared and validated at that moment. `hide` hides
    small groups of persons: only who handles their files may ask for False. KeyError: no such code.
    """
    facts = Facts(perimeter, period, known_on)
    where = perimeter.sentence()
    wanted = CATALOGUE if codes is None else {code: CATALOGUE[code] for code in codes}
    return {code: _figure(CATALOGUE[code], facts, where) for code in CATALOGUE if code in wanted}


def rows(
    code: str,
    perimeter: Perimeter,
    period: Period,
    known_on: datetime | None = None,
    *,
    hide: bool = True,
) -> list[Row]:
    """The rows behind a figure. KeyError: no such code. A quotient has none: see its terms."""
    indicator = CATALOGUE[code]
    facts = Facts(perimeter, period, known_on)
    return indicator.rows(facts) if indicator.rows else []


def _figure(indicator: Indicator, facts: Facts, where: str) -> Figure:
    value: Value = indicator.compute(facts)
    flow = indicator.period is PeriodKind.FLOW
    return Figure(
        code=indicator.code,
        label=indicator.label,
        unit=indicator.unit,
        kind=indicator.kind,
        value=value,
        definition=indicator.definition,
        period=facts.period.flow if flow else facts.period.stock,
        perimeter=where,
        denominator=indicator.denominator,
        state="provisoire",
        labels=indicator.labels(facts) if indicator.labels else {},
        terms=indicator.terms(facts) if indicator.terms else {},
        several=indicator.several,
    )

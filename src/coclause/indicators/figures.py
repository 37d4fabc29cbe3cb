"""The one computation of figures: dashboard, public page, PDF, command and open data call it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from coclause.core.parameters import UnknownParameterError
from coclause.indicators.catalogue import CATALOGUE
from coclause.indicators.facts import Facts
from coclause.indicators.indicator import Indicator, Kind, PeriodKind, Row, Value
from coclause.indicators.perimeter import Perimeter, Period
from coclause.people.disclosure import hide as hide_number
from coclause.people.disclosure import hide_small
from coclause.render.numbers import HIDDEN, Measure

State = Literal["provisoire", "clos"]
Shown = Measure | Mapping[str, Measure]


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
    `terms` are the two figures of a quotient. `state` is "provisoire" for all that is computed
    here; the figures of a closed year are read in `closing/reported.py`.
    """

    code: str
    label: str
    unit: str
    kind: Kind
    value: Shown
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

    `known_on` counts hours, what is owed, calendars, globalisations and requests as they were
    recorded at that moment, and the rest as it is known today. `hide` hides small groups of
    persons: only who handles their files may ask for False. KeyError: no such code.
    """
    facts = Facts(perimeter, period, known_on)
    where = perimeter.sentence()
    wanted = CATALOGUE if codes is None else {code: CATALOGUE[code] for code in codes}
    return {
        code: _figure(CATALOGUE[code], facts, where, hide=hide)
        for code in CATALOGUE
        if code in wanted
    }


def rows(
    code: str,
    perimeter: Perimeter,
    period: Period,
    known_on: datetime | None = None,
    *,
    hide: bool = True,
) -> list[Row]:
    """The rows behind a figure, whose `value` add up to it. KeyError: no such code.

    A quotient has none: see the figures named in its terms. With `hide`, a figure that counts
    persons has none either: each row would be a person.
    """
    indicator = CATALOGUE[code]
    if indicator.rows is None or (hide and indicator.persons):
        return []
    return indicator.rows(Facts(perimeter, period, known_on))


def _figure(indicator: Indicator, facts: Facts, where: str, *, hide: bool) -> Figure:
    value = indicator.compute(facts)
    shown: Shown = value
    terms: dict[str, Measure] = dict(indicator.terms(facts)) if indicator.terms else {}
    if hide and indicator.heads:
        shown, terms = _hidden_by_heads(indicator.heads(facts), facts, value, terms)
    elif hide and indicator.persons:
        shown, terms = _hidden(indicator, facts, value, terms)
    used = facts.parameter(indicator.parameter) if indicator.parameter else None
    flow = indicator.period is PeriodKind.FLOW
    return Figure(
        code=indicator.code,
        label=indicator.label,
        unit=indicator.unit,
        kind=indicator.kind,
        value=shown,
        definition=indicator.definition,
        period=facts.period.flow if flow else facts.period.stock,
        perimeter=where,
        denominator=indicator.denominator,
        state="provisoire",
        labels=indicator.labels(facts) if indicator.labels else {},
        terms=terms,
        parameters=(UsedParameter(used.code, used.value, used.reference),) if used else (),
        several=indicator.several,
    )


def _hidden(
    indicator: Indicator, facts: Facts, value: Value, terms: dict[str, Measure]
) -> tuple[Shown, dict[str, Measure]]:
    """The value and its terms, as they may be shown to anyone."""
    threshold = _threshold(facts)
    if isinstance(value, dict):
        total = CATALOGUE[indicator.of].compute(facts) if indicator.of else None
        return hide_small(value, threshold, None if isinstance(total, dict) else total), terms
    if "beneficiaries" not in terms:
        return hide_number(value, threshold), terms
    persons = hide_number(len(facts.beneficiaries), threshold)
    if persons == HIDDEN:
        return HIDDEN, {**terms, "beneficiaries": HIDDEN}
    return value, terms


def _hidden_by_heads(
    heads: Mapping[str, int], facts: Facts, value: Value, terms: dict[str, Measure]
) -> tuple[Shown, dict[str, Measure]]:
    """What few persons did is hidden with them; a number when any of its categories is."""
    shown = hide_small(heads, _threshold(facts))
    if isinstance(value, dict):
        return {
            key: HIDDEN if shown.get(key, HIDDEN) == HIDDEN else part for key, part in value.items()
        }, terms
    if heads and (not shown or HIDDEN in shown.values()):
        open_terms = {code: part for code, part in terms.items() if not CATALOGUE[code].heads}
        return HIDDEN, {**dict.fromkeys(terms, HIDDEN), **open_terms}
    return value, terms


def _threshold(facts: Facts) -> Decimal:
    """The rule of today, whatever the period: what is shown is shown today.

    Raises UnknownParameterError: without it nothing may be shown.
    """
    for row in facts.parameters:
        if row.code == "small_cell":
            return row.value
    raise UnknownParameterError("small_cell : aucune valeur connue")

"""Figures in and out of their frozen form.

What is kept is what was shown: a group of persons too small to be shown is kept as "hidden", so
that a closing never becomes a way to read it.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from coclause.closing.models import FrozenFigure, YearClosure
from coclause.indicators.figures import Figure, Shown
from coclause.render.numbers import HIDDEN, Measure, is_number

Cell = int | str | None
Stored = Cell | dict[str, Cell]


def frozen_rows(closure: YearClosure, found: Mapping[str, Figure]) -> list[FrozenFigure]:
    """One unsaved row for each figure."""
    return [
        FrozenFigure(
            closure=closure,
            code=code,
            value=stored(figure.value),
            terms={name: _cell(term) for name, term in figure.terms.items()},
            labels=_labels(figure),
        )
        for code, figure in found.items()
    ]


def thawed(figure: Figure, row: FrozenFigure) -> Figure:
    """Today's figure with the value that was frozen, its terms and its categories."""
    value = read(row.value)
    if isinstance(value, Mapping) and isinstance(figure.value, Mapping):
        value = _in_order(value, figure.value)
    return replace(
        figure,
        value=value,
        terms={name: _measure(term) for name, term in row.terms.items()},
        labels={**figure.labels, **row.labels},
        state="clos",
    )


def stored(value: Shown) -> Stored:
    """A value as JSON holds it, decimals as text."""
    if isinstance(value, Mapping):
        return {key: _cell(cell) for key, cell in value.items()}
    return _cell(value)


def read(value: Stored) -> Shown:
    """The value that `stored` wrote."""
    if isinstance(value, dict):
        return {key: _measure(cell) for key, cell in value.items()}
    return _measure(value)


def plain_number(value: Shown) -> Decimal | None:
    """The value where it is one number; None where it is unknown, hidden or in parts."""
    if isinstance(value, Mapping) or not is_number(value):
        return None
    return Decimal(str(value))


def _in_order(frozen: Mapping[str, Measure], today: Mapping[str, Measure]) -> dict[str, Measure]:
    """The catalogue's order, which the database does not keep; what is gone from it comes last."""
    keys = dict.fromkeys((*(key for key in today if key in frozen), *frozen))
    return {key: frozen[key] for key in keys}


def _cell(value: Measure) -> Cell:
    if value is None or isinstance(value, int | str):
        return value
    return str(value)


def _measure(value: Cell) -> Measure:
    if value == HIDDEN:
        return HIDDEN
    return Decimal(value) if isinstance(value, str) else value


def _labels(figure: Figure) -> dict[str, str]:
    keys = figure.value if isinstance(figure.value, Mapping) else ()
    return {key: figure.labels[key] for key in keys if key in figure.labels}

"""Bars and columns: data in, a finished SVG out. The visible heading and the table are the page's.

``width`` is in CSS pixels and is the width really shown: a phone gets its own drawing (about 330),
with text of the same size, not a shrunken one.
"""

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from coclause.render import svg
from coclause.render.numbers import Measure, Number, amount, is_number, percent
from coclause.render.palette import HATCHED, Palette, paint

SIZE: Final = 15
SMALL: Final = 13
"""Text sizes in pixels; never under 12."""
_LETTER: Final = 0.5
"""Mean width of a letter of Source Sans 3, in ems, rounded up."""
_SHARE_WIDTH: Final = 58
_BAR: Final = 16
_LINE: Final = 19
_GAP: Final = 12
_SLIVER: Final = 0.005
_COLUMN: Final = 72
_STRONG: Final[dict[str, Any]] = {"type": "text", "fontSize": SMALL, "fontWeight": 600}

MARKET_ROLES: Final = {
    "travaux": "travaux",
    "services": "services",
    "fournitures": "fournitures",
    "prestations intellectuelles": "prestations-intellectuelles",
    "concessions": "concessions",
    "privé": "prive",
}
"""The one colour each market type keeps everywhere, by its French name in lower case."""


@dataclass(frozen=True)
class Bar:
    """One row of ``bars``. ``role`` is a colour of the palette; by default that of its label."""

    label: str
    value: Measure
    role: str = ""


@dataclass(frozen=True)
class Period:
    """One column of ``columns``: a month or a year, hatched while it is provisional."""

    label: str
    value: Measure
    provisional: bool = False


@dataclass(frozen=True)
class Target:
    """A level to compare columns with: a dashed line and its words."""

    value: Number
    label: str


def bars(
    rows: Sequence[Bar],
    *,
    title: str,
    unit: str = "",
    total: Number | None = None,
    width: int = 480,
    palette: Palette = "screen",
    chart_id: str = "",
) -> str:
    """Horizontal bars, each under its label, with its value and its share of ``total``.

    Shares are left out without a total. An unknown or hidden value is said in words, without bar.
    """
    value_width = 10 + _widest([amount(row.value, unit) for row in rows], SIZE)
    share_width = _SHARE_WIDTH if total else 0
    letters = int((width - value_width - share_width) / (SIZE * _LETTER))
    values, height = _laid_out(rows, letters, unit, total)
    specification = {
        "width": width,
        "height": height,
        "padding": 0,
        "autosize": "none",
        "data": {"values": values},
        "layer": _bar_layers(width, share_width),
    }
    return svg.draw(
        specification,
        title=title,
        description=_told([(row.label, row.value) for row in rows], unit, total),
        palette=palette,
        chart_id=chart_id,
    )


def _laid_out(
    rows: Sequence[Bar], letters: int, unit: str, total: Number | None
) -> tuple[list[dict[str, Any]], int]:
    """What each row shows and where, and the height of all: a long label takes its lines."""
    ceiling = max((float(row.value) for row in rows if is_number(row.value)), default=0.0)
    values: list[dict[str, Any]] = []
    top = 0
    for row in rows:
        name = _lines(row.label, letters)
        bar_top = top + _LINE * len(name) + 3
        known = is_number(row.value)
        length = float(row.value) if is_number(row.value) else 0.0
        values.append(
            {
                "name": name,
                "name_top": top,
                "bar_top": bar_top,
                "bar_bottom": bar_top + _BAR,
                # A sliver, so that a small figure is not taken for none.
                "value": max(length, ceiling * _SLIVER) if length else 0.0,
                "amount": amount(row.value, unit),
                "share": percent(row.value, total) if is_number(row.value) else "",
                "track": paint("well" if known else HATCHED),
                "paint": paint(row.role or MARKET_ROLES.get(row.label.lower(), "green")),
            }
        )
        top = bar_top + _BAR + _GAP
    return values, max(1, top - _GAP)


def _bar_layers(width: int, share_width: int) -> list[dict[str, Any]]:
    right = width - share_width
    length = {
        "field": "value",
        "type": "quantitative",
        "axis": None,
        "scale": {"range": [0, width], "domainMin": 0, "nice": False},
    }
    band = {"y": _pixel("bar_top"), "y2": {"field": "bar_bottom"}}
    bar = {"type": "rect", "cornerRadius": 3}
    layers: list[dict[str, Any]] = [
        {
            "mark": bar,
            "encoding": {**band, "x": {"value": 0}, "x2": {"value": width}, "fill": _own("track")},
        },
        {
            "mark": bar,
            "transform": [{"filter": "datum.value > 0"}],
            "encoding": {**band, "x": length, "x2": {"datum": 0}, "fill": _own("paint")},
        },
        {"mark": _text("left", lineHeight=_LINE), "encoding": _words("name", 0, "ink")},
        {"mark": _text("right", fontWeight=600), "encoding": _words("amount", right, "ink")},
    ]
    if share_width:
        share = _text("right", fontSize=14)
        layers.append({"mark": share, "encoding": _words("share", width, "slate")})
    return layers


def columns(
    periods: Sequence[Period],
    *,
    title: str,
    unit: str = "",
    role: str = "green",
    target: Target | None = None,
    width: int = 640,
    height: int = 240,
    palette: Palette = "screen",
    chart_id: str = "",
) -> str:
    """Columns by month or year, with their values above them where these fit.

    Where they do not (twelve months on a phone), a scale with light lines replaces them.
    Provisional periods are hatched with an outline; unknown ones say so. ``target`` draws a
    dashed line.
    """
    room = width / max(1, len(periods))
    direct = _widest([amount(period.value, unit) for period in periods], SMALL) < room
    values = _column_values(periods, unit, role, room, direct=direct)
    ceiling = max([float(p.value) for p in periods if is_number(p.value)], default=0.0)
    if target:
        ceiling = max(ceiling, float(target.value))
    headroom = 1.12 if direct or target else 1.02
    specification = {
        "width": width,
        "height": height,
        "padding": 0,
        "autosize": {"type": "fit", "contains": "padding"},
        "data": {"values": values},
        "layer": [
            *_column_layers(
                role,
                _COLUMN if room > 1.3 * _COLUMN else {"band": 0.82},
                ceiling * headroom or 1.0,
                direct=direct,
            ),
            *_target_layers(target),
        ],
    }
    told = _told([(period.label, period.value) for period in periods], unit, None)
    if target:
        told += f" {target.label} : {amount(target.value, unit)}."
    return svg.draw(
        specification, title=title, description=told, palette=palette, chart_id=chart_id
    )


def _column_values(
    periods: Sequence[Period], unit: str, role: str, room: float, *, direct: bool
) -> list[dict[str, Any]]:
    every = max(1, math.ceil(_widest([period.label for period in periods], SMALL) / room))
    values = []
    for index, period in enumerate(periods):
        known = is_number(period.value)
        values.append(
            {
                # A key that keeps the order; the axis shows what follows it.
                "key": f"{index:04d}{period.label if index % every == 0 else ''}",
                "value": float(period.value) if is_number(period.value) else 0,
                "amount": _over(period.value, unit, room) if direct or not known else "",
                "paint": paint(HATCHED if period.provisional else role),
            }
        )
    return values


def _column_layers(
    role: str, bar_width: float | dict[str, float], ceiling: float, *, direct: bool
) -> list[dict[str, Any]]:
    level = {
        "field": "value",
        "type": "quantitative",
        "stack": None,
        "scale": {"domain": [0, ceiling], "nice": False},
        "axis": None if direct else _quiet_axis(),
    }
    labels = {
        "title": None,
        "labelExpr": "slice(datum.value, 4)",
        "labelAngle": 0,
        "labelColor": paint("ink"),
        "labelFontSize": SMALL,
        "labelPadding": 6,
        "labelOverlap": False,
        "domainColor": paint("edge"),
        "ticks": False,
        "aria": False,
    }
    place = {"field": "key", "type": "ordinal", "axis": labels, "scale": {"padding": 0.1}}
    bar = {"type": "bar", "stroke": paint(role), "strokeWidth": 1, "width": bar_width}
    text = {**_STRONG, "baseline": "bottom", "dy": -4}
    return [
        {"mark": bar, "encoding": {"x": place, "y": level, "fill": _own("paint")}},
        {
            "mark": text,
            "encoding": {
                "x": place,
                "y": level,
                "text": {"field": "amount"},
                "color": _flat("ink"),
            },
        },
    ]


def _target_layers(target: Target | None) -> list[dict[str, Any]]:
    if target is None:
        return []
    alone: dict[str, Any] = {"values": [{}]}  # drawn once, not once a column
    at = {"y": {"datum": float(target.value), "type": "quantitative"}, "color": _flat("ink")}
    line = {"type": "rule", "strokeDash": [6, 4], "strokeWidth": 1.5}
    words = {**_STRONG, "align": "left", "baseline": "bottom", "dy": -5, "text": target.label}
    return [
        {"data": alone, "mark": line, "encoding": at},
        {"data": alone, "mark": words, "encoding": {**at, "x": {"value": 0}}},
    ]


def _quiet_axis() -> dict[str, Any]:
    return {
        "title": None,
        "tickCount": 4,
        "labelColor": paint("slate"),
        "labelFontSize": SMALL,
        "gridColor": paint("line"),
        "domain": False,
        "ticks": False,
        "aria": False,
    }


def _pixel(field: str) -> dict[str, Any]:
    return {"field": field, "type": "quantitative", "scale": None, "axis": None}


def _own(field: str) -> dict[str, Any]:
    """A colour written in the data, taken as it is."""
    return {"field": field, "type": "nominal", "scale": None, "legend": None}


def _text(align: Literal["left", "right"], **more: Any) -> dict[str, Any]:
    return {"type": "text", "align": align, "baseline": "top", "dy": 2, "fontSize": SIZE, **more}


def _words(field: str, x: float, role: str) -> dict[str, Any]:
    return {
        "text": {"field": field},
        "x": {"value": x},
        "y": _pixel("name_top"),
        "color": _flat(role),
    }


def _flat(role: str) -> dict[str, str]:
    return {"value": paint(role)}


def _lines(label: str, letters: int) -> list[str]:
    return textwrap.wrap(label, max(8, letters), max_lines=3, placeholder="…") or [""]


def _widest(texts: Sequence[str], size: int) -> float:
    return max((len(text) for text in texts), default=0) * size * _LETTER * 1.04


def _over(value: Measure, unit: str, room: float) -> str:
    text = amount(value, unit)
    return text if is_number(value) or _widest([text], SMALL) < room else "?"


def _told(rows: Sequence[tuple[str, Measure]], unit: str, total: Number | None) -> str:
    """The figures in one sentence each, for who cannot see the picture."""
    sentences = []
    for label, value in rows:
        share = f", soit {percent(value, total)}" if total and is_number(value) else ""
        sentences.append(f"{label} : {amount(value, unit)}{share}.")
    return " ".join(sentences)

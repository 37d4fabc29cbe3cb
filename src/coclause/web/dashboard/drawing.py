"""Figures of the catalogue made into panels: a finding, two drawings, and their table.

Nothing is computed here: values come hidden and added up from `coclause.indicators`. Drawings are
functions of what they show, so that they are kept and drawn once for all readers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from django.utils.safestring import SafeString, mark_safe

from coclause.indicators.figures import Figure
from coclause.reference.choices import Level
from coclause.reference.models import Departement, Epci
from coclause.reference.queries import contours
from coclause.reference.territories import Territory
from coclause.render import charts, maps
from coclause.render.numbers import HIDDEN, MONTHS, Measure, Number, amount, is_number, percent

WIDE, FULL, PHONE = 480, 934, 324
"""Widths of the drawings in CSS pixels: half a page, a whole one, a phone."""
SHORT_MONTHS = (
    "janv.", "févr.", "mars", "avr.", "mai", "juin",
    "juil.", "août", "sept.", "oct.", "nov.", "déc.",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A category in a table: its name, its value in words, its share of the whole."""

    label: str
    value: str
    share: str


@dataclass(frozen=True)
class Panel:
    """What `dashboard/_chart.html` draws."""

    code: str
    title: str
    measure: str
    heading: str
    lines: tuple[Line, ...]
    wide: SafeString
    narrow: SafeString
    full: bool = False


def shares(figure: Figure) -> list[tuple[str, Measure]]:
    """Categories in French with their values, in the catalogue's order."""
    if not isinstance(figure.value, Mapping):
        return []
    return [(figure.labels.get(key, key), value) for key, value in figure.value.items()]


def values_of(figure: Figure) -> list[tuple[str, Measure]]:
    """The categories of a breakdown, or the one value of a number, under an empty label."""
    return shares(figure) if isinstance(figure.value, Mapping) else [("", figure.value)]


def number_of(figure: Figure) -> Number | None:
    """The figure as a denominator; None when it is hidden, unknown or a breakdown."""
    value = figure.value
    if isinstance(value, Mapping) or not is_number(value):
        return None
    return value


def bars(
    figure: Figure, whole: Figure, title: str, *, order: str = "value", full: bool = False
) -> Panel:
    """Horizontal bars; the shares are of `whole`. `order`: "value", "label" or as given."""
    rows = _ordered(shares(figure), order)
    total = number_of(whole)
    drawn = tuple((label, _rounded(value, figure.unit)) for label, value in rows)
    wide = _bars(
        drawn, figure.label, figure.unit, total, (FULL if full else WIDE, f"{figure.code}-w")
    )
    narrow = _bars(drawn, figure.label, figure.unit, total, (PHONE, f"{figure.code}-n"))
    return _panel(figure, rows, total, title, wide, narrow, full=full)


def columns(figure: Figure, whole: Figure, title: str, *, after: str = "") -> Panel:
    """Columns by month; those from `after` ("2026-09") on are provisional."""
    rows = shares(figure)
    keys = list(figure.value) if isinstance(figure.value, Mapping) else []
    drawn = tuple(
        (_month(key), _rounded(value, figure.unit), bool(after) and key >= after)
        for key, (_, value) in zip(keys, rows, strict=True)
    )
    wide = _columns(drawn, figure.label, figure.unit, FULL, f"{figure.code}-w")
    narrow = _columns(drawn, figure.label, figure.unit, PHONE, f"{figure.code}-n")
    return _panel(figure, rows, number_of(whole), title, wide, narrow, full=True)


def epci_map(figure: Figure, whole: Figure, region: str, title: str) -> Panel | None:
    """Hours by intercommunalité on a map; None where no outline is loaded."""
    values = dict(figure.value) if isinstance(figure.value, Mapping) else {}
    inside = Territory(Level.REGION, region)
    outlines = {row.code: row.geometry for row in contours(Level.EPCI, inside=inside)}
    if not outlines:
        return None
    names = dict(Epci.objects.filter(pk__in=outlines).values_list("pk", "name"))
    areas = tuple(maps.Area(code, names[code], shape) for code, shape in outlines.items())
    borders = tuple(
        maps.Area(row.code, row.code, row.geometry)
        for row in contours(Level.DEPARTEMENT, inside=inside)
    )
    shown = tuple(sorted((code, _rounded(values.get(code, 0), figure.unit)) for code in outlines))
    rows = _ordered(shares(figure), "value")
    drawings = [
        _map(_Map(shown, figure.label, figure.unit, width, chart_id, areas, borders))
        for width, chart_id in ((WIDE, f"{figure.code}-w"), (PHONE, f"{figure.code}-n"))
    ]
    return _panel(figure, rows, number_of(whole), title, *drawings)


def leading(figure: Figure, whole: Figure, empty: str, words: str) -> str:
    """A finding: the largest category and its share, as in "Travaux : 60 % des heures"."""
    total = number_of(whole)
    known = [(label, value) for label, value in shares(figure) if is_number(value) and value]
    if not total or not known:
        return empty
    label, value = max(known, key=lambda row: float(row[1]))
    return f"{label} : {percent(value, total, places=0)} {words}"


def busiest_month(figure: Figure) -> str:
    """A finding: the month with the most hours."""
    values = figure.value if isinstance(figure.value, Mapping) else {}
    known = {key: value for key, value in values.items() if is_number(value) and value}
    if not known:
        return "Aucune heure validée dans la période"
    key = max(known, key=lambda month: float(known[month]))
    return f"{MONTHS[int(key[5:7]) - 1].capitalize()} est le mois le plus chargé"


def departement_names(region: str) -> list[tuple[str, str]]:
    rows = Departement.objects.filter(region=region, active=True)
    return list(rows.values_list("code", "name"))


def _ordered(rows: Iterable[tuple[str, Measure]], order: str) -> list[tuple[str, Measure]]:
    if order == "label":
        return sorted(rows, key=lambda row: row[0].casefold())
    if order == "value":
        return sorted(rows, key=lambda row: -float(row[1]) if is_number(row[1]) else 0.0)
    return list(rows)


def _panel(
    figure: Figure,
    rows: Iterable[tuple[str, Measure]],
    total: Number | None,
    title: str,
    *drawings: str,
    full: bool = False,
) -> Panel:
    wide, narrow = drawings
    measure = f"{figure.label}, {figure.period}"
    if total is not None:
        measure += f" ; part de {amount(total, _unit(figure.unit))}"
    if figure.several:
        measure += " ; plusieurs réponses possibles"
    return Panel(
        code=figure.code,
        title=title,
        measure=measure,
        heading=figure.unit,
        lines=tuple(
            Line(
                label,
                amount(_rounded(value, figure.unit), _unit(figure.unit)),
                percent(value, total) if is_number(value) and total else "",
            )
            for label, value in rows
        ),
        # Drawn by our own code from escaped text.
        wide=mark_safe(wide),  # noqa: S308
        narrow=mark_safe(narrow),  # noqa: S308
        full=full,
    )


def _unit(unit: str) -> str:
    """Long units ("contrats de travail") are said once, in the heading."""
    return unit if len(unit) <= 3 else ""


def _month(key: str) -> str:
    return SHORT_MONTHS[int(key[5:7]) - 1]


def _rounded(value: Measure, unit: str) -> Measure:
    """Whole hours: quarters of an hour are for the page of the figure."""
    return round(value) if unit == "h" and is_number(value) else value


@lru_cache(maxsize=256)
def _bars(
    rows: tuple[tuple[str, Measure], ...],
    title: str,
    unit: str,
    total: Number | None,
    size: tuple[int, str],
) -> str:
    width, name = size
    return charts.bars(
        [charts.Bar(label, value) for label, value in rows],
        title=title,
        unit=_unit(unit),
        total=total,
        width=width,
        chart_id=name,
    )


@lru_cache(maxsize=64)
def _columns(
    rows: tuple[tuple[str, Measure, bool], ...], title: str, unit: str, width: int, chart_id: str
) -> str:
    return charts.columns(
        [charts.Period(label, value, provisional) for label, value, provisional in rows],
        title=title,
        unit="" if width == PHONE else _unit(unit),
        width=width,
        height=200,
        chart_id=chart_id,
    )


@dataclass(frozen=True)
class _Map:
    """A map, known by what it shows: outlines are reference data, out of its identity."""

    values: tuple[tuple[str, Measure], ...]
    title: str
    unit: str
    width: int
    chart_id: str
    areas: tuple[maps.Area, ...] = field(compare=False)
    borders: tuple[maps.Area, ...] = field(compare=False)


@lru_cache(maxsize=32)
def _map(asked: _Map) -> str:
    return maps.choropleth(
        asked.areas,
        dict(asked.values),
        title=asked.title,
        unit=asked.unit,
        outlines=asked.borders,
        width=asked.width,
        chart_id=asked.chart_id,
    )


def sex_finding(figure: Figure, whole: Figure) -> str:
    """ "24 % de femmes", or why it is not said."""
    value = figure.value.get("femme") if isinstance(figure.value, Mapping) else None
    if value == HIDDEN:
        return "Trop peu de personnes pour une répartition par sexe"
    total = number_of(whole)
    if not total or not is_number(value):
        return "Aucune personne bénéficiaire dans la période"
    return f"{percent(value, total, places=0)} de femmes"

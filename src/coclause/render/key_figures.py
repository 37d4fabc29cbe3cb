"""The page of a year's key figures: what it needs to be told, and the PDF it becomes.

The caller computes and hides; this module words and lays out. A figure that is not known is given
as ``None``, a group of fewer than five persons as ``"hidden"``.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal

from coclause.render.charts import MARKET_ROLES
from coclause.render.numbers import Measure, Number, amount, date_fr, is_number, percent
from coclause.render.palette import PRINT
from coclause.render.pdf import TEMPLATES, TooLongError, pdf

State = Literal["provisoire", "clos"]
MAX_TILES: Final = 8
MAX_BARS: Final = 10
MAX_GROUPS: Final = 4
MAP_WIDTH: Final = 400
"""Width to give ``maps.choropleth`` for this page: its words then come out near 9 points."""
_SPACINGS: Final = (2.2, 1.8, 1.4, 1.0, 0.7, 0.45)


@dataclass(frozen=True)
class Tile:
    """A figure in large: its name, its value and unit, and one short line that explains it."""

    label: str
    value: Measure
    unit: str = ""
    note: str = ""


@dataclass(frozen=True)
class Share:
    """One bar: a category and its value."""

    label: str
    value: Measure


@dataclass(frozen=True)
class Breakdown:
    """A figure cut into categories. ``total`` is the denominator of the shares, ``None`` for none.

    ``note`` says in words what is counted and what a share is a share of. ``several`` is true when
    one person may be in several categories.
    """

    title: str
    note: str
    rows: Sequence[Share]
    unit: str = ""
    total: Number | None = None
    several: bool = False


@dataclass(frozen=True)
class RegionMap:
    """A print-palette SVG of ``maps.choropleth``, its heading and its words for a screen reader."""

    title: str
    note: str
    svg: str
    alternative: str


@dataclass(frozen=True)
class KeyFiguresDocument:
    """Everything the page says, for one territory and one year."""

    region: str
    """With its article, as it follows "en" or "dans": ``en Bourgogne-Franche-Comté``."""
    year: int
    state: State
    """Whether the figures may still move."""
    known_on: date
    """The day up to which validations were counted; it also dates the file."""
    period: str
    perimeter: str
    finding: str
    """The sentence that says what the year was."""
    tiles: Sequence[Tile]
    """At most eight; the first is the one drawn largest."""
    markets: Breakdown
    """Hours by market type."""
    departments: Breakdown
    """Hours by département, at most ten."""
    people: Sequence[Breakdown]
    """Beneficiaries by sex, age, public: at most four."""
    realised: Number | None
    """Validated hours of the clauses that count in the realisation rate."""
    committed: Number | None
    """Hours committed on the same clauses: the denominator of the rate."""
    definitions: Sequence[tuple[str, str]]
    """Term and meaning, in the order of the page."""
    sources: str
    publisher: str
    map: RegionMap | None = None
    closed_on: date | None = None
    """The day the region closed the year, when it did."""


def key_figures(document: KeyFiguresDocument, *, fonts: Path) -> bytes:
    """The one-page PDF of ``document``, as airy as its content allows.

    Raises ``ValueError`` when it holds more than a page can.
    """
    data = as_data(document)
    for spacing in _SPACINGS:
        try:
            return pdf(
                TEMPLATES / "key_figures.typ",
                {**data, "spacing": spacing},
                fonts=fonts,
                title=title_of(document),
                day=document.known_on,
            )
        except TooLongError:
            continue
    raise TooLongError("les chiffres clés ne tiennent pas sur une page : raccourcir les textes")


def title_of(document: KeyFiguresDocument) -> str:
    """``Les clauses sociales d’insertion en Bourgogne-Franche-Comté, 2022``."""
    return f"Les clauses sociales d’insertion {document.region}, {document.year}"


def as_data(document: KeyFiguresDocument) -> dict[str, Any]:
    """``document`` in words and ratios, as the template reads it."""
    _check_room(document)
    return {
        "region": document.region,
        "year": str(document.year),
        "closed": document.state == "clos",
        "state": _state(document),
        "known_on": date_fr(document.known_on),
        "period": document.period,
        "perimeter": document.perimeter,
        "finding": document.finding,
        "tiles": [_tile(tile) for tile in document.tiles],
        "markets": _breakdown(document.markets),
        "departments": _breakdown(document.departments),
        "people": [_breakdown(group) for group in document.people],
        "rate": _rate(document),
        "map": asdict(document.map) if document.map else None,
        "definitions": [{"term": term, "meaning": text} for term, text in document.definitions],
        "sources": document.sources,
        "publisher": document.publisher,
    }


def _state(document: KeyFiguresDocument) -> str:
    """As it follows "chiffres"."""
    if document.state == "provisoire":
        return "provisoires"
    return f"clos par la région le {date_fr(document.closed_on)}" if document.closed_on else "clos"


def _check_room(document: KeyFiguresDocument) -> None:
    rooms = (
        ("tuiles", len(document.tiles), MAX_TILES),
        ("types de marché", len(document.markets.rows), MAX_BARS),
        ("départements", len(document.departments.rows), MAX_BARS),
        ("répartitions de personnes", len(document.people), MAX_GROUPS),
    )
    for what, count, room in rooms:
        if count > room:
            raise ValueError(f"{what} : {count} ne tiennent pas sur la page, {room} au plus")


def _tile(tile: Tile) -> dict[str, Any]:
    return {
        "label": tile.label,
        "value": amount(tile.value, tile.unit),
        "known": is_number(tile.value),
        "note": tile.note,
    }


def _breakdown(breakdown: Breakdown) -> dict[str, Any]:
    numbers = [float(row.value) for row in breakdown.rows if is_number(row.value)]
    longest = max(numbers, default=0.0)
    return {
        "title": breakdown.title,
        "note": breakdown.note,
        "several": breakdown.several,
        "rows": [_row(row, breakdown, longest) for row in breakdown.rows],
    }


def _row(row: Share, breakdown: Breakdown, longest: float) -> dict[str, Any]:
    known = is_number(row.value)
    length = float(row.value) / longest if is_number(row.value) and longest else 0.0
    share = percent(row.value, breakdown.total) if is_number(row.value) and breakdown.total else ""
    return {
        "label": row.label,
        "value": amount(row.value, breakdown.unit),
        "share": share,
        "length": length,
        "known": known,
        "colour": PRINT[MARKET_ROLES.get(row.label.lower(), "green")],
    }


def _rate(document: KeyFiguresDocument) -> dict[str, Any]:
    known = document.realised is not None and bool(document.committed)
    ratio = float(document.realised or 0) / float(document.committed or 1) if known else 0.0
    return {
        "words": percent(document.realised, document.committed),
        "length": ratio / max(ratio, 1.0),
        "target": 1 / max(ratio, 1.0),
        "known": known,
        "realised": amount(document.realised, "h"),
        "committed": amount(document.committed, "h"),
    }

"""The contracts of two years by kind, drawn: the table under the drawing says the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.utils.safestring import SafeString, mark_safe

from coclause.clauses.choices import Instrument
from coclause.indicators.spaser import ANY, RECORDED, YearFigures
from coclause.render import charts
from coclause.render.numbers import integer

WIDE, PHONE = 934, 324
"""Widths of the drawings in CSS pixels: the page, a phone."""
MEASURE = "Nombre de contrats, par considération et par année de notification"
SHORT: dict[str, str] = {
    Instrument.CONDITION: "Condition d’exécution",
    Instrument.CRITERION: "Critère d’attribution",
    Instrument.RESERVED: "Lot réservé",
    Instrument.INSERTION: "Services d’insertion",
}
"""Names of the kinds beside a year; the table gives them whole, with their definition."""


@dataclass(frozen=True)
class Panel:
    """A finding, and its drawing for a wide page and for a phone."""

    title: str
    measure: str
    wide: SafeString
    narrow: SafeString


def kinds_by_year(found: Sequence[YearFigures], *, running: bool) -> Panel:
    """Each kind of social consideration, one bar a year; `running` when the last year is open.

    Kinds that no contract has are named, not drawn.
    """
    kinds = [figure.code for figure in RECORDED if figure.code != ANY]
    held = [code for code in kinds if any(one.recorded[code].number for one in found)]
    rows = tuple(
        (f"{SHORT[code]}, {one.year}", one.recorded[code].number, one.year == found[-1].year)
        for code in held or kinds
        for one in found
    )
    none = [SHORT[code].lower() for code in kinds if held and code not in held]
    notes = [f"aucun contrat : {', '.join(none)}"] if none else []
    notes += [f"l’année {found[-1].year} n’est pas finie"] if running else []
    wide, narrow = (_drawn(rows, width) for width in (WIDE, PHONE))
    return Panel(
        title=_finding(found),
        measure=" ; ".join((MEASURE, *notes)),
        # Drawn by our own code from escaped text.
        wide=mark_safe(wide),  # noqa: S308
        narrow=mark_safe(narrow),  # noqa: S308
    )


def _finding(found: Sequence[YearFigures]) -> str:
    """ "Avec une considération sociale : 3 contrats sur 4 en 2025 ; 1 contrat sur 2 en 2024"."""
    told = " ; ".join(_share(one) for one in reversed(found))
    return f"Avec une considération sociale : {told}"


def _share(one: YearFigures) -> str:
    if not one.all.number:
        return f"aucun contrat notifié en {one.year}"
    number = one.recorded[ANY].number
    noun = "contrats" if number > 1 else "contrat"
    return f"{integer(number)} {noun} sur {integer(one.all.number)} en {one.year}"


@lru_cache(maxsize=128)
def _drawn(rows: tuple[tuple[str, int, bool], ...], width: int) -> str:
    return charts.bars(
        [charts.Bar(label, number, "green" if last else "slate") for label, number, last in rows],
        title="Contrats par considération sociale",
        width=width,
        chart_id=f"spaser-{width}",
    )

"""A buyer's own indicators for its SPASER, over two civil years, on screen and as a spreadsheet."""

from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpResponse
from django.shortcuts import render

from coclause.indicators.spaser import (
    PUBLISHED,
    RECORDED,
    Figure,
    Measure,
    YearFigures,
    figures,
    two_years,
    undated,
)
from coclause.organisations.models import Organisation
from coclause.organisations.scopes import Scope
from coclause.render.numbers import UNKNOWN, euros, integer, percent
from coclause.render.sheets import Cell, Column, Sheet, workbook
from coclause.web.buyer.access import buyers_of, choice
from coclause.web.buyer.drawing import kinds_by_year
from coclause.web.middleware import ScopedRequest
from coclause.web.pages import download, id_in

FIRST_YEAR = 2020
HERE, PUBLIC = "Enregistrés ici", "Données publiées"
PERIMETERS = {
    HERE: "Vos marchés et concessions enregistrés dans CoClause, notifiés dans l’année ; les"
    " contrats privés n’y sont pas.",
    PUBLIC: "Vos marchés et concessions publiés en données ouvertes sous votre SIREN, notifiés dans"
    " l’année.",
}


@dataclass(frozen=True)
class Cells:
    """What a line says of one year."""

    number: str
    share: str
    value: str
    note: str


@dataclass(frozen=True)
class Line:
    figure: Figure
    years: tuple[Cells, ...]
    whole: bool = False


def spaser_page(request: ScopedRequest) -> HttpResponse:
    """`?annee=` is the last of the two years."""
    scope = request.scope
    buyer, buyers = buyers_of(request)
    last = _last_year(request, scope)
    found = figures(buyer, two_years(last))
    if request.GET.get("format") == "xlsx":
        return _spreadsheet(buyer, found, scope)
    running = last >= scope.day.year
    nothing = not any(one.all.number for one in found)
    context = {
        "buyer": buyer,
        "buyers": choice(buyer, buyers),
        "last": last,
        "years": [one.year for one in found],
        "running": running,
        "panel": None if nothing else kinds_by_year(found, running=running),
        "choices": [(year, year == last) for year in range(scope.day.year, FIRST_YEAR, -1)][:6],
        "recorded": _recorded(found),
        "siren": bool(buyer.siret),
        "published": _published(found) if any(_all(one).number for one in found) else [],
        "hours": [(one.year, one.hours) for one in found],
        "nothing": nothing,
        "undated": undated(buyer),
        "perimeters": PERIMETERS,
        "here": PERIMETERS[HERE],
        "public": PERIMETERS[PUBLIC],
    }
    return render(request, "buyer/spaser.html", context)


def _last_year(request: ScopedRequest, scope: Scope) -> int:
    """The year asked; else the last one that is over."""
    asked = id_in(request.GET.get("annee", ""))
    if asked is not None and FIRST_YEAR < asked <= scope.day.year:
        return asked
    return scope.day.year - 1


ALL = Figure("tous", "Tous les contrats", "Ce à quoi les lignes suivantes sont rapportées.")


def _recorded(found: list[YearFigures]) -> list[Line]:
    lines = [Line(ALL, tuple(_cells(one.all, None) for one in found), whole=True)]
    lines += [
        Line(figure, tuple(_cells(one.recorded[figure.code], one.all) for one in found))
        for figure in RECORDED
    ]
    return lines


def _published(found: list[YearFigures]) -> list[Line]:
    lines = [Line(ALL, tuple(_cells(_all(one), None) for one in found), whole=True)]
    lines += [
        Line(figure, tuple(_cells(one.published[figure.code], _all(one)) for one in found))
        for figure in PUBLISHED
    ]
    return lines


def _all(one: YearFigures) -> Measure:
    return one.all_published or Measure()


def _cells(measure: Measure, whole: Measure | None) -> Cells:
    value = euros(measure.known)
    missing = f"{integer(measure.unvalued)} sans montant connu" if measure.unvalued else ""
    share = ""
    if whole is not None and whole.number:
        share = f"{percent(measure.number, whole.number)} des contrats"
    return Cells(integer(measure.number), share, value, missing if measure.number else "")


COLUMNS = (
    Column("Source", width=20),
    Column("Année", width=10),
    Column("Indicateur", width=44),
    Column("Nombre de contrats", "integer"),
    Column("Rapporté à (contrats)", "integer"),
    Column("Part des contrats", "percent"),
    Column("Valeur HT", "euros", 20),
    Column("Contrats sans montant connu", "integer"),
    Column("Définition", width=70),
    Column("Périmètre", width=70),
)


def _spreadsheet(buyer: Organisation, found: list[YearFigures], scope: Scope) -> HttpResponse:
    years = " et ".join(str(one.year) for one in found)
    hours = Sheet(
        "Heures",
        (Column("Année"), Column("Heures validées", "hours"), Column("Définition", width=70)),
        [[str(one.year), one.hours, HOURS] for one in found],
    )
    content = workbook(
        [Sheet("Contrats", COLUMNS, [row for one in found for row in _rows(one)]), hours],
        title=f"Indicateurs pour le SPASER, {buyer}, {years}",
        day=scope.day,
        about=(
            ("Acheteur", buyer.name),
            ("SIREN", buyer.siret[:9] if buyer.siret else UNKNOWN),
            ("Période", f"Années civiles {years}, par date de notification"),
            ("Date", f"{scope.day:%d/%m/%Y}"),
            ("Fondement", LEGAL),
            (
                "Deux sources",
                "Côte à côte, jamais additionnées : un même contrat est dans les deux.",
            ),
            ("Non connu", "Compté à part, jamais comme « non »."),
        ),
    )
    return download(content, f"spaser-{found[0].year}-{found[-1].year}.xlsx")


HOURS = "Heures validées par mois travaillé, sur tous vos contrats."
LEGAL = (
    "CCP, art. L2111-3 et D2111-3 : au-delà de 50 millions d’euros HT d’achats par an, un acheteur"
    " publie tous les deux ans des indicateurs, en nombre ou en valeur."
)


def _rows(one: YearFigures) -> list[list[Cell]]:
    rows = [_row(HERE, one.year, ALL, one.all, None)]
    rows += [_row(HERE, one.year, f, one.recorded[f.code], one.all) for f in RECORDED]
    if one.all_published is not None:
        whole = one.all_published
        rows.append(_row(PUBLIC, one.year, ALL, whole, None))
        rows += [_row(PUBLIC, one.year, f, one.published[f.code], whole) for f in PUBLISHED]
    return rows


def _row(
    source: str, year: int, figure: Figure, measure: Measure, whole: Measure | None
) -> list[Cell]:
    share = None
    if whole is not None and whole.number:
        share = Decimal(measure.number) / whole.number
    return [
        source,
        str(year),
        figure.label,
        measure.number,
        whole.number if whole else None,
        share,
        UNKNOWN if measure.known is None else measure.known,
        measure.unvalued,
        figure.definition,
        PERIMETERS[source],
    ]

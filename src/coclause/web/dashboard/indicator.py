"""One figure: its definition, its value, its parameters and the rows that add up to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render

from coclause.closing.reported import reported
from coclause.indicators.catalogue import CATALOGUE
from coclause.indicators.figures import Figure, rows
from coclause.indicators.indicator import Row
from coclause.render.numbers import amount, is_number, percent
from coclause.render.sheets import Column, Sheet, workbook
from coclause.web.dashboard import drawing
from coclause.web.dashboard.asking import Asked, read
from coclause.web.dashboard.views import cell
from coclause.web.middleware import ScopedRequest
from coclause.web.pages import PER_PAGE, download

HEADERS = {
    "operation_name": "Opération",
    "contract_object": "Contrat",
    "facilitator_name": "Facilitateur",
    "host_name": "Structure",
    "funder": "Financeur",
    "key": "Catégorie",
}
"""Columns of rows that people read, in this order; the others are ids."""


@dataclass(frozen=True)
class Shown:
    """A row as the page prints it: each cell with its heading."""

    cells: tuple[tuple[str, str], ...]
    value: str
    operation: int | None


def indicator(request: ScopedRequest, code: str) -> HttpResponse:
    """The figure behind a number of the dashboard, under the same filters."""
    if not request.scope.figure_regions:
        raise PermissionDenied
    if code not in CATALOGUE:
        raise Http404
    asked = read(request.GET, request.scope)
    told = reported(asked.perimeter, asked.period, asked.known_on, [code])
    figure = told.figures[code]
    # Rows name operations: whoever only reads figures has none.
    opened = bool(request.scope.working_regions)
    found = rows(code, asked.perimeter, asked.period, asked.known_on) if opened else []
    names = [name for name in HEADERS if any(name in row for row in found)]
    found, sort = _sorted(found, names, figure, request.GET.get("tri", "-valeur"))
    if request.GET.get("format") == "xlsx":
        return _spreadsheet(asked, figure, found, names, told.state.label)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "asked": asked,
        "form": asked.form,
        "figure": figure,
        "state": told.state,
        "since": told.since(code),
        "value": value_words(figure),
        "unit_name": "heures" if figure.unit == "h" else figure.unit,
        "lines": _lines(figure),
        "terms": _terms(figure),
        "page": page,
        "sort": sort,
        "headers": [(name, HEADERS[name]) for name in names],
        "rows": [_shown(row, names, figure) for row in page],
        "total": amount(sum((row["value"] for row in found), Decimal(0)), _unit(figure)),
        "opened": opened,
        "persons": CATALOGUE[code].persons,
        "quotient": CATALOGUE[code].rows is None,
    }
    return render(request, "dashboard/indicator.html", context)


def value_words(figure: Figure) -> str:
    """The value in words; nothing for a breakdown, which has a table."""
    if isinstance(figure.value, Mapping):
        return ""
    return amount(figure.value, figure.unit)


def _lines(figure: Figure) -> list[drawing.Line]:
    """Categories with their share of the known sum; no share where several answers are possible,
    nor for what is counted apart.
    """
    apart = {figure.labels.get(key, key) for key in CATALOGUE[figure.code].apart}
    pairs = drawing.shares(figure)
    counted = [value for label, value in pairs if label not in apart]
    known = [value for value in counted if is_number(value)]
    whole = len(known) == len(counted) and not figure.several
    total = sum(float(value) for value in known) if whole else None
    return [
        drawing.Line(
            label,
            amount(value, _unit(figure)),
            percent(value, total) if is_number(value) and total and label not in apart else "",
        )
        for label, value in pairs
    ]


def _terms(figure: Figure) -> list[tuple[str, str, str]]:
    """The two figures of a quotient: label, value, and the code to read on, if it has a page."""
    return [
        (
            CATALOGUE[code].label if code in CATALOGUE else TERMS.get(code, code),
            amount(value),
            code if code in CATALOGUE else "",
        )
        for code, value in figure.terms.items()
    ]


TERMS = {
    "validated": "Heures que ces clauses décomptent, validées depuis le début",
    "committed": "Heures engagées sur ces clauses",
    "insertion_fte_hours": "Heures d’un ETP d’insertion",
    "answered": "Demandes qui ont reçu une première réponse",
    "kept": "Demandes répondues dans le délai promis",
    "judged": "Demandes jugées",
    "under_duty": "Contrats soumis à l’obligation",
    "presumed": "Dont la valeur est présumée, tirée du montant du contrat",
}


def _unit(figure: Figure) -> str:
    return figure.unit if figure.unit in {"h", "ETP"} else ""


def _sorted(
    found: list[Row], names: list[str], figure: Figure, asked: str
) -> tuple[list[Row], str]:
    """Rows in the order asked for, by value from the largest otherwise."""
    name = asked.lstrip("-")
    if name not in {*names, "valeur"}:
        asked, name = "-valeur", "valeur"

    def rank(row: Row) -> Any:
        return row["value"] if name == "valeur" else _text(row, name, figure).casefold()

    return sorted(found, key=rank, reverse=asked.startswith("-")), asked


def _text(row: Row, name: str, figure: Figure) -> str:
    value = row.get(name)
    if name == "key":
        return str(figure.labels.get(str(value), value))
    return str(value) if value not in (None, "") else "non connu"


def _shown(row: Row, names: list[str], figure: Figure) -> Shown:
    return Shown(
        cells=tuple((HEADERS[name], _text(row, name, figure)) for name in names),
        value=amount(row["value"], _unit(figure)),
        operation=row.get("operation"),
    )


def _spreadsheet(
    asked: Asked, figure: Figure, found: list[Row], names: list[str], state: str
) -> HttpResponse:
    columns = [*(Column(HEADERS[name], width=40) for name in names), Column("Valeur", "decimal")]
    behind = [(*(_text(row, name, figure) for name in names), row["value"]) for row in found]
    values = drawing.values_of(figure)
    sheets = [
        Sheet(
            "Valeur",
            [Column("Catégorie", width=48), Column("Valeur", "decimal")],
            [(label or figure.label, cell(value)) for label, value in values],
        )
    ]
    if behind:
        sheets.append(Sheet("Lignes", columns, behind))
    content = workbook(
        sheets,
        title=figure.label,
        day=asked.day,
        about=[
            ("Définition", figure.definition),
            ("Période", figure.period),
            ("Périmètre", figure.perimeter),
            ("Rapporté à", figure.denominator or "sans objet"),
            ("État de l’année", state),
            ("Petits nombres", "Un groupe de moins de cinq personnes est masqué (< 5)."),
        ],
    )
    return download(content, f"{figure.code}-{asked.year}.xlsx")

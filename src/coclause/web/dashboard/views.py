"""The region's figures, for its coordination, its hosts and its observers."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import render

from coclause.closing.reported import Reported, reported
from coclause.indicators.catalogue import THEMES
from coclause.indicators.figures import Figure
from coclause.render.numbers import Measure, amount, is_number, percent
from coclause.render.sheets import Column, Sheet, workbook
from coclause.web.dashboard import drawing
from coclause.web.dashboard.asking import Asked, read, year_before
from coclause.web.dashboard.todo import WAITING, late_checks, to_decide, validation_delay
from coclause.web.middleware import ScopedRequest
from coclause.web.pages import download, page_of, sorted_rows

STRIP = (
    "hours_validated",
    "fte_insertion",
    "beneficiaries",
    "operations_followed",
    "facilitators",
    "facilitators_fte",
    "hours_committed_running",
    "realisation_rate",
)
"""The figures in large, in the order of the page."""

CHARTS = (
    "hours_by_market_type",
    "hours_by_departement",
    "hours_by_month",
    "hours_by_epci",
    "hours_by_instrument",
    "hours_validated_by_kind",
    "hours_by_host",
    "beneficiaries_by_host",
    "beneficiaries_by_host_sum",
    "beneficiaries_by_public",
    "beneficiaries_by_sex",
    "beneficiaries_by_age",
)


@dataclass(frozen=True)
class Tile:
    """A figure in large, with what changed since the year before and since its year was closed."""

    figure: Figure
    value: str
    change: str
    since: str = ""


def dashboard(request: ScopedRequest) -> HttpResponse:
    """A year of the region on one page; everything is computed once."""
    if not request.scope.figure_regions:
        raise PermissionDenied
    asked = read(request.GET, request.scope)
    if request.GET.get("format") == "xlsx":
        return _spreadsheet(asked, reported(asked.perimeter, asked.period, asked.known_on))
    found = reported(asked.perimeter, asked.period, asked.known_on, STRIP + CHARTS)
    shown = found.figures
    earlier = reported(asked.perimeter, year_before(asked.period), asked.known_on, STRIP)
    before = earlier.figures
    context = {
        "asked": asked,
        "form": asked.form,
        "tiles": [tile(shown[code], before[code], found.since(code)) for code in STRIP],
        "state": found.state,
        "panels": _panels(asked, shown),
        "themes": THEMES.items(),
        "to_decide": to_decide(request.scope),
        "perimeter": shown["hours_validated"].perimeter,
        "period": shown["hours_validated"].period,
    }
    return render(request, "dashboard/dashboard.html", context)


def tile(figure: Figure, before: Figure, since: str = "") -> Tile:
    return Tile(figure, words(figure), _change(figure, before), since)


def words(figure: Figure) -> str:
    """The value as it is read: whole hours and persons, decimals for shares and means."""
    value = _plain(figure)
    if figure.unit == "%":
        return amount(value, "%", places=1)
    return amount(value, figure.unit if figure.unit == "h" else "")


def _plain(figure: Figure) -> Measure:
    """The value of a figure that is no breakdown."""
    if isinstance(figure.value, Mapping):
        raise TypeError(f"{figure.code} is a breakdown")
    return figure.value


def _change(figure: Figure, before: Figure) -> str:
    """Since the same days of the year before; nothing where either is unknown or hidden."""
    now, then = _plain(figure), _plain(before)
    if not is_number(now) or not is_number(then) or not then:
        return ""
    if now == then:
        return "comme un an avant"
    difference = float(now) - float(then)
    if figure.unit == "%":
        return f"{_signed(amount(round(difference, 1)))} point en un an"
    if float(then) < SMALL:
        return f"{_signed(amount(round(difference, 2)))} en un an"
    return f"{_signed(percent(round(difference, 2), then, places=0))} en un an"


SMALL = 100
"""Below, a change is said in units: a percentage would make much of little."""


def _signed(text: str) -> str:
    return text if text.startswith("\u2212") else f"+{text}"


def _panels(asked: Asked, shown: dict[str, Figure]) -> dict[str, drawing.Panel | None]:
    hours, people = shown["hours_validated"], shown["beneficiaries"]
    none = "Aucune heure validée dans la période"
    nobody = "Aucune personne bénéficiaire dans la période"

    def of_hours(code: str, order: str = "value") -> drawing.Panel:
        title = drawing.leading(shown[code], hours, none, "des heures")
        return drawing.bars(shown[code], hours, title, order=order)

    def of_people(code: str, order: str = "value") -> drawing.Panel:
        title = drawing.leading(shown[code], people, nobody, "des personnes")
        return drawing.bars(shown[code], people, title, order=order)

    provisional = f"{asked.day:%Y-%m}" if asked.period.last == asked.day else ""
    month = shown["hours_by_month"]
    place = drawing.leading(shown["hours_by_epci"], hours, none, "des heures")
    sex = shown["beneficiaries_by_sex"]
    return {
        "market": of_hours("hours_by_market_type"),
        "departement": of_hours("hours_by_departement"),
        "month": drawing.columns(month, hours, drawing.busiest_month(month), after=provisional),
        "map": drawing.epci_map(shown["hours_by_epci"], hours, asked.region, place),
        "instrument": of_hours("hours_by_instrument"),
        "kind": of_hours("hours_validated_by_kind", "given"),
        "host": drawing.bars(
            shown["hours_by_host"], hours, "Les heures de chaque structure", order="label"
        ),
        "people_host": drawing.bars(
            shown["beneficiaries_by_host"],
            shown["beneficiaries_by_host_sum"],
            _hosts_and_region(shown),
            order="label",
        ),
        "public": of_people("beneficiaries_by_public"),
        "sex": drawing.bars(sex, people, drawing.sex_finding(sex, people), order="given"),
        "age": of_people("beneficiaries_by_age", "given"),
    }


def _hosts_and_region(shown: dict[str, Figure]) -> str:
    """The sum of hosts beside the region's own count: one person in two hosts counts once."""
    distinct, added = shown["beneficiaries"], shown["beneficiaries_by_host_sum"]
    return f"{words(distinct)} personnes, {words(added)} en additionnant les structures"


def _spreadsheet(asked: Asked, found: Reported) -> HttpResponse:
    """Every figure of the catalogue, with what makes it readable."""
    shown = found.figures
    columns = [
        Column("Code", width=30),
        Column("Indicateur", width=40),
        Column("Catégorie", width=36),
        Column("Valeur", "decimal"),
        Column("Unité"),
        Column("Définition", width=80),
        Column("Période", width=28),
        Column("Rapporté à", width=36),
        Column("Depuis la clôture", width=36),
    ]
    rows = [
        (
            figure.code,
            figure.label,
            category,
            cell(value),
            figure.unit,
            figure.definition,
            figure.period,
            figure.denominator or "",
            found.since(figure.code),
        )
        for figure in shown.values()
        for category, value in drawing.values_of(figure)
    ]
    content = workbook(
        [Sheet("Chiffres", columns, rows)],
        title=f"Chiffres de {asked.year}",
        day=asked.day,
        about=[
            ("Périmètre", shown["hours_validated"].perimeter),
            ("Connu au", f"{asked.known_day or asked.day:%d/%m/%Y}"),
            ("État de l’année", found.state.label),
            ("Petits nombres", "Un groupe de moins de cinq personnes est masqué (< 5)."),
        ],
    )
    return download(content, f"chiffres-{asked.year}.xlsx")


def cell(value: Measure) -> str | float:
    """A number for the spreadsheet; what is hidden or unknown in words."""
    return float(value) if is_number(value) else amount(value)


LATE_SORTS = {
    "depuis": "since",
    "mois": "month",
    "operation": "award__lot__contract__operation__name_key",
}


def late(request: ScopedRequest) -> HttpResponse:
    """Months declared that wait for a check beyond the delay, for the coordination."""
    scope = request.scope
    if not scope.coordinated_regions:
        raise PermissionDenied
    rows = (
        late_checks(scope.coordinated_regions, scope.day)
        .annotate(waiting=Sum("lines__hours", filter=WAITING))
        .select_related("award__lot__contract__operation__buyer")
    )
    rows, sort = sorted_rows(request, rows, LATE_SORTS, "depuis")
    context = {
        "page": page_of(request, rows),
        "sort": sort,
        "delay": validation_delay(scope.day),
    }
    return render(request, "dashboard/late.html", context)

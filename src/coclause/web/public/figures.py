"""The region's key figures of a year, open to everybody, on a page and in a PDF."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from coclause.indicators.figures import Figure, figures
from coclause.indicators.perimeter import Perimeter, Period
from coclause.render.sheets import Column, Sheet, workbook
from coclause.web.dashboard import drawing
from coclause.web.dashboard.asking import (
    last_complete_year,
    period_of,
    years_with_hours,
)
from coclause.web.dashboard.views import cell, words
from coclause.web.middleware import ScopedRequest
from coclause.web.pages import download

TILES = (
    "hours_validated",
    "beneficiaries",
    "fte_insertion",
    "employment_contracts",
    "operations_followed",
    "buyers",
    "facilitators",
    "facilitators_fte",
)
BREAKDOWNS = (
    "hours_by_market_type",
    "hours_by_departement",
    "hours_by_month",
    "hours_by_epci",
    "beneficiaries_by_sex",
    "beneficiaries_by_age",
    "beneficiaries_by_public",
)


class YearForm(forms.Form):
    annee = forms.TypedChoiceField(label="Année", coerce=int)

    def __init__(self, data: Any, years: list[int]) -> None:
        super().__init__(data)
        field: Any = self.fields["annee"]
        field.choices = [(year, str(year)) for year in years]


@dataclass(frozen=True)
class Year:
    """A year of the region, as anybody may read it."""

    year: int
    years: list[int]
    period: Period
    shown: dict[str, Figure]

    @property
    def over(self) -> bool:
        return self.period.last == date(self.year, 12, 31)


def year_of(asked: str | None, day: date, codes: tuple[str, ...]) -> Year:
    """The figures of the year asked for; of the last complete one when none is."""
    years = years_with_hours(settings.HOME_REGION, day)
    form = YearForm({"annee": asked}, years)
    year = form.cleaned_data["annee"] if form.is_valid() else last_complete_year(years, day)
    period = period_of(year, day)
    return Year(year, years, period, figures(Perimeter(settings.HOME_REGION), period, None, codes))


@login_not_required
def key_figures(request: ScopedRequest) -> HttpResponse:
    """One computation, small groups hidden: what the PDF and the command say too."""
    found = year_of(request.GET.get("annee"), request.scope.day, TILES + BREAKDOWNS)
    if request.GET.get("format") == "xlsx":
        return _spreadsheet(found, request.scope.day)
    shown = found.shown
    context = {
        "year": found.year,
        "over": found.over,
        "form": YearForm({"annee": found.year}, found.years),
        "tiles": [(shown[code], words(shown[code])) for code in TILES],
        "panels": _panels(shown),
        "region": shown["hours_validated"].perimeter,
        "period": shown["hours_validated"].period,
        "has_hours": bool(shown["hours_validated"].value),
    }
    return render(request, "public/key_figures.html", context)


def _panels(shown: dict[str, Figure]) -> dict[str, drawing.Panel | None]:
    hours, people = shown["hours_validated"], shown["beneficiaries"]
    none, nobody = "Aucune heure validée cette année", "Aucune personne bénéficiaire cette année"

    def finding(code: str) -> str:
        of_hours = code.startswith("hours")
        whole, empty = (hours, none) if of_hours else (people, nobody)
        words_ = "des heures" if of_hours else "des personnes"
        return drawing.leading(shown[code], whole, empty, words_)

    def bars(code: str, order: str = "value") -> drawing.Panel:
        whole = hours if code.startswith("hours") else people
        return drawing.bars(shown[code], whole, finding(code), order=order)

    month, sex, place = (
        shown["hours_by_month"],
        shown["beneficiaries_by_sex"],
        shown["hours_by_epci"],
    )
    return {
        "market": bars("hours_by_market_type"),
        "departement": bars("hours_by_departement"),
        "month": drawing.columns(month, hours, drawing.busiest_month(month)),
        "map": drawing.epci_map(place, hours, settings.HOME_REGION, finding("hours_by_epci")),
        "sex": drawing.bars(sex, people, drawing.sex_finding(sex, people), order="given"),
        "age": bars("beneficiaries_by_age", "given"),
        "public": bars("beneficiaries_by_public"),
    }


def _spreadsheet(found: Year, day: date) -> HttpResponse:
    columns = [
        Column("Indicateur", width=40),
        Column("Catégorie", width=36),
        Column("Valeur", "decimal"),
        Column("Unité"),
        Column("Définition", width=80),
    ]
    rows = [
        (figure.label, label, cell(value), figure.unit, figure.definition)
        for figure in found.shown.values()
        for label, value in drawing.values_of(figure)
    ]
    content = workbook(
        [Sheet("Chiffres clés", columns, rows)],
        title=f"Chiffres clés {found.year}",
        day=day,
        about=[
            ("Périmètre", found.shown["hours_validated"].perimeter),
            ("Période", found.shown["hours_validated"].period),
            ("Petits nombres", "Un groupe de moins de cinq personnes est masqué (< 5)."),
        ],
    )
    return download(content, f"chiffres-cles-{found.year}.xlsx")


@login_not_required
def key_figures_pdf(request: HttpRequest, year: int) -> HttpResponse:
    raise Http404

"""The region's key figures of a year, open to everybody, on a page and in a PDF."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from coclause.indicators.figures import Figure
from coclause.reference.models import Region
from coclause.render.sheets import Column, Sheet, workbook
from coclause.reports.key_figures import (
    CODES,
    TILES,
    KeyFigures,
    finding,
    key_figures_pdf,
)
from coclause.reports.key_figures import key_figures as key_figures_of
from coclause.web.dashboard import drawing
from coclause.web.dashboard.asking import last_complete_year, years_with_hours
from coclause.web.dashboard.views import cell, words
from coclause.web.middleware import ScopedRequest
from coclause.web.pages import download


class YearForm(forms.Form):
    annee = forms.TypedChoiceField(label="Année", coerce=int)

    def __init__(self, data: Any, years: list[int]) -> None:
        super().__init__(data)
        field: Any = self.fields["annee"]
        field.choices = [(year, str(year)) for year in years]


@dataclass(frozen=True)
class Year:
    """A year of the region, as anybody may read it."""

    found: KeyFigures
    years: list[int]

    @property
    def year(self) -> int:
        return self.found.year

    @property
    def tiles(self) -> list[tuple[Figure, str, str]]:
        """Each figure in large, in words, with what changed since the year was closed."""
        shown, since = self.found.figures, self.found.reported.since
        return [(shown[code], words(shown[code]), since(code)) for code in TILES]

    @property
    def has_hours(self) -> bool:
        return bool(self.found.number("hours_validated"))


def year_of(asked: str | None, day: date, codes: Collection[str] = CODES) -> Year:
    """The figures of the year asked for; of the last complete one when none is."""
    region = get_object_or_404(Region, pk=settings.HOME_REGION)
    years = years_with_hours(region.pk, day)
    form = YearForm({"annee": asked}, years)
    year = form.cleaned_data["annee"] if form.is_valid() else last_complete_year(years, day)
    return Year(key_figures_of(region, year, day=day, codes=codes), years)


@login_not_required
def key_figures(request: ScopedRequest) -> HttpResponse:
    """One computation, small groups hidden: what the PDF and the command say too."""
    day = request.scope.day
    as_file = request.GET.get("format") == "xlsx"
    codes = CODES if as_file else (*CODES, "hours_by_month")
    year = year_of(request.GET.get("annee"), day, codes)
    if as_file:
        return _spreadsheet(year, day)
    shown = year.found.figures
    hours = shown["hours_validated"]
    context = {
        "year": year,
        "over": year.year < day.year,
        "finding": finding(year.found).rstrip("."),
        "form": YearForm({"annee": year.year}, year.years),
        "panels": _panels(shown, f"{day:%Y-%m}"),
        "perimeter": hours.perimeter,
        "period": hours.period,
    }
    return render(request, "public/key_figures.html", context)


def _panels(shown: Mapping[str, Figure], this_month: str) -> dict[str, drawing.Panel | None]:
    hours, people = shown["hours_validated"], shown["beneficiaries"]
    none, nobody = "Aucune heure validée cette année", "Aucune personne bénéficiaire cette année"

    def title(code: str) -> str:
        if code.startswith("hours"):
            return drawing.leading(shown[code], hours, none, "des heures")
        return drawing.leading(shown[code], people, nobody, "des personnes")

    def bars(code: str, order: str = "value") -> drawing.Panel:
        whole = hours if code.startswith("hours") else people
        return drawing.bars(shown[code], whole, title(code), order=order)

    month, place = shown["hours_by_month"], shown["hours_by_epci"]
    sex = shown["beneficiaries_by_sex"]
    return {
        "market": bars("hours_by_market_type"),
        "departement": bars("hours_by_departement"),
        "month": drawing.columns(month, hours, drawing.busiest_month(month), after=this_month),
        "map": drawing.epci_map(place, hours, settings.HOME_REGION, title("hours_by_epci")),
        "sex": drawing.bars(sex, people, drawing.sex_finding(sex, people), order="given"),
        "age": bars("beneficiaries_by_age", "given"),
        "public": drawing.bars(
            shown["beneficiaries_by_public"], people, title("beneficiaries_by_public"), full=True
        ),
    }


def _spreadsheet(year: Year, day: date) -> HttpResponse:
    columns = [
        Column("Indicateur", width=40),
        Column("Catégorie", width=36),
        Column("Valeur", "decimal"),
        Column("Unité"),
        Column("Définition", width=80),
        Column("Depuis la clôture", width=36),
    ]
    shown = year.found.figures
    rows = [
        (
            figure.label,
            label,
            cell(value),
            figure.unit,
            figure.definition,
            year.found.reported.since(figure.code),
        )
        for figure in shown.values()
        for label, value in drawing.values_of(figure)
    ]
    content = workbook(
        [Sheet("Chiffres clés", columns, rows)],
        title=f"Chiffres clés {year.year}",
        day=day,
        about=[
            ("Périmètre", shown["hours_validated"].perimeter),
            ("Période", shown["hours_validated"].period),
            ("État de l’année", year.found.year_state.label),
            ("Petits nombres", "Un groupe de moins de cinq personnes est masqué (< 5)."),
        ],
    )
    return download(content, f"chiffres-cles-{year.year}.xlsx")


@login_not_required
def pdf(request: ScopedRequest, year: int) -> HttpResponse:
    """The one-page PDF of a year that has declared months."""
    asked = year_of(str(year), request.scope.day)
    if asked.year != year:
        raise Http404
    content = key_figures_pdf(asked.found, fonts=settings.FONTS)
    return download(content, f"chiffres-cles-{year}.pdf", "application/pdf")

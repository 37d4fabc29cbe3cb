"""What the address of a page of figures asks: a year, a place, a host, a day of knowledge."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Max, Min
from django.utils import timezone

from coclause.hours.models import Statement
from coclause.indicators.perimeter import Perimeter, Period
from coclause.organisations.choices import MemberRole, Role
from coclause.organisations.models import Organisation
from coclause.organisations.scopes import Scope
from coclause.reference.models import Departement
from coclause.web.operations.fields import FrenchDateField

CLOSING_MONTHS = 2
"""Until the end of February, the year that is read is the one being closed."""


def years_with_hours(region: str, day: date) -> list[int]:
    """Years with declared months in the region, the latest first; the present one without any."""
    found = Statement.objects.filter(award__lot__contract__operation__region=region).aggregate(
        first=Min("month"), last=Max("month")
    )
    if found["first"] is None:
        return [day.year]
    return list(range(min(found["last"].year, day.year), found["first"].year - 1, -1))


def last_complete_year(years: list[int], day: date) -> int:
    """The latest of these years that is over; the latest of all when none is."""
    return next((year for year in years if year < day.year), years[0])


def period_of(year: int, day: date) -> Period:
    """A year; the one at hand up to today."""
    last = min(date(year, 12, 31), day)
    return Period(date(year, 1, 1), last) if last.year == year else Period.year(year)


def year_before(period: Period) -> Period:
    """The same days of the year before."""
    first, last = period.first, period.last
    day = 28 if (last.month, last.day) == (2, 29) else last.day
    return Period(first.replace(year=first.year - 1), last.replace(year=last.year - 1, day=day))


class Filters(forms.Form):
    """The filters of the dashboard; what does not hold is said, and left aside."""

    annee = forms.TypedChoiceField(label="Année", required=False, coerce=int, empty_value=None)
    departement = forms.ChoiceField(label="Département", required=False)
    structure = forms.TypedChoiceField(
        label="Structure", required=False, coerce=int, empty_value=None
    )
    connu = FrenchDateField(label="Tel que connu le", required=False, widget=forms.TextInput)

    def __init__(self, data: Any, scope: Scope, region: str, years: list[int]) -> None:
        super().__init__(data)
        self._offer("annee", [(str(year), str(year)) for year in years], "")
        places = Departement.objects.filter(region=region, active=True)
        self._offer("departement", list(places.values_list("code", "name")), "Toute la région")
        hosts = hosts_of(scope, region)
        if hosts:
            self._offer("structure", hosts, "Toutes")
        else:
            del self.fields["structure"]
        # In a row of filters the example stands in the field, not under it.
        self.fields["connu"].help_text = ""
        self.fields["connu"].widget.attrs["placeholder"] = "22/08/2026"

    def _offer(self, name: str, choices: list[tuple[str, str]], every: str) -> None:
        field: Any = self.fields[name]
        field.choices = [("", every), *choices] if every else choices


def hosts_of(scope: Scope, region: str) -> list[tuple[str, str]]:
    """The hosts whose figures may be read apart: all for the coordination, one's own for a host."""
    rows = Organisation.objects.playing(Role.HOST).filter(region=region)
    if region not in scope.regions(MemberRole.COORDINATOR):
        rows = rows.filter(pk__in=scope.hosts)
    return [(str(pk), name) for pk, name in rows.values_list("pk", "name")]


@dataclass(frozen=True)
class Asked:
    """The filters once read."""

    region: str
    year: int
    day: date
    form: Filters
    departement: str | None
    host: int | None
    known_day: date | None

    @cached_property
    def perimeter(self) -> Perimeter:
        return Perimeter(self.region, departement=self.departement, host=self.host)

    @cached_property
    def period(self) -> Period:
        return period_of(self.year, self.day)

    @property
    def known_on(self) -> datetime | None:
        """The end of the day asked for."""
        if self.known_day is None:
            return None
        return timezone.make_aware(datetime.combine(self.known_day + timedelta(days=1), time()))

    @property
    def query(self) -> str:
        """The same filters, for the address of another page."""
        given = {
            "annee": self.year,
            "departement": self.departement,
            "structure": self.host,
            "connu": f"{self.known_day:%d/%m/%Y}" if self.known_day else None,
        }
        return urlencode({name: value for name, value in given.items() if value is not None})


def read(data: Any, scope: Scope) -> Asked:
    """Read the address. The region is the first of those whose figures the scope opens."""
    region = min(scope.figure_regions)
    years = years_with_hours(region, scope.day)
    default = scope.day.year - 1 if scope.day.month <= CLOSING_MONTHS else scope.day.year
    default = default if default in years else years[0]
    form = Filters({**data.dict(), "annee": data.get("annee") or default}, scope, region, years)
    form.is_valid()
    given = form.cleaned_data
    return Asked(
        region=region,
        year=given.get("annee") or default,
        day=scope.day,
        form=form,
        departement=given.get("departement") or None,
        host=given.get("structure"),
        known_day=given.get("connu"),
    )

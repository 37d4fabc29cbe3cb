"""The years of a region: who closed which, when, and what changed since."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from coclause.closing.freezing import plain_number, read
from coclause.closing.models import YearClosure
from coclause.closing.permissions import may_close, readable_hosts
from coclause.closing.queries import Sums, closures_of, hosts_by_year, hours_by_year
from coclause.closing.reported import signed
from coclause.organisations.models import Organisation
from coclause.organisations.scopes import Scope
from coclause.reference.models import Region
from coclause.web.dashboard.asking import years_with_hours
from coclause.web.middleware import ScopedRequest


@dataclass(frozen=True)
class Line:
    """A year of the region, or of one of its hosts."""

    year: int
    name: str
    closure: YearClosure | None
    hours: Decimal
    kind: str
    word: str
    close_url: str

    @property
    def change(self) -> str:
        """Hours validated or corrected after the closing; nothing while it is open."""
        if self.closure is None:
            return ""
        rows: list[Any] = getattr(self.closure, "hours_frozen", [])
        then = plain_number(read(rows[0].value)) if rows else None
        if then is None:
            return ""
        change = self.hours - then
        return signed(change, "h") if change else "aucun écart"


@dataclass(frozen=True)
class YearLines:
    """A year: the region's own line, then its hosts'."""

    year: int
    over: bool
    lines: list[Line]


def closings(request: ScopedRequest) -> HttpResponse:
    """Whoever reads the region's figures reads which years are closed; a host, its own."""
    scope = request.scope
    if not scope.figure_regions:
        raise PermissionDenied
    region = Region.objects.get(pk=min(scope.figure_regions))
    years = years_of(scope, region)
    to_close = [line for one in reversed(years) for line in one.lines if line.close_url]
    context = {"region": region, "years": years, "next": to_close[0] if to_close else None}
    return render(request, "closing/list.html", context)


Closed = dict[tuple[int, int | None], YearClosure]


def years_of(scope: Scope, region: Region) -> list[YearLines]:
    """Every year with hours, the latest first. A fixed number of queries."""
    years = years_with_hours(region.pk, scope.day)
    closed = {(row.year, row.host_id): row for row in closures_of(region.pk, years)}
    hours = hours_by_year(region.pk, date(min(years), 1, 1), date(max(years), 12, 31))
    working = hosts_by_year(region.pk, years)
    for year, host in (*closed, *hours):
        if host is not None and year in working:
            working[year].add(host)
    hosts = _readable(scope, region, working)
    reader = _Reader(scope, region, closed, hours)
    return [
        YearLines(
            year,
            scope.day.year > year,
            [reader.line(year, None), *(reader.line(year, host) for host in hosts[year])],
        )
        for year in years
    ]


def _readable(
    scope: Scope, region: Region, working: dict[int, set[int]]
) -> dict[int, list[Organisation]]:
    """The hosts of each year that this scope may read, by name."""
    wanted = set().union(*working.values())
    own = readable_hosts(scope, region.pk)
    if own is not None:
        wanted &= own
    found = list(Organisation.objects.filter(pk__in=wanted))
    return {year: [one for one in found if one.pk in there] for year, there in working.items()}


@dataclass(frozen=True)
class _Reader:
    """What the lines of all years are made from."""

    scope: Scope
    region: Region
    closed: Closed
    hours: Sums

    def line(self, year: int, host: Organisation | None) -> Line:
        key = (year, host.pk if host else None)
        closure = self.closed.get(key)
        over = self.scope.day.year > year
        late = host is not None and (year, None) in self.closed
        mine = over and not late and may_close(self.scope, self.region.pk, host)
        kind, word = _state(closure, over=over, late=late, mine=mine)
        return Line(
            year=year,
            name=host.name if host else f"Toute la région {self.region.name}",
            closure=closure,
            hours=self.hours.get(key, Decimal(0)),
            kind=kind,
            word=word,
            close_url=_close_url(year, host) if mine and closure is None else "",
        )


def _state(closure: YearClosure | None, *, over: bool, late: bool, mine: bool) -> tuple[str, str]:
    """The kind of the tag, and its words."""
    if closure is not None:
        return "ok", "Close d’office" if closure.note else "Close"
    if not over:
        return "off", "En cours"
    if late:
        return "off", "Non close avant la région"
    return ("todo", "À clore") if mine else ("off", "Provisoire")


def _close_url(year: int, host: Organisation | None) -> str:
    url = reverse("closing", args=[year])
    return f"{url}?{urlencode({'structure': host.pk})}" if host else url

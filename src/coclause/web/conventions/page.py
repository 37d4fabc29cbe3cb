"""A convention: its target, what its contracts committed and did, who lives in its districts."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import SafeString, mark_safe

from coclause.clauses.conventions import attachable, may_change_convention
from coclause.clauses.models import Award, Contract, Convention
from coclause.core.journal import subject
from coclause.core.models import JournalEntry
from coclause.hours.convention_progress import (
    Totals,
    YearHours,
    done_under,
    residence_of,
    totals,
    years_of,
)
from coclause.hours.progress import progress_of_awards
from coclause.organisations.scopes import Scope
from coclause.render import charts
from coclause.render.numbers import hours
from coclause.web.conventions import residence
from coclause.web.conventions.forms import told as told_district
from coclause.web.conventions.sheet import spreadsheet
from coclause.web.middleware import ScopedRequest
from coclause.web.pages import PER_PAGE

WIDE, PHONE = 934, 324
JOURNAL_LINES = 20
SORTS = {
    "contrat": lambda line: (line.contract.operation.name_key, line.contract.pk),
    "acheteur": lambda line: (line.contract.operation.buyer.name_key, line.contract.pk),
    "validees": lambda line: (line.told.validated, line.contract.pk),
}


@dataclass(frozen=True)
class ContractLine:
    """A contract that answers to the convention, with its hours."""

    contract: Contract
    told: Totals


@dataclass(frozen=True)
class BuyerLine:
    """A buyer, or those that the reader is not told of, with the hours of their contracts."""

    name: str
    contracts: int
    told: Totals


class Reading:
    """A convention as this scope reads it: totals of all, names of what it may name.

    The network reads every buyer and contract; a buyer its own, the others as one line.
    """

    def __init__(self, convention: Convention, scope: Scope) -> None:
        self.convention, self.scope = convention, scope
        rows = Contract.objects.filter(convention=convention)
        found = rows.select_related("operation__buyer").order_by("operation__name_key", "pk")
        self._contracts = list(found)
        awards: dict[int, list[int]] = defaultdict(list)
        pairs = Award.objects.filter(lot__contract__in=[one.pk for one in self._contracts])
        for award, contract in pairs.values_list("pk", "lot__contract_id"):
            awards[contract].append(award)
        self._awards = awards
        self._progress = progress_of_awards(self.award_ids, scope.day)

    @property
    def award_ids(self) -> list[int]:
        return [award for found in self._awards.values() for award in found]

    @property
    def count(self) -> int:
        """Contracts of everybody."""
        return len(self._contracts)

    @cached_property
    def total(self) -> Totals:
        return self._sum(self._contracts)

    @cached_property
    def contracts(self) -> list[ContractLine]:
        """Those that the reader may name."""
        return [ContractLine(one, self._sum([one])) for one in self._contracts if self._named(one)]

    @cached_property
    def buyers(self) -> list[BuyerLine]:
        """By name; what the reader may not name comes last, as one line."""
        named: dict[int, list[Contract]] = defaultdict(list)
        others: list[Contract] = []
        for one in self._contracts:
            (named[one.operation.buyer_id] if self._named(one) else others).append(one)
        lines = [
            (found[0].operation.buyer.name_key, found[0].operation.buyer.name, found)
            for found in named.values()
        ]
        told = [
            BuyerLine(name, len(found), self._sum(found))
            for _, name, found in sorted(lines, key=lambda line: line[0])
        ]
        if others:
            told.append(BuyerLine("Autres acheteurs", len(others), self._sum(others)))
        return told

    @cached_property
    def years(self) -> list[YearHours]:
        return years_of(self.award_ids, self._done, self.scope.day)

    @cached_property
    def residence(self) -> residence.Told:
        return residence.told(self.convention, residence_of(self._done), self.scope)

    @cached_property
    def districts(self) -> list[str]:
        rows = self.convention.districts.select_related("commune")
        return [told_district(one) for one in rows.order_by("-vintage", "search_key", "code")]

    @cached_property
    def _done(self) -> Any:
        return done_under(self.award_ids, self.scope.day)

    def _named(self, contract: Contract) -> bool:
        operation = contract.operation
        return (
            operation.region_id in self.scope.working_regions
            or operation.buyer_id in self.scope.buyers
        )

    def _sum(self, contracts: Sequence[Contract]) -> Totals:
        return totals(self._progress[pk] for one in contracts for pk in self._awards[one.pk])


def convention(request: ScopedRequest, pk: int) -> HttpResponse:
    """The page, or its spreadsheet."""
    scope = request.scope
    rows = Convention.objects.visible_to(scope).select_related("region")
    found = get_object_or_404(rows, pk=pk)
    reading = Reading(found, scope)
    if request.GET.get("format") == "xlsx":
        return spreadsheet(reading)
    asked = request.GET.get("tri", "contrat")
    name = asked.lstrip("-")
    if name not in SORTS:
        asked, name = "contrat", "contrat"
    lines = sorted(reading.contracts, key=SORTS[name], reverse=asked.startswith("-"))
    page = Paginator(lines, PER_PAGE).get_page(request.GET.get("page"))
    network = found.region_id in scope.working_regions
    context = {
        "convention": found,
        "reading": reading,
        "finding": finding(found, reading.total),
        "sort": asked,
        "page": page,
        "others": reading.count - len(reading.contracts),
        "chart": _chart(reading.years),
        "may_change": may_change_convention(scope, found),
        "network": network,
        "detachable": _detachable(found, list(page), scope) if network else set(),
        "journal": _journal(found) if network else [],
    }
    return render(request, "conventions/convention.html", context)


def _detachable(convention: Convention, lines: Sequence[ContractLine], scope: Scope) -> set[int]:
    """Of these contracts, those whose convention the reader may change."""
    rows = attachable(scope, convention.region_id).filter(
        pk__in=[line.contract.pk for line in lines]
    )
    return set(rows.values_list("pk", flat=True))


def finding(convention: Convention, told: Totals) -> str:
    """Where the convention stands, in one sentence."""
    target = convention.target_hours
    if not told.awards:
        return "Aucune attribution ne répond encore à la convention"
    if target is None:
        return f"Objectif non connu : {hours(told.validated)} validées à ce jour"
    if told.validated >= target:
        return f"L’objectif de {hours(target)} est atteint"
    if told.committed is not None and not told.undetermined and told.committed < target:
        return f"Les contrats engagent {hours(told.committed)} sur les {hours(target)} visées"
    return f"{hours(told.validated)} validées sur les {hours(target)} de l’objectif"


@dataclass(frozen=True)
class YearChart:
    """The columns by year, for a wide screen and for a phone."""

    title: str
    wide: SafeString
    narrow: SafeString


def _chart(years: list[YearHours]) -> YearChart | None:
    if not any(year.validated for year in years):
        return None
    total = sum((year.validated for year in years), Decimal(0))
    columns = tuple((str(one.year), round(one.validated)) for one in years)
    # Drawn by our own code from numbers.
    return YearChart(
        f"{hours(total)} validées depuis {years[0].year}",
        mark_safe(_columns(columns, WIDE)),  # noqa: S308
        mark_safe(_columns(columns, PHONE)),  # noqa: S308
    )


@lru_cache(maxsize=64)
def _columns(columns: tuple[tuple[str, int], ...], width: int) -> str:
    """The last year is the day's: it is not over."""
    last = columns[-1][0]
    return charts.columns(
        [charts.Period(label, value, label == last) for label, value in columns],
        title="Heures validées par année",
        unit="h" if width == WIDE else "",
        width=width,
        height=200,
        chart_id=f"convention-{width}",
    )


def _journal(convention: Convention) -> list[JournalEntry]:
    entries = JournalEntry.objects.filter(subjects__contains=[subject(convention)])
    return list(entries.select_related("actor")[:JOURNAL_LINES])

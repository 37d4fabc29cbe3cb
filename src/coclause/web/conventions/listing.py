"""The list of conventions: found, filtered, ordered, with the hours of all their contracts."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render

from coclause.clauses.models import Award, Convention
from coclause.clauses.queries import ConventionQuerySet
from coclause.hours.convention_progress import Totals, totals
from coclause.hours.progress import progress_of_awards
from coclause.organisations.scopes import Scope
from coclause.reference.keys import search_key
from coclause.render.sheets import Cell, Column, Sheet, workbook
from coclause.web.conventions.forms import OVER, RUNNING, TO_COME, ConventionFilters
from coclause.web.middleware import ScopedRequest
from coclause.web.pages import download, page_of, sorted_rows

SORTS = {
    "nom": "name_key",
    "debut": "starts_on",
    "fin": "ends_on",
    "objectif": "target_hours",
    "contrats": "contract_count",
}


def conventions(request: ScopedRequest) -> HttpResponse:
    """The network reads those of its region; a buyer those that its contracts answer to."""
    scope = request.scope
    if not (scope.working_regions or scope.buyers):
        raise PermissionDenied
    form = ConventionFilters(request.GET)
    rows = _filtered(Convention.objects.visible_to(scope), form.said, scope)
    rows = rows.annotate(
        contract_count=Count("contracts", distinct=True),
        buyer_count=Count("contracts__operation__buyer", distinct=True),
    )
    ordered, sort = sorted_rows(request, rows, SORTS, "nom")
    if request.GET.get("format") == "xlsx":
        return _spreadsheet(ordered, scope)
    page = page_of(request, ordered)
    context = {
        "form": form,
        "filtered": bool(form.said),
        "page": page,
        "rows": with_totals(list(page), scope),
        "sort": sort,
        "may_record": bool(scope.working_regions),
    }
    return render(request, "conventions/list.html", context)


def _filtered(rows: ConventionQuerySet, said: dict[str, Any], scope: Scope) -> ConventionQuerySet:
    for word in search_key(said.get("q", "")).split():
        rows = rows.filter(name_key__contains=word)
    if "programme" in said:
        rows = rows.filter(programme=said["programme"])
    begun, over = Q(starts_on__lte=scope.day), Q(ends_on__lt=scope.day)
    kept = {RUNNING: begun & ~over, TO_COME: ~begun, OVER: over}
    return rows.filter(kept[said["periode"]]) if "periode" in said else rows


def with_totals(found: Collection[Any], scope: Scope) -> list[tuple[Any, Totals]]:
    """Each convention with the hours of its contracts. Eight queries, however many."""
    awards: dict[int, list[int]] = defaultdict(list)
    pairs = Award.objects.filter(lot__contract__convention__in=[row.pk for row in found])
    for award, convention in pairs.values_list("pk", "lot__contract__convention_id"):
        awards[convention].append(award)
    progress = progress_of_awards([pk for pks in awards.values() for pk in pks], scope.day)
    return [(row, totals(progress[pk] for pk in awards[row.pk])) for row in found]


COLUMNS = (
    Column("Convention", width=48),
    Column("Programme", width=18),
    Column("Signée le", "date"),
    Column("Début", "date"),
    Column("Fin", "date"),
    Column("Contrats", "integer"),
    Column("Acheteurs", "integer"),
    Column("Objectif", "hours"),
    Column("Part réservée aux habitants des quartiers", "percent"),
    Column("Heures engagées", "hours"),
    Column("Heures attendues à ce jour", "hours"),
    Column("Heures validées", "hours"),
    Column("Heures à vérifier", "hours"),
    Column("Attributions sans engagement connu", "integer"),
)


def _spreadsheet(rows: ConventionQuerySet, scope: Scope) -> HttpResponse:
    content = workbook(
        [Sheet("Conventions", COLUMNS, _cells(rows, scope))],
        title="Conventions",
        day=scope.day,
        about=(
            ("Liste", "Les conventions que vous pouvez voir, avec les filtres de la page."),
            ("Date", f"{scope.day:%d/%m/%Y}"),
            ("Heures", "Sur tous les contrats qui y répondent, chaque heure une fois."),
            ("Case vide", "Non connu."),
        ),
    )
    return download(content, f"conventions-{scope.day:%Y-%m-%d}.xlsx")


def _cells(rows: ConventionQuerySet, scope: Scope) -> Iterator[list[Cell]]:
    for row, told in with_totals(list(rows), scope):
        share = row.district_share
        yield [
            row.name,
            row.get_programme_display(),
            row.signed_on,
            row.starts_on,
            row.ends_on,
            row.contract_count,
            row.buyer_count,
            row.target_hours,
            None if share is None else share / 100,
            told.committed,
            told.expected,
            told.validated,
            told.waiting,
            told.undetermined,
        ]

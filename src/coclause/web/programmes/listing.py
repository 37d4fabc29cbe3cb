"""The programmes of a buyer, or of the buyers of a region for its coordination."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render

from coclause.network.choices import ProgrammeState
from coclause.network.models import Programme
from coclause.network.programmes.links import path_of
from coclause.network.queries import ProgrammeQuerySet
from coclause.render.sheets import Cell, Column, Sheet, workbook
from coclause.web.clauses.access import frame
from coclause.web.middleware import ScopedRequest
from coclause.web.pages import download, page_of, sorted_rows

SORTS = {
    "recue": "received_at",
    "acheteur": "buyer_name",
    "fichier": "file_name",
    "lignes": "total",
    "obligation": "due",
    "demandes": "sent",
}
STATES = {
    ProgrammeState.MAPPING: "todo",
    ProgrammeState.RUNNING: "off",
    ProgrammeState.DONE: "ok",
    ProgrammeState.FAILED: "bad",
}
COLUMNS = (
    Column("Acheteur", width=40),
    Column("SIRET", width=18),
    Column("Fichier", width=40),
    Column("Reçu le", "date"),
    Column("État", width=20),
    Column("Lignes", "integer"),
    Column("Sous l’obligation", "integer"),
    Column("Devenues des demandes", "integer"),
)


def programmes(request: ScopedRequest) -> HttpResponse:
    """Those that the user sent, of its buyers, or of the region it coordinates (403 for others)."""
    scope = request.scope
    if not (scope.buyers or scope.coordinated_regions):
        raise PermissionDenied
    rows = Programme.objects.visible_to(scope).annotate(
        due=Count("lines", filter=Q(lines__duty="due")),
        sent=Count("lines", filter=Q(lines__request__isnull=False)),
    )
    ordered, sort = sorted_rows(request, rows, SORTS, "-recue")
    if request.GET.get("format") == "xlsx":
        return _spreadsheet(request, ordered)
    page = page_of(request, ordered)
    context: dict[str, Any] = {
        "frame": frame(scope),
        "page": page,
        "rows": [
            {
                "programme": one,
                "path": path_of(one.link_key),
                "kind": STATES[ProgrammeState(one.state)],
            }
            for one in page
        ],
        "sort": sort,
        "buying": bool(scope.buyers),
    }
    return render(request, "programmes/list.html", context)


def _spreadsheet(request: ScopedRequest, rows: ProgrammeQuerySet) -> HttpResponse:
    day = request.scope.day
    content = workbook(
        [Sheet("Programmations", COLUMNS, _cells(rows))], title="Programmations des achats", day=day
    )
    return download(content, f"programmations-{day:%Y-%m-%d}.xlsx")


def _cells(rows: Any) -> Iterator[list[Cell]]:
    for one in rows.iterator(chunk_size=500):
        yield [
            one.buyer_name,
            one.buyer_siret,
            one.file_name,
            one.received_on,
            one.get_state_display(),
            one.total,
            one.due,
            one.sent,
        ]

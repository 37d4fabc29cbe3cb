"""The register: the buyer's own entries, those of its operations for the host in charge."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render

from coclause.clauses.models import OptOut
from coclause.clauses.opting_out import case_labels
from coclause.clauses.queries import OptOutQuerySet
from coclause.organisations.scopes import Scope
from coclause.render.sheets import Cell, Column, Sheet, workbook
from coclause.web.middleware import ScopedRequest
from coclause.web.optouts.forms import IN_FORCE, REPLACED, RegisterFilters
from coclause.web.pages import download, page_of, sorted_rows

SORTS = {
    "numero": "number",
    "objet": "object",
    "date": "day",
    "avis": "notice_on",
    "valeur": "value",
    "acheteur": "buyer__name_key",
}


def opt_outs(request: ScopedRequest) -> HttpResponse:
    """The entries open to who asks. The coordination has none (403): it reads counts."""
    scope = request.scope
    if not may_open(scope):
        raise PermissionDenied
    cases = case_labels(scope.day)
    form = RegisterFilters(cases, request.GET)
    rows = _filtered(OptOut.objects.visible_to(scope), form.said)
    rows = rows.select_related("buyer", "author", "replaced_by")
    ordered, sort = sorted_rows(request, rows, SORTS, "-date")
    if request.GET.get("format") == "xlsx":
        return _spreadsheet(ordered, cases, scope)
    page = page_of(request, ordered)
    context = {
        "form": form,
        "filtered": bool(form.said),
        "page": page,
        "rows": [(entry, cases.get(entry.code, entry.code)) for entry in page.object_list],
        "sort": sort,
        "may_record": bool(scope.buyers),
        "several": bool(scope.hosts) or len(scope.buyers) > 1,
    }
    return render(request, "optouts/list.html", context)


def may_open(scope: Scope) -> bool:
    """Buyers, and the hosts that help them."""
    return bool(scope.buyers or scope.hosts)


def _filtered(rows: OptOutQuerySet, said: dict[str, Any]) -> OptOutQuerySet:
    for word in said.get("q", "").split():
        rows = rows.filter(Q(object__icontains=word) | Q(reference__icontains=word))
    if "cas" in said:
        rows = rows.filter(code=said["cas"])
    if "etat" not in said:
        return rows
    if said["etat"] == IN_FORCE:
        return rows.in_force()
    replaced = Q(replaced_by__isnull=False)
    return rows.filter(replaced if said["etat"] == REPLACED else Q(withdrawn_on__isnull=False))


COLUMNS = (
    Column("Acheteur", width=36),
    Column("Numéro", "integer", 10),
    Column("Objet", width=48),
    Column("Numéro du marché", width=18),
    Column("Nature", width=14),
    Column("Type de marché", width=18),
    Column("Valeur estimée HT", "euros"),
    Column("Durée (mois)", "integer"),
    Column("Envoi de l’avis", "date"),
    Column("Cas invoqué", width=40),
    Column("Inscrite le", "date"),
    Column("Par", width=24),
    Column("État", width=24),
    Column("Motifs", width=60),
)


def _spreadsheet(rows: OptOutQuerySet, cases: Mapping[str, str], scope: Scope) -> HttpResponse:
    content = workbook(
        [Sheet("Registre", COLUMNS, _cells(rows, cases, scope))],
        title="Registre des dispenses",
        day=scope.day,
        about=(
            ("Liste", "Les inscriptions que vous pouvez lire, avec les filtres de la page."),
            ("Date", f"{scope.day:%d/%m/%Y}"),
            ("Motifs", "Ceux de votre organisation seulement."),
            ("Usage", "Privé : l’acheteur en décide et en répond."),
        ),
    )
    return download(content, f"registre-des-dispenses-{scope.day:%Y-%m-%d}.xlsx")


def _cells(rows: OptOutQuerySet, cases: Mapping[str, str], scope: Scope) -> Iterator[list[Cell]]:
    for entry in rows:
        yield [
            entry.buyer.name,
            entry.number,
            entry.object,
            entry.reference,
            entry.get_kind_display(),
            entry.get_market_type_display(),
            entry.value,
            entry.months,
            entry.notice_on,
            cases.get(entry.code, entry.code),
            entry.day,
            str(entry.author),
            state_in_words(entry),
            entry.reason if entry.buyer_id in scope.buyers else "",
        ]


def state_in_words(entry: OptOut) -> str:
    """ "En vigueur", "Corrigée par le n° 4", "Retirée le 12/11/2026"."""
    later = replacing(entry)
    if later is not None:
        return f"Corrigée par le n° {later.number}"
    if entry.withdrawn_on:
        return f"Retirée le {entry.withdrawn_on:%d/%m/%Y}"
    return "En vigueur"


def replacing(entry: OptOut) -> OptOut | None:
    """The entry that replaces this one, read with it."""
    later: OptOut | None = getattr(entry, "replaced_by", None)
    return later

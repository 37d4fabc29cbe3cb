"""The list of requests: whose, in which state, late or not; its spreadsheet; the region's delay."""

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render

from coclause.network.due import in_hand
from coclause.network.models import BuyerRequest
from coclause.network.queries import BuyerRequestQuerySet
from coclause.network.requests.delays import FirstAnswers, first_answers
from coclause.network.states import WAITING, RequestState
from coclause.organisations.scopes import Scope
from coclause.reference.models import Region
from coclause.render.numbers import UNKNOWN, decimal
from coclause.render.sheets import Cell, Column, Sheet, workbook
from coclause.web.clauses.access import frame
from coclause.web.middleware import ScopedRequest
from coclause.web.pages import LONGEST_ID, download, page_of, sorted_rows
from coclause.web.requests.forms import ME, NOBODY, RequestFilters
from coclause.web.requests.told import is_late, state_kind

S = RequestState
NEW, RUNNING, OVER = "a-prendre", "en-cours", "terminees"
TABS = {NEW: (S.NEW,), RUNNING: (S.TAKEN, S.ASKED, S.ANSWERED), OVER: (S.OPENED, S.CLOSED)}
LABELS = {NEW: "À prendre", RUNNING: "En cours", OVER: "Terminées"}
SORTS = {
    "recue": "received_at",
    "promise": "answer_by",
    "acheteur": "buyer_name",
    "objet": "object",
    "depuis": "state_since",
}
FIRST_SORT = {NEW: "promise", RUNNING: "depuis", OVER: "-depuis"}
MEASURED = timedelta(days=365)
"""The delay is that of the requests received over a year, the day included."""
PLURAL = 2
_REFERENCE = re.compile(r"D?\d{4}-0*(\d+)", re.IGNORECASE)


def requests(request: ScopedRequest) -> HttpResponse:
    """Requests that the user answers, coordinates or sent. The others have none (403)."""
    scope = request.scope
    if not (scope.working_regions or scope.buyers):
        raise PermissionDenied
    seen = BuyerRequest.objects.visible_to(scope)
    counts = _counts(seen)
    tab = _tab(request, counts)
    form = RequestFilters(scope, TABS[tab], data=request.GET)
    rows = _filtered(seen.filter(state__in=TABS[tab]), form.said, scope)
    rows = rows.select_related("commune", "organisation", "facilitator")
    ordered, sort = sorted_rows(request, rows, SORTS, FIRST_SORT[tab])
    if request.GET.get("format") == "xlsx":
        return _spreadsheet(ordered, scope)
    page = page_of(request, ordered)
    network = bool(scope.working_regions)
    context = {
        "frame": frame(scope),
        "form": form,
        "filtered": bool(set(form.said) - {"onglet"}),
        "tab": tab,
        "tabs": [(name, _label(name, network=network), counts[name]) for name in TABS],
        "page": page,
        "rows": [_line(row, scope) for row in page],
        "sort": sort,
        "first_sort": FIRST_SORT[tab],
        "network": network,
        "delays": _delays(scope),
    }
    return render(request, "requests/list.html", context)


def _counts(seen: BuyerRequestQuerySet) -> dict[str, int]:
    told = {
        name.replace("-", "_"): Count("pk", filter=Q(state__in=states))
        for name, states in TABS.items()
    }
    found = seen.order_by().aggregate(**told)
    return {name: found[name.replace("-", "_")] for name in TABS}


def _tab(request: ScopedRequest, counts: dict[str, int]) -> str:
    """The tab asked; else the first that holds something."""
    asked = request.GET.get("onglet", "")
    if asked in TABS:
        return asked
    return next((name for name, count in counts.items() if count), NEW)


def _label(name: str, *, network: bool) -> str:
    return "Envoyées" if name == NEW and not network else LABELS[name]


def _filtered(
    rows: BuyerRequestQuerySet, said: dict[str, Any], scope: Scope
) -> BuyerRequestQuerySet:
    for word in said.get("q", "").split():
        rows = rows.filter(_matching(word))
    if "etat" in said:
        rows = rows.filter(state=said["etat"])
    if "departement" in said:
        rows = rows.filter(commune__departement=said["departement"])
    if "retard" in said:
        rows = rows.filter(
            answered_on__isnull=True, answer_by__lt=scope.day, state__in=(*WAITING, S.ASKED)
        )
    return _whose(rows, said.get("qui", ""), scope)


def _matching(word: str) -> Q:
    """A word of the object or of the buyer's name, a SIRET begun, or a reference."""
    found = Q(object__icontains=word) | Q(buyer_name__icontains=word)
    found |= Q(buyer_siret__startswith=word) | Q(buyer__name__icontains=word)
    reference = _REFERENCE.fullmatch(word)
    if reference and len(reference[1]) <= LONGEST_ID:
        found |= Q(pk=int(reference[1]))
    return found


def _whose(rows: BuyerRequestQuerySet, who: str, scope: Scope) -> BuyerRequestQuerySet:
    if who == ME:
        return rows.filter(in_hand(scope))
    if who == NOBODY:
        return rows.filter(organisation__isnull=True)
    return rows.filter(organisation=int(who)) if who else rows


def _line(row: BuyerRequest, scope: Scope) -> dict[str, Any]:
    return {
        "asked": row,
        "kind": state_kind(row, network=bool(scope.working_regions), day=scope.day),
        "late": is_late(row, scope.day),
    }


def _delays(scope: Scope) -> list[tuple[Region, FirstAnswers, str]]:
    """For a coordination: how long its buyers waited over a year, and the median in words."""
    regions = Region.objects.filter(pk__in=scope.coordinated_regions).order_by("pk")
    since = scope.day - MEASURED
    found = [
        (region, first_answers(region.pk, since, scope.day, day=scope.day)) for region in regions
    ]
    return [(region, delay, _days(delay.median)) for region, delay in found]


def _days(median: Decimal | None) -> str:
    """ "3 jours", "1,5 jour"."""
    if median is None:
        return UNKNOWN
    return f"{decimal(median, places=1)} jour{'s' * (median >= PLURAL)}"


COLUMNS = (
    Column("Référence", width=14),
    Column("Objet", width=60),
    Column("Acheteur", width=40),
    Column("SIRET", width=18),
    Column("Commune", width=24),
    Column("Département", width=14),
    Column("Nature", width=14),
    Column("Type de marché", width=24),
    Column("Valeur estimée HT", "euros"),
    Column("Durée en mois", "integer"),
    Column("Venue par", width=24),
    Column("Reçue le", "date"),
    Column("Qui répond", width=36),
    Column("Facilitateur", width=24),
    Column("État", width=28),
    Column("Depuis le", "date"),
    Column("Première réponse promise le", "date"),
    Column("Première réponse le", "date"),
)


def _spreadsheet(rows: BuyerRequestQuerySet, scope: Scope) -> HttpResponse:
    content = workbook(
        [Sheet("Demandes", COLUMNS, _cells(rows))],
        title="Demandes des acheteurs",
        day=scope.day,
        about=(
            (
                "Liste",
                "Les demandes que vous pouvez voir, avec l’onglet et les filtres de la page.",
            ),
            ("Date", f"{scope.day:%d/%m/%Y}"),
            ("Contacts", "Le nom et l’adresse de qui demande restent sur la page de la demande."),
            ("Case vide", "Non connu."),
        ),
    )
    return download(content, f"demandes-{scope.day:%Y-%m-%d}.xlsx")


def _cells(rows: BuyerRequestQuerySet) -> Iterator[list[Cell]]:
    for row in rows.iterator(chunk_size=500):
        yield [
            row.reference,
            row.object,
            row.buyer_name,
            row.buyer_siret,
            row.commune.name if row.commune else "",
            row.commune.departement_id if row.commune else "",
            row.get_kind_display(),
            row.get_market_type_display(),
            row.value,
            row.months,
            row.get_channel_display(),
            row.received_on,
            str(row.organisation or "personne"),
            str(row.facilitator or ""),
            row.get_state_display(),
            row.state_since,
            row.answer_by,
            row.answered_on,
        ]

"""« Mes marchés »: what a buyer has to do first, then how its contracts are going."""

from dataclasses import replace
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from coclause.clauses.due import DueItem
from coclause.clauses.meeting import meetings_to_come
from coclause.clauses.models import Clause, Contract
from coclause.clauses.states import ClauseState, Turn
from coclause.desk import desk as desks
from coclause.network.models import BuyerRequest
from coclause.organisations.models import Organisation
from coclause.organisations.scopes import Scope
from coclause.render.numbers import HIDDEN_WORDS, is_number
from coclause.render.sheets import Cell, Column, Sheet, workbook
from coclause.web.buyer.access import buyers_of, choice
from coclause.web.buyer.contracts import ContractRow, contracts_of, filtered, rows_of
from coclause.web.desk.pages import groups
from coclause.web.middleware import ScopedRequest
from coclause.web.pages import download, page_of, sorted_rows

SHOWN = 5
"""Requests and meetings on the page; the rest is one link away."""
SORTS = {
    "operation": "operation__name_key",
    "notification": "notified_on",
    "montant": "amount",
}
STATES = [(state.value, state.label) for state in ClauseState if state != ClauseState.DROPPED]


class SpaceFilters(forms.Form):
    """The filters of the list of contracts."""

    q = forms.CharField(label="Opération ou objet", required=False, max_length=200)
    etat = forms.ChoiceField(label="État", required=False, choices=[("", "Tous"), *STATES])

    @property
    def said(self) -> dict[str, Any]:
        """The filters that hold."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


def buyer_space(request: ScopedRequest) -> HttpResponse:
    """One buyer at a time: `?acheteur=` for who buys for several."""
    scope = request.scope
    buyer, buyers = buyers_of(request)
    form = SpaceFilters(request.GET)
    rows = filtered(contracts_of(buyer), form.said)
    ordered, sort = sorted_rows(request, rows, SORTS, "-notification")
    if request.GET.get("format") == "xlsx":
        return _spreadsheet(buyer, rows_of(list(ordered), scope), scope)
    page = page_of(request, ordered)
    requests = BuyerRequest.objects.visible_to(scope).filter(buyer=buyer)
    context = {
        "buyer": buyer,
        "buyers": choice(buyer, buyers),
        "form": form,
        "filtered": bool(form.said),
        "groups": groups(_due(buyer, buyers, scope), scope),
        "page": page,
        "rows": rows_of(list(page.object_list), scope),
        "sort": sort,
        "meetings": meetings_to_come(scope).filter(operation__buyer=buyer)[:SHOWN],
        "requests": requests.select_related("facilitator", "organisation")[:SHOWN],
        "year": scope.day.year,
    }
    return render(request, "buyer/space.html", context)


def _due(buyer: Organisation, buyers: list[Organisation], scope: Scope) -> desks.Desk:
    """What waits for this buyer's own act, out of all that the desk shows."""
    found = desks.due(scope)
    kept = [i for i in (*found.late, *found.week, *found.next) if i.turn == Turn.BUYER]
    if len(buyers) > 1:
        kept = _about(buyer, kept)

    def among(items: list[DueItem]) -> list[DueItem]:
        return [item for item in items if item in kept]

    return replace(
        found,
        late=among(found.late),
        week=among(found.week),
        next=among(found.next),
        watch=[],
        waiting=[],
        done_this_week=[],
    )


def _about(buyer: Organisation, items: list[DueItem]) -> list[DueItem]:
    """Those of one buyer, for a user who has several. Two queries."""
    named = {(item.url_name, int(item.url_args[0])) for item in items}
    clauses = Clause.objects.filter(
        pk__in=[pk for name, pk in named if name == "clause"], lot__contract__operation__buyer=buyer
    )
    requests = BuyerRequest.objects.filter(
        pk__in=[pk for name, pk in named if name == "request"], buyer=buyer
    )
    own = {("clause", pk) for pk in clauses.values_list("pk", flat=True)}
    own |= {("request", pk) for pk in requests.values_list("pk", flat=True)}
    return [item for item in items if (item.url_name, item.url_args[0]) in own]


COLUMNS = (
    Column("Opération", width=44),
    Column("Contrat", width=44),
    Column("Votre numéro", width=18),
    Column("Notifié le", "date"),
    Column("Montant HT", "euros"),
    Column("États des clauses", width=32),
    Column("Heures validées", "hours"),
    Column("Heures à vérifier", "hours"),
    Column("Heures attendues à ce jour", "hours"),
    Column("Heures engagées", "hours"),
    Column("Attributions sans engagement connu", "integer"),
    Column("Personnes", "integer"),
    Column("Effectif déclaré sans noms", "integer"),
)


def _spreadsheet(buyer: Organisation, rows: list[ContractRow], scope: Scope) -> HttpResponse:
    content = workbook(
        [Sheet("Mes marchés", COLUMNS, [_cells(row) for row in rows])],
        title=f"Marchés avec une clause sociale, {buyer}",
        day=scope.day,
        about=(
            ("Acheteur", buyer.name),
            ("Liste", "Vos contrats avec une clause, avec les filtres de la page."),
            ("Date", f"{scope.day:%d/%m/%Y}"),
            ("Heures", "Toutes les attributions du contrat, chaque heure une fois."),
            (
                "Personnes",
                "Personnes distinctes avec au moins une heure validée ; moins de 5 est écrit"
                f" « {HIDDEN_WORDS} ». Une personne sur deux contrats compte sur chacun.",
            ),
            (
                "Effectif déclaré sans noms",
                "Par attribution, le plus grand effectif d’un mois : ce ne sont pas des personnes"
                " distinctes.",
            ),
            ("Case vide", "Non connu."),
        ),
    )
    return download(content, f"mes-marches-{scope.day:%Y-%m-%d}.xlsx")


def _cells(row: ContractRow) -> list[Cell]:
    contract: Contract = row.contract
    return [
        contract.operation.name,
        contract.object,
        contract.reference,
        contract.notified_on,
        contract.amount,
        ", ".join(state.code.label for state in row.states),
        row.hours.validated,
        row.hours.waiting,
        row.hours.expected,
        row.hours.committed,
        row.hours.undetermined,
        row.persons if is_number(row.persons) else HIDDEN_WORDS,
        row.unnamed if is_number(row.unnamed) else HIDDEN_WORDS,
    ]

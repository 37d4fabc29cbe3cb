"""The list of operations: search, filters, order, hours of each, and its spreadsheet."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render

from coclause.clauses.choices import MarketType
from coclause.clauses.models import Clause, Contract, Operation
from coclause.clauses.permissions import may_open_operation
from coclause.clauses.queries import OperationQuerySet, handled_by
from coclause.clauses.states import ClauseState
from coclause.organisations.choices import MemberRole, Role
from coclause.organisations.models import Organisation
from coclause.organisations.scopes import Scope
from coclause.reference.models import Departement
from coclause.render.sheets import Cell, Column, Sheet, workbook
from coclause.web.clauses.access import frame
from coclause.web.middleware import ScopedRequest
from coclause.web.operations.rows import behind, mine, rows_of, with_hours, with_states
from coclause.web.pages import download, page_of, sorted_rows

SORTS = {
    "nom": "name_key",
    "acheteur": "buyer__name_key",
    "engagees": "committed",
    "validees": "validated",
    "creee": "created_at",
}
OURS, HOST, ALL = "moi", "structure", "tous"


class OperationFilters(forms.Form):
    """The filters of the list; what does not hold is left aside."""

    q = forms.CharField(label="Rechercher", required=False, max_length=200)
    etat = forms.ChoiceField(label="État d’une clause", required=False)
    type = forms.ChoiceField(label="Type de marché", required=False)
    departement = forms.ChoiceField(label="Département", required=False)
    structure = forms.ChoiceField(label="Structure", required=False)
    retard = forms.BooleanField(label="Sous l’attendu", required=False)
    suivi = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, scope: Scope, **options: Any) -> None:
        super().__init__(**options)
        regions = scope.working_regions
        self._offer("etat", "Tous", ClauseState.choices)
        self._offer("type", "Tous", MarketType.choices)
        if not regions:
            del self.fields["departement"], self.fields["structure"]
            return
        places = Departement.objects.filter(region__in=regions, active=True)
        self._offer("departement", "Tous", list(places.values_list("code", "name")))
        hosts = Organisation.objects.playing(Role.HOST).filter(region__in=regions)
        self._offer(
            "structure", "Toutes", [(str(pk), name) for pk, name in hosts.values_list("pk", "name")]
        )

    def _offer(self, name: str, all_of_them: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        field.choices = [("", all_of_them), *choices]  # type: ignore[attr-defined]

    @property
    def said(self) -> dict[str, Any]:
        """The filters that hold."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


def operations(request: ScopedRequest) -> HttpResponse:
    """Operations that the user may see: the network its region, the others their own.

    Prescribers and observers have none (403): they read figures.
    """
    scope = request.scope
    if not (scope.working_regions or scope.buyers or scope.companies):
        raise PermissionDenied
    form = OperationFilters(scope, data=request.GET)
    followed = _followed(form, scope)
    rows = _filtered(Operation.objects.visible_to(scope), form.said, scope, followed)
    ordered, sort = sorted_rows(request, with_hours(rows, scope), SORTS, "nom")
    shown = with_states(ordered, scope)
    if request.GET.get("format") == "xlsx":
        return _spreadsheet(shown, scope)
    page = page_of(request, shown)
    context = {
        "base": frame(scope),
        "form": form,
        "filtered": bool(set(form.said) - {"suivi"}),
        "followed": followed,
        "tabs": _tabs(scope),
        "page": page,
        "rows": rows_of(list(page.object_list), scope),
        "sort": sort,
        "may_open": may_open_operation(scope),
        "export": _export(request),
    }
    return render(request, "operations/list.html", context)


def _followed(form: OperationFilters, scope: Scope) -> str:
    """Whose operations: a facilitator's own by default."""
    asked = form.said.get("suivi", "")
    if not scope.hosts:
        return ALL
    if asked in (OURS, HOST, ALL):
        return str(asked)
    return OURS if scope.organisations(MemberRole.FACILITATOR) else HOST


def _tabs(scope: Scope) -> list[tuple[str, str]]:
    if not scope.hosts:
        return []
    tabs = [(HOST, "Ma structure"), (ALL, "Toute la région")]
    if scope.organisations(MemberRole.FACILITATOR):
        tabs.insert(0, (OURS, "Les miennes"))
    return tabs


def _filtered(
    rows: OperationQuerySet, said: dict[str, Any], scope: Scope, followed: str
) -> OperationQuerySet:
    everything = Operation.objects.all()
    if followed == OURS:
        rows = rows.filter(pk__in=everything.filter(mine(scope)))
    elif followed == HOST:
        rows = rows.filter(pk__in=everything.filter(handled_by("", scope)))
    if "q" in said:
        rows = rows.matching(said["q"], scope)
    if "etat" in said:
        clauses = Clause.objects.visible_to(scope).filter(state=said["etat"])
        rows = rows.filter(pk__in=clauses.values("lot__contract__operation"))
    if "type" in said:
        contracts = Contract.objects.filter(market_type=said["type"])
        rows = rows.filter(pk__in=contracts.values("operation"))
    if "departement" in said:
        rows = rows.filter(commune__departement=said["departement"])
    if "structure" in said:
        at_host = everything.filter(hosts__host=said["structure"])
        rows = rows.filter(pk__in=at_host)
    if "retard" in said:
        seen = with_hours(everything.visible_to(scope), scope)
        rows = rows.filter(pk__in=behind(seen, scope).values("pk"))
    return rows


def _export(request: ScopedRequest) -> str:
    query = request.GET.copy()
    query["format"] = "xlsx"
    query.pop("page", None)
    return f"?{query.urlencode()}"


COLUMNS = (
    Column("Opération", width=48),
    Column("Acheteur", width=36),
    Column("SIRET de l’acheteur", width=18),
    Column("Commune", width=24),
    Column("Département", width=14),
    Column("Structure référente", width=36),
    Column("Facilitateur", width=24),
    Column("Types de marché", width=24),
    Column("Entreprises", width=40),
    Column("États des clauses", width=32),
    Column("Heures validées", "hours"),
    Column("Heures à vérifier", "hours"),
    Column("Heures attendues à ce jour", "hours"),
    Column("Heures engagées", "hours"),
    Column("À qui le tour", width=20),
)


def _spreadsheet(rows: OperationQuerySet, scope: Scope) -> HttpResponse:
    sheet = Sheet("Opérations", COLUMNS, _cells(rows, scope))
    about = (
        ("Liste", "Les opérations que vous pouvez voir, avec les filtres de la page."),
        ("Date", f"{scope.day:%d/%m/%Y}"),
        ("Heures attendues", "Engagement échu à ce jour, réparti également sur l’exécution."),
    )
    content = workbook([sheet], title="Opérations", day=scope.day, about=about)
    return download(content, f"operations-{scope.day:%Y-%m-%d}.xlsx")


def _cells(rows: OperationQuerySet, scope: Scope) -> Iterator[list[Cell]]:
    for row in rows_of(list(rows), scope):
        operation, commune = row.operation, row.operation.commune
        yield [
            operation.name,
            operation.buyer.name,
            operation.buyer.siret,
            commune.name if commune else "",
            commune.departement_id if commune else "",
            row.operation.referent_host,
            row.facilitator,
            row.market_types,
            ", ".join(row.operation.companies),
            ", ".join(state.label for state in row.states),
            row.operation.validated,
            row.operation.waiting,
            row.operation.expected,
            row.operation.committed,
            row.turn.who if row.turn else "",
        ]

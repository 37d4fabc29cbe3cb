"""Published contracts: the list, one of them, and following it."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from coclause.clauses.permissions import may_open_operation
from coclause.clauses.queries import referent
from coclause.organisations.scopes import Scope
from coclause.reference.models import Cpv, Departement
from coclause.render.sheets import Cell, Column, Sheet, workbook
from coclause.watch.choices import Social
from coclause.watch.following import likely_charges, place_of
from coclause.watch.models import LikelyDuplicate, PublishedContract
from coclause.web.middleware import ScopedRequest
from coclause.web.operations.fields import EuroField, FrenchDateField
from coclause.web.pages import download, page_of, sorted_rows

SORTS = {
    "date": "notified_on",
    "montant": "amount",
    "acheteur": "buyer_name",
    "objet": "object",
}


class PublishedFilters(forms.Form):
    """The filters of the list; what cannot be read is left aside and said."""

    q = forms.CharField(label="Acheteur ou objet", required=False, max_length=200)
    departement = forms.ChoiceField(label="Département", required=False)
    cpv = forms.ChoiceField(label="Domaine (CPV)", required=False)
    social = forms.ChoiceField(
        label="Considération sociale", required=False, choices=[("", "Toutes"), *Social.choices]
    )
    montant = EuroField(
        label="Montant, au moins (€)", required=False, max_digits=14, decimal_places=2
    )
    du = FrenchDateField(label="Notifié depuis le", required=False)
    au = FrenchDateField(label="Jusqu'au", required=False)
    libre = forms.BooleanField(label="Pas encore suivis", required=False)

    def __init__(self, scope: Scope, **options: Any) -> None:
        super().__init__(**options)
        for name in ("du", "au"):
            self.fields[name].help_text = ""
        places = Departement.objects.filter(region__in=scope.working_regions, active=True)
        domains = Cpv.objects.filter(code__endswith="000000", active=True)
        self._offer("departement", "Tous", list(places.values_list("code", "name")))
        self._offer(
            "cpv", "Tous", [(row.division, f"{row.division} {row.label_fr}") for row in domains]
        )

    def _offer(self, name: str, all_of_them: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        field.choices = [("", all_of_them), *choices]  # type: ignore[attr-defined]

    @property
    def said(self) -> dict[str, Any]:
        """The filters that hold."""
        self.is_valid()
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if value not in ("", None, False)
        }


def visible_contracts(scope: Scope) -> QuerySet[PublishedContract]:
    """Published contracts of the regions where the user works; 403 to the others."""
    if not scope.working_regions:
        raise PermissionDenied
    rows = PublishedContract.objects.filter(region__in=scope.working_regions)
    return rows.select_related("operation").annotate(
        follower=referent("operation", scope.day, "host__name")
    )


def published(request: ScopedRequest) -> HttpResponse:
    """Contracts published in open data for the region, to be followed."""
    scope = request.scope
    rows = visible_contracts(scope)
    form = PublishedFilters(scope, data=request.GET)
    ordered, sort = sorted_rows(request, _filtered(rows, form.said), SORTS, "-date")
    if request.GET.get("format") == "xlsx":
        return _spreadsheet(ordered, scope)
    query = request.GET.copy()
    query["format"] = "xlsx"
    query.pop("page", None)
    context = {
        "form": form,
        "filtered": bool(form.said),
        "page": page_of(request, ordered),
        "sort": sort,
        "export": f"?{query.urlencode()}",
        "may_follow": may_open_operation(scope),
    }
    return render(request, "operations/published.html", context)


def _filtered(
    rows: QuerySet[PublishedContract], said: dict[str, Any]
) -> QuerySet[PublishedContract]:
    for word in said.get("q", "").split():
        found = Q(buyer_name__icontains=word) | Q(object__icontains=word)
        if word.isdecimal():
            found |= Q(buyer_siret__startswith=word) | Q(published_id=word)
        rows = rows.filter(found)
    kept = {
        "departement": "departement",
        "cpv": "cpv_division",
        "social": "social",
        "montant": "amount__gte",
        "du": "notified_on__gte",
        "au": "notified_on__lte",
    }
    rows = rows.filter(**{field: said[name] for name, field in kept.items() if name in said})
    return rows.filter(operation__isnull=True) if "libre" in said else rows


COLUMNS = (
    Column("Numéro publié", width=20),
    Column("Objet", width=60),
    Column("Acheteur", width=40),
    Column("SIRET de l’acheteur", width=18),
    Column("Notifié le", "date"),
    Column("Montant HT", "euros"),
    Column("Durée (mois)", "integer"),
    Column("Type d’achat"),
    Column("CPV"),
    Column("Département"),
    Column("Considération sociale"),
    Column("Suivi par", width=36),
)


def _spreadsheet(rows: QuerySet[PublishedContract], scope: Scope) -> HttpResponse:
    about = (
        ("Source", "Données essentielles de la commande publique (DECP), telles que publiées."),
        ("Date", f"{scope.day:%d/%m/%Y}"),
        ("Non connu", "Une cellule vide : l’éditeur n’a rien publié."),
    )
    sheet = Sheet("Marchés publiés", COLUMNS, _cells(rows))
    content = workbook([sheet], title="Marchés publiés", day=scope.day, about=about)
    return download(content, f"marches-publies-{scope.day:%Y-%m-%d}.xlsx")


def _cells(rows: QuerySet[PublishedContract]) -> Iterator[list[Cell]]:
    for row in rows.iterator(chunk_size=500):
        yield [
            row.published_id,
            row.object,
            row.buyer_name,
            row.buyer_siret,
            row.notified_on,
            row.amount,
            row.duration_months,
            row.get_market_type_display(),
            row.cpv,
            row.departement,
            row.get_social_display(),
            getattr(row, "follower", None),
        ]


def published_contract(request: ScopedRequest, pk: int) -> HttpResponse:
    """One published contract: holders, successive states, likely duplicates, who is in charge."""
    scope = request.scope
    found = get_object_or_404(visible_contracts(scope).select_related("last_seen"), pk=pk)
    pairs = LikelyDuplicate.objects.filter(Q(kept=found) | Q(other=found)).select_related(
        "kept", "other"
    )
    states = list(found.states.all())
    names = {holder.identifier: str(holder) for holder in found.holders.all()}
    context = {
        "contract": found,
        "holders": found.holders.all(),
        "states": [(state, [names.get(one, one) for one in state.holders]) for state in states],
        "duplicates": [
            (pair.other if pair.kept_id == found.pk else pair.kept, pair.get_reason_display())
            for pair in pairs
        ],
        "place": place_of(found),
        "charges": likely_charges(found, scope.day),
        "cpv": Cpv.objects.filter(pk=found.cpv).first() if found.cpv else None,
        "files": found.last_seen.files.all(),
        "may_follow": may_open_operation(scope) and found.operation_id is None,
    }
    return render(request, "operations/published_contract.html", context)

"""The coordination's list of buyers of regional scope: their requests come to it."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from stdnum.fr import siren as siren_numbers

from coclause.network.models import RegionalBuyer
from coclause.network.requests import regional
from coclause.organisations.models import Membership
from coclause.organisations.scopes import Scope
from coclause.reference.models import Region
from coclause.web.middleware import ScopedRequest
from coclause.web.once import sent
from coclause.web.operations.fields import FrenchDateField
from coclause.web.operations.finding import TypedForm
from coclause.web.pages import page_of, sorted_rows

SORTS = {
    "nom": "name",
    "siren": "siren",
    "debut": "starts_on",
    "fin": "ends_on",
    "referent": "referent__user__last_name",
}
SIREN, SIRET = 9, 14


def regional_buyers(request: ScopedRequest) -> HttpResponse:
    """Every line of the regions coordinated, those that ended too."""
    scope = _coordination(request)
    rows = RegionalBuyer.objects.filter(region__in=scope.coordinated_regions)
    rows = rows.select_related("region", "referent__user", "referent__organisation")
    ordered, sort = sorted_rows(request, rows, SORTS, "nom")
    page = page_of(request, ordered)
    lines = [(row, _standing(row, scope), _gone(row.referent, scope)) for row in page]
    context = {
        "page": page,
        "rows": lines,
        "sort": sort,
        "several": len(scope.coordinated_regions) > 1,
    }
    return render(request, "requests/regional.html", context)


def regional_buyer_new(request: ScopedRequest) -> HttpResponse:
    """Put a buyer on the list."""
    scope = _coordination(request)
    form = NewForm(scope, request.POST or None, initial={"starts_on": scope.day})

    def act() -> str:
        said = form.cleaned_data
        regional.add_regional_buyer(
            scope,
            RegionalBuyer(
                region_id=said["region"],
                siren=said["siren"],
                name=said["name"],
                referent=form.chosen,
                reason=said["reason"],
                starts_on=said["starts_on"],
                ends_on=said["ends_on"],
            ),
        )
        return reverse("regional-buyers")

    done = "Acheteur ajouté : ses prochaines demandes iront à la coordination ou au référent."
    answer = sent(request, form, act, done)
    return answer or _page(request, form, None)


def regional_buyer_edit(request: ScopedRequest, pk: int) -> HttpResponse:
    """Another referent, a reason, a last day."""
    scope = _coordination(request)
    rows = RegionalBuyer.objects.filter(region__in=scope.coordinated_regions)
    buyer = get_object_or_404(
        rows.select_related("region", "referent__user", "referent__organisation"), pk=pk
    )
    initial = {
        "referent": buyer.referent_id or "",
        "reason": buyer.reason,
        "ends_on": buyer.ends_on,
    }
    form = EditForm(scope, request.POST or None, initial=initial, keeping=buyer.referent)

    def act() -> str:
        said = form.cleaned_data
        regional.change_regional_buyer(
            scope, buyer, referent=form.chosen, reason=said["reason"], ends_on=said["ends_on"]
        )
        return reverse("regional-buyers")

    done = "Ligne corrigée. Les demandes déjà reçues restent à qui les a."
    answer = sent(request, form, act, done)
    return answer or _page(request, form, buyer)


def _coordination(request: ScopedRequest) -> Scope:
    if not request.scope.coordinated_regions:
        raise PermissionDenied
    return request.scope


def _page(request: ScopedRequest, form: forms.Form, buyer: RegionalBuyer | None) -> HttpResponse:
    context = {"form": form, "buyer": buyer}
    return render(
        request, "requests/regional_form.html", context, status=422 if form.is_bound else 200
    )


def _standing(row: RegionalBuyer, scope: Scope) -> tuple[str, str]:
    """The colour and the word of a line on that day."""
    if row.holds_on(scope.day):
        return "ok", "Sur la liste"
    return ("off", "Terminé") if row.starts_on <= scope.day else ("todo", "À venir")


def _gone(referent: Membership | None, scope: Scope) -> bool:
    return referent is not None and not referent.holds_on(scope.day)


class EditForm(TypedForm):
    """What may change on a line of the list."""

    referent = forms.ChoiceField(
        label="Référent",
        required=False,
        help_text="Qui répond à cet acheteur. Sans référent, la coordination répond.",
    )
    reason = forms.CharField(
        label="Pourquoi",
        required=False,
        max_length=200,
        help_text="Par exemple : groupement hospitalier sur quatre départements.",
    )
    ends_on = FrenchDateField(
        label="Dernier jour sur la liste",
        required=False,
        help_text="Vide : jusqu’à ce qu’on y mette fin.",
    )

    def __init__(
        self, scope: Scope, *args: Any, keeping: Membership | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        people = regional.referents(scope.coordinated_regions, scope.day)
        if keeping is not None and keeping not in people:
            people.append(keeping)
        self._people = {str(one.pk): one for one in people}
        groups: dict[str, list[tuple[str, str]]] = {}
        for one in people:
            groups.setdefault(one.organisation.name, []).append((str(one.pk), str(one.user)))
        field: Any = self.fields["referent"]
        field.choices = [("", "La coordination régionale"), *groups.items()]

    @property
    def chosen(self) -> Membership | None:
        return self._people.get(self.cleaned_data["referent"])


class NewForm(EditForm):
    """A buyer that is not on the list."""

    region = forms.ChoiceField(label="Région")
    siren = forms.CharField(
        label="SIREN",
        max_length=40,
        help_text="9 chiffres, vérifiés ; le SIRET convient aussi.",
        error_messages={"required": "Donnez le SIREN : il reconnaît l’acheteur."},
    )
    name = forms.CharField(
        label="Acheteur",
        max_length=200,
        error_messages={"required": "Donnez le nom de l’acheteur."},
    )
    starts_on = FrenchDateField(label="À partir du")
    field_order = ("region", "name", "siren", "referent", "reason", "starts_on", "ends_on")

    def __init__(self, scope: Scope, *args: Any, **options: Any) -> None:
        super().__init__(scope, *args, **options)
        field: Any = self.fields["region"]
        offered = Region.objects.filter(pk__in=scope.coordinated_regions).order_by("pk")
        field.choices = list(offered.values_list("pk", "name"))
        if len(scope.coordinated_regions) == 1:
            field.initial, field.widget = min(scope.coordinated_regions), forms.HiddenInput()

    def clean_siren(self) -> str:
        typed = "".join(str(self.cleaned_data["siren"]).split())
        if len(typed) == SIRET and typed.isdecimal():
            typed = typed[:SIREN]
        if not siren_numbers.is_valid(typed):
            raise ValidationError("Ce n’est pas un SIREN : il compte 9 chiffres, dont une clé.")
        return typed

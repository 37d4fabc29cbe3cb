"""Adding an organisation, changing it, and what its people and territories become."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from coclause.core.models import User
from coclause.core.refusals import Conflict, Refused
from coclause.organisations import managing
from coclause.organisations.actions import register_organisation
from coclause.organisations.models import (
    FacilitatorPost,
    Membership,
    Organisation,
    TerritoryCharge,
)
from coclause.organisations.permissions import addable_roles, may_manage_organisations
from coclause.organisations.visibility import (
    coordinates,
    may_edit,
    may_manage_members,
    visible_organisations,
)
from coclause.reference.models import Commune
from coclause.web.middleware import ScopedRequest
from coclause.web.organisations.forms import (
    ChargeForm,
    LastDayForm,
    MemberForm,
    OrganisationForm,
    PostForm,
)


@dataclass(frozen=True)
class Act:
    """A form that does one thing to an organisation, and the words around it."""

    title: str
    button: str
    done: str
    lead: str = ""


def organisation_new(request: ScopedRequest) -> HttpResponse:
    """Whoever works in the network adds an organisation that is not there yet."""
    if not may_manage_organisations(request.scope):
        raise PermissionDenied
    form = OrganisationForm(request.POST or None, roles=addable_roles(request.scope))
    if request.method == "POST" and form.is_valid():
        made = _filled(Organisation(), form)
        if made.region_id is None:
            made.region_id = min(request.scope.working_regions)
        try:
            kept = register_organisation(request.scope, made, request.scope.day)
        except Refused as refusal:
            return _organisation_form(request, form, None, refusal)
        if kept is made:
            messages.success(request, f"{kept.name} est dans la liste.")
        else:
            messages.info(request, "Ce SIRET était déjà dans la liste : voici sa fiche.")
        return redirect("organisation", pk=kept.pk)
    return _organisation_form(request, form, None)


def organisation_edit(request: ScopedRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(visible_organisations(request.scope), pk=pk)
    if not may_edit(found, request.scope):
        raise PermissionDenied
    offered = dict.fromkeys([*addable_roles(request.scope), *found.roles])
    form = OrganisationForm(
        request.POST or None, initial=_initial(found), roles=offered, organisation=found
    )
    if request.method == "POST" and form.is_valid():
        try:
            managing.update_organisation(request.scope, _filled(found, form))
        except Refused as refusal:
            return _organisation_form(request, form, found, refusal)
        messages.success(request, "La fiche est à jour.")
        return redirect("organisation", pk=found.pk)
    return _organisation_form(request, form, found)


def _initial(organisation: Organisation) -> dict[str, Any]:
    commune = organisation.commune
    return {
        "name": organisation.name,
        "siret": organisation.siret or "",
        "roles": organisation.roles,
        "buyer_kind": organisation.buyer_kind,
        "commune": f"{commune.name} ({commune.departement_id})" if commune else "",
    }


def _filled(organisation: Organisation, form: OrganisationForm) -> Organisation:
    data = form.cleaned_data
    organisation.name = data["name"]
    organisation.siret = data["siret"]
    organisation.roles = data["roles"]
    organisation.buyer_kind = data["buyer_kind"]
    code = data["commune_code"]
    organisation.commune = Commune.objects.select_related("departement").filter(pk=code).first()
    if organisation.commune is not None:
        organisation.region_id = organisation.commune.departement.region_id
    return organisation


def _organisation_form(
    request: HttpRequest,
    form: OrganisationForm,
    organisation: Organisation | None,
    refusal: Refused | None = None,
) -> HttpResponse:
    context = {"form": form, "organisation": organisation}
    return _answer(request, "organisations/form.html", context, form, refusal)


def member_new(request: ScopedRequest, pk: int) -> HttpResponse:
    """Someone joins an organisation; their account opens with them if it does not exist."""
    found = get_object_or_404(visible_organisations(request.scope), pk=pk)
    if not may_manage_members(found, request.scope):
        raise PermissionDenied
    form = MemberForm(request.POST or None, organisation=found)

    def add() -> None:
        data = form.cleaned_data
        user = User(
            email=data["email"].strip().lower(),
            first_name=data["first_name"],
            last_name=data["last_name"],
        )
        managing.add_member(request.scope, found, user, data["role"])

    act = Act(
        "Ajouter un membre",
        "Ajouter ce membre",
        "Le membre est ajouté. Il choisit son mot de passe avec « Mot de passe oublié ».",
        "Si l’adresse a déjà un compte, c’est ce compte qui reçoit le rôle.",
    )
    return _do(request, found, form, act, add)


def member_end(request: ScopedRequest, pk: int) -> HttpResponse:
    membership = get_object_or_404(
        Membership.objects.select_related("user", "organisation").filter(
            organisation__in=visible_organisations(request.scope)
        ),
        pk=pk,
    )
    if not may_manage_members(membership.organisation, request.scope):
        raise PermissionDenied
    form = LastDayForm(request.POST or None, initial={"last_day": request.scope.day})

    def end() -> None:
        managing.end_membership(request.scope, membership, form.cleaned_data["last_day"])

    act = Act(
        f"Terminer la période de {membership.user}",
        "Terminer cette période",
        "La période est terminée ; l’accès s’arrête le lendemain du dernier jour.",
        "Ses postes et ses territoires s’arrêtent le même jour. Ses actes passés restent.",
    )
    return _do(request, membership.organisation, form, act, end)


def post_new(request: ScopedRequest, pk: int) -> HttpResponse:
    """A facilitator's working time changes from a day on."""
    host = _coordinated(request, pk)
    form = PostForm(request.POST or None, host=host, day=request.scope.day)

    def add() -> None:
        data = form.cleaned_data
        post = FacilitatorPost(
            membership=data["membership"], fte=data["fte"], starts_on=data["starts_on"]
        )
        managing.set_post(request.scope, post, form.fundings)

    act = Act(
        "Fixer un temps de travail",
        "Enregistrer ce poste",
        "Le poste est enregistré ; le précédent s’arrête la veille.",
        "Le poste en cours, s’il y en a un, s’arrête la veille.",
    )
    return _do(request, host, form, act, add)


def charge_new(request: ScopedRequest, pk: int) -> HttpResponse:
    """A facilitator takes a territory in charge."""
    host = _coordinated(request, pk)
    form = ChargeForm(request.POST or None, host=host, day=request.scope.day)

    def add() -> None:
        data = form.cleaned_data
        charge = TerritoryCharge(
            membership=data["membership"], starts_on=data["starts_on"], **form.territory()
        )
        managing.give_territory(request.scope, charge)

    act = Act("Confier un territoire", "Confier ce territoire", "Le territoire est confié.")
    return _do(request, host, form, act, add)


def charge_end(request: ScopedRequest, pk: int) -> HttpResponse:
    charge = get_object_or_404(
        TerritoryCharge.objects.select_related("membership__user", "membership__organisation")
        .select_related("region", "departement", "epci", "commune")
        .filter(membership__organisation__in=visible_organisations(request.scope)),
        pk=pk,
    )
    host = charge.membership.organisation
    if not coordinates(host, request.scope):
        raise PermissionDenied
    form = LastDayForm(request.POST or None, initial={"last_day": request.scope.day})

    def end() -> None:
        managing.end_territory(request.scope, charge, form.cleaned_data["last_day"])

    act = Act(
        f"Terminer le suivi de {charge.place}",
        "Terminer ce suivi",
        "Le suivi est terminé.",
        f"{charge.membership.user} suit ce territoire.",
    )
    return _do(request, host, form, act, end)


def _coordinated(request: ScopedRequest, pk: int) -> Organisation:
    host = get_object_or_404(visible_organisations(request.scope), pk=pk)
    if not coordinates(host, request.scope):
        raise PermissionDenied
    return host


def _do(
    request: ScopedRequest,
    organisation: Organisation,
    form: forms.Form,
    act: Act,
    run: Callable[[], None],
) -> HttpResponse:
    """Shows the form, or does what it asks and goes back to the organisation."""
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            run()
        except Refused as refused:
            refusal = refused
        else:
            messages.success(request, act.done)
            return redirect("organisation", pk=organisation.pk)
    context = {"form": form, "organisation": organisation, "act": act}
    return _answer(request, "organisations/act.html", context, form, refusal)


def _answer(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    form: forms.Form,
    refusal: Refused | None,
) -> HttpResponse:
    if refusal is not None:
        form.add_error(None, refusal.sentence)
    status = 409 if isinstance(refusal, Conflict) else 200
    return render(request, template, context, status=status)

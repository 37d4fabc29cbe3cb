"""Recording and correcting a convention, putting contracts under it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from coclause.clauses.conventions import (
    attach,
    attachable,
    change_convention,
    may_attach,
    may_change_convention,
    record_convention,
)
from coclause.clauses.models import Contract, Convention, Operation
from coclause.core.refusals import Conflict, Refused
from coclause.reference.keys import search_key
from coclause.web.conventions.forms import AttachForm, ContractFilters, ConventionForm
from coclause.web.middleware import ScopedRequest
from coclause.web.once import once
from coclause.web.pages import id_in, page_of


def convention_new(request: ScopedRequest) -> HttpResponse:
    """Enter a convention: anybody of the network, in their region."""
    scope = request.scope
    if not scope.working_regions:
        raise PermissionDenied
    form = ConventionForm(scope.working_regions, request.POST or None)

    def act() -> str:
        made = record_convention(scope, form.instance, form.cleaned_data["chosen"])
        return reverse("convention", args=[made.pk])

    told = "Convention enregistrée. Rattachez maintenant les contrats qui y répondent."
    return _form(request, form, act, told)


def convention_edit(request: ScopedRequest, pk: int) -> HttpResponse:
    """Correct a convention: the coordination, or the host that follows all that answers to it."""
    scope = request.scope
    found = get_object_or_404(Convention.objects.visible_to(scope), pk=pk)
    if not may_change_convention(scope, found):
        raise PermissionDenied
    form = ConventionForm(frozenset(), request.POST or None, instance=found)

    def act() -> str:
        change_convention(scope, form.instance, form.cleaned_data["chosen"])
        return reverse("convention", args=[found.pk])

    return _form(request, form, act, "Convention corrigée.", found.name)


def _form(
    request: ScopedRequest, form: ConventionForm, act: Any, told: str, name: str = ""
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            answer = once(request, form.cleaned_data["once"], act)
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, told)
            return answer
    context = {"form": form, "name": name, "convention": form.instance}
    return render(request, "conventions/form.html", context)


def contracts(request: ScopedRequest, pk: int) -> HttpResponse:
    """The contracts that the user may put under the convention, those without one first."""
    scope = request.scope
    found = get_object_or_404(Convention.objects.visible_to(scope), pk=pk)
    if found.region_id not in scope.working_regions:
        raise PermissionDenied
    form = ContractFilters(request.GET)
    typed = form.cleaned_data["q"] if form.is_valid() else ""
    rows = attachable(scope, found.region_id).exclude(convention=found)
    for word in search_key(typed).split():
        rows = rows.filter(
            Q(operation__name_key__contains=word)
            | Q(operation__buyer__name_key__contains=word)
            | Q(object__icontains=word)
        )
    rows = rows.select_related("operation__buyer", "convention")
    free_first = F("convention__name_key").asc(nulls_first=True)
    context = {
        "convention": found,
        "form": form,
        "filtered": bool(typed),
        "page": page_of(request, rows.order_by(free_first, "operation__name_key", "pk")),
    }
    return render(request, "conventions/contracts.html", context)


def contract_convention(request: ScopedRequest, pk: int) -> HttpResponse:
    """Say which convention a contract answers to, or that it answers to none."""
    scope = request.scope
    seen = Operation.objects.visible_to(scope)
    rows = Contract.objects.filter(operation__in=seen)
    contract = get_object_or_404(rows.select_related("operation__buyer", "convention"), pk=pk)
    operation = contract.operation
    if not may_attach(scope, operation):
        raise PermissionDenied
    offered = Convention.objects.filter(region=operation.region_id)
    asked = id_in(request.GET.get("convention", ""))
    initial = {"convention": asked} if asked and offered.filter(pk=asked).exists() else {}
    form = AttachForm(offered, contract, request.POST or None, initial=initial)
    status = 200
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data

        def act() -> str:
            attach(scope, contract, said["convention"], seen=said["seen"])
            if said["convention"] is None:
                return reverse("operation", args=[operation.pk])
            return reverse("convention", args=[said["convention"].pk])

        try:
            answer = once(request, said["once"], act)
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
            status = 409 if isinstance(refusal, Conflict) else 200
        else:
            done = "rattaché à la convention" if said["convention"] else "sans convention"
            messages.success(request, f"Contrat {done}.")
            return answer
    context = {"form": form, "contract": contract, "operation": operation, "offered": offered}
    return render(request, "conventions/attach.html", context, status=status)

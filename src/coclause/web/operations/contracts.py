"""Adding a contract with its lots, writing a clause."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from coclause.clauses.actions import add_contract, change_contract, versions_of, write_clause
from coclause.clauses.calibrating import retained_hours
from coclause.clauses.choices import HoursKind
from coclause.clauses.models import Clause, Contract, Lot, Operation
from coclause.clauses.permissions import is_referent
from coclause.clauses.states import ClauseState
from coclause.core.refusals import Refused
from coclause.organisations.scopes import Scope
from coclause.web.middleware import ScopedRequest
from coclause.web.once import once, sent
from coclause.web.operations.forms import (
    MOST_LOTS,
    BaseLots,
    ClauseForm,
    ContractChangeForm,
    ContractForm,
    lot_forms,
)
from coclause.web.pages import id_in

MORE = "ajouter_lot"
"""Name of the button that asks for another row."""


def contract_new(request: ScopedRequest, pk: int) -> HttpResponse:
    """Add a contract and its lots; "Ajouter un lot" gives one more row and keeps the rest."""
    scope = request.scope
    operation = get_object_or_404(Operation.objects.visible_to(scope), pk=pk)
    must_be_referent(operation, scope)
    if request.method == "POST" and MORE in request.POST:
        form, lots = _one_more(request.POST)
    elif request.method == "POST":
        form = ContractForm(request.POST, instance=Contract(operation=operation))
        lots = lot_forms(request.POST)
        answer = _sent(request, form, lots)
        if answer:
            return answer
    else:
        form = ContractForm(initial={"object": operation.name, "kind": "marche"})
        lots = lot_forms(initial=[{"number": 1}])
    context = {"operation": operation, "form": form, "lots": lots, "more": MORE}
    return render(request, "operations/contract_new.html", context)


def contract_edit(request: ScopedRequest, pk: int) -> HttpResponse:
    """Correct a contract: its form, its maximum, its dates. Lots and clauses stay."""
    scope = request.scope
    contract = get_object_or_404(
        Contract.objects.filter(operation__in=Operation.objects.visible_to(scope)).select_related(
            "operation__buyer"
        ),
        pk=pk,
    )
    operation = contract.operation
    must_be_referent(operation, scope)
    form = ContractChangeForm(
        request.POST or None, instance=contract, initial={"seen": versions_of(contract)}
    )

    def act() -> str:
        change_contract(scope, form.instance, seen=form.cleaned_data["seen"])
        return reverse("operation", args=[operation.pk])

    context = {"operation": operation, "form": form, "contract": contract}
    done = sent(request, form, act, "Contrat modifié.")
    return done or render(request, "operations/contract_edit.html", context)


def _sent(request: ScopedRequest, form: ContractForm, lots: BaseLots) -> HttpResponse | None:
    if not (form.is_valid() & lots.is_valid()):
        return None

    def act() -> str:
        contract = add_contract(request.scope, form.instance, lots.lots())
        return reverse("operation", args=[contract.operation_id])

    try:
        answer = once(request, form.cleaned_data["once"], act)
    except Refused as refusal:
        form.add_error(None, refusal.sentence)
        return None
    messages.success(request, "Contrat ajouté. Écrivez maintenant la clause du lot concerné.")
    return answer


def _one_more(sent: QueryDict) -> tuple[ContractForm, BaseLots]:
    """The forms as typed, not judged yet, with one more row numbered after the last."""
    told = sent.get("lots-TOTAL_FORMS", "")
    count = min(id_in(told) or 1, MOST_LOTS - 1)
    typed = [
        {name: sent.get(f"lots-{row}-{name}", "") for name in ("number", "title", "amount")}
        for row in range(count)
    ]
    numbers = [id_in(row["number"]) or 0 for row in typed]
    typed.append({"number": str(max(numbers, default=0) + 1)})
    form = ContractForm(initial=sent.dict())
    return form, lot_forms(initial=typed)


def clause_new(request: ScopedRequest, pk: int) -> HttpResponse:
    """Write the clause of a lot."""
    lot = get_object_or_404(
        Lot.objects.filter(
            contract__operation__in=Operation.objects.visible_to(request.scope)
        ).select_related("contract__operation__buyer"),
        pk=pk,
    )
    must_be_referent(lot.contract.operation, request.scope)
    clause = Clause(lot=lot, hour_kinds=HoursKind.values, target_hours=retained_hours(lot))
    return _clause_form(request, clause, "Écrire la clause")


def clause_edit(request: ScopedRequest, pk: int) -> HttpResponse:
    """Correct a clause while it is being written."""
    clauses = Clause.objects.visible_to(request.scope).with_context()
    clause = get_object_or_404(clauses, pk=pk)
    must_be_referent(clause.lot.contract.operation, request.scope)
    if clause.state != ClauseState.DRAFT:
        messages.warning(
            request,
            "La clause est déjà proposée : choisissez « Reprendre la rédaction » pour la modifier.",
        )
        return redirect("clause", pk=clause.pk)
    return _clause_form(request, clause, "Modifier la clause")


def _clause_form(request: ScopedRequest, clause: Clause, title: str) -> HttpResponse:
    scope = request.scope
    form = ClauseForm(scope, request.POST or None, instance=clause)
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            written = write_clause(scope, form.instance)
            return reverse("clause", args=[written.pk])

        try:
            answer = once(request, form.cleaned_data["once"], act)
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, "Clause enregistrée. Proposez-la à l’acheteur.")
            return answer
    context: dict[str, Any] = {
        "form": form,
        "title": title,
        "lot": clause.lot,
        "operation": clause.lot.contract.operation,
    }
    return render(request, "operations/clause_form.html", context)


def must_be_referent(operation: Operation, scope: Scope) -> None:
    """403 inside one's scope without the right to change."""
    if not is_referent(operation, scope):
        raise PermissionDenied

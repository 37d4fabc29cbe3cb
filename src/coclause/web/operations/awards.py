"""Recording who holds a lot, what they owe, and what an amendment changes."""

from decimal import Decimal

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from coclause.clauses.actions import award_lot, change_state
from coclause.clauses.engaging import Terms, amend, engage
from coclause.clauses.models import Award, Clause, Lot, Objective, Operation
from coclause.clauses.states import ClauseState
from coclause.core.refusals import Refused
from coclause.organisations.scopes import Scope
from coclause.web.middleware import ScopedRequest
from coclause.web.once import once
from coclause.web.operations.contracts import must_be_referent
from coclause.web.operations.forms import AmendmentForm, AwardForm, CommitmentForm
from coclause.web.operations.opening import hosts_of, save_organisation


def award_new(request: ScopedRequest, pk: int) -> HttpResponse:
    """Record the company that holds a lot."""
    scope = request.scope
    lot = get_object_or_404(
        Lot.objects.filter(
            contract__operation__in=Operation.objects.visible_to(scope)
        ).select_related("contract__operation__buyer"),
        pk=pk,
    )
    operation = lot.contract.operation
    must_be_referent(operation, scope)
    notified = lot.contract.notified_on
    form = AwardForm(
        request.POST or None,
        instance=Award(lot=lot),
        initial={"notified_on": notified, "starts_on": notified, "amount": lot.amount},
    )
    if request.method == "POST" and form.is_valid():
        try:
            answer = once(request, form.cleaned_data["once"], lambda: _award(scope, form, lot))
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, "L'attribution est enregistrée : l’engagement vient ensuite.")
            return answer
    return render(
        request, "operations/award_new.html", {"form": form, "lot": lot, "operation": operation}
    )


@transaction.atomic
def _award(scope: Scope, form: AwardForm, lot: Lot) -> str:
    company = form.found_company
    if company is None:
        raise Refused("Dites quelle entreprise.")
    award_lot(scope, form.instance, save_organisation(scope, company, hosts_of(scope)[0]))
    ready = lot.clauses.filter(state=ClauseState.AGREED).order_by("pk").first()
    if ready:
        return reverse("commitment-new", args=[ready.pk])
    return reverse("operation", args=[lot.contract.operation_id])


def commitment_new(request: ScopedRequest, pk: int) -> HttpResponse:
    """Record the hours owed under a clause; an accepted clause then starts."""
    scope = request.scope
    clause = get_object_or_404(Clause.objects.visible_to(scope).with_context(), pk=pk)
    operation = clause.lot.contract.operation
    must_be_referent(operation, scope)
    awards = _owing_nothing(clause, scope)
    form = CommitmentForm(
        awards,
        request.POST or None,
        initial={
            "award": awards.first(),
            "hours": Decimal(clause.target_hours) if clause.target_hours else None,
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            answer = once(request, form.cleaned_data["once"], lambda: _commit(scope, clause, form))
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(
                request, "Engagement enregistré. Ajoutez maintenant les personnes employées."
            )
            return answer
    context = {
        "form": form,
        "clause": clause,
        "operation": operation,
        "awards": awards,
        "ready": clause.state not in (ClauseState.DRAFT, ClauseState.PROPOSED),
    }
    return render(request, "operations/commitment_new.html", context)


def _owing_nothing(clause: Clause, scope: Scope) -> QuerySet[Award]:
    """Awards of the lot that owe nothing under this clause yet."""
    rows = Award.objects.filter(lot=clause.lot_id).exclude(commitments__clause=clause)
    return rows.select_related("lot").with_holder(scope.day).order_by("pk")


@transaction.atomic
def _commit(scope: Scope, clause: Clause, form: CommitmentForm) -> str:
    if clause.state in (ClauseState.DRAFT, ClauseState.PROPOSED, ClauseState.DROPPED):
        raise Refused("L'acheteur n’a pas accepté la clause : faites-la accepter d’abord.")
    engage(scope, clause, form.cleaned_data["award"], [Terms(quantity=form.cleaned_data["hours"])])
    if clause.state == ClauseState.AGREED:
        change_state(scope, clause, "demarrer")
    return reverse("clause", args=[clause.pk])


def amendment_new(request: ScopedRequest, pk: int) -> HttpResponse:
    """Add hours to a commitment, or remove some, from a date on."""
    scope = request.scope
    seen = Clause.objects.visible_to(scope)
    objective = get_object_or_404(
        Objective.objects.filter(commitment__clause__in=seen)
        .select_related("commitment__clause__lot__contract__operation__buyer")
        .prefetch_related("events"),
        pk=pk,
    )
    clause = objective.commitment.clause
    operation = clause.lot.contract.operation
    must_be_referent(operation, scope)
    form = AmendmentForm(request.POST or None, initial={"effective_on": scope.day})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data

        def act() -> str:
            amend(
                scope,
                objective,
                quantity=said["quantity"],
                effective_on=said["effective_on"],
                reason=said["reason"],
            )
            return reverse("clause", args=[clause.pk])

        try:
            answer = once(request, said["once"], act)
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, "Avenant enregistré.")
            return answer
    context = {
        "form": form,
        "objective": objective,
        "clause": clause,
        "operation": operation,
        "total": sum((event.quantity for event in objective.events.all()), Decimal(0)),
    }
    return render(request, "operations/amendment_new.html", context)

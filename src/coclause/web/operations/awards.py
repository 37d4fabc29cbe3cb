"""Recording who holds a lot."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from coclause.clauses.actions import award_lot
from coclause.clauses.models import Award, Lot, Operation
from coclause.clauses.states import ClauseState
from coclause.core.refusals import Refused
from coclause.organisations.scopes import Scope
from coclause.web.middleware import ScopedRequest
from coclause.web.once import once
from coclause.web.operations.contracts import must_be_referent
from coclause.web.operations.forms import AwardForm
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

"""What a contract provides when hours are missing: read by the network and the buyer."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from coclause.clauses.choices import PenaltyUnit
from coclause.clauses.models import Clause, PenaltyTerms
from coclause.clauses.penalties import in_words, last_recorded, record_terms, terms_on, versions
from coclause.clauses.permissions import is_referent
from coclause.clauses.queries import linked
from coclause.organisations.scopes import Scope
from coclause.web.middleware import ScopedRequest
from coclause.web.once import sent
from coclause.web.steering.forms import TermsForm, written


def penalty_terms(request: ScopedRequest, pk: int) -> HttpResponse:
    """The terms, their changes; the form for the referent host."""
    scope = request.scope
    clause = _read(pk, scope)
    referent = is_referent(clause.lot.contract.operation, scope)
    if request.method == "POST" and not referent:
        raise PermissionDenied
    form = _form(request, clause) if referent else None
    if form is not None:

        def act() -> str:
            record_terms(scope, clause, form.instance, seen=form.cleaned_data["seen"])
            return reverse("penalty-terms", args=[clause.pk])

        done = sent(request, form, act, "Ce que prévoit le contrat est enregistré.")
        if done:
            return done
    now = terms_on(clause, scope.day)
    rows = versions(clause)
    context = {
        "clause": clause,
        "operation": clause.lot.contract.operation,
        "form": form,
        "now": now,
        "now_said": in_words(now) if now else "",
        "others": [(row, in_words(row)) for row in rows if row != now],
        "recorded": bool(rows),
        "none": PenaltyUnit.NONE,
    }
    return render(request, "steering/penalties.html", context)


def _form(request: ScopedRequest, clause: Clause) -> TermsForm:
    now = terms_on(clause, request.scope.day)
    first: dict[str, Any] = {"starts_on": clause.lot.contract.notified_on, "notice": True}
    initial = written(now) if now else first
    initial["seen"] = last_recorded(clause)
    form = TermsForm(request.POST or None, instance=PenaltyTerms(clause=clause), initial=initial)
    form.fields["reason"].required = bool(initial["seen"])
    return form


def _read(pk: int, scope: Scope) -> Clause:
    """404 for companies: they read their contract itself."""
    rows = Clause.objects.visible_to(scope).filter(linked("lot__contract__operation__", scope))
    clause: Clause = get_object_or_404(rows.with_context(), pk=pk)
    return clause

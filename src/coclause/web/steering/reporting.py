"""Telling the buyer that hours are missing: the figures, the contract's penalty, the letter."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from coclause.clauses.execution import awards_of
from coclause.clauses.models import Clause
from coclause.clauses.penalties import money
from coclause.clauses.permissions import is_referent
from coclause.core.addresses import address_of
from coclause.core.refusals import Refused
from coclause.hours.models import ShortfallReport
from coclause.hours.steering.letters import draft
from coclause.hours.steering.reading import contacts_of_buyer, reports_about
from coclause.hours.steering.reporting import REPORTABLE, current, last_report, report
from coclause.hours.steering.situations import Basis, Situation, situation
from coclause.organisations.scopes import Scope
from coclause.web.middleware import ScopedRequest
from coclause.web.once import sent
from coclause.web.pages import id_in
from coclause.web.steering.forms import ReportForm


def shortfall_new(request: ScopedRequest, pk: int) -> HttpResponse:
    """Report a shortfall, for the referent host: `?attribution=` among several, `?base=` against
    what hours are missing.
    """
    scope, clause = request.scope, _reported(pk, request.scope)
    awards = list(awards_of(clause).with_holder(scope.day))
    award = _chosen(request, awards)
    context: dict[str, Any] = {
        "clause": clause,
        "operation": clause.lot.contract.operation,
        "awards": awards,
        "award": award,
    }
    if award is None:
        return render(request, "steering/choose.html", context)
    found = situation(clause, award, scope.day)
    basis = _basis(request, found)
    refusal = _refusal(clause, award, scope, basis)
    if refusal or found is None:
        return render(request, "steering/nothing.html", context | {"refusal": refusal})
    form = _form(request, found, basis)

    def act() -> str:
        said = form.cleaned_data
        made = report(
            scope,
            clause,
            award,
            basis=basis,
            message=said["message"],
            letter=said["letter"],
            address=address,
            seen=(said["last"], said["missing"]),
        )
        return reverse("shortfall", args=[made.pk])

    done = sent(request, form, act, "Le signalement est enregistré. C’est à l’acheteur de décider.")
    return done or render(request, "steering/new.html", context | _shown(found, basis, form))


def address(made: ShortfallReport) -> str:
    """The page of a report, as messages write it."""
    return address_of("shortfall", made.pk)


def _shown(found: Situation, basis: Basis, form: ReportForm) -> dict[str, Any]:
    return {
        "form": form,
        "situation": found,
        "progress": found.progress,
        "basis": basis,
        "bases": [(one, hours, one == basis) for one, hours in found.missing.items()],
        "missing": found.missing[basis],
        "penalty": found.penalty(basis),
        "penalty_known": found.penalty(basis).amount is not None,
        "penalty_said": said_of(found.penalty(basis).amount),
        "contacts": [str(one.user) for one in contacts_of_buyer(found.clause, found.day)],
        "earlier": reports_about(found.award, found.clause).first(),
    }


def said_of(penalty: Decimal | None) -> str:
    """The title of what the contract gives."""
    amount = "d’un montant non connu" if penalty is None else f"de {money(penalty)}"
    return f"Selon le contrat, la pénalité serait {amount}"


def _form(request: ScopedRequest, found: Situation, basis: Basis) -> ReportForm:
    initial = {
        "letter": draft(found, basis),
        "last": last_report(found.clause, found.award),
        "missing": found.missing[basis],
    }
    return ReportForm(request.POST or None, initial=initial)


def _basis(request: ScopedRequest, found: Situation | None) -> Basis:
    """The one asked, else the first that gives missing hours."""
    asked = request.GET.get("base", "")
    if asked in Basis.values:
        return Basis(asked)
    missing = found.missing if found else {}
    fallback = Basis.FINAL if found and found.is_over else Basis.FORESEEN
    return next(iter(missing), fallback)


def _refusal(clause: Clause, award: Any, scope: Scope, basis: Basis) -> str:
    try:
        current(clause, award, scope.day, basis)
    except Refused as refusal:
        return refusal.sentence
    return ""


def _chosen(request: ScopedRequest, awards: list[Any]) -> Any:
    """The award asked, the only one, or None to be asked which. 404 for one of another clause."""
    asked = request.GET.get("attribution")
    if asked is not None:
        pk = id_in(asked)
        found = next((award for award in awards if award.pk == pk), None)
        if found is None:
            raise Http404
        return found
    return awards[0] if len(awards) == 1 else None


def _reported(pk: int, scope: Scope) -> Clause:
    """404 out of the scope, 403 without the right to report."""
    clause: Clause = get_object_or_404(Clause.objects.visible_to(scope).with_context(), pk=pk)
    if not is_referent(clause.lot.contract.operation, scope):
        raise PermissionDenied
    return clause


def may_report(clause: Clause, *, referent: bool) -> bool:
    """Whether a clause in that state has something to report, for a link."""
    return referent and clause.state in REPORTABLE

"""Where a person works, when it is not where the operation is: set by the host of their share."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from coclause.clauses.models import Clause
from coclause.core.refusals import Conflict, Refused
from coclause.hours.hiring import set_place
from coclause.hours.models import Assignment
from coclause.people.actions import names_of
from coclause.reference.models import Commune
from coclause.web.clauses.access import handled_award
from coclause.web.clauses.employment_form import CommuneField
from coclause.web.clauses.table import facts_of
from coclause.web.middleware import ScopedRequest
from coclause.web.once import OnceForm, once


class PlaceForm(OnceForm):
    """One commune; empty is that of the operation."""

    place = CommuneField(label="Lieu de travail", required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=5)

    def __init__(self, usual: Commune | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].help_text = f"Nom ou code INSEE. Vide : {usual_place(usual)}."


def usual_place(commune: Commune | None) -> str:
    """Where people work unless told otherwise, in words."""
    return f"la commune de l’opération, {commune}" if commune else "la commune de l’opération"


def page(request: ScopedRequest, pk: int) -> HttpResponse:
    """404 out of the scope, 403 for whoever does not follow this person on the operation."""
    rows = Assignment.objects.select_related("commune", "host")
    assignment = get_object_or_404(rows, pk=pk)
    award = handled_award(assignment.award_id, request.scope)
    if assignment.host_id not in request.scope.hosts:
        raise PermissionDenied
    usual = award.lot.contract.operation.commune
    if request.method != "POST":
        code = assignment.commune_id or ""
        name = f"{assignment.commune} ({code})" if code else ""
        form = PlaceForm(usual, initial={"place": name, "seen": code})
        return _show(request, award, assignment, form)
    form = PlaceForm(usual, request.POST)
    if not form.is_valid():
        return _show(request, award, assignment, form, status=422)
    try:
        answer = once(
            request, form.cleaned_data["once"], lambda: _set(request, award, assignment, form)
        )
    except Refused as refusal:
        form.add_error(None, refusal.sentence)
        status = 409 if isinstance(refusal, Conflict) else 422
        return _show(request, award, assignment, form, status=status)
    messages.success(request, "Lieu de travail enregistré.")
    return answer


def _set(request: ScopedRequest, award: Any, assignment: Assignment, form: PlaceForm) -> str:
    said = form.cleaned_data
    set_place(request.scope, assignment, said["place"], seen=said["seen"])
    clause = _clause(request, award)
    if clause is None:
        return redirect("desk").url
    return f"{redirect('clause', pk=clause.pk).url}?onglet=personnes"


def _clause(request: ScopedRequest, award: Any) -> Clause | None:
    rows = Clause.objects.visible_to(request.scope).filter(lot=award.lot_id)
    return rows.order_by("pk").first()


def _show(
    request: ScopedRequest, award: Any, assignment: Assignment, form: PlaceForm, status: int = 200
) -> HttpResponse:
    identity = facts_of([assignment.employment_id])[assignment.employment_id].identity_id
    page = f"Lieu de travail, marché {award.pk}"
    names = names_of(request.scope, [identity], page=page)
    context = {
        "award": award,
        "clause": _clause(request, award),
        "form": form,
        "name": names.get(identity, "Une personne de votre part"),
    }
    return render(request, "clauses/workplace.html", context, status=status)

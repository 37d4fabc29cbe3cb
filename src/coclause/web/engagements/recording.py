"""Recording what an award commits to: one or several objectives in one form, without a script."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from coclause.clauses.actions import change_state
from coclause.clauses.choices import Measure, Trigger
from coclause.clauses.engaging import Terms, add_objective, engage
from coclause.clauses.models import Award, Clause, Commitment, Objective
from coclause.clauses.promises import promise
from coclause.clauses.states import ClauseState
from coclause.core.refusals import Refused
from coclause.organisations.scopes import Scope
from coclause.web.engagements.acting import (
    clause_to_change,
    commitment_to_change,
    publics_of,
    tab_of,
)
from coclause.web.engagements.forms import (
    MEASURES,
    RESERVED,
    TRIGGERS,
    Choices,
    CommitmentForm,
    KindForm,
    ObjectiveForm,
    OnceTokenForm,
    wrong_in,
)
from coclause.web.middleware import ScopedRequest
from coclause.web.once import sent
from coclause.web.pages import id_in

MOST = 12
"""Objectives in one form: more are added afterwards, one by one."""
MORE, LESS = "ajouter", "retirer"
"""Names of the buttons that add and remove an objective."""
NOT_READY = (ClauseState.DRAFT, ClauseState.PROPOSED)
Kind = tuple[str, str]
"""What is promised, and from which event."""


def commitment_new(request: ScopedRequest, pk: int) -> HttpResponse:
    """Record what is owed under a clause; an accepted clause then starts."""
    scope = request.scope
    clause = clause_to_change(pk, scope)
    awards = _owing_nothing(clause, scope)
    asked = request.POST if request.method == "POST" else None
    editing = asked is None or MORE in asked or LESS in asked
    first = {"award": awards.first()}
    form = CommitmentForm(
        awards, None if editing else asked, initial=asked.dict() if asked and editing else first
    )
    objectives = _rows(clause, scope, asked, editing=editing)
    # Every objective is judged, so that all the errors are told at once.
    refused = [row for row in objectives if not editing and not row.is_valid()]
    if not editing and not refused:
        answer = sent(
            request,
            form,
            lambda: _commit(scope, clause, form, objectives),
            "Engagement enregistré. Ajoutez maintenant les personnes employées.",
        )
        if answer:
            return answer
    context = {
        "form": form,
        "objectives": objectives,
        "wrong": wrong_in(form, *objectives),
        "kind": KindForm(),
        "more": MORE,
        "less": LESS,
        "clause": clause,
        "operation": clause.lot.contract.operation,
        "awards": awards,
        "ready": clause.state not in NOT_READY,
    }
    return render(request, "engagements/commitment_new.html", context)


def _owing_nothing(clause: Clause, scope: Scope) -> QuerySet[Award]:
    """Awards of the lot that owe nothing under this clause yet."""
    rows = Award.objects.filter(lot=clause.lot_id).exclude(commitments__clause=clause)
    return rows.select_related("lot").with_holder(scope.day).order_by("pk")


def _rows(
    clause: Clause, scope: Scope, asked: QueryDict | None, *, editing: bool
) -> list[ObjectiveForm]:
    """The objectives of the form: those sent, with one more or one less when a button says so."""
    if asked is None:
        wanted = clause.target_hours
        first: Kind = (Measure.HOURS, Trigger.NOTIFICATION)
        return _forms(clause, scope, [(first, {"quantity": wanted} if wanted else {})])
    typed = _typed(asked)
    if not editing:
        return _forms(clause, scope, typed, asked)
    gone = id_in(asked.get(LESS, ""))
    if gone is not None:
        typed = [row for place, row in enumerate(typed) if place != gone]
    if MORE in asked and len(typed) < MOST:
        typed.append((kind_in(asked), {}))
    return _forms(clause, scope, typed)


def _forms(
    clause: Clause,
    scope: Scope,
    typed: list[tuple[Kind, dict[str, Any]]],
    sent_: QueryDict | None = None,
) -> list[ObjectiveForm]:
    publics = publics_of(clause, scope) if any(k[0] == RESERVED for k, _ in typed) else []
    wholes = [
        (str(place), f"Objectif {place + 1}")
        for place, ((measure, _), _) in enumerate(typed)
        if measure != RESERVED
    ]
    return [
        ObjectiveForm(
            *kind,
            publics=publics,
            wholes=wholes,
            data=sent_,
            initial=said,
            prefix=f"objectif-{place}",
        )
        for place, (kind, said) in enumerate(typed)
    ]


def _typed(asked: QueryDict) -> list[tuple[Kind, dict[str, Any]]]:
    """What was typed, row by row, not judged yet."""
    count = min(id_in(asked.get("objectifs", "")) or 1, MOST)
    rows = []
    for place in range(count):
        prefix = f"objectif-{place}-"
        said: dict[str, Any] = {
            name.removeprefix(prefix): value
            for name, value in asked.items()
            if name.startswith(prefix)
        }
        rows.append((_kind(said.pop("measure", ""), said.pop("trigger", "")), said))
    return rows


def kind_in(asked: Mapping[str, str]) -> Kind:
    """The kind chosen at the first step."""
    return _kind(asked.get("mesure", ""), asked.get("declencheur", ""))


def _kind(measure: str, trigger: str) -> Kind:
    """A kind that exists: what an objective counts may narrow the event it is due from."""
    measure = measure if measure in dict(MEASURES) else Measure.HOURS
    trigger = trigger if trigger in dict(TRIGGERS) else Trigger.NOTIFICATION
    if measure == Measure.SHARE and trigger not in (Trigger.NOTIFICATION, Trigger.YEAR):
        trigger = Trigger.NOTIFICATION
    if measure == Measure.PER_EURO and trigger != Trigger.CALL_OFF:
        trigger = Trigger.ORDER
    if measure == RESERVED:
        trigger = Trigger.NOTIFICATION
    return str(measure), str(trigger)


@transaction.atomic
def _commit(
    scope: Scope, clause: Clause, form: CommitmentForm, objectives: list[ObjectiveForm]
) -> str:
    if clause.state in (*NOT_READY, ClauseState.DROPPED):
        raise Refused("L'acheteur n’a pas accepté la clause : faites-la accepter d’abord.")
    engage(scope, clause, form.cleaned_data["award"], _terms(objectives))
    if clause.state == ClauseState.AGREED:
        change_state(scope, clause, "demarrer")
    return reverse("clause", args=[clause.pk])


def _terms(objectives: list[ObjectiveForm]) -> list[Terms]:
    """In order; the parts last, since each is taken from an objective that comes before it."""
    place_of = {
        str(place): rank
        for rank, place in enumerate(
            place for place, row in enumerate(objectives) if row.measure != RESERVED
        )
    }
    whole = [row.terms() for row in objectives if row.measure != RESERVED]
    parts = [
        row.terms(place_of[row.cleaned_data["part_of"]])
        for row in objectives
        if row.measure == RESERVED
    ]
    return [*whole, *parts]


def objective_new(request: ScopedRequest, pk: int) -> HttpResponse:
    """Add an objective to a commitment: its kind first, then its fields."""
    scope = request.scope
    commitment = commitment_to_change(pk, scope)
    clause = commitment.clause
    asked = request.POST if request.method == "POST" else request.GET
    context: dict[str, Any] = {
        "commitment": commitment,
        "clause": clause,
        "operation": clause.lot.contract.operation,
        "back": tab_of(clause),
        "kind": KindForm(initial=asked.dict()),
        "row": None,
        "form": None,
    }
    if "mesure" in asked:
        kind = kind_in(asked)
        form = OnceTokenForm(request.POST or None)
        row = ObjectiveForm(
            *kind,
            publics=publics_of(clause, scope) if kind[0] == RESERVED else [],
            wholes=_wholes(commitment, scope),
            data=request.POST or None,
        )
        if request.method == "POST" and row.is_valid():
            answer = sent(request, form, lambda: _add(scope, commitment, row), "Objectif ajouté.")
            if answer:
                return answer
        wrong = wrong_in(form, row)
        context |= {"form": form, "row": row, "kind_chosen": kind, "wrong": wrong}
    return render(request, "engagements/objective_new.html", context)


def _wholes(commitment: Commitment, scope: Scope) -> Choices:
    return [
        (str(row.pk), row.label or promise(row, scope.day))
        for row in commitment.objectives.all()
        if not row.public
    ]


def _add(scope: Scope, commitment: Commitment, row: ObjectiveForm) -> str:
    chosen = row.cleaned_data.get("part_of")
    whole = Objective.objects.get(pk=chosen, commitment=commitment) if chosen else None
    add_objective(scope, commitment, row.terms(whole))
    return tab_of(commitment.clause)

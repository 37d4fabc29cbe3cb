"""Changing what is owed: an amendment, an event that makes it due, hours known, a rate, a rule."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from coclause.clauses.choices import EventKind, Trigger
from coclause.clauses.counting import counting_of
from coclause.clauses.debts import covered_until, life
from coclause.clauses.engaging import (
    amend,
    change_counting,
    change_rate,
    tell_base,
    trigger,
    year_after,
)
from coclause.clauses.models import Objective
from coclause.clauses.owed import owed_by_objective
from coclause.hours.models import StatementLine
from coclause.web.engagements.acting import (
    clause_to_change,
    frame_of,
    objective_to_change,
    tab_of,
)
from coclause.web.engagements.breakdown import lines_of
from coclause.web.engagements.forms import (
    AmendmentForm,
    CountingForm,
    RateForm,
    TriggerForm,
    WorkedForm,
)
from coclause.web.middleware import ScopedRequest
from coclause.web.once import sent

HEADINGS = {
    Trigger.TRANCHE: ("Affermir la tranche", "La tranche est affermie."),
    Trigger.YEAR: ("Engager l’année", "L’année est engagée."),
    Trigger.ORDER: ("Engager une commande", "La commande est engagée."),
    Trigger.CALL_OFF: ("Engager un marché subséquent", "Le marché subséquent est engagé."),
    Trigger.NOTIFICATION: ("Enregistrer l’événement", "C’est enregistré."),
}
"""By trigger: the act, and what is said once it is done."""


def amendment_new(request: ScopedRequest, pk: int) -> HttpResponse:
    """Add to a commitment, or remove from it, from a date on."""
    scope = request.scope
    objective = objective_to_change(pk, scope)
    form = AmendmentForm(objective, request.POST or None, initial={"effective_on": scope.day})

    def act() -> str:
        amend(scope, objective, **_said(form, "quantity", "effective_on", "reason"))
        return tab_of(objective.commitment.clause)

    answer = sent(request, form, act, "Avenant enregistré.")
    if answer:
        return answer
    owed = owed_by_objective([objective], date.max)[objective.pk]
    context = frame_of(objective, form, scope, lines=lines_of(objective), total=owed.words)
    return render(request, "engagements/amendment_new.html", context)


def trigger_new(request: ScopedRequest, pk: int) -> HttpResponse:
    """Affirm a tranche, engage a year, or whatever else makes the objective due."""
    scope = request.scope
    objective = objective_to_change(pk, scope)
    heading, done = HEADINGS[Trigger(objective.trigger)]
    initial = {"effective_on": scope.day, **_next_year(objective)}
    form = TriggerForm(objective, request.POST or None, initial=initial)

    def act() -> str:
        names = [name for name in form.fields if name != "once"]
        trigger(scope, objective, **_said(form, *names))
        return tab_of(objective.commitment.clause)

    answer = sent(request, form, act, done)
    if answer:
        return answer
    context = frame_of(objective, form, scope, heading=heading, lines=lines_of(objective))
    return render(request, "engagements/trigger_new.html", context)


def _next_year(objective: Objective) -> dict[str, date]:
    """The twelve months not engaged yet, as the form proposes them."""
    if objective.trigger != Trigger.YEAR:
        return {}
    first, last = life(objective)
    done = covered_until(objective, EventKind.TRIGGER)
    starts = done + timedelta(days=1) if done else first
    if starts > last:
        return {}
    ends = min(year_after(starts) - timedelta(days=1), last)
    return {"effective_on": starts, "due_from": starts, "due_until": ends}


def worked_new(request: ScopedRequest, pk: int) -> HttpResponse:
    """Record the hours worked on the contract by everybody, once known."""
    scope = request.scope
    objective = objective_to_change(pk, scope)
    first, last = life(objective)
    done = covered_until(objective, EventKind.BASE)
    initial = {
        "effective_on": scope.day,
        "due_from": done + timedelta(days=1) if done else first,
        "due_until": min(scope.day, last),
    }
    form = WorkedForm(request.POST or None, initial=initial)

    def act() -> str:
        tell_base(scope, objective, **_said(form, *form.fields))
        return tab_of(objective.commitment.clause)

    answer = sent(request, form, act, "Heures travaillées enregistrées : ce qui est dû est à jour.")
    if answer:
        return answer
    context = frame_of(objective, form, scope, lines=lines_of(objective))
    return render(request, "engagements/worked_new.html", context)


def rate_new(request: ScopedRequest, pk: int) -> HttpResponse:
    """Agree on another rate from a day on."""
    scope = request.scope
    objective = objective_to_change(pk, scope)
    form = RateForm(objective, request.POST or None, initial={"effective_on": scope.day})

    def act() -> str:
        change_rate(scope, objective, **_said(form, *form.fields))
        return tab_of(objective.commitment.clause)

    answer = sent(request, form, act, "Taux changé : ce qui est dû est à jour.")
    if answer:
        return answer
    context = frame_of(objective, form, scope, lines=lines_of(objective))
    return render(request, "engagements/rate_new.html", context)


def counting_new(request: ScopedRequest, pk: int) -> HttpResponse:
    """Change which hours count under a clause, from a day on."""
    scope = request.scope
    clause = clause_to_change(pk, scope)
    (rules,) = counting_of([clause.pk])[clause.pk].rules
    held = [rule for rule in rules if rule.starts_on <= scope.day][-1]
    initial = {
        "starts_on": scope.day.replace(day=1),
        "hour_kinds": sorted(held.kinds),
        "training_cap": held.caps.get("formation"),
        "internship_cap": held.caps.get("stage"),
    }
    form = CountingForm(request.POST or None, initial=initial)

    def act() -> str:
        change_counting(scope, clause, **_said(form, *form.fields))
        return tab_of(clause)

    answer = sent(request, form, act, "Les heures qui comptent sont changées.")
    if answer:
        return answer
    checked = StatementLine.objects.validated().filter(statement__award__lot=clause.lot_id)
    last = checked.order_by("-statement__month").values_list("statement__month", flat=True).first()
    context = {
        "form": form,
        "clause": clause,
        "operation": clause.lot.contract.operation,
        "back": tab_of(clause),
        "last_checked": last,
    }
    return render(request, "engagements/counting_new.html", context)


def _said(form: Any, *names: str) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in names if name != "once"}

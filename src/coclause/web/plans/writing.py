"""Writing a plan: how the hours will be done, and steps agreed, done, given up, opened again."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from coclause.hours.models import PlannedHours, PlanStep
from coclause.hours.planning import (
    agree_step,
    drop_hours,
    drop_step,
    finish_step,
    kick_offs,
    may_finish,
    plan_hours,
    read_as,
    reopen_step,
)
from coclause.web.middleware import ScopedRequest
from coclause.web.once import OnceForm, once, sent
from coclause.web.plans.access import planned_award, planned_line, planned_step, read_step
from coclause.web.plans.forms import GiveUpForm, HoursForm, StepForm

Act = Callable[[], object]


def hours_new(request: ScopedRequest, pk: int) -> HttpResponse:
    """Add hours to the plan."""
    award = planned_award(pk, request.scope)
    first = max(award.starts_on, min(request.scope.day, award.ends_on))
    initial = {"starts_on": first, "ends_on": award.ends_on}
    return _hours(request, PlannedHours(award=award), initial, "Ces heures sont au plan.")


def hours_edit(request: ScopedRequest, pk: int) -> HttpResponse:
    """Change a line of the plan."""
    line = planned_line(pk, request.scope)
    return _hours(request, line, {"seen": read_as(line)}, "Le plan est modifié.")


@require_POST
def hours_drop(request: ScopedRequest, pk: int) -> HttpResponse:
    """Take a line away from the plan."""
    scope, line = request.scope, planned_line(pk, request.scope)
    return _pressed(request, line, lambda: drop_hours(scope, line), "La ligne est retirée du plan.")


def step_new(request: ScopedRequest, pk: int) -> HttpResponse:
    """Add a step agreed with the company and the buyer."""
    step = PlanStep(award=planned_award(pk, request.scope))
    return _step(request, step, {}, "L’étape est au plan.")


def step_edit(request: ScopedRequest, pk: int) -> HttpResponse:
    """Change a step that still waits."""
    step = planned_step(pk, request.scope)
    return _step(request, step, {"seen": read_as(step)}, "L’étape est modifiée.")


@require_POST
def step_done(request: ScopedRequest, pk: int) -> HttpResponse:
    """Say that a step is done. A `Conflict` is told on a page of its own."""
    scope, step = request.scope, read_step(pk, request.scope)
    if not may_finish(step, scope):
        raise PermissionDenied
    return _pressed(request, step, lambda: finish_step(scope, step), "L’étape est faite.")


@require_POST
def step_reopen(request: ScopedRequest, pk: int) -> HttpResponse:
    """The step was said done, or given up, by mistake."""
    scope, step = request.scope, planned_step(pk, request.scope)
    told = "L’étape est de nouveau à faire."
    return _pressed(request, step, lambda: reopen_step(scope, step), told)


def step_drop(request: ScopedRequest, pk: int) -> HttpResponse:
    """Give a step up, and say why."""
    step, form = planned_step(pk, request.scope), GiveUpForm(request.POST or None)

    def act() -> None:
        drop_step(request.scope, step, form.cleaned_data["reason"])

    told = "L’étape est abandonnée. Le motif reste lisible."
    return _page(request, "drop", step, form, act, title="Abandonner une étape", told=told)


def _hours(
    request: ScopedRequest, line: PlannedHours, initial: dict[str, Any], told: str
) -> HttpResponse:
    form = HoursForm(request.POST or None, instance=line, initial=initial)

    def act() -> None:
        plan_hours(request.scope, line, seen=form.cleaned_data["seen"])

    title = "Modifier des heures prévues" if line.pk else "Prévoir des heures"
    return _page(request, "hours", line, form, act, title=title, told=told)


def _step(
    request: ScopedRequest, step: PlanStep, initial: dict[str, Any], told: str
) -> HttpResponse:
    meetings, day = kick_offs(step.award), request.scope.day
    form = StepForm(meetings, day, request.POST or None, instance=step, initial=initial)

    def act() -> None:
        agree_step(request.scope, step, seen=form.cleaned_data["seen"])

    title = "Modifier une étape" if step.pk else "Ajouter une étape"
    return _page(request, "step", step, form, act, title=title, told=told)


def _page(
    request: ScopedRequest, name: str, row: Any, form: OnceForm, act: Act, *, title: str, told: str
) -> HttpResponse:
    """A form of the plan until it is sent, then the plan."""
    done = sent(request, form, lambda: _led(act, row), told)
    context = {
        "form": form,
        "row": row,
        "award": row.award,
        "operation": row.award.lot.contract.operation,
        "title": title,
    }
    return done or render(request, f"plans/{name}.html", context)


def _pressed(request: ScopedRequest, row: Any, act: Act, told: str) -> HttpResponse:
    """A button beside a line or a step of the plan, that leads back to it."""
    form = OnceForm(request.POST)
    if not form.is_valid():
        return redirect("plan", row.award_id)
    done = once(request, form.cleaned_data["once"], lambda: _led(act, row))
    messages.success(request, told)
    return done


def _led(act: Act, row: Any) -> str:
    act()
    return reverse("plan", args=[row.award_id])

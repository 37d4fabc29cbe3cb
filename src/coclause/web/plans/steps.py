"""Steps of a plan: agreed, done, given up, opened again."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from coclause.hours.models import PlanStep
from coclause.hours.planning import (
    agree_step,
    drop_step,
    finish_step,
    kick_offs,
    may_finish,
    read_as,
    reopen_step,
)
from coclause.organisations.scopes import Scope
from coclause.web.middleware import ScopedRequest
from coclause.web.once import OnceForm, once, sent
from coclause.web.plans.access import planned_award, planned_step, read_step
from coclause.web.plans.forms import GiveUpForm, StepForm


def step_new(request: ScopedRequest, pk: int) -> HttpResponse:
    """Add a step agreed with the company and the buyer."""
    scope, award = request.scope, planned_award(pk, request.scope)
    step = PlanStep(award=award)
    form = StepForm(kick_offs(award), scope.day, request.POST or None, instance=step)
    done = sent(request, form, lambda: _saved(scope, form), "L’étape est au plan.")
    return done or _page(request, award, form)


def step_edit(request: ScopedRequest, pk: int) -> HttpResponse:
    """Change a step that still waits."""
    scope, step = request.scope, planned_step(pk, request.scope)
    meetings, initial = kick_offs(step.award), {"seen": read_as(step)}
    form = StepForm(meetings, scope.day, request.POST or None, instance=step, initial=initial)
    done = sent(request, form, lambda: _saved(scope, form), "L’étape est modifiée.")
    return done or _page(request, step.award, form, step=step)


@require_POST
def step_done(request: ScopedRequest, pk: int) -> HttpResponse:
    """Say that a step is done. A `Conflict` is told on a page of its own."""
    scope, step = request.scope, read_step(pk, request.scope)
    if not may_finish(step, scope):
        raise PermissionDenied
    return _acted(request, step, lambda: finish_step(scope, step), "L’étape est faite.")


@require_POST
def step_reopen(request: ScopedRequest, pk: int) -> HttpResponse:
    """The step was said done, or given up, by mistake."""
    scope, step = request.scope, planned_step(pk, request.scope)
    told = "L’étape est de nouveau à faire."
    return _acted(request, step, lambda: reopen_step(scope, step), told)


def step_drop(request: ScopedRequest, pk: int) -> HttpResponse:
    """Give a step up, and say why."""
    scope, step = request.scope, planned_step(pk, request.scope)
    form = GiveUpForm(request.POST or None)

    def act() -> str:
        drop_step(scope, step, form.cleaned_data["reason"])
        return reverse("plan", args=[step.award_id])

    done = sent(request, form, act, "L’étape est abandonnée. Le motif reste lisible.")
    if done:
        return done
    context = {
        "form": form,
        "step": step,
        "award": step.award,
        "operation": step.award.lot.contract.operation,
    }
    return render(request, "plans/drop.html", context)


def _acted(
    request: ScopedRequest, step: PlanStep, act: Callable[[], object], told: str
) -> HttpResponse:
    form = OnceForm(request.POST)
    if not form.is_valid():
        return redirect("plan", step.award_id)

    def acted() -> str:
        act()
        return reverse("plan", args=[step.award_id])

    done = once(request, form.cleaned_data["once"], acted)
    messages.success(request, told)
    return done


def _saved(scope: Scope, form: StepForm) -> str:
    step = agree_step(scope, form.instance, seen=form.cleaned_data["seen"] or None)
    return reverse("plan", args=[step.award_id])


def _page(
    request: ScopedRequest, award: Any, form: StepForm, step: PlanStep | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "award": award,
        "operation": award.lot.contract.operation,
        "step": step,
        "title": "Modifier une étape" if step else "Ajouter une étape",
    }
    return render(request, "plans/step.html", context)

"""Writing how the hours of an award will be done."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from coclause.hours.models import PlannedHours
from coclause.hours.planning import drop_hours, plan_hours, read_as
from coclause.organisations.scopes import Scope
from coclause.web.middleware import ScopedRequest
from coclause.web.once import OnceForm, once, sent
from coclause.web.plans.access import planned_award, planned_line
from coclause.web.plans.forms import HoursForm


def hours_new(request: ScopedRequest, pk: int) -> HttpResponse:
    """Add hours to the plan."""
    scope, award = request.scope, planned_award(pk, request.scope)
    first = max(award.starts_on, min(scope.day, award.ends_on))
    initial = {"starts_on": first, "ends_on": award.ends_on}
    form = HoursForm(request.POST or None, instance=PlannedHours(award=award), initial=initial)
    done = sent(request, form, lambda: _saved(scope, form), "Ces heures sont au plan.")
    return done or _page(request, award, form)


def hours_edit(request: ScopedRequest, pk: int) -> HttpResponse:
    """Change a line of the plan."""
    scope, line = request.scope, planned_line(pk, request.scope)
    initial = {"seen": read_as(line)}
    form = HoursForm(request.POST or None, instance=line, initial=initial)
    done = sent(request, form, lambda: _saved(scope, form), "Le plan est modifié.")
    return done or _page(request, line.award, form, line=line)


@require_POST
def hours_drop(request: ScopedRequest, pk: int) -> HttpResponse:
    """Take a line away from the plan."""
    scope, line = request.scope, planned_line(pk, request.scope)
    form = OnceForm(request.POST)
    if not form.is_valid():
        return redirect("plan", line.award_id)

    def act() -> str:
        drop_hours(scope, line)
        return reverse("plan", args=[line.award_id])

    done = once(request, form.cleaned_data["once"], act)
    messages.success(request, "La ligne est retirée du plan.")
    return done


def _saved(scope: Scope, form: HoursForm) -> str:
    line = plan_hours(scope, form.instance, seen=form.cleaned_data["seen"] or None)
    return reverse("plan", args=[line.award_id])


def _page(
    request: ScopedRequest, award: Any, form: HoursForm, line: PlannedHours | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "award": award,
        "operation": award.lot.contract.operation,
        "line": line,
        "title": "Modifier des heures prévues" if line else "Prévoir des heures",
    }
    return render(request, "plans/hours.html", context)

"""The front page, and the one-click doors of the demonstration."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from coclause.core.models import User
from coclause.web.dashboard.asking import last_complete_year, years_with_hours
from coclause.web.dashboard.views import words
from coclause.web.middleware import ScopedRequest
from coclause.web.public.figures import year_of

FIGURES = (
    "hours_validated",
    "beneficiaries",
    "operations_followed",
    "facilitators",
    "facilitators_fte",
)


def personas() -> list[Any]:
    """Who may be entered as in the demonstration; nobody anywhere else."""
    if not settings.DEMO:
        return []
    made = getattr(import_module("coclause.demo"), "personas", list)
    found: list[Any] = made()
    return found


@login_not_required
def home(request: ScopedRequest) -> HttpResponse:
    """What it is, for whom, and the region's last complete year."""
    day = request.scope.day
    year = last_complete_year(years_with_hours(settings.HOME_REGION, day), day)
    found = year_of(str(year), day, FIGURES)
    context = {
        "personas": personas(),
        "year": found.year,
        "region": found.shown["hours_validated"].perimeter,
        "tiles": [(found.shown[code], words(found.shown[code])) for code in FIGURES],
        "has_hours": bool(found.shown["hours_validated"].value),
    }
    return render(request, "public/home.html", context)


@login_not_required
@require_POST
def demo_enter(request: ScopedRequest) -> HttpResponse:
    """Signs in as one of the demonstration's personas, and as nobody else."""
    email = request.POST.get("persona", "")
    if email not in {persona.email for persona in personas()}:
        raise Http404
    login(request, get_object_or_404(User, email=email, is_active=True))
    return redirect("desk")

"""The front page, and the one-click doors of the demonstration."""

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from coclause import demo
from coclause.core.models import User
from coclause.reports.key_figures import TILES
from coclause.web.door.forms import DoorForm
from coclause.web.middleware import ScopedRequest
from coclause.web.public.figures import year_of


def personas() -> list[demo.Persona]:
    """Who may be entered as in the demonstration; nobody anywhere else."""
    return demo.personas() if settings.DEMO else []


@login_not_required
def home(request: ScopedRequest) -> HttpResponse:
    """The front door, the region's last complete year, what it is and for whom."""
    year = year_of(None, request.scope.day, TILES)
    perimeter = year.found.figures["hours_validated"].perimeter
    context = {
        "form": DoorForm(),
        "personas": personas(),
        "year": year,
        "perimeter": perimeter,
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

"""Pages that explain: definitions, sources, states of a clause, accessibility, personal data."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from coclause.clauses.states import TRANSITIONS, TURN, ClauseState, Turn
from coclause.core.models import Parameter
from coclause.reference.models import Dataset


@login_not_required
def definitions(request: HttpRequest) -> HttpResponse:
    parameters = Parameter.objects.order_by("code", "period")
    return render(request, "public/definitions.html", {"parameters": parameters})


@login_not_required
def sources(request: HttpRequest) -> HttpResponse:
    return render(request, "public/sources.html", {"datasets": Dataset.objects.order_by("title")})


@login_not_required
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "public/accessibility.html")


@login_not_required
def personal_data(request: HttpRequest) -> HttpResponse:
    return render(request, "public/personal_data.html")


@dataclass(frozen=True)
class Change:
    """One line of the published table: from a state to another, by whom."""

    label: str
    source: str
    target: str
    by: str
    reason_needed: bool


@login_not_required
def states(request: HttpRequest) -> HttpResponse:
    """The table that the database itself applies, printed as it is."""
    changes = [
        Change(
            label=change.label,
            source=source.label,
            target=change.target.label,
            by=" ou ".join(turn.label.lower() for turn in change.by),
            reason_needed=change.reason_needed,
        )
        for source in ClauseState
        for change in TRANSITIONS
        if source in change.sources
    ]
    turns = [(state, TURN[state], TURN[state] == Turn.NOBODY) for state in ClauseState]
    return render(request, "public/states.html", {"changes": changes, "turns": turns})

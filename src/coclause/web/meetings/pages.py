"""The meetings of an operation: said, moved and cancelled by its referent host."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from coclause.clauses.meeting import arrange, cancel, read_as
from coclause.clauses.models import Meeting, Operation
from coclause.clauses.permissions import is_referent
from coclause.organisations.scopes import Scope
from coclause.web.meetings.forms import CancelForm, MeetingForm
from coclause.web.middleware import ScopedRequest
from coclause.web.once import OnceForm, sent


def meeting_new(request: ScopedRequest, pk: int) -> HttpResponse:
    """Plan a meeting."""
    scope, operation = request.scope, _referred(pk, request.scope)
    form = MeetingForm(request.POST or None, instance=Meeting(operation=operation))
    done = sent(request, form, lambda: _saved(scope, form), "La réunion est prévue.")
    return done or _page(request, "meetings/form.html", operation, form)


def meeting_edit(request: ScopedRequest, pk: int) -> HttpResponse:
    """Move a meeting, or say more of it."""
    scope = request.scope
    meeting = _meeting(pk, scope)
    form = MeetingForm(request.POST or None, instance=meeting, initial={"seen": read_as(meeting)})
    done = sent(request, form, lambda: _saved(scope, form), "La réunion est modifiée.")
    if done:
        return done
    found = _meeting(pk, scope)
    return _page(request, "meetings/form.html", found.operation, form, meeting=found)


def meeting_cancel(request: ScopedRequest, pk: int) -> HttpResponse:
    """Say that it will not be held, and why."""
    scope = request.scope
    meeting = _meeting(pk, scope)
    form = CancelForm(request.POST or None)

    def act() -> str:
        cancel(scope, meeting, form.cleaned_data["reason"])
        return reverse("operation", args=[meeting.operation_id])

    done = sent(request, form, act, "La réunion est annulée. Le motif reste lisible.")
    return done or _page(request, "meetings/cancel.html", meeting.operation, form, meeting=meeting)


def _saved(scope: Scope, form: MeetingForm) -> str:
    meeting = arrange(scope, form.instance, seen=form.cleaned_data["seen"] or None)
    return reverse("operation", args=[meeting.operation_id])


def _meeting(pk: int, scope: Scope) -> Meeting:
    """The meeting, for the referent host: 404 out of the scope, 403 for others."""
    rows = Meeting.objects.filter(operation__in=Operation.objects.visible_to(scope))
    meeting = get_object_or_404(rows.select_related("operation"), pk=pk)
    if not is_referent(meeting.operation, scope):
        raise PermissionDenied
    return meeting


def _referred(pk: int, scope: Scope) -> Operation:
    """The operation, for its referent host: 404 out of the scope, 403 for others."""
    operation = get_object_or_404(Operation.objects.visible_to(scope), pk=pk)
    if not is_referent(operation, scope):
        raise PermissionDenied
    return operation


def _page(
    request: ScopedRequest, template: str, operation: Operation, form: OnceForm, **more: Any
) -> HttpResponse:
    context = {"form": form, "operation": operation, "meeting": None}
    return render(request, template, context | more)

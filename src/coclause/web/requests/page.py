"""The page of a request: what to do, the need and what was answered, the exchange, the mails."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from coclause.clauses.models import Operation
from coclause.core.outbox import mails_about
from coclause.network.choices import EntryKind
from coclause.network.models import RequestEntry
from coclause.organisations.scopes import Scope
from coclause.web.clauses.access import frame
from coclause.web.door.showing import facts_of
from coclause.web.middleware import ScopedRequest
from coclause.web.requests.access import Seen, seen
from coclause.web.requests.forms import ActForm, ReplyForm, WriteForm
from coclause.web.requests.told import (
    is_late,
    next_step,
    state_kind,
    told_estimate,
    told_verdict,
)

FOR_COLLEAGUES = (EntryKind.REROUTED, EntryKind.TAKEN)
"""Lines that a buyer sees without their text, which speaks to colleagues. Notes it never sees."""


def request_page(request: ScopedRequest, pk: int) -> HttpResponse:
    """A request, for who answers it, its region's coordination and its buyer."""
    return shown(request, seen(pk, request.scope))


def shown(request: ScopedRequest, found: Seen, **forms: Any) -> HttpResponse:
    """The page, with `forms` in place of the blank ones: those being corrected."""
    asked, day = found.request, request.scope.day
    bound = any(form.is_bound for form in forms.values())
    context = {
        "frame": frame(request.scope),
        "seen": found,
        "asked": asked,
        "kind": state_kind(asked, network=found.answers, day=day),
        "late": is_late(asked, day),
        "step": next_step(found, day),
        "facts": facts_of(asked),
        "verdict": told_verdict(asked),
        "estimate": told_estimate(asked),
        "entries": entries(found),
        "operation": _operation(found, request.scope),
        "mails": list(mails_about(asked)) if found.answers else [],
        "take_form": ActForm(),
        "write_form": WriteForm(found.writings),
        "reply_form": ReplyForm(),
        "withdraw_form": ActForm(),
        **forms,
    }
    return render(request, "requests/request.html", context, status=422 if bound else 200)


def entries(found: Seen) -> list[tuple[RequestEntry, str]]:
    """The exchange in order, each line with the text that the reader may read."""
    rows = found.request.entries.select_related("author").order_by("at", "pk")
    if found.answers:
        return [(row, row.text) for row in rows]
    kept = rows.exclude(kind=EntryKind.NOTE)
    return [(row, "" if row.kind in FOR_COLLEAGUES else row.text) for row in kept]


def _operation(found: Seen, scope: Scope) -> Operation | None:
    """The operation it became, when the reader may open its page."""
    if found.request.operation_id is None:
        return None
    return Operation.objects.visible_to(scope).filter(pk=found.request.operation_id).first()

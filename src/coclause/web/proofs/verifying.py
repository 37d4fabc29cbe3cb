"""Verifying a document by its code, open to everybody: valid or not, what it is, when."""

from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from coclause.core import throttle
from coclause.core.actor import acting_as
from coclause.core.parameters import parameter
from coclause.hours.proofs.numbering import LONGEST_TYPED, code_in
from coclause.hours.proofs.verifying import verified
from coclause.web.door.links import private
from coclause.web.door.senders import sender_of
from coclause.web.middleware import ScopedRequest

HOUR = timedelta(hours=1)
TASK = "verification"


@login_not_required
@require_safe
def verify(request: ScopedRequest) -> HttpResponse:
    """Where a code is typed; a code typed leads to its own address."""
    typed = request.GET.get("code", "").strip()
    if not typed:
        return private(render(request, "proofs/verify.html"))
    code = code_in(typed)
    if code is not None:
        return private(redirect("verify-code", code))
    return _answer(request, typed)


@login_not_required
@require_safe
def verify_code(request: ScopedRequest, code: str) -> HttpResponse:
    """The answer, whatever the case and the hyphens of the code."""
    return _answer(request, code)


def _answer(request: ScopedRequest, typed: str) -> HttpResponse:
    if not _allowed(request):
        return private(render(request, "proofs/verify.html", {"too_many": True}, status=429))
    found = verified(typed)
    context = {"asked": code_in(typed) or typed[:LONGEST_TYPED], "found": found, "answered": True}
    status = 200 if found else 404
    return private(render(request, "proofs/verify.html", context, status=status))


def _allowed(request: ScopedRequest) -> bool:
    """Count one code tried from that place."""
    day = request.scope.day
    most = int(parameter("verifications_per_hour", day))
    name = throttle.bucket("verify", sender_of(request))
    with acting_as(TASK, day=day):
        return throttle.allow(name, most=most, within=HOUR, now=timezone.now())

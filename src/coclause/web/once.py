"""A form sent twice (double click, page sent again) acts once, and leads to the same place.

Each form carries a random token. The act and the trace of its token are written in one
transaction, the trace under a unique key: of two sendings at once, the second waits for the first,
then goes where it led. A refused act leaves no trace, so that the corrected form may be sent.
The traces live in the table of sessions, which forgets them when they expire.
"""

import hashlib
import secrets
from collections.abc import Callable
from datetime import timedelta

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone

from coclause.core.refusals import Refused
from coclause.web.middleware import ScopedRequest

KEPT = timedelta(days=2)
"""How long a sending is remembered."""


def new_token() -> str:
    return secrets.token_urlsafe(24)


class OnceForm(forms.Form):
    """A form that carries its token; what it does goes through `once`."""

    once = forms.CharField(
        widget=forms.HiddenInput, initial=new_token, required=False, max_length=64
    )


def _itself(told: str) -> str:
    return told


def once(
    request: ScopedRequest,
    token: str,
    act: Callable[[], str],
    *,
    address: Callable[[str], str] = _itself,
) -> HttpResponseRedirect:
    """Run `act`, which returns the address of what it made, unless this form was already sent.

    Without a token the act simply runs. A `Refused` raised by the act goes through. Where the
    address itself is a secret, `act` returns what `address` makes it from: that alone is stored.
    """
    if not token:
        return redirect(address(act()))
    with transaction.atomic():
        trace, first = Session.objects.get_or_create(
            session_key=_key(request, token),
            defaults={"session_data": "", "expire_date": timezone.now() + KEPT},
        )
        if first:
            led_to = act()
            trace.session_data = SessionStore().encode({"address": led_to})
            trace.save(update_fields=["session_data"])
    if not first:
        led_to = SessionStore().decode(trace.session_data).get("address", "/")
        messages.info(request, "Ce formulaire était déjà envoyé : voici ce qu’il a enregistré.")
    return redirect(address(led_to))


def sent(
    request: ScopedRequest, form: OnceForm, act: Callable[[], str], done: str
) -> HttpResponse | None:
    """Run the act of a valid form once, then say what is done; None leaves the page to be shown,
    with what refused it.
    """
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        answer = once(request, form.cleaned_data["once"], act)
    except Refused as refusal:
        form.add_error(None, refusal.sentence)
        return None
    messages.success(request, done)
    return answer


def _key(request: ScopedRequest, token: str) -> str:
    """Not a key that a browser could ever present: the token itself is never stored.

    A stranger is told apart by the secret of its browser's forms, so that a token seen by another
    (a page kept by a cache on the way) leads nobody else to what was sent.
    """
    whom = request.user.pk or f"stranger:{request.COOKIES.get(settings.CSRF_COOKIE_NAME, '')}"
    told = f"{whom}:{request.path}:{token}"
    return "once" + hashlib.sha256(told.encode()).hexdigest()[:36]

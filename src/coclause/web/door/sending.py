"""Sending a request: who asks, beside what is asked and who will answer."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from coclause.clauses.duty import told
from coclause.core.outbox import mails_about
from coclause.core.refusals import Refused
from coclause.network.choices import Channel
from coclause.network.door import Answer, told_estimate
from coclause.network.models import BuyerRequest
from coclause.network.requests.receiving import receive
from coclause.organisations.models import Organisation
from coclause.web.door.asking import answered, asked_of
from coclause.web.door.forms import ContactForm
from coclause.web.door.links import acting, desk_address, follow_address, follow_path, private
from coclause.web.door.senders import must_be_allowed
from coclause.web.door.showing import Shown
from coclause.web.middleware import ScopedRequest
from coclause.web.once import once


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: ScopedRequest) -> HttpResponse:
    """The need stays in the address; who asks is typed here, and nowhere else."""
    asked = asked_of(request)
    found = answered(request, asked)
    if found is None or not found.answered_by_somebody:
        return redirect(f"{reverse('door')}?{request.GET.urlencode()}")
    buyers = _buyers_of(request)
    form = ContactForm(buyers, request.POST or None, initial=_known_of(request))
    if request.method == "POST" and form.is_valid():
        try:
            return private(_sent(request, form, found))
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
    context = {"form": form, "shown": Shown(found), "query": asked.query, "buyers": buyers}
    return private(render(request, "door/send.html", context))


def _sent(request: ScopedRequest, form: ContactForm, found: Answer) -> HttpResponse:
    def act() -> str:
        now = timezone.now()
        with acting(request):
            must_be_allowed(request, day=request.scope.day, now=now)
            made = receive(
                found.need,
                form.contact(),
                verdict=told(found.verdict),
                estimate=told_estimate(found),
                channel=Channel.DOOR,
                at=now,
                follow=follow_address,
                desk=desk_address(),
                buyer=form.found_buyer,
                author=request.scope.user,
            )
        messages.success(request, _what_happened(made))
        return made.link_key

    # The trace of a sending holds the key alone: it opens nothing without the signature.
    return once(request, form.cleaned_data["once"], act, address=follow_path)


def _what_happened(made: BuyerRequest) -> str:
    sentence = f"Votre demande {made.reference} est envoyée."
    if mails_about(made).filter(kind="request.received").exists():
        return f"{sentence} Un accusé de réception part à l’adresse que vous avez donnée."
    return (
        f"{sentence} Cette adresse a déjà reçu plusieurs messages aujourd’hui : aucun accusé de"
        " réception ne part. Gardez l’adresse de cette page, elle suit votre demande."
    )


def _buyers_of(request: ScopedRequest) -> list[Organisation]:
    """The organisations for which whoever is signed in buys."""
    scope = request.scope
    return [one.organisation for one in scope.memberships if one.organisation_id in scope.buyers]


def _known_of(request: ScopedRequest) -> dict[str, Any]:
    """What a signed-in buyer need not type."""
    if not request.scope.buyers:
        return {}
    return {"name": str(request.user), "email": request.user.email}

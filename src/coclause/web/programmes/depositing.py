"""Sending a purchase programme: the file, and who sends it."""

from datetime import timedelta
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from coclause.core import throttle
from coclause.core.outbox import mails_about
from coclause.core.parameters import parameter
from coclause.core.refusals import Refused
from coclause.network.models import Programme
from coclause.network.programmes.links import path_of
from coclause.network.programmes.receiving import receive_programme
from coclause.organisations.models import Organisation
from coclause.web.door.forms import home_region
from coclause.web.door.links import acting, private
from coclause.web.door.senders import must_be_allowed, sender_of
from coclause.web.middleware import ScopedRequest
from coclause.web.once import once
from coclause.web.programmes.access import frame_of
from coclause.web.programmes.forms import DepositForm

HOUR = timedelta(hours=1)
OPENED_FOR_ONE_SENT = 3
"""Files opened for each one accepted: a buyer may correct its file and try again."""


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def programme_new(request: ScopedRequest) -> HttpResponse:
    """Choose the file; what cannot be read is said beside it, and nothing is kept."""
    scope = request.scope
    buyers = [one.organisation for one in scope.memberships if one.organisation_id in scope.buyers]
    form = DepositForm(
        buyers,
        request.POST or None,
        request.FILES or None,
        initial=_known(request, buyers),
        may_open=partial(_may_open, request),
    )
    if request.method == "POST" and form.is_valid():
        try:
            return private(_received(request, form))
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
    context = {"form": form, "buyers": buyers, "frame": frame_of(request)}
    return private(render(request, "programmes/new.html", context))


def _received(request: ScopedRequest, form: DepositForm) -> HttpResponse:
    def act() -> str:
        now = timezone.now()
        commune, buyer = form.found_commune, form.found_buyer
        region = (buyer.region if buyer else None) or (commune and commune.departement.region)
        with acting(request):
            must_be_allowed(request, day=request.scope.day, now=now)
            made = receive_programme(
                form.upload,
                form.contact(),
                region=region or home_region(),
                at=now,
                law_buyer=form.cleaned_data["law_buyer"],
                commune=commune,
                year=form.cleaned_data["year"],
                buyer=buyer,
                author=request.user if request.user.is_authenticated else None,
            )
        messages.success(request, _what_happened(made))
        return made.link_key

    return once(request, form.cleaned_data["once"], act, address=path_of)


def _may_open(request: ScopedRequest) -> None:
    """Count one file to open, whatever becomes of it: opening is work. Raises `Refused`."""
    most = OPENED_FOR_ONE_SENT * int(parameter("front_door_per_hour", request.scope.day))
    counter = throttle.bucket("programme", sender_of(request))
    with acting(request):
        allowed = throttle.allow(counter, most=most, within=HOUR, now=timezone.now())
    if not allowed:
        raise Refused(
            "Trop de fichiers sont partis d’ici depuis une heure : recommencez dans une heure."
        )


def _what_happened(made: Programme) -> str:
    sentence = "Votre fichier est lu. Vérifiez ses colonnes : l’analyse commence ensuite."
    if mails_about(made).filter(kind="programme.received").exists():
        return f"{sentence} Le lien de cette page part à l’adresse que vous avez donnée."
    return (
        f"{sentence} Cette adresse a déjà reçu plusieurs messages aujourd’hui : aucun courriel ne"
        " part. Gardez l’adresse de cette page."
    )


def _known(request: ScopedRequest, buyers: list[Organisation]) -> dict[str, Any]:
    """What a signed-in buyer need not type."""
    if not buyers:
        return {}
    return {"name": str(request.user), "email": request.user.email}

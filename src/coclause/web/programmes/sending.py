"""Lines become requests, in one action."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from coclause.core.refusals import Refused
from coclause.network.programmes.links import path_of
from coclause.network.programmes.receiving import ask_to_send
from coclause.render.numbers import integer
from coclause.web.door.links import acting, private
from coclause.web.door.senders import must_be_allowed
from coclause.web.middleware import ScopedRequest
from coclause.web.once import once
from coclause.web.programmes.access import closed_page, of_link
from coclause.web.programmes.forms import SendForm
from coclause.web.programmes.results import due_lines


@login_not_required
@require_POST
def send_lines(request: ScopedRequest, link: str) -> HttpResponse:
    """Ticked lines, or all those under the duty; a line already sent does not leave again."""
    held = of_link(request, link)
    if held.closed:
        return closed_page(request)
    if not held.acts:
        raise PermissionDenied
    programme = held.programme
    form = SendForm(request.POST)

    def act() -> str:
        now = timezone.now()
        author = request.user if request.user.is_authenticated else None
        wanted = form.cleaned_data["line"]
        if form.cleaned_data["what"] == form.DUE:
            wanted = due_lines(programme, author)
        with acting(request):
            must_be_allowed(request, day=request.scope.day, now=now)
            many = ask_to_send(programme, wanted, at=now, by=author)
        what = "1 demande part" if many == 1 else f"{integer(many)} demandes partent"
        messages.success(request, f"{what} : un seul accusé de réception arrivera par courriel.")
        return programme.link_key

    if not form.is_valid():
        messages.error(request, "Cochez les lignes à envoyer, puis envoyez-les.")
        return private(redirect(path_of(programme.link_key)))
    try:
        return private(once(request, form.cleaned_data["once"], act, address=path_of))
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    return private(redirect(path_of(programme.link_key)))

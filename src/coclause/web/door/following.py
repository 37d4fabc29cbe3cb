"""Following a request by its link: where it stands, the exchange, answering back, withdrawing."""

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from coclause.core.models import User
from coclause.core.refusals import Refused
from coclause.network import links
from coclause.network.choices import EntryKind
from coclause.network.models import BuyerRequest, RequestEntry
from coclause.network.requests.answering import reply, withdraw
from coclause.network.states import CLOSE, REPLY, RequestState
from coclause.web.door.forms import ReplyForm
from coclause.web.door.links import acting, desk_address, follow_address, follow_path, private
from coclause.web.door.senders import must_not_flood
from coclause.web.door.showing import facts_of, range_in_words, state_in_words
from coclause.web.middleware import ScopedRequest
from coclause.web.once import once
from coclause.web.verdicts import verdict_title

READ_BY_BUYER = (EntryKind.QUESTION, EntryKind.ANSWER, EntryKind.REPLY, EntryKind.CLOSED)
"""Entries whose words are the buyer's to read; of the others, only that they happened."""
MAY_WRITE = (RequestState.NEW, RequestState.TAKEN, *REPLY.sources)


@dataclass(frozen=True)
class Line:
    """One step of the exchange as the buyer reads it."""

    day: date
    who: str
    label: str
    text: str


@login_not_required
@require_safe
def follow(request: ScopedRequest, link: str) -> HttpResponse:
    """Where the request stands, for whoever holds its link."""
    found = _of_link(link)
    if found.link_until < request.scope.day:
        return private(render(request, "door/closed_link.html", status=410))
    return private(_page(request, found, link, ReplyForm()))


@login_not_required
@require_POST
def reply_to(request: ScopedRequest, link: str) -> HttpResponse:
    """The buyer writes back; what is refused is still there to be corrected."""
    found = _of_link(link)
    if found.link_until < request.scope.day:
        return private(render(request, "door/closed_link.html", status=410))
    form = ReplyForm(request.POST)

    def act() -> str:
        now = timezone.now()
        with acting(request):
            must_not_flood(found.link_key, day=request.scope.day, now=now)
            reply(
                found,
                form.cleaned_data["text"],
                author=_author(request, found),
                at=now,
                desk=desk_address(),
            )
        messages.success(request, "Votre message est envoyé. La réponse arrivera par courriel.")
        return found.link_key

    if form.is_valid():
        try:
            return private(once(request, form.cleaned_data["once"], act, address=follow_path))
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
    return private(_page(request, found, link, form))


@login_not_required
@require_POST
def withdraw_it(request: ScopedRequest, link: str) -> HttpResponse:
    """The buyer takes its request back: nobody works on it any more."""
    found = _of_link(link)
    if found.link_until < request.scope.day:
        return private(render(request, "door/closed_link.html", status=410))
    try:
        with acting(request):
            withdraw(found, author=_author(request, found), at=timezone.now(), desk=desk_address())
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, "Votre demande est retirée : personne n’y travaille plus.")
    return private(redirect(follow_path(found.link_key)))


def _of_link(link: str) -> BuyerRequest:
    """The request of a link that this site wrote; nothing else is found."""
    key = links.read(link)
    if key is None:
        raise Http404
    rows = BuyerRequest.objects.select_related(
        "organisation", "facilitator", "commune__departement"
    )
    found = rows.filter(link_key=key).first()
    if found is None:
        raise Http404
    return found


def _page(request: ScopedRequest, found: BuyerRequest, link: str, form: ReplyForm) -> HttpResponse:
    estimate = found.estimate or {}
    context = {
        "request_": found,
        "link": link,
        "address": follow_address(link),
        "form": form,
        "state": state_in_words(found),
        "mine": found.state == RequestState.ASKED,
        "over": found.state in (RequestState.OPENED, RequestState.CLOSED),
        "may_write": found.state in MAY_WRITE,
        "may_withdraw": found.state in CLOSE.sources,
        "facts": facts_of(found),
        "verdict": verdict_title(str(found.verdict.get("duty", "")), found.kind),
        "hours": range_in_words(estimate.get("low"), estimate.get("high")),
        "lines": [_line(one) for one in _entries(found)],
    }
    return render(request, "door/follow.html", context)


def _entries(found: BuyerRequest) -> list[RequestEntry]:
    """The exchange, notes of the network apart."""
    return list(found.entries.exclude(kind=EntryKind.NOTE).select_related("author"))


def _line(entry: RequestEntry) -> Line:
    kind = EntryKind(entry.kind)
    from_buyer = kind in (EntryKind.RECEIVED, EntryKind.REPLY, EntryKind.WITHDRAWN)
    return Line(
        day=entry.day,
        who="Vous" if from_buyer else str(entry.author or ""),
        label=kind.label,
        text=entry.text if kind in READ_BY_BUYER else "",
    )


def _author(request: ScopedRequest, found: BuyerRequest) -> User | None:
    """The signed-in buyer of the request; otherwise its link alone says who acts."""
    own = found.buyer_id is not None and found.buyer_id in request.scope.buyers
    return request.user if own else None

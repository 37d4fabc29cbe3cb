"""Receiving a buyer's request: stored, given to whoever answers, acknowledged by mail."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from coclause.core.journal import record_act
from coclause.core.models import User
from coclause.core.parameters import parameter
from coclause.core.working_days import add_working_days
from coclause.network import links, messages
from coclause.network.choices import Channel, EntryKind
from coclause.network.models import BuyerRequest, RequestEntry
from coclause.network.needs import Contact, Described
from coclause.network.requests.routing import Route, route
from coclause.organisations.models import Organisation

Address = Callable[[str], str]
"""From the signed part of a link to the whole address of its page."""


@transaction.atomic
def receive(
    need: Described,
    contact: Contact,
    *,
    verdict: dict[str, Any],
    estimate: dict[str, Any] | None,
    channel: Channel,
    at: datetime,
    follow: Address | None = None,
    desk: str = "",
    found: Route | None = None,
    buyer: Organisation | None = None,
    author: User | None = None,
) -> BuyerRequest:
    """Keep a request with what the buyer was told, and tell whoever answers.

    `follow` gives the address by which the buyer follows it, `desk` that of the desk of whoever
    answers; without `follow` no message is written, the caller tells of several at once. `found`
    is who answers, when known. `buyer` when who asks is signed in for it. Abuse was limited.
    """
    day = timezone.localdate(at)
    found = found or route(
        need.region,
        need.commune,
        several_sites=need.several_sites,
        siret=contact.buyer_siret,
        day=day,
    )
    request = BuyerRequest.objects.create(
        **_asked_by(contact),
        channel=channel,
        received_on=day,
        received_at=at,
        buyer=buyer,
        verdict=verdict,
        estimate=estimate,
        organisation=found.organisation,
        facilitator=found.user,
        route=found.why[:300],
        state_since=day,
        answer_by=add_working_days(day, int(parameter("front_door_promise", day))),
        link_key=links.new_key(),
        link_until=links.opens_until(day),
        **vars(need),
    )
    _note(request, author)
    if follow is not None:
        messages.acknowledge(request, follow(links.written(request.link_key)))
        messages.announce(request, desk)
    return request


def _asked_by(contact: Contact) -> dict[str, str]:
    """Who asks, as the request keeps it."""
    return {
        "buyer_name": contact.buyer_name,
        "buyer_siret": contact.buyer_siret,
        "contact_name": contact.name,
        "contact_email": contact.email,
        "contact_phone": contact.phone,
        "message": contact.message,
    }


def _note(request: BuyerRequest, author: User | None) -> None:
    day, at = request.received_on, request.received_at
    RequestEntry.objects.create(
        request=request, kind=EntryKind.RECEIVED, author=author, day=day, at=at
    )
    record_act(
        author,
        "request.received",
        f"Demande {request.reference} reçue : {request.object[:200]}.",
        request,
        day=day,
        at=at,
    )

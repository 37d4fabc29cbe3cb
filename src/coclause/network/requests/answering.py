"""What the network does with a request: take it, pass it on, ask, answer, open, close.

Each act checks who asks, and raises `PermissionDenied` (nothing changed), `Conflict` for whoever
comes second, or `Refused` with a sentence. A buyer acts by its link, or by its account. `at` is the
moment of the act, now when it is not said.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from coclause.clauses.actions import add_contract, open_operation
from coclause.clauses.models import Contract, Lot, Operation
from coclause.core.journal import record_act
from coclause.core.models import User
from coclause.core.refusals import Conflict, Refused
from coclause.network import links, messages
from coclause.network.choices import FIRST_ANSWERS, EntryKind
from coclause.network.models import BuyerRequest, RequestEntry
from coclause.network.requests.receiving import Address
from coclause.network.requests.routing import coordination_of
from coclause.network.states import (
    ANSWER,
    ASK,
    CLOSE,
    OPEN,
    REPLY,
    REROUTE,
    TAKE,
    Change,
    RequestState,
)
from coclause.organisations.actions import register_organisation
from coclause.organisations.choices import PERSON_ROLES, MemberRole, Role
from coclause.organisations.models import Membership, Organisation
from coclause.organisations.scopes import Scope

LONGEST = 4000
"""Signs of a message."""
WRITING = {EntryKind.QUESTION: ASK, EntryKind.ANSWER: ANSWER}


def may_answer(request: BuyerRequest, scope: Scope) -> bool:
    """Whoever has it in hand, their organisation, and the coordination of the region."""
    return BuyerRequest.objects.answerable_by(scope).filter(pk=request.pk).exists()


def _must_answer(request: BuyerRequest, scope: Scope) -> None:
    """Check the right on the request as it is now, and hold it until the act is over: nobody
    takes what is being passed on.
    """
    held = BuyerRequest.objects.answerable_by(scope).select_for_update().filter(pk=request.pk)
    if not held.exists():
        raise PermissionDenied
    request.refresh_from_db()


@transaction.atomic
def take(scope: Scope, request: BuyerRequest, *, at: datetime | None = None) -> BuyerRequest:
    """Say that one takes care of it; the request is then under one's own name."""
    _must_answer(request, scope)
    held = scope.hosts | scope.organisations(MemberRole.COORDINATOR)
    own = request.organisation_id if request.organisation_id in held else None
    organisation = own or min(
        scope.organisations(MemberRole.FACILITATOR, MemberRole.COORDINATOR), default=None
    )
    _change(request, TAKE, scope.day, organisation_id=organisation, facilitator=scope.user)
    _write(scope, request, EntryKind.TAKEN, f"{scope.user} prend la demande en charge.", at)
    return request


@transaction.atomic
def reroute(
    scope: Scope, request: BuyerRequest, to: Membership | None, *, reason: str, desk: str
) -> BuyerRequest:
    """Give it to another facilitator, or back to the coordination when `to` is None."""
    _must_answer(request, scope)
    reason = _said(reason, "Dites pourquoi : la personne suivante lira ce motif.")
    if to is None:
        organisation = coordination_of(request.region)
        if organisation is None:
            raise Refused("Cette région n’a pas de coordination ici : choisissez un facilitateur.")
        user = None
    else:
        _must_be_reachable(request, to, scope)
        organisation, user = to.organisation, to.user
    if (request.organisation_id, request.facilitator_id) == (
        organisation.pk,
        user.pk if user else None,
    ):
        raise Refused("C’est déjà cette personne qui répond : choisissez-en une autre.")
    changes = {"organisation": organisation, "facilitator": user, "route": reason[:300]}
    if request.state == RequestState.NEW:
        _keep_state(request, RequestState.NEW, changes)
    else:
        _change(request, REROUTE, scope.day, **changes)
    told = f"Confiée à {user or organisation} : {reason}"
    _write(scope, request, EntryKind.REROUTED, told)
    messages.announce(request, desk)
    return request


@transaction.atomic
def ask(scope: Scope, request: BuyerRequest, text: str, *, follow: Address) -> RequestEntry:
    """Ask the buyer something: it answers next."""
    return _write_to_buyer(scope, request, text, EntryKind.QUESTION, follow)


@transaction.atomic
def answer(
    scope: Scope,
    request: BuyerRequest,
    text: str,
    *,
    follow: Address,
    at: datetime | None = None,
) -> RequestEntry:
    """Answer the buyer. The request may still become an operation."""
    return _write_to_buyer(scope, request, text, EntryKind.ANSWER, follow, at=at)


@transaction.atomic
def note(scope: Scope, request: BuyerRequest, text: str) -> RequestEntry:
    """A note for the network alone: the buyer never sees it."""
    _must_answer(request, scope)
    return _write(scope, request, EntryKind.NOTE, _said(text, "Écrivez la note."))


@transaction.atomic
def close(
    scope: Scope,
    request: BuyerRequest,
    reason: str,
    *,
    follow: Address,
    at: datetime | None = None,
) -> BuyerRequest:
    """End it without an operation, with a reason that the buyer reads."""
    _must_answer(request, scope)
    reason = _said(reason, "Dites pourquoi la demande est classée : l’acheteur lira ce motif.")
    _change(request, CLOSE, scope.day)
    entry = _write(scope, request, EntryKind.CLOSED, reason, at)
    messages.write_to_buyer(request, entry, follow(links.written(request.link_key)))
    return request


@transaction.atomic
def open_from(
    scope: Scope,
    request: BuyerRequest,
    operation: Operation,
    host: Organisation,
    *,
    follow: Address,
) -> Operation:
    """Open an operation, its contract and lot 1, from what the request says; tell the buyer.

    `operation` holds the name, the place and the buyer (known, or new and registered here), as
    confirmed by whoever opens it. Raises `Refused` when the region of the host is not known.
    """
    _must_answer(request, scope)
    if host.region is None:
        raise Refused("Votre structure n’a pas de région : demandez à la coordination de la dire.")
    if operation.buyer._state.adding:
        operation.buyer.region = operation.buyer.region or host.region
        operation.buyer = register_organisation(scope, operation.buyer, scope.day)
    operation.region = host.region
    open_operation(scope, operation, host)
    contract = Contract(
        operation=operation,
        kind=request.kind,
        market_type=request.market_type,
        object=request.object,
        cpv=request.cpv,
        amount=None,
        duration_months=request.months,
        estimated_value=request.value,
        notice_on=request.notice_on,
        defense=request.defense,
    )
    add_contract(scope, contract, [Lot(number=1, title=request.object[:300])])
    _change(request, OPEN, scope.day, operation=operation, buyer=operation.buyer)
    entry = _write(scope, request, EntryKind.OPENED, f"Opération ouverte : {operation.name}.")
    messages.write_to_buyer(request, entry, follow(links.written(request.link_key)))
    return operation


@transaction.atomic
def reply(
    request: BuyerRequest,
    text: str,
    *,
    author: User | None,
    at: datetime,
    desk: str,
) -> RequestEntry:
    """The buyer writes back: the network acts next."""
    text = _said(text, "Écrivez votre réponse.")
    day = timezone.localdate(at)
    # Held until the words are kept: nobody closes meanwhile what they are written on.
    BuyerRequest.objects.select_for_update().get(pk=request.pk)
    request.refresh_from_db()
    if request.state in REPLY.sources:
        _change(request, REPLY, day)
    elif request.state not in (RequestState.NEW, RequestState.TAKEN):
        raise Refused("Cette demande est terminée : envoyez-en une nouvelle.")
    entry = RequestEntry.objects.create(
        request=request, kind=EntryKind.REPLY, text=text, author=author, day=day, at=at
    )
    messages.buyer_wrote(request, entry, desk)
    return entry


@transaction.atomic
def withdraw(
    request: BuyerRequest, *, author: User | None, at: datetime, desk: str
) -> BuyerRequest:
    """The buyer takes its request back."""
    day = timezone.localdate(at)
    _change(request, CLOSE, day)
    entry = RequestEntry.objects.create(
        request=request, kind=EntryKind.WITHDRAWN, author=author, day=day, at=at
    )
    record_act(
        author, "request.withdrawn", f"Demande {request.reference} retirée.", request, day=day
    )
    messages.buyer_wrote(request, entry, desk)
    return request


def reachable(request: BuyerRequest, scope: Scope) -> list[Membership]:
    """Who in the region may be given the request that day: facilitators and coordinators."""
    rows = (
        Membership.objects.on(scope.day)
        .filter(
            organisation__region=request.region,
            role__in=(MemberRole.FACILITATOR, MemberRole.COORDINATOR),
            user__is_active=True,
        )
        .select_related("organisation", "user")
    )
    return list(rows.order_by("organisation__name_key", "user__last_name", "pk"))


def forget_contacts(day: date, kept: timedelta) -> int:
    """Erase who asked and what was written, on requests without an exchange for longer than `kept`:
    over, or waiting for a buyer who never wrote back.

    The need, the verdict and the dates stay: they name nobody. A note added later goes at the next
    passage. Returns how many requests were cleared.
    """
    silent = BuyerRequest.objects.filter(
        state__in=(
            RequestState.OPENED,
            RequestState.CLOSED,
            RequestState.ASKED,
            RequestState.ANSWERED,
        ),
        state_since__lt=day - kept,
    )
    RequestEntry.objects.filter(request__in=silent, text__gt="").update(text="")
    blank = dict.fromkeys(("contact_name", "contact_email", "contact_phone", "message"), "")
    named = Q()
    for name in blank:
        named |= Q(**{f"{name}__gt": ""})
    # The reason to pass it on was typed too.
    return silent.filter(named).update(**blank, route="")


def _write_to_buyer(
    scope: Scope,
    request: BuyerRequest,
    text: str,
    kind: EntryKind,
    follow: Address,
    *,
    at: datetime | None = None,
) -> RequestEntry:
    _must_answer(request, scope)
    text = _said(text, "Écrivez le message : l’acheteur le recevra tel quel.")
    named = {} if request.facilitator_id else {"facilitator": scope.user}
    _change(request, WRITING[kind], scope.day, **named)
    entry = _write(scope, request, kind, text, at)
    messages.write_to_buyer(request, entry, follow(links.written(request.link_key)))
    return entry


def _write(
    scope: Scope,
    request: BuyerRequest,
    kind: EntryKind,
    text: str,
    at: datetime | None = None,
) -> RequestEntry:
    """One line of the exchange, and of the journal. The first answer is dated."""
    moment = at or timezone.now()
    entry = RequestEntry.objects.create(
        request=request, kind=kind, text=text, author=scope.user, day=scope.day, at=moment
    )
    if kind in FIRST_ANSWERS and request.answered_on is None:
        request.answered_on = scope.day
        request.save(update_fields=["answered_on"])
    record_act(
        scope.user,
        f"request.{kind}",
        f"{request.reference}, {kind.label.lower()}.",
        request,
        *([request.operation] if request.operation else []),
        day=scope.day,
        at=moment,
    )
    return entry


def _change(request: BuyerRequest, change: Change, day: date, **facts: object) -> None:
    """Compare-and-set: of two at once, one wins, the other is told."""
    changed = BuyerRequest.objects.filter(pk=request.pk, state__in=change.sources).update(
        state=change.target, state_since=day, **facts
    )
    if not changed:
        raise Conflict(
            "Quelqu’un d’autre vient d’agir sur cette demande. Rien n’a été modifié : relisez-la."
        )
    request.refresh_from_db()


def _keep_state(request: BuyerRequest, state: RequestState, facts: Mapping[str, object]) -> None:
    if not BuyerRequest.objects.filter(pk=request.pk, state=state).update(**facts):
        raise Conflict(
            "Quelqu’un d’autre vient d’agir sur cette demande. Rien n’a été modifié : relisez-la."
        )
    request.refresh_from_db()


def _must_be_reachable(request: BuyerRequest, to: Membership, scope: Scope) -> None:
    roles = (*PERSON_ROLES, MemberRole.COORDINATOR)
    network = {Role.HOST, Role.COORDINATION} & {Role(role) for role in to.organisation.roles}
    if not (
        network
        and to.role in roles
        and to.holds_on(scope.day)
        and to.organisation.region_id == request.region_id
    ):
        raise Refused("Cette personne n’est pas en poste dans la région : choisissez-en une autre.")


def _said(text: str, empty: str) -> str:
    text = text.strip()
    if not text:
        raise Refused(empty)
    if len(text) > LONGEST:
        raise Refused(f"Ce texte dépasse {LONGEST} signes : raccourcissez-le.")
    return text

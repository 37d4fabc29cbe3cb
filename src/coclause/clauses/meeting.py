"""Meetings of an operation: said by the referent host, read by the network and the buyer."""

import hashlib
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet

from coclause.clauses.models import Meeting, Operation
from coclause.clauses.permissions import is_referent
from coclause.clauses.queries import linked
from coclause.core.journal import record_act
from coclause.core.refusals import Conflict, Refused
from coclause.organisations.scopes import Scope
from coclause.render.numbers import date_fr


def meetings_to_come(scope: Scope) -> QuerySet[Meeting]:
    """Those of the operations open to the network or to the buyer, from today on, in order."""
    rows = Meeting.objects.filter(linked("operation__", scope), on__gte=scope.day, cancelled="")
    return rows.select_related("operation__buyer").order_by("on", "at", "pk")


def announced(operation: Operation, day: date) -> QuerySet[Meeting]:
    """Its meetings from that day on, in order, the cancelled ones too: people must be told."""
    return operation.meetings.filter(on__gte=day).order_by("on", "at", "pk")


def read_as(meeting: Meeting) -> str:
    """A mark of what a meeting says; it changes with each change."""
    said = (meeting.kind, meeting.on, meeting.at, meeting.place, meeting.note, meeting.cancelled)
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


@transaction.atomic
def arrange(scope: Scope, meeting: Meeting, *, seen: str | None = None) -> Meeting:
    """Save a meeting to come, new or moved. `seen` is `read_as` when the user opened it.

    Raises `Refused` for a day gone by, `Conflict` when it was cancelled or changed meanwhile.
    """
    _must_be_referent(meeting.operation, scope)
    if meeting.on < scope.day:
        raise Refused("Ce jour est passé : donnez la date de la prochaine réunion.")
    moved = meeting.pk is not None
    if moved:
        _must_be_to_come(meeting.pk, scope, seen)
        meeting.save(update_fields=("kind", "on", "at", "place", "note"))
    else:
        meeting.save(force_insert=True)
    told = "déplacée" if moved else "prévue"
    record_act(
        scope.user,
        "meeting.arranged",
        f"{meeting.get_kind_display()} : réunion {told} au {date_fr(meeting.on)}.",
        meeting.operation,
        day=scope.day,
    )
    return meeting


@transaction.atomic
def cancel(scope: Scope, meeting: Meeting, reason: str) -> Meeting:
    """It will not be held; the reason is kept.

    Raises `Refused` without a reason or once it is over, `Conflict` when it is already cancelled.
    """
    _must_be_referent(meeting.operation, scope)
    reason = reason.strip()
    if not reason:
        raise Refused("Donnez le motif : l’acheteur le lira.")
    _must_be_to_come(meeting.pk, scope)
    Meeting.objects.filter(pk=meeting.pk).update(cancelled=reason[:300])
    meeting.refresh_from_db()
    record_act(
        scope.user,
        "meeting.cancelled",
        f"{meeting.get_kind_display()} du {date_fr(meeting.on)} annulée : {reason[:200]}",
        meeting.operation,
        day=scope.day,
    )
    return meeting


def next_meeting(operation: Operation, day: date) -> Meeting | None:
    """The first one from that day on."""
    return operation.meetings.filter(on__gte=day, cancelled="").order_by("on", "at", "pk").first()


def _must_be_to_come(pk: int, scope: Scope, seen: str | None = None) -> None:
    """Locks the meeting: of two people at once, the second is told what the first did."""
    now = Meeting.objects.select_for_update().get(pk=pk)
    if now.cancelled:
        raise Conflict("Cette réunion est déjà annulée : prévoyez-en une autre.")
    if seen and read_as(now) != seen:
        raise Conflict("Cette réunion vient d’être modifiée : relisez-la, puis recommencez.")
    if now.on < scope.day:
        raise Refused("Cette réunion a eu lieu : prévoyez la suivante.")


def _must_be_referent(operation: Operation, scope: Scope) -> None:
    if not is_referent(operation, scope):
        raise PermissionDenied

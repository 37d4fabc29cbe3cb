"""The states of a request and the only changes allowed between them: one table.

The database refuses any other change by a trigger made from it; `requests.py` applies it by
compare-and-set.
"""

from dataclasses import dataclass

from django.db.models import TextChoices


class RequestState(TextChoices):
    NEW = "nouvelle", "Reçue, à prendre"
    TAKEN = "prise", "Prise en charge"
    ASKED = "question", "Question posée à l’acheteur"
    ANSWERED = "repondue", "Répondue"
    OPENED = "operation", "Devenue une opération"
    CLOSED = "classee", "Classée"


S = RequestState
WAITING = (S.NEW, S.TAKEN)
"""Somebody of the network acts next."""
LIVE = (S.NEW, S.TAKEN, S.ASKED, S.ANSWERED)
"""May still be taken, moved, asked, answered, opened or closed."""


@dataclass(frozen=True)
class Change:
    """One allowed change: the states it leaves and the one it reaches."""

    sources: tuple[RequestState, ...]
    target: RequestState


TAKE = Change((S.NEW,), S.TAKEN)
REROUTE = Change((S.TAKEN, S.ASKED, S.ANSWERED), S.NEW)
ASK = Change(LIVE, S.ASKED)
ANSWER = Change(LIVE, S.ANSWERED)
REPLY = Change((S.ASKED, S.ANSWERED), S.TAKEN)
OPEN = Change(LIVE, S.OPENED)
CLOSE = Change(LIVE, S.CLOSED)
CHANGES = (TAKE, REROUTE, ASK, ANSWER, REPLY, OPEN, CLOSE)

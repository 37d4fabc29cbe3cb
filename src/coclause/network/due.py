"""What buyers' requests wait for: from whom, since when, by when. One query for a desk."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, Subquery, Value, When
from django.utils.text import Truncator

from coclause.clauses.due import DueItem
from coclause.clauses.states import Turn
from coclause.core.periods import on_day
from coclause.core.working_days import working_days_between
from coclause.network.choices import EntryKind
from coclause.network.models import BuyerRequest, RequestEntry
from coclause.network.states import WAITING, RequestState
from coclause.organisations.choices import MemberRole
from coclause.organisations.models import Membership
from coclause.organisations.scopes import Scope

QUIET = 10
"""Working days after which something that does not move is shown again: a habit, not a promise."""


@dataclass(frozen=True)
class RequestsDue:
    """Each request once: the user's own turn, whom they wait for, advice without a date."""

    mine: list[DueItem]
    waiting: list[DueItem]
    watch: list[DueItem]


NOTHING = RequestsDue([], [], [])


def due(scope: Scope) -> RequestsDue:
    """What the requests of the user wait for. One query, none without a part in requests."""
    if not _concerned(scope):
        return NOTHING
    own, asked = in_hand(scope), _bought(scope)
    waits = (own & Q(state=RequestState.ASKED)) | (asked & Q(state__in=WAITING))
    quiet = own & Q(state=RequestState.ANSWERED, state_since__lte=quiet_since(scope.day))
    turn = _my_turn(scope)
    rows = (
        BuyerRequest.objects.filter(turn | waits | quiet)
        .annotate(
            own=_told(own),
            bought=_told(asked),
            turn=_told(turn),
            last_step=Subquery(_steps().values("kind")[:1]),
        )
        .select_related("commune", "facilitator", "organisation")
        .order_by("received_at", "pk")
    )
    return _sorted_out(rows)


def count_due(scope: Scope) -> int:
    """How many requests are the user's turn. One query, none without a part in requests."""
    if not _concerned(scope):
        return 0
    return BuyerRequest.objects.filter(_my_turn(scope)).count()


def in_hand(scope: Scope) -> Q:
    """Requests in the user's own hands: under their name, or under that of nobody in post.

    The manager of a host follows all of its requests.
    """
    managed = scope.organisations(MemberRole.HOST_MANAGER)
    own = scope.organisations(MemberRole.FACILITATOR, MemberRole.COORDINATOR)
    in_post = Membership.objects.filter(
        on_day(scope.day),
        user=OuterRef("facilitator"),
        organisation=OuterRef("organisation"),
        user__is_active=True,
    )
    named = Q(facilitator=scope.user) | Q(~Exists(in_post))
    return Q(organisation__in=managed) | (Q(organisation__in=own) & named)


@lru_cache(maxsize=64)
def quiet_since(day: date) -> date:
    """The last day that is at least `QUIET` working days before `day`."""
    since = day
    while working_days_between(since, day) < QUIET:
        since -= timedelta(days=1)
    return since


def _concerned(scope: Scope) -> bool:
    return bool(scope.hosts or scope.coordinated_regions or scope.buyers)


def _bought(scope: Scope) -> Q:
    return Q(buyer__in=scope.buyers)


def _my_turn(scope: Scope) -> Q:
    """The network acts on what it has in hand; the coordination, on what would stay unseen; a
    buyer, on a question.
    """
    late = Q(answered_on__isnull=True, answer_by__lt=scope.day)
    forgotten = Q(answered_on__isnull=False, state_since__lte=quiet_since(scope.day))
    unseen = Q(region__in=scope.coordinated_regions) & (
        Q(organisation__isnull=True) | late | forgotten
    )
    network = Q(in_hand(scope) | unseen, state__in=WAITING)
    buyer = Q(_bought(scope), state=RequestState.ASKED)
    return network | buyer


def _told(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False))


def _steps() -> Any:
    """The steps of a request, notes apart, the last first."""
    rows = RequestEntry.objects.filter(request=OuterRef("pk")).exclude(kind=EntryKind.NOTE)
    return rows.order_by("-at", "-pk")


def _sorted_out(rows: Iterable[Any]) -> RequestsDue:
    found = RequestsDue([], [], [])
    for row in rows:
        if row.turn:
            found.mine.append(_item(row, "reply" if _is_question(row) else _step(row)))
        elif row.state == RequestState.ANSWERED:
            found.watch.append(_item(row, "finish"))
        else:
            found.waiting.append(_item(row, "asked" if row.own else "sent"))
    return found


def _is_question(row: Any) -> bool:
    return bool(row.state == RequestState.ASKED)


def _step(row: Any) -> str:
    """What the network does next with a request that waits for it."""
    if row.organisation_id is None:
        return "assign"
    if not row.own:
        return "unanswered" if row.answered_on is None else "forgotten"
    if row.last_step == EntryKind.REPLY:
        return "replied"
    return "take" if row.state == RequestState.NEW else "answer"


BUYER_WAITS = "l’acheteur attend"

_STEPS: dict[str, tuple[str, str, Turn, str]] = {
    "take": ("Prendre une demande d’acheteur", "Lire la demande", Turn.FACILITATOR, BUYER_WAITS),
    "answer": ("Répondre à un acheteur", "Répondre", Turn.FACILITATOR, BUYER_WAITS),
    "replied": ("Lire ce que l’acheteur a écrit", "Lire", Turn.FACILITATOR, BUYER_WAITS),
    "assign": ("Confier une demande que personne n’a", "Confier", Turn.FACILITATOR, BUYER_WAITS),
    "unanswered": (
        "Demande sans réponse après le jour promis",
        "Voir la demande",
        Turn.FACILITATOR,
        BUYER_WAITS,
    ),
    "forgotten": (
        "Demande sans suite depuis que l’acheteur attend",
        "Voir la demande",
        Turn.FACILITATOR,
        BUYER_WAITS,
    ),
    "finish": (
        "Demande répondue : ouvrir l’opération ou classer",
        "Voir la demande",
        Turn.FACILITATOR,
        "",
    ),
    "asked": ("Réponse de l’acheteur à votre question", "Voir la demande", Turn.BUYER, ""),
    "reply": ("Répondre à la question du réseau", "Répondre", Turn.BUYER, "le facilitateur attend"),
    "sent": ("Réponse du réseau à votre demande", "Voir la demande", Turn.FACILITATOR, ""),
}
"""By step: what to do, the button, whose turn, who waits."""


def _item(row: Any, step: str) -> DueItem:
    what, action, turn, waiting = _STEPS[step]
    promised = row.answered_on is None and step not in ("finish", "asked", "reply")
    return DueItem(
        kind=f"request-{step}",
        what=what,
        about=_about(row, step),
        url_name="request",
        url_args=(row.pk,),
        action=action,
        turn=turn,
        since=row.state_since,
        by=row.answer_by if promised else None,
        waiting=waiting,
    )


def _about(row: Any, step: str) -> str:
    """What helps to recognise a request: its object, its buyer, its place, who has it."""
    holder = row.facilitator or row.organisation
    return " · ".join(
        filter(
            None,
            (
                Truncator(row.object).words(14, truncate="…"),
                row.buyer_name,
                str(row.commune or ""),
                f"chez {holder}" if step in ("unanswered", "forgotten") else "",
            ),
        )
    )

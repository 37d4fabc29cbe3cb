"""What clauses wait for: from whom, since when, by when. The desk composes it with the hours."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, Subquery

from coclause.clauses.choices import HostRole, Instrument
from coclause.clauses.models import Award, Clause, Commitment, Operation, OperationHost
from coclause.clauses.queries import ClauseQuerySet, OperationQuerySet
from coclause.clauses.states import LIVE, ClauseState, Turn
from coclause.core.periods import on_day
from coclause.organisations.choices import MemberRole
from coclause.organisations.scopes import Scope

WAITING_STATES = (
    ClauseState.DRAFT,
    ClauseState.PROPOSED,
    ClauseState.AGREED,
    ClauseState.SUSPENDED,
    ClauseState.ENDED,
)
"""States that wait for somebody by themselves; a running clause waits through its months."""


@dataclass(frozen=True)
class DueItem:
    """One thing to do, as plain data: a page turns `url_name` and `url_args` into a link."""

    kind: str
    what: str
    about: str
    url_name: str
    url_args: tuple[int | str, ...]
    action: str
    turn: Turn
    since: date
    by: date | None = None
    waiting: str = ""
    """Who else waits for it, in a few words."""
    theirs: bool = False
    """Another organisation's turn, even if the user stands on that side elsewhere."""


def followed(path: str, scope: Scope) -> Q:
    """Operations, at `path`, that are the user's own to follow on the day.

    A facilitator follows those under their name, and those of their host under nobody's; the
    manager of a host follows all of them.
    """
    managed = scope.organisations(MemberRole.HOST_MANAGER)
    own = scope.organisations(MemberRole.FACILITATOR)
    if not managed and not own:
        return Q(pk__in=[])
    mine = Q(host__in=own) & (Q(facilitator=scope.user) | Q(facilitator__isnull=True))
    hosts = OperationHost.objects.filter(on_day(scope.day)).filter(Q(host__in=managed) | mine)
    return Q(**{f"{path}__in": hosts.values("operation")})


def waiting_clauses(scope: Scope) -> ClauseQuerySet:
    """Clauses that wait by their state, or run past their end, followed or bought by the user."""
    ends_on = (
        Award.objects.filter(lot=OuterRef("lot"))
        .order_by()
        .values("lot")
        .annotate(last=Max("ends_on"))
        .values("last")
    )
    mine = followed("lot__contract__operation", scope)
    if scope.buyers:
        mine |= Q(lot__contract__operation__buyer__in=scope.buyers, state=ClauseState.PROPOSED)
    return (
        Clause.objects.filter(mine)
        .annotate(ends_on=Subquery(ends_on))
        .filter(Q(state__in=WAITING_STATES) | Q(state__in=LIVE, ends_on__lt=scope.day))
    )


def turns(scope: Scope) -> frozenset[Turn]:
    """Whose turns are the user's own."""
    held = {
        Turn.FACILITATOR: scope.hosts,
        Turn.BUYER: scope.buyers,
        Turn.COMPANY: scope.companies,
    }
    return frozenset(turn for turn, organisations in held.items() if organisations)


def due(scope: Scope) -> list[DueItem]:
    """What the clauses of the user wait for, whoever's turn it is. One query."""
    rows = (
        waiting_clauses(scope)
        .with_context()
        .with_holder(scope.day)
        .annotate(
            awarded=Exists(Award.objects.filter(lot=OuterRef("lot"))),
            has_commitment=Exists(Commitment.objects.filter(clause=OuterRef("pk"))),
        )
        .order_by("state_since", "pk")
    )
    return [_item(row, scope) for row in rows]


def count_due(scope: Scope) -> int:
    """How many of these are the user's turn. One query, none without a role in clauses."""
    if not scope.hosts and not scope.buyers:
        return 0
    rows = waiting_clauses(scope)
    if scope.hosts:
        bought = Q(lot__contract__operation__buyer__in=scope.buyers)
        rows = rows.filter(~Q(state=ClauseState.PROPOSED) | bought)
    return rows.count()


def about(clause: Clause, *more: str | None) -> str:
    """The line under a thing to do: operation, lot, and what else helps to recognise it."""
    lot = clause.lot
    return " · ".join([f"{lot.contract.operation}, lot {lot.number}", *filter(None, more)])


def _item(clause: Any, scope: Scope) -> DueItem:
    step = _STEPS[_step(clause)]
    what, action, turn, waiting = step
    ended = clause.state in LIVE and clause.state != ClauseState.SUSPENDED
    buyer = clause.lot.contract.operation.buyer_id
    return DueItem(
        kind=_step(clause),
        what=what,
        about=about(clause, clause.holder or str(clause.lot.contract.operation.buyer)),
        url_name="clause",
        url_args=(clause.pk,),
        action=action,
        turn=turn,
        since=clause.ends_on + timedelta(days=1) if ended else clause.state_since,
        by=clause.act_by,
        waiting=waiting,
        theirs=turn == Turn.BUYER and buyer not in scope.buyers,
    )


def _step(clause: Any) -> str:
    """Which step a waiting clause is at. `awarded`, `has_commitment` tell agreed ones apart.

    A reserved contract starts without a commitment.
    """
    if clause.state == ClauseState.AGREED:
        if not clause.awarded:
            return "award"
        ready = clause.has_commitment or clause.instrument == Instrument.RESERVED
        return "start" if ready else "commit"
    return _STEP_OF_STATE[clause.state]


_STEP_OF_STATE = {
    ClauseState.DRAFT: "write",
    ClauseState.PROPOSED: "accept",
    ClauseState.RUNNING: "end",
    ClauseState.SUSPENDED: "resume",
    ClauseState.ENDED: "close",
}

_STEPS: dict[str, tuple[str, str, Turn, str]] = {
    "write": ("Finir la rédaction de la clause", "Rédiger", Turn.FACILITATOR, "l’acheteur attend"),
    "accept": (
        "Accepter la clause proposée",
        "Lire la clause",
        Turn.BUYER,
        "le facilitateur attend",
    ),
    "award": ("Enregistrer l’attribution du lot", "Attribuer", Turn.FACILITATOR, ""),
    "commit": ("Enregistrer l’engagement de l’entreprise", "Engager", Turn.FACILITATOR, ""),
    "start": ("Démarrer l’exécution", "Démarrer", Turn.FACILITATOR, "l’entreprise attend"),
    "resume": (
        "Reprendre ou terminer l’exécution suspendue",
        "Voir la clause",
        Turn.FACILITATOR,
        "l’entreprise attend",
    ),
    "end": ("Constater la fin de l’exécution", "Voir la clause", Turn.FACILITATOR, ""),
    "close": ("Clore la clause", "Clore", Turn.FACILITATOR, "l’acheteur attend"),
}
"""By step: what to do, the button, whose turn, who waits."""


def unfollowed_operations(scope: Scope) -> OperationQuerySet:
    """Operations of the coordinated regions that have an open clause and no facilitator today."""
    open_states = [s for s in ClauseState if s not in (ClauseState.CLOSED, ClauseState.DROPPED)]
    held = OperationHost.objects.filter(
        on_day(scope.day),
        operation=OuterRef("pk"),
        role=HostRole.REFERENT,
        facilitator__isnull=False,
    )
    live = Clause.objects.filter(lot__contract__operation=OuterRef("pk"), state__in=open_states)
    return Operation.objects.filter(
        Exists(live), ~Exists(held), region__in=scope.coordinated_regions
    )


def operations_due(scope: Scope) -> Iterable[DueItem]:
    """For a coordination: the operations that nobody follows. One query, none for others."""
    if not scope.coordinated_regions:
        return []
    rows = unfollowed_operations(scope).select_related("buyer", "commune").order_by("pk")
    return [
        DueItem(
            kind="unfollowed",
            what="Désigner qui suit cette opération",
            about=" · ".join(filter(None, (str(row), str(row.buyer), str(row.commune or "")))),
            url_name="operation",
            url_args=(row.pk,),
            action="Voir l’opération",
            turn=Turn.FACILITATOR,
            since=row.created_at.date(),
            waiting="l’acheteur attend",
        )
        for row in rows
    ]

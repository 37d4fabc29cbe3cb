"""Whose turn it is on an operation, from the states of its clauses and the hours that wait."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from coclause.clauses.states import TURN, ClauseState, Turn
from coclause.web.operations.awaiting import Since

ORDER = (Turn.FACILITATOR, Turn.BUYER, Turn.COMPANY)

KIND: dict[str, str] = {
    ClauseState.RUNNING: "ok",
    ClauseState.CLOSED: "off",
    ClauseState.DROPPED: "off",
}
"""Appearance of a state; the others ask for an act."""


@dataclass(frozen=True)
class Whose:
    """ "À vous" or the name of the side that acts next, and since when."""

    who: str
    mine: bool
    since: date | None = None
    reason: str = ""


@dataclass(frozen=True)
class State:
    """The state of a clause, or of several alike."""

    label: str
    kind: str


def state_kind(state: str) -> str:
    return KIND.get(state, "todo")


def whose_turn(
    clauses: Iterable[tuple[str, date]],
    *,
    to_check: bool,
    months: Since,
    sides: frozenset[Turn],
) -> Whose | None:
    """The next turn, the viewer's own first; None when nobody has anything to do.

    `sides` are those the viewer stands for; `months` says who has months to declare, in execution.
    Without any clause, there is one to write.
    """
    waits: dict[Turn, tuple[date | None, str]] = {}
    clauses = list(clauses)
    for state, since in clauses:
        turn = TURN[ClauseState(state)]
        if state == ClauseState.RUNNING:
            waits |= {side: (day, "mois à déclarer") for side, day in months.items()}
            if to_check:
                waits[Turn.FACILITATOR] = (None, "heures à vérifier")
        elif turn != Turn.NOBODY:
            before, reason = waits.get(turn, (since, ""))
            waits[turn] = (min(before, since) if before else None, reason)
    if not clauses:
        waits[Turn.FACILITATOR] = (None, "clause à écrire")
    ranked = sorted(waits, key=lambda turn: (turn not in sides, ORDER.index(turn)))
    if not ranked:
        return None
    turn = ranked[0]
    since_day, reason = waits[turn]
    mine = turn in sides
    return Whose("À vous" if mine else turn.label, mine, since_day, reason)


def states_in_words(states: Iterable[str]) -> list[State]:
    """ "En exécution", or "2 en exécution" when several clauses share a state."""
    counted: dict[str, int] = {}
    for state in states:
        counted[state] = counted.get(state, 0) + 1
    return [
        State(_count(ClauseState(state).label, number), state_kind(state))
        for state, number in sorted(
            counted.items(), key=lambda item: ClauseState.values.index(item[0])
        )
    ]


def _count(label: str, number: int) -> str:
    return label if number == 1 else f"{number} × {label.lower()}"

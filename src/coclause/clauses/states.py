"""The states of a clause and the only changes allowed between them: one table, published as it is.

The database refuses any other change by a trigger made from this table; the page
"États d'une clause" prints it; `change_state` (actions.py) applies it by compare-and-set.
"""

from dataclasses import dataclass

from django.db.models import TextChoices


class ClauseState(TextChoices):
    DRAFT = "projet", "En projet"
    PROPOSED = "proposee", "Proposée à l'acheteur"
    AGREED = "acceptee", "Acceptée, marché à attribuer"
    RUNNING = "en_execution", "En exécution"
    SUSPENDED = "suspendue", "Suspendue"
    ENDED = "achevee", "Achevée, à clore"
    CLOSED = "close", "Close"
    DROPPED = "abandonnee", "Abandonnée"


class Turn(TextChoices):
    """Who acts next."""

    FACILITATOR = "facilitateur", "Le facilitateur"
    BUYER = "acheteur", "L'acheteur"
    COMPANY = "entreprise", "L'entreprise"
    NOBODY = "personne", "Personne"


@dataclass(frozen=True)
class Transition:
    """One allowed change: its name in the address, its button, what it leaves and reaches."""

    name: str
    label: str
    sources: tuple[ClauseState, ...]
    target: ClauseState
    by: tuple[Turn, ...] = (Turn.FACILITATOR,)
    reason_needed: bool = False


SUSPEND, RESUME = "suspendre", "relancer"
"""The two changes that change the calendar of the awards with the state."""

S = ClauseState
TRANSITIONS: tuple[Transition, ...] = (
    Transition("proposer", "Proposer à l’acheteur", (S.DRAFT,), S.PROPOSED),
    Transition(
        "reprendre",
        "Reprendre la rédaction",
        (S.PROPOSED, S.AGREED),
        S.DRAFT,
        by=(Turn.FACILITATOR, Turn.BUYER),
        reason_needed=True,
    ),
    Transition(
        "accepter",
        "Accepter la clause",
        (S.PROPOSED,),
        S.AGREED,
        by=(Turn.BUYER, Turn.FACILITATOR),
    ),
    Transition("demarrer", "Démarrer l’exécution", (S.AGREED,), S.RUNNING),
    Transition(SUSPEND, "Suspendre", (S.RUNNING,), S.SUSPENDED, reason_needed=True),
    Transition(RESUME, "Reprendre l’exécution", (S.SUSPENDED,), S.RUNNING),
    Transition("achever", "Constater la fin", (S.RUNNING, S.SUSPENDED), S.ENDED),
    Transition("rouvrir", "Rouvrir l’exécution", (S.ENDED,), S.RUNNING, reason_needed=True),
    Transition("clore", "Clore la clause", (S.ENDED,), S.CLOSED),
    Transition(
        "abandonner",
        "Abandonner la clause",
        (S.DRAFT, S.PROPOSED, S.AGREED),
        S.DROPPED,
        reason_needed=True,
    ),
)
"""Every change there is. A closed or dropped clause stays so."""

TURN: dict[ClauseState, Turn] = {
    S.DRAFT: Turn.FACILITATOR,
    S.PROPOSED: Turn.BUYER,
    S.AGREED: Turn.FACILITATOR,
    S.RUNNING: Turn.COMPANY,
    S.SUSPENDED: Turn.FACILITATOR,
    S.ENDED: Turn.FACILITATOR,
    S.CLOSED: Turn.NOBODY,
    S.DROPPED: Turn.NOBODY,
}
"""Whose turn it is by the state alone; monthly statements may say more while it runs."""

LIVE = (S.RUNNING, S.SUSPENDED)
"""States in which hours are due and declared."""

EXECUTED = (S.RUNNING, S.SUSPENDED, S.ENDED, S.CLOSED)
"""States of a clause whose contract was awarded."""


def transition(name: str) -> Transition:
    """The change of that name. Raises KeyError."""
    return _BY_NAME[name]


_BY_NAME = {t.name: t for t in TRANSITIONS}

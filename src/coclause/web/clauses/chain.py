"""Who acts next on a clause: now, then, after. Computed from its state and its months."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from coclause.clauses.states import ClauseState, Turn
from coclause.core.months import first_day
from coclause.core.working_days import add_working_days
from coclause.hours.owing import declare_by
from coclause.render.numbers import days_since, hours
from coclause.web.clauses.months import name, of


@dataclass(frozen=True)
class Step:
    """One act: whose turn, what, and a note on when."""

    turn: Turn
    what: str
    note: str = ""
    since: date | None = None
    href: str = ""


@dataclass(frozen=True)
class MonthsAtHand:
    """What the months of a running clause wait for."""

    to_check: list[tuple[date, Decimal, date]]
    """Month, hours, day of declaration; the oldest first."""
    returned: list[date]
    undeclared: list[date]
    behind: Decimal
    """Hours under the calendar when below the alert, else 0."""
    ends_on: date
    due_day: Decimal
    delay: int
    notes: int


def steps(clause: Any, months: MonthsAtHand | None, day: date) -> list[Step]:
    """At most three steps, the first one being now; none once nobody has anything to do."""
    if clause.state in _SCRIPTS:
        return [
            Step(turn, what, since=None if place else clause.state_since)
            for place, (turn, what) in enumerate(_SCRIPTS[clause.state])
        ]
    if clause.state != ClauseState.RUNNING or months is None:
        return []
    found = [*_now(months, day), *_coming(months, day)]
    return found[:3]


def heading(step: Step, place: int, mine: bool, day: date) -> str:
    """ "À vous, depuis 4 jours", "Ensuite, l’entreprise", "Puis, l’acheteur"."""
    who = "vous" if mine else _WHO[step.turn]
    if place == 0:
        first = "À vous" if mine else who[:1].upper() + who[1:]
        return f"{first}, {days_since(step.since, day)}" if step.since else first
    return f"{('Ensuite', 'Puis')[place - 1]}, {who}"


def _now(months: MonthsAtHand, day: date) -> list[Step]:
    found = []
    if months.to_check:
        found.append(_check(months, day))
    if months.returned:
        month = months.returned[0]
        found.append(Step(Turn.COMPANY, f"Corriger {name(month, day)}", "Des heures renvoyées"))
    if months.undeclared:
        month = months.undeclared[0]
        by = declare_by(month, months.due_day)
        late = f"Attendu depuis le {by:%d/%m/%Y}" if by < day else f"Avant le {by:%d/%m/%Y}"
        more = len(months.undeclared) - 1
        others = f", puis {more} autre{'s' * (more > 1)} mois" if more else ""
        found.append(Step(Turn.COMPANY, f"Déclarer {name(month, day)}{others}", late))
    if months.behind:
        found.append(
            Step(
                Turn.FACILITATOR,
                f"Convenir avec l’entreprise du rattrapage de {hours(months.behind)}",
                "Sous le seuil d’alerte des heures attendues ce jour",
            )
        )
    return found


def _check(months: MonthsAtHand, day: date) -> Step:
    month, total, since = months.to_check[0]
    more = len(months.to_check) - 1
    noted = f", {months.notes} remarque{'s' * (months.notes > 1)}" if months.notes else ""
    others = f", puis {more} autre{'s' * (more > 1)} mois" if more else ""
    by = add_working_days(since, months.delay)
    return Step(
        Turn.FACILITATOR,
        f"Vérifier {name(month, day)} : {hours(total)}{noted}{others}",
        f"Avant le {by:%d/%m/%Y}, pour que ces heures comptent",
        since,
    )


def _coming(months: MonthsAtHand, day: date) -> list[Step]:
    """What the calendar brings: the month at hand, its check, and the end."""
    if months.ends_on < day:
        return [Step(Turn.FACILITATOR, "Constater la fin de l’exécution", since=months.ends_on)]
    month = first_day(day)
    by = declare_by(month, months.due_day)
    return [
        Step(Turn.COMPANY, f"Déclarer {name(month, day)}", f"Avant le {by:%d/%m/%Y}"),
        Step(Turn.FACILITATOR, f"Vérifier les heures {of(month, day)}"),
        Step(Turn.FACILITATOR, "Constater la fin", f"Le {months.ends_on:%d/%m/%Y}"),
    ]


_SCRIPTS: dict[str, tuple[tuple[Turn, str], ...]] = {
    ClauseState.DRAFT: (
        (Turn.FACILITATOR, "Finir la rédaction de la clause"),
        (Turn.BUYER, "Accepter la clause"),
        (Turn.FACILITATOR, "Enregistrer l’attribution du lot"),
    ),
    ClauseState.PROPOSED: (
        (Turn.BUYER, "Accepter la clause, ou demander à la reprendre"),
        (Turn.FACILITATOR, "Enregistrer l’attribution du lot"),
        (Turn.FACILITATOR, "Démarrer l’exécution"),
    ),
    ClauseState.AGREED: (
        (Turn.FACILITATOR, "Enregistrer l’attribution et l’engagement"),
        (Turn.FACILITATOR, "Démarrer l’exécution"),
        (Turn.COMPANY, "Déclarer le premier mois"),
    ),
    ClauseState.SUSPENDED: (
        (Turn.FACILITATOR, "Reprendre ou terminer l’exécution"),
        (Turn.COMPANY, "Déclarer les mois travaillés"),
        (Turn.FACILITATOR, "Vérifier les heures"),
    ),
    ClauseState.ENDED: ((Turn.FACILITATOR, "Clore la clause"),),
}
"""What each state calls for; a running clause is told by its months instead."""

_WHO = {
    Turn.FACILITATOR: "le facilitateur",
    Turn.BUYER: "l’acheteur",
    Turn.COMPANY: "l’entreprise",
    Turn.NOBODY: "personne",
}

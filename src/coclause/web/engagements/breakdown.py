"""What is due, event by event, in words: the lines behind a debt."""

from dataclasses import dataclass
from datetime import date

from coclause.clauses.choices import EventKind, Trigger
from coclause.clauses.models import Objective, ObjectiveEvent
from coclause.clauses.owed import in_words, rate_in_words
from coclause.render.numbers import date_fr, decimal, euros, hours

MORE = {
    Trigger.YEAR: "Année engagée",
    Trigger.TRANCHE: "Tranche affermie",
    Trigger.ORDER: "Bon de commande",
    Trigger.CALL_OFF: "Marché subséquent",
}


@dataclass(frozen=True)
class Line:
    """One event of an objective: its day, what happened, what it adds."""

    day: date
    what: str
    added: str
    later: bool = False
    """It takes effect after the day of reading: not due yet."""


def lines_of(objective: Objective, day: date | None = None) -> list[Line]:
    """The events of an objective, oldest first; `events__order` come prefetched."""
    return [
        Line(
            day=event.effective_on,
            what=_what(objective, event),
            added="" if event.kind == EventKind.RATE else _signed(objective, event),
            later=day is not None and event.effective_on > day,
        )
        for event in objective.events.all()
    ]


def _signed(objective: Objective, event: ObjectiveEvent) -> str:
    words = in_words(objective.measure, event.quantity)
    return f"+\u00a0{words}" if event.quantity > 0 else words


def _what(objective: Objective, event: ObjectiveEvent) -> str:
    if event.kind == EventKind.RATE and event.rate and event.per:
        words = f"Taux : {rate_in_words(objective.measure, event.rate, event.per)}"
    elif event.kind == EventKind.BASE:
        words = _base(event)
    elif event.kind == EventKind.TRIGGER:
        words = MORE.get(Trigger(objective.trigger), str(event.get_kind_display()))
    else:
        words = str(event.get_kind_display())
    if event.order is not None:
        return str(event.order) if event.kind == EventKind.TRIGGER else f"{event.order} : {words}"
    if event.kind == EventKind.TRIGGER and event.due_from and event.due_until:
        words = f"{words}, du {date_fr(event.due_from)} au {date_fr(event.due_until)}"
    return f"{words} : {event.reason}" if event.reason else words


def _base(event: ObjectiveEvent) -> str:
    rate = decimal(event.rate)
    if event.order_id is None and event.due_from and event.due_until:
        period = f"du {date_fr(event.due_from)} au {date_fr(event.due_until)}"
        return f"{hours(event.base)} travaillées {period}, à {rate} %"
    per = euros(event.per, cents=False)
    return f"{euros(event.base, cents=True)} HT commandés, à {rate} h par {per}"

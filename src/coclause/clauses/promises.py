"""What an objective promises, in the words of a contract: "5 h par 10 000 € HT commandés"."""

from datetime import date

from coclause.clauses.choices import HoursKind, Measure, Trigger
from coclause.clauses.models import Objective
from coclause.clauses.owed import in_words, rate_in_words, rate_on
from coclause.render.numbers import date_fr, decimal

EACH = {
    Trigger.YEAR: "par année",
    Trigger.TRANCHE: "si la tranche est affermie",
    Trigger.ORDER: "par bon de commande",
    Trigger.CALL_OFF: "par marché subséquent",
}


def promise(objective: Objective, day: date) -> str:
    """The promise in words, by the rate of that day. `events` come prefetched.

    The public of a reserved share is not named: its label belongs to the region's list.
    """
    words = _words(objective, day)
    if objective.hour_kind:
        words = f"{words} de {HoursKind(objective.hour_kind).label.lower()}"
    starts, ends = objective.starts_on, objective.ends_on
    if starts and ends:
        return f"{words}, du {date_fr(starts)} au {date_fr(ends)}"
    if starts or ends:
        return f"{words}, {'à partir du' if starts else 'jusqu’au'} {date_fr(starts or ends)}"
    return words


def _words(objective: Objective, day: date) -> str:
    events = objective.events.all()
    if objective.share is not None:
        return f"{decimal(objective.share)} %"
    rate = rate_on(events, day) or rate_on(events, date.max)
    if rate:
        yearly = objective.measure == Measure.SHARE and objective.trigger == Trigger.YEAR
        words = rate_in_words(objective.measure, *rate)
        return f"{words}, chaque année" if yearly else words
    if objective.trigger == Trigger.NOTIFICATION:
        first = next(iter(events), None)
        return in_words(objective.measure, first.quantity) if first else "quantité non connue"
    each = EACH[Trigger(objective.trigger)]
    if objective.planned is None:
        return f"Une quantité dite {each}"
    return f"{in_words(objective.measure, objective.planned)} {each}"

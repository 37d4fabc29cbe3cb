"""What an objective owes on a day, and what cannot be determined yet, with the reason.

What is due is the sum of dated events. Where the event that would tell has not come (a tranche not
affirmed, an order not placed, hours not known), nothing is due from it yet, and it is said: an
unknown debt is never shown as zero.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from coclause.clauses.choices import ADDING, IN_HOURS, EventKind, Measure, Trigger
from coclause.clauses.models import Award, Objective, ObjectiveEvent
from coclause.render.numbers import date_fr, decimal, hours

ZERO = Decimal(0)
UNITS = {
    Measure.PERSONS: ("personne", "personnes"),
    Measure.CONTRACTS: ("contrat de travail", "contrats de travail"),
    Measure.APPRENTICES: ("apprenti", "apprentis"),
}


@dataclass(frozen=True)
class Owed:
    """What one objective owes, in the unit of its measure; None is not determined yet."""

    objective: Objective
    quantity: Decimal | None
    undetermined: str = ""
    """What is not known yet, and why, in a sentence; empty when everything is."""

    @property
    def words(self) -> str:
        """ "1 240 h", "3 personnes", "pas encore déterminable"."""
        if self.quantity is None:
            return "pas encore déterminable"
        return in_words(self.objective.measure, self.quantity)


def in_words(measure: str, quantity: Decimal) -> str:
    """A quantity in the unit of its measure."""
    if measure in IN_HOURS:
        return hours(quantity)
    one, many = UNITS[Measure(measure)]
    return f"{decimal(quantity)} {one if abs(quantity) < 2 else many}"


def owed_by_objective(
    objectives: Iterable[Objective], day: date, known_on: datetime | None = None
) -> dict[int, Owed]:
    """What each of these owes on that day, shares reserved to a public included.

    `objectives` come with `commitment__award` selected and `events` prefetched. With `known_on`,
    by the events recorded at that moment; the calendar is that of the awards as they are given.
    """
    found: dict[int, Owed] = {}
    for objective in sorted(objectives, key=lambda row: (row.part_of_id is not None, row.pk)):
        events = [
            event
            for event in objective.events.all()
            if known_on is None or event.recorded_at <= known_on
        ]
        whole = found.get(objective.part_of_id or 0)
        if objective.share is not None and whole is not None:
            quantity = whole.quantity and whole.quantity * objective.share / 100
            found[objective.pk] = Owed(objective, quantity, whole.undetermined)
        else:
            found[objective.pk] = _owed(objective, events, day)
    return found


def rate_on(events: Iterable[ObjectiveEvent], day: date) -> tuple[Decimal, Decimal] | None:
    """The rate agreed on that day and what it is counted for: (5, 10 000), (50, 100), or None."""
    rates = [row for row in events if row.kind == EventKind.RATE and row.effective_on <= day]
    if not rates:
        return None
    last = max(rates, key=lambda row: (row.effective_on, row.pk))
    assert last.rate is not None and last.per is not None  # noqa: S101, PT018  held by a constraint
    return last.rate, last.per


def rate_in_words(measure: str, rate: Decimal, per: Decimal) -> str:
    """ "50 % des heures travaillées", "5 h par 10 000 € HT commandés"."""
    if measure == Measure.SHARE:
        return f"{decimal(rate * 100 / per)} % des heures travaillées"
    return f"{decimal(rate)} h par {decimal(per)} € HT commandés"


def _owed(objective: Objective, events: Collection[ObjectiveEvent], day: date) -> Owed:
    held = [row for row in events if row.effective_on <= day and row.kind != EventKind.RATE]
    known = any(row.kind in ADDING for row in held)
    quantity = sum((row.quantity for row in held), ZERO) if known else None
    return Owed(objective, quantity, _undetermined(objective, events, held, day))


def _undetermined(
    objective: Objective,
    events: Collection[ObjectiveEvent],
    held: Collection[ObjectiveEvent],
    day: date,
) -> str:
    award = objective.commitment.award
    ends_on = min(objective.ends_on or award.ends_on, award.ends_on)
    if objective.measure == Measure.SHARE:
        return _share_unknown(objective, events, held, award, min(day, ends_on))
    if objective.measure == Measure.PER_EURO:
        return _orders_to_come(objective, events, held, day, ends_on)
    added = [row for row in held if row.kind in ADDING]
    if objective.trigger == Trigger.NOTIFICATION:
        return "" if added else _not_yet(events, day)
    if day > ends_on:
        return ""
    planned = in_words(objective.measure, objective.planned) if objective.planned else ""
    return _to_trigger(objective.trigger, planned, bool(added), _covered(added), ends_on)


def _not_yet(events: Collection[ObjectiveEvent], day: date) -> str:
    later = [row.effective_on for row in events if row.kind in ADDING and row.effective_on > day]
    return f"L’engagement prend effet le {date_fr(min(later))}." if later else ""


def _to_trigger(
    trigger: str, planned: str, triggered: bool, covered: date | None, ends_on: date
) -> str:
    """Why more may be due later: what must happen first."""
    more = f" : {planned} de plus si elle l’est" if planned else ""
    if trigger == Trigger.TRANCHE:
        return "" if triggered else f"La tranche optionnelle n’est pas affermie{more}."
    each = f" : {planned} de plus à chacun" if planned else ""
    if trigger == Trigger.YEAR:
        if covered is not None and covered >= ends_on:
            return ""
        since = f" après le {date_fr(covered)}" if covered else ""
        yearly = f" : {planned} de plus par année" if planned else ""
        return f"Les années{since} ne sont pas encore engagées{yearly}."
    if triggered:
        return f"D’autres commandes peuvent s’ajouter jusqu’au {date_fr(ends_on)}."
    if trigger == Trigger.CALL_OFF:
        return f"Aucun marché subséquent n’est notifié{each}."
    return f"Aucun bon de commande n’est notifié{each}."


def _covered(added: Iterable[ObjectiveEvent]) -> date | None:
    return max((row.due_until for row in added if row.due_until), default=None)


def _share_unknown(
    objective: Objective,
    events: Collection[ObjectiveEvent],
    held: Collection[ObjectiveEvent],
    award: Award,
    until: date,
) -> str:
    starts_on = objective.starts_on or award.starts_on
    covered = _covered(row for row in held if row.kind == EventKind.BASE)
    rate = rate_on(events, until) or rate_on(events, date.max)
    words = rate_in_words(objective.measure, *rate) if rate else "une part des heures travaillées"
    if covered is None:
        return (
            f"Les heures travaillées sur le marché ne sont pas encore connues : {words} sont dues."
        )
    if covered >= until:
        return ""
    since = max(covered + timedelta(days=1), starts_on)
    return (
        f"Les heures travaillées depuis le {date_fr(since)} ne sont pas encore connues : {words}."
    )


def _orders_to_come(
    objective: Objective,
    events: Collection[ObjectiveEvent],
    held: Collection[ObjectiveEvent],
    day: date,
    ends_on: date,
) -> str:
    rate = rate_on(events, day) or rate_on(events, date.max)
    words = rate_in_words(objective.measure, *rate) if rate else "un volume par commande"
    if not any(row.kind == EventKind.BASE for row in held):
        return f"Aucune commande n’est enregistrée : {words}."
    if day > ends_on:
        return ""
    return f"D’autres commandes peuvent s’ajouter jusqu’au {date_fr(ends_on)} : {words}."

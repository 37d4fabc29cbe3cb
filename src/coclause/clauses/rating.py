"""Objectives that follow a rate: the base that becomes known, and the rate that changes.

What is due is computed once, when the base is known: base × rate ÷ per, to the hundredth of an
hour. The base belongs to the day its hours began to be worked, or its order was placed: the rate of
that day holds. When a rate changes, amendments bring the bases it concerns to the new one.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction

from coclause.clauses.choices import RATED, EventKind, Measure
from coclause.clauses.debts import (
    covered_until,
    follows_another,
    life,
    locked,
    must_be_agreed,
    must_be_referent,
    must_stay_positive,
    overlapping,
    period_within,
    tell,
)
from coclause.clauses.models import Objective, ObjectiveEvent, Order
from coclause.clauses.owed import in_words, rate_in_words, rate_on
from coclause.core.refusals import Conflict, Refused
from coclause.organisations.scopes import Scope
from coclause.render.numbers import date_fr, euros, hours

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Base:
    """A base to record: hours worked by everybody in a period, or euros ordered on a day."""

    amount: Decimal
    effective_on: date
    due_from: date | None = None
    due_until: date | None = None

    @property
    def day(self) -> date:
        """The day whose rate holds."""
        return self.due_from or self.effective_on


@transaction.atomic
def tell_base(
    scope: Scope,
    objective: Objective,
    *,
    base: Decimal,
    effective_on: date,
    due_from: date | None = None,
    due_until: date | None = None,
    reason: str = "",
    order: Order | None = None,
) -> ObjectiveEvent:
    """Record what the rate applies to, once known: what is due is computed from it.

    For hours worked, the period runs from the day after the last one known to `effective_on`,
    unless its dates are given.
    """
    row = locked(objective)
    clause = row.commitment.clause
    must_be_referent(scope, clause)
    must_be_agreed(clause)
    if row.measure not in RATED or follows_another(row):
        raise Refused("Cet objectif ne suit pas de taux : passez par un avenant.")
    told = Base(base, effective_on, due_from, due_until)
    if row.measure == Measure.SHARE:
        told = _worked(row, told)
        day = told.day
    else:
        _ordered(row, told, order)
        day = effective_on
    rate, per = _agreed(row, day)
    quantity = due_for(base, rate, per)
    must_stay_positive(row, [(effective_on, quantity)])
    event = ObjectiveEvent.objects.create(
        objective=row,
        kind=EventKind.BASE,
        effective_on=effective_on,
        quantity=quantity,
        base=base,
        rate=rate,
        per=per,
        due_from=told.due_from,
        due_until=told.due_until,
        order=order,
        reason=reason.strip(),
    )
    tell(scope, clause, "objective.base", _told(row, event), effective_on)
    return event


@transaction.atomic
def change_rate(
    scope: Scope, objective: Objective, *, rate: Decimal, effective_on: date, reason: str
) -> ObjectiveEvent:
    """Agree on another rate from a day on; bases known from that day are brought to it."""
    row = locked(objective)
    clause = row.commitment.clause
    must_be_referent(scope, clause)
    must_be_agreed(clause)
    if row.measure not in RATED or follows_another(row):
        raise Refused("Cet objectif ne suit pas de taux : passez par un avenant.")
    if not reason.strip():
        raise Refused("Donnez le motif : il sera inscrit au journal.")
    before, per = _agreed(row, effective_on)
    if rate <= 0 or (row.measure == Measure.SHARE and rate > per):
        raise Refused("Le taux est au-dessus de zéro ; une part ne dépasse pas 100 %.")
    if rate == before:
        raise Refused(f"C’est déjà le taux : {rate_in_words(row.measure, rate, per)}.")
    corrections = _corrections(row, rate, per, effective_on)
    must_stay_positive(row, [(of.effective_on, added) for of, added in corrections])
    event = ObjectiveEvent.objects.create(
        objective=row,
        kind=EventKind.RATE,
        effective_on=effective_on,
        quantity=Decimal(0),
        rate=rate,
        per=per,
        reason=reason.strip(),
    )
    for of, added in corrections:
        ObjectiveEvent.objects.create(
            objective=row,
            kind=EventKind.AMENDMENT,
            effective_on=of.effective_on,
            quantity=added,
            due_from=of.due_from,
            due_until=of.due_until,
            order=of.order,
            reason=f"Taux changé au {date_fr(effective_on)}",
        )
    total = sum((added for _, added in corrections), Decimal(0))
    mended = f" Ce qui était dû change de {in_words(row.measure, total)}." if total else ""
    told = f"Nouveau taux : {rate_in_words(row.measure, rate, per)}. {reason.strip()}.{mended}"
    tell(scope, clause, "objective.rate", told, effective_on)
    return event


def due_for(base: Decimal, rate: Decimal, per: Decimal) -> Decimal:
    """Hours, to the hundredth, halves away from zero as the database rounds."""
    return (base * rate / per).quantize(CENT, ROUND_HALF_UP)


def _agreed(objective: Objective, day: date) -> tuple[Decimal, Decimal]:
    found = rate_on(objective.events.all(), day)
    if found is None:
        raise Refused(f"Aucun taux n’était convenu le {date_fr(day)} : corrigez la date.")
    return found


def _worked(objective: Objective, told: Base) -> Base:
    """The period whose hours become known: over, within the objective, under one rate."""
    if told.amount < 0:
        raise Refused("Des heures travaillées ne sont pas au-dessous de zéro.")
    first, last = life(objective)
    done = covered_until(objective, EventKind.BASE)
    due_from = told.due_from or (done + timedelta(days=1) if done else first)
    due_until = told.due_until or min(told.effective_on, last)
    period_within(objective, due_from, due_until)
    if due_until > told.effective_on:
        raise Refused(
            f"Les heures travaillées jusqu’au {date_fr(due_until)} ne sont pas connues avant ce"
            " jour : changez la date à laquelle vous les apprenez."
        )
    other = overlapping(objective, EventKind.BASE, due_from, due_until)
    if other is not None:
        raise Conflict(
            f"Les heures travaillées du {date_fr(other.due_from)} au {date_fr(other.due_until)}"
            " sont déjà enregistrées : choisissez une autre période."
        )
    for row in objective.events.all():
        if row.kind == EventKind.RATE and due_from < row.effective_on <= due_until:
            before = row.effective_on - timedelta(days=1)
            raise Refused(
                f"Le taux change le {date_fr(row.effective_on)} : enregistrez d’abord les heures"
                f" jusqu’au {date_fr(before)}, puis celles d’après."
            )
    return Base(told.amount, told.effective_on, due_from, due_until)


def _ordered(objective: Objective, told: Base, order: Order | None) -> None:
    award = objective.commitment.award
    if not award.notified_on <= told.effective_on <= award.ends_on:
        raise Refused(
            f"Une commande se place du {date_fr(award.notified_on)} au {date_fr(award.ends_on)} :"
            f" le {date_fr(told.effective_on)} n’y est pas."
        )
    held = [row for row in objective.events.all() if row.kind == EventKind.BASE]
    if order is not None and any(row.order_id == order.pk for row in held):
        raise Conflict(f"{order} est déjà compté dans cet objectif.")


def _corrections(
    objective: Objective, rate: Decimal, per: Decimal, since: date
) -> list[tuple[ObjectiveEvent, Decimal]]:
    """What each base known under the new rate adds or removes; another rate may follow it."""
    events = list(objective.events.all())
    rates = [row.effective_on for row in events if row.kind == EventKind.RATE]
    until = min((day for day in rates if day > since), default=date.max)
    found = []
    for row in events:
        if row.kind != EventKind.BASE or row.base is None:
            continue
        worked = objective.measure == Measure.SHARE
        day = (row.due_from if worked else None) or row.effective_on
        if worked and row.due_until and day < since <= row.due_until:
            raise Refused(
                f"Les heures du {date_fr(day)} au {date_fr(row.due_until)} sont connues d’un bloc :"
                f" choisissez le {date_fr(day)} ou le {date_fr(row.due_until + timedelta(days=1))}."
            )
        if since <= day < until:
            held, held_per = _agreed(objective, day)
            added = due_for(row.base, rate, per) - due_for(row.base, held, held_per)
            if added:
                found.append((row, added))
    return found


def _told(objective: Objective, event: ObjectiveEvent) -> str:
    assert event.base is not None and event.rate is not None  # noqa: S101, PT018
    assert event.per is not None  # noqa: S101
    due = in_words(objective.measure, event.quantity)
    rate = rate_in_words(objective.measure, event.rate, event.per)
    if objective.measure == Measure.SHARE:
        period = f"du {date_fr(event.due_from)} au {date_fr(event.due_until)}"
        return f"{hours(event.base)} travaillées {period} : {due} sont dues ({rate})."
    return f"{euros(event.base, cents=True)} HT commandés : {due} sont dues ({rate})."

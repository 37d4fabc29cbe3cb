"""What an award commits to, and what changes it: objectives, amendments, triggers, rates, counting.

Each act is one transaction with its line of journal. It raises `PermissionDenied` for whoever is
not the referent host, and `Refused` with a sentence that says what to do; then nothing changed.
"""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction

from coclause.clauses.choices import (
    IN_HOURS,
    RATED,
    EventKind,
    HoursKind,
    Measure,
    Trigger,
)
from coclause.clauses.counting import counting_of
from coclause.clauses.debts import (
    covered_until,
    first_due,
    follows_another,
    life,
    locked,
    must_be_agreed,
    must_be_referent,
    must_be_whole,
    must_stay_positive,
    name_of,
    overlapping,
    period_within,
    tell,
)
from coclause.clauses.models import (
    Award,
    Clause,
    Commitment,
    CountingChange,
    Objective,
    ObjectiveEvent,
    Order,
)
from coclause.clauses.owed import in_words, rate_in_words
from coclause.clauses.rating import change_rate, tell_base
from coclause.clauses.terms import Terms, checked
from coclause.core.refusals import Conflict, Refused
from coclause.organisations.scopes import Scope
from coclause.render.numbers import date_fr, decimal

__all__ = [
    "Terms",
    "add_objective",
    "amend",
    "change_counting",
    "change_rate",
    "engage",
    "tell_base",
    "trigger",
]


@transaction.atomic
def engage(scope: Scope, clause: Clause, award: Award, terms: Sequence[Terms]) -> Commitment:
    """Record what an award owes under a clause, from the award's notification on."""
    must_be_referent(scope, clause)
    if award.lot_id != clause.lot_id:
        raise Refused("Cette attribution porte sur un autre lot.")
    if not terms:
        raise Refused("Un engagement a au moins un objectif : ajoutez-en un.")
    must_be_agreed(clause)
    commitment, created = Commitment.objects.get_or_create(award=award, clause=clause)
    if not created:
        raise Conflict("Un engagement est déjà enregistré : passez par un avenant.")
    made: list[Objective] = []
    for said in terms:
        made.append(_record(commitment, said, made))
    promised = " ; ".join(_promised(objective) for objective in made)
    tell(scope, clause, "commitment.made", f"Engagement : {promised}.", award.notified_on)
    return commitment


@transaction.atomic
def add_objective(scope: Scope, commitment: Commitment, terms: Terms) -> Objective:
    """Add an objective to a commitment already recorded; what it owes is due from notification."""
    clause = commitment.clause
    must_be_referent(scope, clause)
    must_be_agreed(clause)
    award = Award.objects.select_for_update(no_key=True).get(pk=commitment.award_id)
    made = _record(commitment, terms, [])
    tell(
        scope,
        clause,
        "objective.added",
        f"Objectif ajouté à l’engagement : {_promised(made)}.",
        award.notified_on,
    )
    return made


@transaction.atomic
def amend(
    scope: Scope, objective: Objective, *, quantity: Decimal, effective_on: date, reason: str
) -> ObjectiveEvent:
    """Add or remove hours (or persons) from a date on. What is committed never falls below zero."""
    row = locked(objective)
    clause = row.commitment.clause
    must_be_referent(scope, clause)
    must_be_agreed(clause)
    if quantity == 0:
        raise Refused("Un avenant ajoute ou retire des heures : donnez un nombre non nul.")
    if not reason.strip():
        raise Refused("Donnez le motif de l’avenant.")
    must_be_whole(row.measure, quantity)
    if follows_another(row):
        raise Refused("Cette part suit l’objectif dont elle est prise : c’est lui qui change.")
    since = first_due(row)
    if since is None:
        raise Refused(
            "Rien n’est encore dû de cet objectif : enregistrez d’abord ce qui le rend dû."
        )
    if effective_on < since:
        raise Refused(
            f"L'avenant prend effet avant l’engagement ({date_fr(since)}) : corrigez la date."
        )
    must_stay_positive(row, [(effective_on, quantity)])
    event = ObjectiveEvent.objects.create(
        objective=row,
        kind=EventKind.AMENDMENT,
        effective_on=effective_on,
        quantity=quantity,
        due_from=row.starts_on,
        due_until=row.ends_on,
        reason=reason.strip(),
    )
    signed = f"+{decimal(quantity)}" if quantity > 0 else decimal(quantity)
    unit = "heures" if row.measure in IN_HOURS else row.get_measure_display().lower()
    told = f"Avenant de {signed} {unit} : {reason.strip()}."
    tell(scope, clause, "commitment.amended", told, effective_on)
    return event


@transaction.atomic
def trigger(
    scope: Scope,
    objective: Objective,
    *,
    effective_on: date,
    quantity: Decimal | None = None,
    due_from: date | None = None,
    due_until: date | None = None,
    reason: str = "",
    order: Order | None = None,
) -> ObjectiveEvent:
    """Record the event from which an objective is due: a year, a tranche, an order, a call-off.

    Without a quantity, what was planned. A year takes the first twelve months not engaged yet,
    unless its dates are given.
    """
    row = locked(objective)
    clause = row.commitment.clause
    must_be_referent(scope, clause)
    must_be_agreed(clause)
    added = _quantity_of(row, quantity)
    _must_be_in_force(row, effective_on)
    if row.trigger == Trigger.YEAR:
        due_from, due_until = _year(row, due_from, due_until)
    elif row.trigger == Trigger.TRANCHE:
        _only_once(row)
        due_from, due_until = due_from or row.starts_on, due_until or row.ends_on
        period_within(row, due_from, due_until)
    elif order is not None and any(e.order_id == order.pk for e in row.events.all()):
        raise Conflict(f"{order} est déjà compté dans cet objectif.")
    event = ObjectiveEvent.objects.create(
        objective=row,
        kind=EventKind.TRIGGER,
        effective_on=effective_on,
        quantity=added,
        due_from=due_from,
        due_until=due_until,
        order=order,
        reason=reason.strip(),
    )
    period = f" du {date_fr(due_from)} au {date_fr(due_until)}" if due_from and due_until else ""
    told = f"{name_of(row)}{period} : {in_words(row.measure, added)} de plus."
    tell(scope, clause, "objective.triggered", told, effective_on)
    return event


@transaction.atomic
def change_counting(
    scope: Scope,
    clause: Clause,
    *,
    starts_on: date,
    hour_kinds: Collection[str],
    training_cap: int | None = None,
    internship_cap: int | None = None,
    reason: str,
) -> CountingChange:
    """Change which hours count from a day on, and their caps (per cent of what is committed)."""
    row = Clause.objects.select_for_update(no_key=True, of=("self",)).get(pk=clause.pk)
    must_be_referent(scope, row)
    must_be_agreed(row)
    kinds = [kind for kind in HoursKind.values if kind in hour_kinds]
    caps = {HoursKind.TRAINING: training_cap, HoursKind.INTERNSHIP: internship_cap}
    if not kinds:
        raise Refused("Cochez au moins une nature d’heures.")
    if not reason.strip():
        raise Refused("Donnez le motif : il sera inscrit au journal.")
    for kind, cap in caps.items():
        if cap is not None and (kind not in kinds or not 1 <= cap <= 100):
            raise Refused(
                f"Le plafond des heures de {kind.label.lower()} va de 1 à 100 %, et ces heures"
                " doivent compter."
            )
    _must_keep_promised_kinds(row, kinds)
    (rules,) = counting_of([row.pk])[row.pk].rules
    held = [rule for rule in rules if rule.starts_on <= starts_on][-1]
    same = {str(kind): cap for kind, cap in caps.items() if cap is not None}
    if held.kinds == frozenset(kinds) and held.caps == same:
        raise Refused("C’est déjà la règle à cette date : rien ne change.")
    made = CountingChange.objects.create(
        clause=row,
        starts_on=starts_on,
        hour_kinds=kinds,
        training_cap=training_cap,
        internship_cap=internship_cap,
        reason=reason.strip(),
    )
    named = [counted_in_words(kind, same.get(kind)) for kind in kinds]
    told = f"À partir du {date_fr(starts_on)}, comptent : {', '.join(named)}. {made.reason}"
    tell(scope, row, "clause.counting", told, starts_on)
    return made


def _must_keep_promised_kinds(clause: Clause, kinds: Collection[str]) -> None:
    """Hours that an objective is made of go on counting."""
    promised = Objective.objects.filter(commitment__clause=clause, hour_kind__gt="")
    for kind in promised.order_by().values_list("hour_kind", flat=True).distinct():
        if kind not in kinds:
            raise Refused(
                f"Un objectif est en heures de {HoursKind(kind).label.lower()} : elles doivent"
                " continuer de compter."
            )


def counted_in_words(kind: str, cap: int | None) -> str:
    """ "Formation (au plus 20 % de l’engagement)"."""
    label = str(HoursKind(kind).label)
    return label if cap is None else f"{label} (au plus {cap} % de l’engagement)"


def _record(commitment: Commitment, terms: Terms, made: Sequence[Objective]) -> Objective:
    """One objective with its first event: the first engagement, or the rate agreed."""
    award = commitment.award
    whole = _whole(commitment, terms, made)
    said = checked(terms, whole, award, commitment.clause)
    _share_fits(said, whole)
    objective = Objective.objects.create(
        commitment=commitment,
        measure=said.measure,
        trigger=said.trigger,
        label=said.label.strip(),
        public=said.public,
        part_of=whole,
        share=said.share,
        hour_kind=said.hour_kind,
        planned=said.planned,
        starts_on=said.starts_on,
        ends_on=said.ends_on,
    )
    if said.rate is not None:
        ObjectiveEvent.objects.create(
            objective=objective,
            kind=EventKind.RATE,
            effective_on=min(award.notified_on, award.starts_on),
            quantity=Decimal(0),
            rate=said.rate,
            per=said.per,
        )
    elif said.quantity is not None:
        ObjectiveEvent.objects.create(
            objective=objective,
            kind=EventKind.INITIAL,
            effective_on=award.notified_on,
            quantity=said.quantity,
            due_from=said.starts_on,
            due_until=said.ends_on,
        )
    return objective


def _whole(commitment: Commitment, terms: Terms, made: Sequence[Objective]) -> Objective | None:
    if terms.part_of is None or isinstance(terms.part_of, Objective):
        whole = terms.part_of
    elif 0 <= terms.part_of < len(made):
        whole = made[terms.part_of]
    else:
        raise Refused("Une part vient après l’objectif dont elle est prise : changez l’ordre.")
    if whole is not None and whole.commitment_id != commitment.pk:
        raise Refused("Cette part est prise d’un autre engagement.")
    return whole


def _share_fits(terms: Terms, whole: Objective | None) -> None:
    """A part in numbers is not above the whole, once the whole is known."""
    if whole is None or terms.quantity is None:
        return
    known = [row for row in whole.events.all() if row.kind != EventKind.RATE]
    total = sum((row.quantity for row in known), Decimal(0))
    if known and terms.quantity > total:
        raise Refused(
            f"La part dépasse l’objectif dont elle est prise ({in_words(whole.measure, total)})."
        )


def _promised(objective: Objective) -> str:
    """For the journal: figures, never the public a share is reserved to."""
    if objective.public:
        if objective.share is None:
            return "dont une part réservée à un public"
        return f"dont {decimal(objective.share)} % réservés à un public"
    first = objective.events.first()
    if first is not None and first.kind == EventKind.RATE and first.rate and first.per:
        return rate_in_words(objective.measure, first.rate, first.per)
    if first is not None:
        return _in_full(objective, first.quantity)
    planned = in_words(objective.measure, objective.planned) if objective.planned else "à dire"
    return f"{name_of(objective)}, {planned} à chaque fois"


def _in_full(objective: Objective, quantity: Decimal) -> str:
    if objective.measure in IN_HOURS:
        kind = f" de {HoursKind(objective.hour_kind).label.lower()}" if objective.hour_kind else ""
        return f"{decimal(quantity)} heures{kind}"
    return in_words(objective.measure, quantity)


def _quantity_of(objective: Objective, quantity: Decimal | None) -> Decimal:
    if follows_another(objective):
        raise Refused("Cette part suit l’objectif dont elle est prise : c’est lui qui s’engage.")
    if objective.measure == Measure.SHARE:
        raise Refused("Enregistrez plutôt les heures travaillées : ce qui est dû s’en déduit.")
    if objective.measure in RATED:
        raise Refused("Enregistrez plutôt la commande : ce qui est dû s’en déduit.")
    if objective.trigger == Trigger.NOTIFICATION:
        raise Refused("Cet objectif est dû dès la notification : passez par un avenant.")
    added = objective.planned if quantity is None else quantity
    if added is None:
        raise Refused("Dites combien cet événement engage : rien n’était prévu d’avance.")
    if added <= 0:
        raise Refused("Ce qui s’engage compte plus que zéro : corrigez le nombre.")
    must_be_whole(objective.measure, added)
    return added


def _must_be_in_force(objective: Objective, day: date) -> None:
    award, (_, last) = objective.commitment.award, life(objective)
    if not award.notified_on <= day <= last:
        raise Refused(
            f"Cet objectif court du {date_fr(award.notified_on)} au {date_fr(last)} :"
            f" le {date_fr(day)} n’y est pas."
        )


def _only_once(objective: Objective) -> None:
    for row in objective.events.all():
        if row.kind == EventKind.TRIGGER:
            raise Conflict(
                f"La tranche est déjà affermie depuis le {date_fr(row.effective_on)} :"
                " pour la changer, passez par un avenant."
            )


def _year(objective: Objective, due_from: date | None, due_until: date | None) -> tuple[date, date]:
    """The twelve months engaged, within the objective's life and apart from the others."""
    first, last = life(objective)
    done = covered_until(objective, EventKind.TRIGGER)
    if due_from is None:
        due_from = done + timedelta(days=1) if done else first
    if due_from > last:
        raise Refused(f"Toutes les années sont engagées, jusqu’au {date_fr(last)}.")
    twelve = year_after(due_from) - timedelta(days=1)
    due_until = due_until or min(twelve, last)
    period_within(objective, due_from, due_until)
    if due_until > twelve:
        raise Refused(
            f"Une année à la fois : du {date_fr(due_from)}, elle va au {date_fr(twelve)} au plus."
        )
    other = overlapping(objective, EventKind.TRIGGER, due_from, due_until)
    if other is not None:
        raise Conflict(
            f"L’année du {date_fr(other.due_from)} au {date_fr(other.due_until)} est déjà"
            " engagée : choisissez une autre période."
        )
    return due_from, due_until


def year_after(day: date) -> date:
    """The same day one year later; 1 March after 29 February."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return date(day.year + 1, 3, 1)

"""What every act on a commitment shares: locks, who may, which dates are possible, the journal."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied

from coclause.clauses import permissions
from coclause.clauses.choices import ADDING, IN_HOURS, EventKind, Trigger
from coclause.clauses.models import Award, Clause, Objective, ObjectiveEvent
from coclause.clauses.states import ClauseState
from coclause.core.journal import record_act
from coclause.core.refusals import Refused
from coclause.organisations.scopes import Scope
from coclause.render.numbers import date_fr

OVER = (ClauseState.CLOSED, ClauseState.DROPPED)
Added = tuple[date, Decimal]
"""What an event adds (or removes), from a day on."""


def locked(objective: Objective) -> Objective:
    """The objective as it is now, with its award: both wait for whoever changes them.

    The award first, as every act that changes its calendar does.
    """
    award_id = Objective.objects.values_list("commitment__award", flat=True).get(pk=objective.pk)
    Award.objects.select_for_update(no_key=True).get(pk=award_id)
    return (
        Objective.objects.select_for_update(of=("self",), no_key=True)
        .select_related(
            "commitment__award__lot", "commitment__clause__lot__contract__operation", "part_of"
        )
        .prefetch_related("events")
        .get(pk=objective.pk)
    )


def must_be_referent(scope: Scope, clause: Clause) -> None:
    if not permissions.is_referent(clause.lot.contract.operation, scope):
        raise PermissionDenied


def must_be_agreed(clause: Clause) -> None:
    """A commitment is recorded from the buyer's agreement to the end of the clause."""
    if clause.state in OVER:
        raise Refused(
            f"La clause est « {clause.get_state_display()} » : son engagement ne change plus."
        )
    if clause.state in (ClauseState.DRAFT, ClauseState.PROPOSED):
        raise Refused(
            "L'engagement s’enregistre une fois la clause acceptée par l’acheteur :"
            " proposez-la d’abord."
        )


def life(objective: Objective) -> tuple[date, date]:
    """First and last day of the objective: its phase, within the execution of its award."""
    award = objective.commitment.award
    last = min(objective.ends_on or award.ends_on, award.ends_on)
    return objective.starts_on or award.starts_on, last


def must_be_whole(measure: str, quantity: Decimal) -> None:
    if measure not in IN_HOURS and quantity != quantity.to_integral_value():
        raise Refused("Un nombre de personnes ou de contrats est entier : corrigez-le.")


def must_stay_positive(objective: Objective, added: Iterable[Added]) -> None:
    """At no date may the running sum, these events included, be negative."""
    by_day: dict[date, Decimal] = {}
    held = [(row.effective_on, row.quantity) for row in objective.events.all()]
    for day, quantity in (*held, *added):
        by_day[day] = by_day.get(day, Decimal(0)) + quantity
    total = Decimal(0)
    for day in sorted(by_day):
        total += by_day[day]
        if total < 0:
            what = "d’heures" if objective.measure in IN_HOURS else "de personnes ou de contrats"
            raise Refused(f"L'avenant retire plus {what} que l’engagement n’en compte.")


def first_due(objective: Objective) -> date | None:
    """The day from which a debt is known; None when nothing tells it yet."""
    return min(
        (row.effective_on for row in objective.events.all() if row.kind in ADDING), default=None
    )


def follows_another(objective: Objective) -> bool:
    """A share in per cent has no debt of its own."""
    return objective.share is not None


def period_within(objective: Objective, due_from: date | None, due_until: date | None) -> None:
    """Refuse a period that is reversed or runs out of the objective's life."""
    first, last = life(objective)
    if due_from and due_until and due_until < due_from:
        raise Refused(
            f"La période finit le {date_fr(due_until)}, avant de commencer : corrigez les dates."
        )
    out = (due_from and not first <= due_from <= last) or (
        due_until and not first <= due_until <= last
    )
    if out:
        raise Refused(
            f"Cet objectif court du {date_fr(first)} au {date_fr(last)} :"
            " choisissez des dates dans cette période."
        )


def overlapping(
    objective: Objective, kind: EventKind, due_from: date, due_until: date
) -> ObjectiveEvent | None:
    """The event of that kind whose period shares a day with this one."""
    for row in objective.events.all():
        if row.kind != kind or row.due_from is None or row.due_until is None:
            continue
        if row.due_from <= due_until and due_from <= row.due_until:
            return row
    return None


def covered_until(objective: Objective, kind: EventKind) -> date | None:
    """The last day that events of that kind cover."""
    ends = [row.due_until for row in objective.events.all() if row.kind == kind and row.due_until]
    return max(ends, default=None)


def name_of(objective: Objective) -> str:
    """How the journal names an objective: its label, else what triggers it. Never a public."""
    if objective.label:
        return f"« {objective.label} »"
    named: dict[str, str] = {
        Trigger.YEAR: "Heures de l’année",
        Trigger.TRANCHE: "Tranche optionnelle",
        Trigger.ORDER: "Bon de commande",
        Trigger.CALL_OFF: "Marché subséquent",
    }
    return named.get(objective.trigger, str(objective.get_measure_display()))


def tell(scope: Scope, clause: Clause, verb: str, sentence: str, day: date) -> None:
    record_act(scope.user, verb, sentence, clause.lot.contract.operation, clause, day=day)

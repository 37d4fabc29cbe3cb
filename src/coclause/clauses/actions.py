"""Writes over several records of contracts and clauses: one transaction, journal inside.

Each act checks who asks, and raises `PermissionDenied` (nothing changed) or `Refused` with a
sentence for the user. Days are arguments.
"""

from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction

from coclause.clauses import permissions
from coclause.clauses.choices import EventKind, HostRole, MemberPart
from coclause.clauses.models import (
    Award,
    AwardMember,
    Clause,
    Commitment,
    Contract,
    Lot,
    Objective,
    ObjectiveEvent,
    Operation,
    OperationHost,
)
from coclause.clauses.states import LIVE, ClauseState, transition
from coclause.core.journal import record_act
from coclause.core.refusals import Conflict, Refused
from coclause.organisations.choices import Role
from coclause.organisations.models import Organisation
from coclause.organisations.scopes import Scope


@transaction.atomic
def open_operation(scope: Scope, operation: Operation, host: Organisation) -> Operation:
    """Save a new operation, handled from today by this host and by whoever opens it."""
    if host.pk not in scope.hosts:
        raise PermissionDenied
    operation.save()
    OperationHost.objects.create(
        operation=operation,
        host=host,
        facilitator=scope.user,
        role=HostRole.REFERENT,
        starts_on=scope.day,
    )
    record_act(
        scope.user,
        "operation.opened",
        f"Opération ouverte, suivie par {host}.",
        operation,
        day=scope.day,
    )
    return operation


@transaction.atomic
def add_contract(scope: Scope, contract: Contract, lots: list[Lot]) -> Contract:
    """Save a contract with its lots: at least one, number 1 when it is not divided."""
    _must_be_referent(contract.operation, scope)
    if not lots:
        raise Refused("Un contrat a au moins un lot : ajoutez-en un.")
    contract.save()
    for lot in lots:
        lot.contract = contract
    Lot.objects.bulk_create(lots)
    record_act(
        scope.user,
        "contract.added",
        f"Contrat ajouté : {contract.object[:200]} ({len(lots)} lot{'s' * (len(lots) > 1)}).",
        contract.operation,
        day=scope.day,
    )
    return contract


@transaction.atomic
def write_clause(scope: Scope, clause: Clause) -> Clause:
    """Save a clause that is being written; once proposed, it must first be taken back."""
    operation = clause.lot.contract.operation
    _must_be_referent(operation, scope)
    if clause.state != ClauseState.DRAFT:
        raise Refused(
            "La clause est déjà proposée : choisissez « Reprendre la rédaction » pour la modifier."
        )
    created = clause.pk is None
    if created:
        clause.state_since = scope.day
        clause.save()
    else:
        _save_if_still_draft(clause)
    record_act(
        scope.user,
        "clause.written",
        "Clause créée." if created else "Clause modifiée.",
        operation,
        clause,
        day=scope.day,
    )
    return clause


def _save_if_still_draft(clause: Clause) -> None:
    fields = ("instrument", "theme", "basis", "publics", "hour_kinds", "terms", "target_hours")
    written = {field: getattr(clause, field) for field in (*fields, "act_by")}
    if not Clause.objects.filter(pk=clause.pk, state=ClauseState.DRAFT).update(**written):
        raise Conflict("La clause vient d’être proposée par quelqu'un d’autre. Relisez-la.")


@transaction.atomic
def change_state(
    scope: Scope, clause: Clause, name: str, *, reason: str = "", act_by: date | None = None
) -> Clause:
    """Apply one allowed change, by compare-and-set: of two at once, one wins, one is told."""
    change = transition(name)
    if not permissions.may_change_state(clause, change, scope):
        raise PermissionDenied
    reason = reason.strip()
    if change.reason_needed and not reason:
        raise Refused("Donnez un motif : il sera inscrit au journal.")
    changed = Clause.objects.filter(pk=clause.pk, state__in=change.sources).update(
        state=change.target, state_since=scope.day, act_by=act_by
    )
    if not changed:
        raise Conflict(
            f"« {change.label} » n’est plus possible : l’état de la clause a changé entre-temps."
        )
    clause.refresh_from_db()
    told = f"{change.label} : {reason}" if reason else change.label
    record_act(
        scope.user,
        f"clause.{change.name}",
        f"{told}. La clause est « {clause.get_state_display()} ».",
        clause.lot.contract.operation,
        clause,
        day=scope.day,
    )
    return clause


@transaction.atomic
def award_lot(scope: Scope, award: Award, company: Organisation) -> Award:
    """Record that a lot was awarded to one company, or to the group that it leads."""
    operation = award.lot.contract.operation
    _must_be_referent(operation, scope)
    if Role.COMPANY not in company.roles:
        raise Refused(f"« {company} » n’est pas une entreprise : corrigez son rôle d’abord.")
    award.save()
    part = MemberPart.LEADER if award.group else MemberPart.HOLDER
    AwardMember.objects.create(
        award=award, organisation=company, part=part, starts_on=award.starts_on
    )
    contract = award.lot.contract
    if contract.notified_on is None:
        contract.notified_on = award.notified_on
        contract.save(update_fields=["notified_on"])
    record_act(
        scope.user,
        "lot.awarded",
        f"{award.lot} : attribué à {company}.",
        operation,
        *award.lot.clauses.all(),
        company,
        day=award.notified_on,
    )
    return award


@transaction.atomic
def commit_hours(scope: Scope, clause: Clause, award: Award, hours: Decimal) -> Commitment:
    """Record the hours a company owes under a clause, due from the award's notification."""
    operation = clause.lot.contract.operation
    _must_be_referent(operation, scope)
    if award.lot_id != clause.lot_id:
        raise Refused("Cette attribution porte sur un autre lot.")
    if hours <= 0:
        raise Refused("Un engagement compte au moins une heure.")
    if clause.state not in (ClauseState.AGREED, *LIVE):
        raise Refused(
            "L'engagement s’enregistre une fois la clause acceptée par l’acheteur :"
            " proposez-la d’abord."
        )
    commitment, created = Commitment.objects.get_or_create(award=award, clause=clause)
    if not created:
        raise Conflict("Un engagement est déjà enregistré : passez par un avenant.")
    objective = Objective.objects.create(commitment=commitment)
    ObjectiveEvent.objects.create(
        objective=objective,
        kind=EventKind.INITIAL,
        effective_on=award.notified_on,
        quantity=hours,
    )
    record_act(
        scope.user,
        "commitment.made",
        f"Engagement de {hours.normalize():f} heures.",
        operation,
        clause,
        day=award.notified_on,
    )
    return commitment


@transaction.atomic
def amend(
    scope: Scope, objective: Objective, *, quantity: Decimal, effective_on: date, reason: str
) -> ObjectiveEvent:
    """Add or remove hours from a date on. What is committed never falls below zero."""
    locked = Objective.objects.select_for_update().get(pk=objective.pk)
    clause = locked.commitment.clause
    operation = clause.lot.contract.operation
    _must_be_referent(operation, scope)
    if quantity == 0:
        raise Refused("Un avenant ajoute ou retire des heures : donnez un nombre non nul.")
    if not reason.strip():
        raise Refused("Donnez le motif de l’avenant.")
    _must_stay_positive(locked, quantity, effective_on)
    event = ObjectiveEvent.objects.create(
        objective=locked,
        kind=EventKind.AMENDMENT,
        effective_on=effective_on,
        quantity=quantity,
        reason=reason.strip(),
    )
    record_act(
        scope.user,
        "commitment.amended",
        f"Avenant de {quantity.normalize():+f} heures : {reason.strip()}.",
        operation,
        clause,
        day=effective_on,
    )
    return event


def _must_stay_positive(objective: Objective, quantity: Decimal, effective_on: date) -> None:
    """At no date may the running sum, this event included, be negative."""
    by_day: dict[date, Decimal] = {}
    for event in objective.events.all():
        by_day[event.effective_on] = by_day.get(event.effective_on, Decimal(0)) + event.quantity
    if effective_on < min(by_day):
        raise Refused("L'avenant prend effet avant l’engagement : corrigez la date.")
    by_day[effective_on] = by_day.get(effective_on, Decimal(0)) + quantity
    total = Decimal(0)
    for day in sorted(by_day):
        total += by_day[day]
        if total < 0:
            raise Refused("L'avenant retire plus d’heures que l’engagement n’en compte.")


def _must_be_referent(operation: Operation, scope: Scope) -> None:
    if not permissions.is_referent(operation, scope):
        raise PermissionDenied

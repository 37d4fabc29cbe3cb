"""Writes over several records of contracts and clauses: one transaction, journal inside.

Each act checks who asks, and raises `PermissionDenied` (nothing changed) or `Refused` with a
sentence for the user. Days are arguments.
"""

from datetime import date

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import transaction

from coclause.clauses import permissions
from coclause.clauses.choices import (
    Basis,
    ContractKind,
    Framework,
    HostRole,
    Instrument,
    MemberPart,
)
from coclause.clauses.execution import follow, lock_awards, resume_locked, suspend_locked
from coclause.clauses.models import (
    Award,
    AwardMember,
    Clause,
    Contract,
    Lot,
    Operation,
    OperationHost,
    Order,
)
from coclause.clauses.ordering import KINDS
from coclause.clauses.states import RESUME, SUSPEND, ClauseState, transition
from coclause.core.journal import record_act
from coclause.core.refusals import Conflict, Refused
from coclause.organisations.choices import Role
from coclause.organisations.models import Organisation
from coclause.organisations.scopes import Scope
from coclause.render.numbers import date_fr

WRITTEN = (
    "instrument",
    "theme",
    "basis",
    "publics",
    "hour_kinds",
    "training_cap",
    "internship_cap",
    "collective",
    "terms",
    "target_hours",
    "act_by",
)
"""What a clause being written may change."""


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
def change_contract(scope: Scope, contract: Contract, *, seen: int) -> Contract:
    """Save a contract's changed facts. `seen` is how many states of it there were when read."""
    before = Contract.objects.select_for_update().get(pk=contract.pk)
    _must_be_referent(before.operation, scope)
    if versions_of(before) != seen:
        raise Conflict(
            "Ce contrat vient d’être modifié par quelqu'un d’autre. Rechargez la page pour voir"
            " ce qui a changé, puis reprenez le vôtre."
        )
    placed = set(Order.objects.filter(award__lot__contract=before).values_list("kind", flat=True))
    if not placed <= set(KINDS[Framework(contract.framework)]):
        raise Refused(
            "Des commandes sont déjà enregistrées : la forme choisie ne les permet pas. Gardez"
            " celle du contrat, ou prenez « mixte »."
        )
    contract.save()
    record_act(
        scope.user,
        "contract.changed",
        f"Contrat modifié : {contract.object[:200]}.",
        before.operation,
        day=scope.day,
    )
    return contract


def versions_of(contract: Contract) -> int:
    """How many states of the contract are kept: what a page says it read."""
    kept = apps.get_model("clauses", "ContractHistory")._default_manager
    count: int = kept.filter(pgh_obj=contract.pk).count()
    return count


@transaction.atomic
def write_clause(scope: Scope, clause: Clause) -> Clause:
    """Save a clause that is being written; once proposed, it must first be taken back."""
    operation = clause.lot.contract.operation
    _must_be_referent(operation, scope)
    if clause.state != ClauseState.DRAFT:
        raise Refused(
            "La clause est déjà proposée : choisissez « Reprendre la rédaction » pour la modifier."
        )
    if clause.lot.contract.kind == ContractKind.PRIVATE and clause.basis == Basis.CODE:
        raise Refused(
            "Un contrat privé ne relève pas du code de la commande publique : dites d’où vient la"
            " clause (charte, cession de charges foncières, financement, démarche volontaire)."
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
    written = {field: getattr(clause, field) for field in WRITTEN}
    if not Clause.objects.filter(pk=clause.pk, state=ClauseState.DRAFT).update(**written):
        raise Conflict("La clause vient d’être proposée par quelqu'un d’autre. Relisez-la.")


@transaction.atomic
def change_state(
    scope: Scope,
    clause: Clause,
    name: str,
    *,
    reason: str = "",
    act_by: date | None = None,
    on: date | None = None,
    ends_on: date | None = None,
) -> Clause:
    """Apply one allowed change, by compare-and-set: of two at once, one wins, one is told.

    Suspending and resuming change the calendar of the awards too, from the day `on` (today when
    it is not said), to the new end `ends_on` of a resumption.
    """
    change = transition(name)
    if not permissions.may_change_state(clause, change, scope):
        raise PermissionDenied
    if name == "demarrer":
        _must_be_committed(clause)
    reason = reason.strip()
    if change.reason_needed and not reason:
        raise Refused("Donnez un motif : il sera inscrit au journal.")
    since = on or scope.day
    awards = lock_awards(clause) if change.name in (SUSPEND, RESUME) else []
    changed = Clause.objects.filter(pk=clause.pk, state__in=change.sources).update(
        state=change.target, state_since=min(since, scope.day), act_by=act_by
    )
    if not changed:
        raise Conflict(
            f"« {change.label} » n’est plus possible : l’état de la clause a changé entre-temps."
        )
    if change.name == SUSPEND:
        suspend_locked(awards, on=since, reason=reason, day=scope.day)
    elif change.name == RESUME:
        resume_locked(awards, on=since, ends_on=ends_on, reason=reason)
    follow(awards, since, scope.day, but=clause)
    clause.refresh_from_db()
    label = change.label if on is None else f"{change.label} au {date_fr(on)}"
    told = f"{label} : {reason}" if reason else label
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


def _must_be_committed(clause: Clause) -> None:
    """A reserved contract may start without a commitment: its hours count all the same."""
    if clause.instrument == Instrument.RESERVED or clause.commitments.exists():
        return
    raise Refused("Enregistrez d’abord l’engagement de l’entreprise : l’exécution démarre ensuite.")


def _must_be_referent(operation: Operation, scope: Scope) -> None:
    if not permissions.is_referent(operation, scope):
        raise PermissionDenied

"""Conventions of a programme (NPNRU): recording one, correcting it, saying which contracts answer.

A convention is a signed, public document that several buyers and hosts share.

- Whoever works in the network of the region, host or coordination, may enter one: nobody's figures
  change by it.
- The coordination of the region corrects any. A host corrects one as long as it is the referent of
  all the operations whose contracts answer to it (none yet included): past that, the target is
  also the others', and the coordination alone changes it.
- A contract is put under a convention, or taken out, by the referent of its operation or by the
  coordination of the region. Both are of the same region.
"""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from coclause.clauses.choices import HostRole
from coclause.clauses.models import Contract, Convention, Operation, OperationHost
from coclause.clauses.permissions import is_referent
from coclause.core.journal import record_act
from coclause.core.periods import on_day
from coclause.core.refusals import Conflict, Refused
from coclause.organisations.scopes import Scope
from coclause.reference.keys import search_key
from coclause.reference.models import PriorityDistrict


def may_record_convention(scope: Scope, region: str) -> bool:
    """The network of the region: its hosts' people and its coordination."""
    return region in scope.working_regions


def may_change_convention(scope: Scope, convention: Convention) -> bool:
    """The region's coordination; a host that is the referent of all that answers to it."""
    if convention.region_id in scope.coordinated_regions:
        return True
    if not scope.hosts or not may_record_convention(scope, convention.region_id):
        return False
    operations = Operation.objects.filter(contracts__convention=convention)
    return not operations.exclude(pk__in=_followed(scope)).exists()


def may_attach(scope: Scope, operation: Operation) -> bool:
    """The referent of the operation, or the coordination of its region."""
    return operation.region_id in scope.coordinated_regions or is_referent(operation, scope)


def attachable(scope: Scope, region: str) -> QuerySet[Contract]:
    """The contracts of a region that `may_attach` opens to this scope."""
    rows = Contract.objects.filter(operation__region=region)
    if region in scope.coordinated_regions:
        return rows
    return rows.filter(operation__in=_followed(scope))


@transaction.atomic
def record_convention(
    scope: Scope, convention: Convention, districts: Iterable[PriorityDistrict] = ()
) -> Convention:
    """Save a new convention with the districts it is meant for."""
    if not may_record_convention(scope, convention.region_id):
        raise PermissionDenied
    _save(convention)
    convention.districts.set(districts)
    record_act(
        scope.user,
        "convention.recorded",
        f"Convention enregistrée : {convention.name}.",
        convention,
        day=scope.day,
    )
    return convention


@transaction.atomic
def change_convention(
    scope: Scope, convention: Convention, districts: Iterable[PriorityDistrict]
) -> Convention:
    """Correct a convention. What answers to it is read behind a lock: it cannot grow meanwhile."""
    before = Convention.objects.select_for_update().get(pk=convention.pk)
    if before.region_id != convention.region_id or not may_change_convention(scope, before):
        raise PermissionDenied
    _save(convention)
    convention.districts.set(districts)
    record_act(
        scope.user,
        "convention.changed",
        f"Convention corrigée : {convention.name}.",
        convention,
        day=scope.day,
    )
    return convention


@transaction.atomic
def attach(
    scope: Scope, contract: Contract, convention: Convention | None, *, seen: int | None
) -> Contract:
    """Put a contract under a convention, or under none.

    `seen` is the convention that it answered to when the user chose: `Conflict` if it changed.
    """
    if convention is not None:
        # Waits for a correction of the convention, whose right depends on what answers to it.
        convention = Convention.objects.select_for_update().get(pk=convention.pk)
    locked = Contract.objects.select_for_update(of=("self",)).get(pk=contract.pk)
    operation = locked.operation
    if not may_attach(scope, operation):
        raise PermissionDenied
    if convention is not None and convention.region_id != operation.region_id:
        raise Refused("Cette convention est d’une autre région : choisissez-en une autre.")
    if locked.convention_id != seen:
        raise Conflict("Ce contrat vient de changer de convention. Relisez, puis recommencez.")
    before = locked.convention
    if before == convention:
        raise Refused("Rien ne change : choisissez une autre convention, ou annulez.")
    locked.convention = convention
    locked.save(update_fields=["convention"])
    record_act(
        scope.user,
        "contract.convention",
        _told(locked, before, convention),
        operation,
        *(one for one in (before, convention) if one is not None),
        day=scope.day,
    )
    return locked


def _followed(scope: Scope) -> QuerySet[OperationHost, int]:
    """Operations whose referent of the day is one of the scope's hosts."""
    held = OperationHost.objects.filter(
        on_day(scope.day), host__in=scope.hosts, role=HostRole.REFERENT
    )
    return held.values_list("operation", flat=True)


def _told(contract: Contract, before: Convention | None, after: Convention | None) -> str:
    what = f"« {contract.object[:150]} »"
    if after is None:
        return f"Contrat {what} détaché de la convention {before}."
    instead = f", au lieu de {before}" if before else ""
    return f"Contrat {what} rattaché à la convention {after}{instead}."


def _save(convention: Convention) -> None:
    if not search_key(convention.name):
        raise Refused("Donnez le nom de la convention, en lettres.")
    if convention.ends_on and convention.ends_on < convention.starts_on:
        raise Refused("La fin de la convention précède son début : corrigez l’une des dates.")
    try:
        with transaction.atomic():
            convention.save()
    except IntegrityError as error:
        if "convention_once" not in str(error):
            raise
        raise Refused(
            f"Une convention de la région porte déjà le nom « {convention.name} » : reprenez-la,"
            " ou donnez un autre nom."
        ) from error

"""Who follows an operation, and handing it over: dated acts, with a reason, never backwards.

The hours of a month count under the referent of its last day, so an act starts today or later: the
months already counted stay where they were. Rights follow the same dates: on the day, the database
itself opens the persons of an operation to its referent, and to an associated host its own share.
"""

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet

from coclause.clauses.choices import HostRole
from coclause.clauses.models import Operation, OperationHost
from coclause.clauses.permissions import is_referent
from coclause.core.journal import record_act
from coclause.core.models import User
from coclause.core.refusals import Conflict, Refused
from coclause.organisations.choices import PERSON_ROLES, Role
from coclause.organisations.models import Membership, Organisation
from coclause.organisations.scopes import Scope
from coclause.render.numbers import date_fr

ONE_DAY = timedelta(days=1)


def may_share(operation: Operation, scope: Scope) -> bool:
    """The referent host hands over and associates; the coordination of the region does for all,
    and for an operation that nobody follows.
    """
    return operation.region_id in scope.coordinated_regions or is_referent(operation, scope)


def referents_seen(operation: Operation, day: date) -> str:
    """A mark of the referents from that day on; it changes with each handing over."""
    rows = OperationHost.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=day), operation=operation, role=HostRole.REFERENT
    )
    seen = rows.order_by("starts_on").values_list("pk", "host", "facilitator", "ends_on")
    return "-".join(str(row) for row in seen) or "nobody"


@transaction.atomic
def hand_over(
    scope: Scope,
    operation: Operation,
    host: Organisation,
    facilitator: User | None,
    *,
    on: date,
    reason: str,
    stays: bool = False,
    seen: str | None = None,
) -> OperationHost:
    """Another facilitator, of this host or of another, follows the operation from that day on.

    With `stays`, the host that hands over remains associated and keeps its share of the persons;
    otherwise those still at work are followed by the new referent. `seen` is `referents_seen` as
    the user read it: whoever comes after somebody else's decision is told.
    """
    seen = seen or referents_seen(operation, scope.day)
    locked = _locked(scope, operation)
    if referents_seen(operation, scope.day) != seen:
        raise Conflict(
            "Quelqu’un d’autre vient de changer qui suit cette opération. Rien n’a été modifié :"
            " relisez la page, puis recommencez s’il le faut."
        )
    reason = reason.strip()
    if not reason:
        raise Refused("Donnez le motif : il sera inscrit au journal.")
    _must_not_be_past(on, scope.day)
    _must_be_host(locked, host, facilitator, on)
    before = _referent(locked, on)
    if before is not None and (before.host_id, before.facilitator_id) == (
        host.pk,
        facilitator and facilitator.pk,
    ):
        raise Refused("C’est déjà elle qui suit cette opération : choisissez quelqu’un d’autre.")
    for row in _associations(locked, on).filter(host=host):
        _end(row, on - ONE_DAY)
    successor = OperationHost(
        operation=locked, host=host, facilitator=facilitator, role=HostRole.REFERENT, starts_on=on
    )
    made = _succeed(before, successor, stays=stays)
    told = f"Opération suivie par {_named(host, facilitator)} à partir du {date_fr(on)} : {reason}."
    record_act(scope.user, "operation.handed_over", told, locked, host, day=on)
    return made


@transaction.atomic
def associate_host(
    scope: Scope,
    operation: Operation,
    host: Organisation,
    facilitator: User | None,
    *,
    starts_on: date,
    ends_on: date | None = None,
) -> OperationHost:
    """A host follows its own share of the persons, beside the referent."""
    locked = _locked(scope, operation)
    _must_not_be_past(starts_on, scope.day)
    if ends_on is not None and ends_on < starts_on:
        raise Refused(f"La fin précède le début ({date_fr(starts_on)}) : corrigez l’une des dates.")
    _must_be_host(locked, host, facilitator, starts_on)
    held = OperationHost.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on), operation=locked, host=host
    )
    if ends_on is not None:
        held = held.filter(starts_on__lte=ends_on)
    known = held.order_by("starts_on").first()
    if known is not None:
        raise Conflict(
            f"{host} suit déjà cette opération depuis le {date_fr(known.starts_on)}"
            f" ({known.get_role_display().lower()})."
        )
    made = OperationHost.objects.create(
        operation=locked,
        host=host,
        facilitator=facilitator,
        role=HostRole.ASSOCIATED,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    until = f" jusqu’au {date_fr(ends_on)}" if ends_on else ""
    told = f"{_named(host, facilitator)} associée à partir du {date_fr(starts_on)}{until}."
    record_act(scope.user, "operation.host_associated", told, locked, host, day=starts_on)
    return made


@transaction.atomic
def end_association(scope: Scope, row: OperationHost, *, last_day: date) -> None:
    """An associated host stops following its share after that day; the referent takes it over."""
    locked = _locked(scope, row.operation)
    held = OperationHost.objects.filter(pk=row.pk, role=HostRole.ASSOCIATED).first()
    if held is None or (held.ends_on is not None and held.ends_on < scope.day):
        raise Conflict("Cette association est déjà terminée.")
    if last_day < scope.day - timedelta(days=1):
        raise Refused("Une association se termine aujourd’hui ou plus tard : corrigez la date.")
    if held.ends_on is not None and last_day >= held.ends_on:
        raise Refused(f"L’association finit déjà le {date_fr(held.ends_on)}.")
    _end(held, last_day)
    told = f"{held.host} n’est plus associée après le {date_fr(last_day)}."
    record_act(scope.user, "operation.host_left", told, locked, held.host, day=last_day)


def _locked(scope: Scope, operation: Operation) -> Operation:
    locked = Operation.objects.select_for_update(no_key=True).get(pk=operation.pk)
    if not may_share(locked, scope):
        raise PermissionDenied
    return locked


def _must_not_be_past(on: date, day: date) -> None:
    if on < day:
        raise Refused(
            "Le changement prend effet aujourd’hui ou plus tard : les mois déjà comptés restent"
            " à qui suivait l’opération."
        )


def _must_be_host(
    operation: Operation, host: Organisation, facilitator: User | None, on: date
) -> None:
    if Role.HOST not in host.roles or host.region_id != operation.region_id:
        raise Refused(f"{host} n’est pas une structure porteuse de cette région.")
    if facilitator is None:
        return
    member = Membership.objects.filter(
        organisation=host, user=facilitator, role__in=PERSON_ROLES
    ).on(on)
    if not member.exists():
        raise Refused(
            f"{facilitator} ne travaille pas dans cette structure le {date_fr(on)} : choisissez"
            " l’un de ses facilitateurs."
        )


def _referent(operation: Operation, on: date) -> OperationHost | None:
    """Who follows on that day. Raises Refused when a later change is already recorded."""
    rows = OperationHost.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on), operation=operation, role=HostRole.REFERENT
    )
    found = list(rows.select_related("host", "facilitator").order_by("starts_on"))
    later = [row for row in found if row.starts_on > on]
    if later:
        raise Conflict(
            f"Un changement est déjà prévu le {date_fr(later[0].starts_on)} :"
            f" {_named(later[0].host, later[0].facilitator)}. Choisissez ce jour ou un jour"
            " plus tardif."
        )
    return found[0] if found else None


def _succeed(
    before: OperationHost | None, successor: OperationHost, *, stays: bool
) -> OperationHost:
    """The old period ends the day before; one that begins that very day is replaced.

    The association of the host that stays is written before the new referent: the database lets
    those in charge, that day or the day before, name the next one, and nobody else.
    """
    stays = stays and before is not None and before.host_id != successor.host_id
    if before is None:
        successor.save()
    elif before.starts_on < successor.starts_on:
        _end(before, successor.starts_on - ONE_DAY)
        if stays:
            OperationHost.objects.create(
                operation=before.operation,
                host=before.host,
                facilitator=before.facilitator,
                role=HostRole.ASSOCIATED,
                starts_on=successor.starts_on,
            )
        successor.save()
    elif stays:
        before.role = HostRole.ASSOCIATED
        before.save(update_fields=["role"])
        successor.save()
    else:
        before.host, before.facilitator = successor.host, successor.facilitator
        before.save(update_fields=["host", "facilitator"])
        return before
    return successor


def _associations(operation: Operation, on: date) -> QuerySet[OperationHost]:
    return OperationHost.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on),
        operation=operation,
        role=HostRole.ASSOCIATED,
    )


def _end(row: OperationHost, last_day: date) -> None:
    """What has not begun by then never was; its history keeps it."""
    if last_day < row.starts_on:
        row.delete()
    else:
        OperationHost.objects.filter(pk=row.pk).update(ends_on=last_day)


def _named(host: Organisation, facilitator: User | None) -> str:
    return f"{host} ({facilitator})" if facilitator else str(host)

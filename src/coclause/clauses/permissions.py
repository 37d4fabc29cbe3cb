"""Who may do what to an operation, a clause or an award. Reading is in `queries.py`."""

from coclause.clauses.choices import HostRole
from coclause.clauses.models import Clause, Operation, OperationHost
from coclause.clauses.states import Transition, Turn
from coclause.core.periods import on_day
from coclause.organisations.scopes import Scope


def may_open_operation(scope: Scope) -> bool:
    """A facilitator or a manager of a host opens operations, for that host."""
    return bool(scope.hosts)


def handles(operation: Operation, scope: Scope) -> bool:
    """The host in charge that day (referent or associated) handles the operation."""
    if not scope.hosts:
        return False
    return OperationHost.objects.filter(
        on_day(scope.day), operation=operation, host__in=scope.hosts
    ).exists()


def is_referent(operation: Operation, scope: Scope) -> bool:
    """Only the referent host changes contracts, clauses and awards; an associated one declares."""
    if not scope.hosts:
        return False
    return OperationHost.objects.filter(
        on_day(scope.day), operation=operation, host__in=scope.hosts, role=HostRole.REFERENT
    ).exists()


def may_change_state(clause: Clause, change: Transition, scope: Scope) -> bool:
    """Each change names whose it is: the referent host's, the buyer's, or either's."""
    operation = clause.lot.contract.operation
    if Turn.BUYER in change.by and operation.buyer_id in scope.buyers:
        return True
    return Turn.FACILITATOR in change.by and is_referent(operation, scope)

"""Whose documents a reader comes to, and what they may do there."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied

from coclause.clauses.models import AwardMember
from coclause.clauses.permissions import is_referent
from coclause.clauses.states import EXECUTED
from coclause.hours.choices import ProofKind
from coclause.hours.models import Proof
from coclause.hours.proofs.queries import STATEMENTS, ProofQuerySet
from coclause.organisations.scopes import Scope
from coclause.web.clauses.access import ClauseView, clause_view


@dataclass(frozen=True)
class Desk:
    """The documents of a clause, for somebody."""

    view: ClauseView
    kinds: tuple[ProofKind, ...]
    """Those that the reader is given."""
    issues: bool
    """Of the referent host, once the contract is awarded."""

    @property
    def clause(self) -> Any:
        return self.view.clause

    def rows(self, scope: Scope) -> ProofQuerySet:
        return Proof.objects.visible_to(scope).filter(clause=self.clause.pk)


def kinds_for(view: ClauseView, scope: Scope) -> tuple[ProofKind, ...]:
    """The host in charge reads all; the buyer and the coordination, statements; a company,
    certificates; the rest of the network, nothing.
    """
    operation = view.clause.lot.contract.operation
    if view.handled:
        return tuple(ProofKind)
    given: tuple[ProofKind, ...] = ()
    if operation.buyer_id in scope.buyers or operation.region_id in scope.coordinated_regions:
        given = STATEMENTS
    if scope.companies and _works_there(view.clause, scope):
        given = (*given, ProofKind.CERTIFICATE)
    return given


def _works_there(clause: Any, scope: Scope) -> bool:
    """Whether a company of the reader takes, or took, part in an award of the lot."""
    parts = AwardMember.objects.filter(award__lot=clause.lot_id)
    return parts.filter(organisation__in=scope.companies).exists()


def desk_of(pk: int, scope: Scope) -> Desk:
    """Raises Http404 out of the scope, PermissionDenied for who is given no document."""
    view = clause_view(pk, scope)
    kinds = kinds_for(view, scope)
    if not kinds:
        raise PermissionDenied
    operation = view.clause.lot.contract.operation
    issues = view.clause.state in EXECUTED and is_referent(operation, scope)
    return Desk(view, kinds, issues)

"""Who declares, who validates."""

from coclause.clauses.models import Award
from coclause.clauses.permissions import handles
from coclause.organisations.scopes import Scope


def may_declare(award: Award, scope: Scope) -> bool:
    """The companies of the award declare; the host in charge may type what they sent by mail."""
    if handles(award.lot.contract.operation, scope):
        return True
    return award.members.filter(organisation__in=scope.companies).exists()


def may_validate(award: Award, scope: Scope) -> bool:
    """Only the host in charge validates or sends back; never the company that declared."""
    return handles(award.lot.contract.operation, scope)


def may_hire(award: Award, scope: Scope) -> bool:
    """The host in charge records who is employed on an award."""
    return handles(award.lot.contract.operation, scope)

"""Who declares, who validates, whose lines."""

from coclause.clauses.models import Award
from coclause.clauses.permissions import handles, is_referent
from coclause.organisations.scopes import Scope


def may_declare(award: Award, scope: Scope) -> bool:
    """The companies of the award declare; the hosts in charge may type what they sent by mail.

    What somebody says of one month is told by `parties.party_of`.
    """
    if handles(award.lot.contract.operation, scope):
        return True
    return award.members.filter(organisation__in=scope.companies).exists()


def may_validate(award: Award, scope: Scope) -> bool:
    """Only the hosts in charge validate or send back; never the company that declared."""
    return handles(award.lot.contract.operation, scope)


def may_hire(award: Award, scope: Scope) -> bool:
    """The host in charge records who is employed on an award."""
    return handles(award.lot.contract.operation, scope)


def share_of(award: Award, scope: Scope) -> frozenset[int] | None:
    """Hosts whose persons alone the user types and checks; None for all those of the award.

    An associated host follows its own share; the referent, and a company for what it declares,
    answer for every line.
    """
    operation = award.lot.contract.operation
    if is_referent(operation, scope) or not handles(operation, scope):
        return None
    return scope.hosts

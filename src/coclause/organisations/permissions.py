"""Who may add and change organisations."""

from coclause.organisations.choices import MemberRole, Role
from coclause.organisations.scopes import Scope


def may_manage_organisations(scope: Scope) -> bool:
    """The network's own people keep the list of buyers and companies of their region."""
    return bool(scope.working_regions)


def addable_roles(scope: Scope) -> tuple[Role, ...]:
    """A coordination adds any organisation; a host adds those it works with."""
    if not may_manage_organisations(scope):
        return ()
    partners = (Role.BUYER, Role.COMPANY, Role.PRESCRIBER)
    if scope.organisations(MemberRole.COORDINATOR):
        return (*partners, Role.HOST, Role.OBSERVER)
    return partners

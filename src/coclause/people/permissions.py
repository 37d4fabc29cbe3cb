"""Who handles persons' records. The database enforces it too, by row policies."""

from coclause.organisations.models import Organisation
from coclause.organisations.scopes import Scope


def may_record_person(host: Organisation, scope: Scope) -> bool:
    """Facilitators and managers record persons for their own host, nobody else does."""
    return host.pk in scope.hosts

"""Who closes a year, and who reads that it was closed."""

from coclause.organisations.choices import MemberRole
from coclause.organisations.models import Organisation
from coclause.organisations.scopes import Scope


def may_close(scope: Scope, region: str, host: Organisation | None) -> bool:
    """A host's year is its manager's to close; the region's is its coordination's."""
    if host is None:
        return region in scope.coordinated_regions
    managed = scope.organisations(MemberRole.HOST_MANAGER)
    return host.pk in managed and host.region_id == region


def may_close_something(scope: Scope) -> bool:
    return bool(scope.coordinated_regions or scope.organisations(MemberRole.HOST_MANAGER))


def readable_hosts(scope: Scope, region: str) -> frozenset[int] | None:
    """The hosts whose closings may be read; None for all of them.

    The coordination and observers read the whole region, a host its own. Nobody else reads any.
    """
    whole = scope.regions(MemberRole.COORDINATOR, MemberRole.OBSERVER)
    return None if region in whole else scope.hosts

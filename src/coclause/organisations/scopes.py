"""Who may see what: the scope of an actor, computed once a request from memberships of the day.

Each domain's querysets take a `Scope`. An empty scope gives nothing, everywhere.
"""

from dataclasses import dataclass
from datetime import date

from coclause.core.models import User
from coclause.organisations.choices import PERSON_ROLES, MemberRole
from coclause.organisations.models import Membership


@dataclass(frozen=True)
class Scope:
    """What a user's memberships open on one day."""

    user: User | None
    day: date
    memberships: tuple[Membership, ...] = ()

    def organisations(self, *roles: str) -> frozenset[int]:
        """Ids of the organisations where the user holds one of these roles."""
        return frozenset(m.organisation_id for m in self.memberships if m.role in roles)

    def regions(self, *roles: str) -> frozenset[str]:
        return frozenset(
            m.organisation.region_id
            for m in self.memberships
            if m.role in roles and m.organisation.region_id
        )

    @property
    def hosts(self) -> frozenset[int]:
        """Hosts whose operations and persons the user handles."""
        return self.organisations(*PERSON_ROLES)

    @property
    def buyers(self) -> frozenset[int]:
        return self.organisations(MemberRole.BUYER)

    @property
    def companies(self) -> frozenset[int]:
        return self.organisations(MemberRole.COMPANY)

    @property
    def beyond_companies(self) -> bool:
        """Whether the user does anything else than declare for companies."""
        return any(m.role != MemberRole.COMPANY for m in self.memberships)

    @property
    def only_companies(self) -> bool:
        """Whether the user reads operations for companies alone, not for the network or a buyer."""
        return bool(self.companies) and not (self.working_regions or self.buyers)

    @property
    def working_regions(self) -> frozenset[str]:
        """Regions whose operations the user may read, without persons: the network's own people."""
        return self.regions(*PERSON_ROLES, MemberRole.COORDINATOR)

    @property
    def coordinated_regions(self) -> frozenset[str]:
        return self.regions(MemberRole.COORDINATOR)

    @property
    def figure_regions(self) -> frozenset[str]:
        """Regions whose figures the user may read on the dashboard, small cells hidden."""
        return self.regions(*PERSON_ROLES, MemberRole.COORDINATOR, MemberRole.OBSERVER)

    @property
    def main(self) -> Membership | None:
        """The membership that names the user on pages: the oldest one still running."""
        return self.memberships[0] if self.memberships else None


def nobody(day: date) -> Scope:
    """The scope of a stranger."""
    return Scope(user=None, day=day)


def scope_of(user: User, day: date) -> Scope:
    """The user's scope that day. One query."""
    if not user.is_active:
        return nobody(day)
    memberships = (
        Membership.objects.filter(user=user)
        .on(day)
        .select_related("organisation")
        .order_by("starts_on", "pk")
    )
    return Scope(user=user, day=day, memberships=tuple(memberships))

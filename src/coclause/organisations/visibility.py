"""Which organisations an actor may look at, and whose details they may change."""

from django.db.models import Q

from coclause.organisations.choices import MemberRole, Role
from coclause.organisations.models import Organisation, OrganisationQuerySet
from coclause.organisations.scopes import Scope

PARTNERS = (Role.BUYER, Role.COMPANY, Role.PRESCRIBER)
"""Whom the network works with: public facts, whatever the region of their seat."""


def visible_organisations(scope: Scope) -> OrganisationQuerySet:
    """The network reads its region's organisations and every partner; the others their own.

    Buyers, companies and prescribers work across regions and are public facts; hosts,
    coordinations and observers are seen in their region alone.
    """
    own = Q(pk__in=[m.organisation_id for m in scope.memberships])
    if not scope.working_regions:
        return Organisation.objects.filter(own)
    network = Q(region__in=scope.working_regions) | Q(roles__overlap=list(PARTNERS))
    return Organisation.objects.filter(own | network)


def may_read_members(organisation: Organisation, scope: Scope) -> bool:
    """Names and roles of members: the coordination of their region, and their own people."""
    own = any(m.organisation_id == organisation.pk for m in scope.memberships)
    return own or coordinates(organisation, scope)


def coordinates(organisation: Organisation, scope: Scope) -> bool:
    """The coordination of the organisation's region; of any region when it has none."""
    if organisation.region_id is None:
        return bool(scope.coordinated_regions)
    return organisation.region_id in scope.coordinated_regions


def may_manage_members(organisation: Organisation, scope: Scope) -> bool:
    """Its region's coordination adds and ends members; a host's manager does for that host."""
    managed = scope.organisations(MemberRole.HOST_MANAGER)
    return organisation.pk in managed or coordinates(organisation, scope)


def may_edit(organisation: Organisation, scope: Scope) -> bool:
    """Its region's coordination; for partners (buyers, companies, prescribers), the network."""
    if coordinates(organisation, scope):
        return True
    partner = set(organisation.roles) <= set(PARTNERS)
    near = organisation.region_id is None or organisation.region_id in scope.working_regions
    return bool(scope.working_regions) and partner and near

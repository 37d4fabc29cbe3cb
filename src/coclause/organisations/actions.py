"""Adding an organisation, found again by its SIRET when it is already known."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from coclause.core.journal import record_act
from coclause.core.refusals import Refused
from coclause.organisations.choices import BuyerKind, Role
from coclause.organisations.models import Organisation
from coclause.organisations.permissions import addable_roles
from coclause.organisations.scopes import Scope


@transaction.atomic
def register_organisation(scope: Scope, organisation: Organisation, day: date) -> Organisation:
    """Save a new organisation; of the same SIRET, the known one is returned, with the new roles.

    Raises `PermissionDenied` for a role that this scope may not add.
    """
    if not organisation.roles or not set(organisation.roles) <= set(addable_roles(scope)):
        raise PermissionDenied
    organisation.siret = organisation.siret or None
    known = _known(organisation.siret)
    if known is not None:
        return _give_roles(scope, known, organisation, day)
    try:
        with transaction.atomic():
            organisation.save()
    except IntegrityError:
        # Somebody else has just added the same SIRET.
        known = _known(organisation.siret)
        if known is None:
            raise
        return _give_roles(scope, known, organisation, day)
    record_act(
        scope.user,
        "organisation.added",
        f"Organisation ajoutée : {organisation} ({_roles(organisation.roles)}).",
        organisation,
        day=day,
    )
    return organisation


def _known(siret: str | None) -> Organisation | None:
    if siret is None:
        return None
    return Organisation.objects.select_for_update().filter(siret=siret).first()


def _give_roles(scope: Scope, known: Organisation, asked: Organisation, day: date) -> Organisation:
    missing = [role for role in asked.roles if role not in known.roles]
    if not missing:
        return known
    if known.region_id not in (None, *scope.working_regions):
        raise Refused(f"« {known} » appartient à une autre région : demandez à sa coordination.")
    known.roles = [*known.roles, *missing]
    if Role.BUYER in missing:
        known.buyer_kind = asked.buyer_kind or BuyerKind.UNKNOWN
    known.save()
    record_act(
        scope.user,
        "organisation.roles",
        f"Rôle ajouté : {_roles(missing)}.",
        known,
        day=day,
    )
    return known


def _roles(roles: list[str]) -> str:
    return ", ".join(Role(role).label.lower() for role in roles)

"""The list of buyers of regional scope, which the coordination keeps.

Each act checks who asks, and raises `PermissionDenied` (nothing changed) or `Refused`.
"""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from coclause.core.journal import record_act
from coclause.core.refusals import Refused
from coclause.network.models import RegionalBuyer
from coclause.organisations.choices import MemberRole
from coclause.organisations.models import Membership
from coclause.organisations.scopes import Scope
from coclause.render.numbers import date_fr

ALREADY = "Cet acheteur est déjà sur la liste pour une partie de cette période : corrigez sa ligne."


@transaction.atomic
def add_regional_buyer(scope: Scope, buyer: RegionalBuyer) -> RegionalBuyer:
    """Put a buyer on the list: its requests go to the coordination, or to the referent named."""
    _must_coordinate(scope, buyer)
    _must_be_possible(scope, buyer, buyer.starts_on)
    _save(buyer)
    _record(scope, buyer, "regional_buyer.added", f"{buyer} : acheteur de portée régionale")
    return buyer


@transaction.atomic
def change_regional_buyer(
    scope: Scope,
    buyer: RegionalBuyer,
    *,
    referent: Membership | None,
    reason: str,
    ends_on: date | None,
) -> RegionalBuyer:
    """Name another referent, or say the last day on the list. Requests already given stay put."""
    buyer = RegionalBuyer.objects.select_for_update(of=("self",)).get(pk=buyer.pk)
    _must_coordinate(scope, buyer)
    changed = referent != buyer.referent
    buyer.referent, buyer.reason, buyer.ends_on = referent, reason, ends_on
    _must_be_possible(scope, buyer, scope.day if changed else None)
    _save(buyer)
    _record(scope, buyer, "regional_buyer.changed", f"{buyer} : ligne corrigée")
    return buyer


def referents(regions: frozenset[str], day: date) -> list[Membership]:
    """Who may be named that day: facilitators and coordinators in post in these regions."""
    rows = Membership.objects.on(day).filter(
        organisation__region__in=regions,
        role__in=(MemberRole.FACILITATOR, MemberRole.COORDINATOR),
        user__is_active=True,
    )
    rows = rows.select_related("organisation", "user")
    return list(rows.order_by("organisation__name_key", "user__last_name", "pk"))


def _must_coordinate(scope: Scope, buyer: RegionalBuyer) -> None:
    if buyer.region_id not in scope.coordinated_regions:
        raise PermissionDenied


def _must_be_possible(scope: Scope, buyer: RegionalBuyer, named_on: date | None) -> None:
    if buyer.ends_on is not None and buyer.ends_on < buyer.starts_on:
        raise Refused(
            f"La période commence le {date_fr(buyer.starts_on)} : elle ne peut pas finir avant."
        )
    if buyer.referent is None or named_on is None:
        return
    day = max(named_on, scope.day)
    if buyer.referent not in referents(frozenset({buyer.region_id}), day):
        raise Refused(
            "Cette personne n’est pas en poste dans la région à cette date : choisissez-en une"
            " autre, ou laissez la coordination répondre."
        )


def _save(buyer: RegionalBuyer) -> None:
    try:
        with transaction.atomic():
            buyer.save()
    except IntegrityError as error:
        if "regional_buyer_once" not in str(error):
            raise
        raise Refused(ALREADY) from error


def _record(scope: Scope, buyer: RegionalBuyer, verb: str, told: str) -> None:
    who = f", référent {buyer.referent.user}" if buyer.referent else ""
    until = f", jusqu’au {date_fr(buyer.ends_on)}" if buyer.ends_on else ""
    record_act(
        scope.user,
        verb,
        f"{told}, depuis le {date_fr(buyer.starts_on)}{until}{who}.",
        buyer,
        day=scope.day,
    )

"""Who answers a buyer: the facilitator of the place, or the coordination, and why."""

from dataclasses import dataclass
from datetime import date

from coclause.core.models import User
from coclause.core.periods import on_day
from coclause.network.models import RegionalBuyer
from coclause.organisations.choices import MemberRole, Role
from coclause.organisations.models import Membership, Organisation, TerritoryCharge
from coclause.reference.models import Commune, Region

SIREN = 9


@dataclass(frozen=True)
class Route:
    """Who answers. Without an organisation, the region has no coordination here: nobody does."""

    organisation: Organisation | None
    membership: Membership | None
    why: str

    @property
    def user(self) -> User | None:
        return self.membership.user if self.membership else None


def route(
    region: Region,
    commune: Commune | None,
    *,
    several_sites: bool,
    siret: str,
    day: date,
) -> Route:
    """Who answers that day for a contract executed there, for a buyer known by its SIRET or not.

    In this order: a buyer of regional scope on the coordination's list; several sites; the
    facilitator in charge of the closest territory around the commune; the coordination.
    """
    listed = _listed(region, siret, day)
    if listed is not None:
        return _of_coordination(region, day, listed.referent, f"{listed.name} : portée régionale.")
    if several_sites:
        return _of_coordination(region, day, None, "Le contrat s’exécute en plusieurs lieux.")
    if commune is None:
        return _of_coordination(region, day, None, "Le lieu d’exécution n’est pas connu.")
    charge = in_charge(commune, day)
    if charge is not None:
        held = charge.membership
        return Route(held.organisation, held, f"{held.organisation} suit {charge.place}.")
    why = f"Aucun facilitateur ne suit {commune.name} le {day:%d/%m/%Y}."
    return _of_coordination(region, day, None, why)


def in_charge(commune: Commune, day: date) -> TerritoryCharge | None:
    """The charge of a facilitator in post that day over the closest territory, None for nobody."""
    charges = TerritoryCharge.objects.covering(commune, day).filter(
        on_day(day, "membership__"),
        membership__role=MemberRole.FACILITATOR,
        membership__user__is_active=True,
    )
    return charges.select_related(
        "membership__organisation", "membership__user", "commune", "epci", "departement", "region"
    ).first()


def coordination_of(region: Region) -> Organisation | None:
    """The region's coordination; the first one registered should there be several."""
    return (
        Organisation.objects.playing(Role.COORDINATION).filter(region=region).order_by("pk").first()
    )


def _listed(region: Region, siret: str, day: date) -> RegionalBuyer | None:
    if len(siret) < SIREN:
        return None
    rows = RegionalBuyer.objects.filter(on_day(day), region=region, siren=siret[:SIREN])
    return rows.select_related("referent__organisation", "referent__user").first()


def _of_coordination(region: Region, day: date, referent: Membership | None, why: str) -> Route:
    """The coordination, or whom it named, as long as that person is still in post."""
    if referent is not None and referent.holds_on(day) and referent.user.is_active:
        return Route(referent.organisation, referent, f"{why} La coordination a nommé ce référent.")
    return Route(coordination_of(region), None, f"{why} La coordination régionale répond.")

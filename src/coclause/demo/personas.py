"""Who may be entered from the first page of the demonstration."""

from dataclasses import dataclass

from coclause.demo.casting import CARDS
from coclause.organisations.choices import MemberRole
from coclause.organisations.models import Membership


@dataclass(frozen=True)
class Persona:
    """A card of the first page. `email` is the user's, stable from one build to the next."""

    email: str
    role_label: str
    name: str
    organisation: str
    what: str


def personas() -> list[Persona]:
    """The cards whose user is in the database, in the order of the page. One query."""
    members = Membership.objects.filter(
        user__email__in=[card.email for card in CARDS], ends_on__isnull=True
    ).select_related("user", "organisation")
    found = {(member.user.email, member.role): member for member in members.order_by("-pk")}
    return [
        Persona(
            email=card.email,
            role_label=MemberRole(card.role).label,
            name=member.user.get_full_name(),
            organisation=member.organisation.name,
            what=card.what,
        )
        for card in CARDS
        if (member := found.get((card.email, card.role)))
    ]

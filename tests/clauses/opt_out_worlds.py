"""Entries of the register, all invented."""

from datetime import date
from decimal import Decimal
from typing import Any

from tests import builders
from tests.builders import DAY, World

from coclause.clauses.models import Contract, OptOut
from coclause.clauses.opting_out import record
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.organisations.choices import MemberRole
from coclause.organisations.scopes import scope_of

REASON = "Chantier de trois semaines en milieu occupé, une seule équipe de deux personnes."
NOTICE = date(2026, 11, 2)


def entry_of(world: World, contract: Contract | None = None, **facts: Any) -> OptOut:
    """Works of five months above the threshold, not saved: every case is open."""
    return OptOut(
        **{
            "buyer": world.buyer,
            "contract": contract,
            "object": "Réfection de la verrière",
            "kind": "marche",
            "market_type": "travaux",
            "law_buyer": "collectivite",
            "value": Decimal(6_000_000),
            "months": 5,
            "notice_on": NOTICE,
            "code": "short_works",
            "reason": REASON,
            **facts,
        }
    )


def buyer_of(world: World) -> User:
    """A new member of the world's buyer."""
    with acting_as("test", day=DAY):
        return builders.member(world.buyer, MemberRole.BUYER)


def recorded(
    world: World,
    user: User,
    contract: Contract | None = None,
    *,
    replaces: OptOut | None = None,
    **facts: Any,
) -> OptOut:
    """The same, written by that user."""
    with acting_as(user, day=DAY):
        return record(scope_of(user, DAY), entry_of(world, contract, **facts), replaces=replaces)

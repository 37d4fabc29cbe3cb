"""Requests, registers and notices made at random, around the first months of the duty.

Rows are written as they would stand in the tables, whatever page wrote them.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from tests import builders
from tests.builders import DAY, at
from tests.network.requests_worlds import request_of

from coclause.clauses.choices import ContractKind, Framework, Instrument, MarketType, Theme
from coclause.clauses.models import Contract, Lot, Operation, OptOut
from coclause.clauses.states import ClauseState
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.network.states import RequestState
from coclause.organisations.choices import BuyerKind, MemberRole, Role
from coclause.organisations.models import Organisation

FIRST, LAST = date(2026, 6, 1), date(2028, 2, 29)
VALUES = [
    int(limit) + step
    for limit in (140_000, 216_000, 432_000, 5_404_000)
    for step in (-1, 0)
]  # fmt: skip
CASES = ["immediately_available", "no_link", "competition_or_difficulty", "short_works"]


@dataclass
class Door:
    """What requests, contracts and entries of a random region share."""

    chance: Random
    hosts: list[Organisation]
    buyers: list[Organisation]
    author: User

    def maybe(self, value: Any, odds: float = 0.5) -> Any:
        return value if self.chance.random() < odds else None

    def day(self, first: date = FIRST, last: date = LAST) -> date:
        return first + timedelta(self.chance.randint(0, (last - first).days))


def random_door(seed: int) -> list[Organisation]:
    """Write a few rows of each in two regions; returns the hosts of the first region."""
    chance = Random(seed)
    with acting_as("test", day=DAY):
        elsewhere = builders.region("44", "Grand-Ailleurs")
        buyers = [
            builders.organisation(f"Acheteur {n}", Role.BUYER, of=of)
            for n, of in enumerate((None, None, elsewhere))
        ]
        for buyer in buyers:
            kind = chance.choice(BuyerKind.values)
            Organisation.objects.filter(pk=buyer.pk).update(buyer_kind=kind)
        hosts = [builders.organisation(f"Structure {n}", Role.HOST) for n in range(2)]
        door = Door(chance, hosts, buyers, builders.member(buyers[0], MemberRole.BUYER))
        for _ in range(chance.randint(2, 9)):
            _request(door)
        contracts = [_contract(door) for _ in range(chance.randint(3, 14))]
        for number in range(chance.randint(1, 6)):
            _entry(door, number + 1, contracts)
    return hosts


def _request(door: Door) -> None:
    """Answered, closed or silent, in time or late; where the place is known and where it is not."""
    received = door.day()
    answered = door.maybe(received + timedelta(door.chance.randint(0, 12)), 0.6)
    request_of(
        door.chance.choice([None, *door.hosts]),
        received=received,
        state=door.chance.choice([RequestState.NEW, RequestState.ANSWERED, RequestState.CLOSED]),
        state_since=received + timedelta(door.chance.randint(0, 12)),
        answered_on=answered,
        region=builders.region(*door.chance.choice([("27",), ("44", "Grand-Ailleurs")])),
        commune=door.chance.choice(
            [None, builders.commune("21231"), builders.commune("58194", "Fictiville")]
        ),
    )


def _contract(door: Door) -> Contract:
    """Around a threshold, by its estimate or its amount, with or without a day."""
    chance = door.chance
    operation = Operation.objects.create(
        name="Opération au hasard",
        buyer=chance.choice(door.buyers),
        region_id=chance.choice(["27", "27", "27", "44"]),
    )
    framework = chance.choice(Framework.values)
    contract = Contract.objects.create(
        operation=operation,
        kind=chance.choice([ContractKind.MARCHE, *ContractKind]),
        market_type=chance.choice(MarketType.values),
        object="Objet",
        framework=framework,
        estimated_value=door.maybe(Decimal(chance.choice(VALUES))),
        maximum=door.maybe(Decimal(chance.choice(VALUES))) if framework else None,
        amount=door.maybe(Decimal(chance.choice([0, *VALUES]))),
        notice_on=door.maybe(door.day(), 0.8),
        notified_on=door.maybe(door.day()),
        defense=chance.choice([None, False, False, True]),
    )
    for number in range(chance.randint(1, 2)):
        lot = Lot.objects.create(contract=contract, number=number + 1, title="lot")
        for instrument in chance.sample(list(Instrument), chance.randint(0, 2)):
            builders.clause(
                lot,
                chance.choice([ClauseState.RUNNING, *ClauseState]),
                instrument=instrument,
                theme=chance.choice(Theme.values),
            )
    return contract


def _entry(door: Door, number: int, contracts: list[Contract]) -> None:
    """For a contract or for one that nobody follows; sometimes a correction, or withdrawn."""
    chance = door.chance
    contract = chance.choice([None, *contracts])
    buyer = contract.operation.buyer if contract else chance.choice(door.buyers)
    earlier = OptOut.objects.in_force().filter(buyer=buyer).first()
    OptOut.objects.create(
        buyer=buyer,
        number=number,
        contract=contract,
        object="Objet",
        kind=ContractKind.MARCHE,
        market_type=MarketType.WORKS,
        law_buyer="collectivite",
        value=Decimal(6_000_000),
        notice_on=door.day(date(2026, 8, 22)),
        code=chance.choice(CASES),
        reason="Motif inventé.",
        verdict={},
        replaces=door.maybe(earlier),
        withdrawn_on=door.maybe(DAY, 0.2),
        author=door.author,
        day=DAY,
        recorded_at=at(DAY),
    )

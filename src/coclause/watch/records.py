"""Between a contract as read and its rows in the tables, both ways.

Going to the tables and back loses nothing that a later import needs, so that importing the same
file twice changes nothing.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from coclause.watch.choices import MarketType, TerritoryBasis
from coclause.watch.decp.merging import current
from coclause.watch.decp.records import Holder, RawContract, RawState
from coclause.watch.decp.social import market_type, social
from coclause.watch.models import PublishedContract, PublishedHolder, PublishedState
from coclause.watch.territories import Territories, locate

SAME_NAME = (
    "kind",
    "buyer_siret",
    "buyer_siret_doubtful",
    "buyer_name",
    "published_id",
    "nature",
    "object",
    "cpv",
    "procedure",
    "published_on",
    "place_code",
    "place_type",
    "framework_id",
)
"""Fields that a row and the table name alike."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one contract; `fingerprint` changes when any of them would."""

    contract: dict[str, Any]
    states: tuple[dict[str, Any], ...]
    holders: tuple[dict[str, Any], ...]

    @property
    def fingerprint(self) -> str:
        said = json.dumps(
            [self.contract, self.states, self.holders], default=str, ensure_ascii=False
        )
        return hashlib.sha256(said.encode()).hexdigest()


def to_rows(contract: RawContract, territories: Territories) -> Rows:
    """What the tables will say of the contract."""
    now = current(contract)
    departement, region, basis = locate(contract, territories)
    published_type = contract.published_type or contract.nature
    fields = {name: getattr(contract, name) for name in SAME_NAME} | {
        "buyer_siren": contract.buyer_siret[:9],
        "cpv_division": contract.cpv[:2],
        "market_type": market_type(published_type, contract.cpv),
        "amount": now.amount,
        "amount_doubtful": now.amount_doubtful,
        "duration_months": now.duration_months,
        "notified_on": now.notified_on,
        "departement": departement,
        "region": region,
        "territory_basis": str(basis),
        "considerations": list(contract.considerations),
        "social": social(contract.considerations),
    }
    states = tuple(_state_row(rank, state) for rank, state in enumerate(contract.states))
    return Rows(fields, states, tuple(_holder_rows(contract.states, now.holders)))


def _state_row(rank: int, state: RawState) -> dict[str, Any]:
    return {
        "sequence": rank,
        "number": state.number,
        "dated_on": state.dated_on,
        "amount": state.amount,
        "amount_doubtful": state.amount_doubtful,
        "duration_months": state.duration_months,
        "holders": [holder.identifier for holder in state.holders],
    }


def _holder_rows(states: tuple[RawState, ...], now: tuple[Holder, ...]) -> Iterable[dict[str, Any]]:
    here = {holder.identifier for holder in now}
    rows: dict[str, dict[str, Any]] = {}
    for rank, state in enumerate(states):
        for holder in state.holders:
            row = rows.setdefault(
                holder.identifier,
                {
                    "identifier": holder.identifier,
                    "identifier_type": "",
                    "identifier_doubtful": holder.doubtful,
                    "name": "",
                    "from_sequence": rank,
                    "current": holder.identifier in here,
                },
            )
            row["identifier_type"] = holder.identifier_type or row["identifier_type"]
            row["name"] = holder.name or row["name"]
    return rows.values()


def from_rows(contract: PublishedContract) -> RawContract:
    """The contract as it is known; its states and holders must be prefetched."""
    holders = {holder.identifier: _holder(holder) for holder in contract.holders.all()}
    states = sorted(contract.states.all(), key=lambda state: state.sequence)
    by_buyer = contract.territory_basis == TerritoryBasis.BUYER
    return RawContract(
        where="",
        **{name: getattr(contract, name) for name in SAME_NAME},
        published_type=_published_type(contract),
        buyer_departement=contract.departement if by_buyer else "",
        buyer_region=contract.region if by_buyer else "",
        considerations=tuple(contract.considerations),
        states=tuple(_state(state, holders) for state in states),
    )


def _published_type(contract: PublishedContract) -> str:
    """The type, unless the CPV says it: a corrected CPV must be able to change it."""
    derived = market_type(contract.nature, contract.cpv)
    known = contract.market_type not in (derived, MarketType.UNKNOWN)
    return contract.market_type if known else ""


def _state(state: PublishedState, holders: dict[str, Holder]) -> RawState:
    return RawState(
        dated_on=state.dated_on,
        number=state.number,
        amount=state.amount,
        amount_doubtful=state.amount_doubtful,
        duration_months=state.duration_months,
        holders=tuple(holders[identifier] for identifier in state.holders),
    )


def _holder(holder: PublishedHolder) -> Holder:
    return Holder(
        holder.identifier, holder.identifier_type, holder.name, holder.identifier_doubtful
    )

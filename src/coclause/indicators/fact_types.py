"""The facts that figures are computed from, as plain tuples."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID


class OperationFact(NamedTuple):
    """An operation, and the last referent known on the last day of the period."""

    pk: int
    name: str
    buyer: int
    departement: str | None
    epci: str | None
    host: int | None
    facilitator: int | None


class ContractFact(NamedTuple):
    """A contract, with a clause or without."""

    pk: int
    operation: int
    object: str
    notified_on: date | None


class ClauseFact(NamedTuple):
    """A clause that was not dropped."""

    pk: int
    lot: int
    contract: int
    operation: int
    instrument: str
    basis: str
    theme: str
    state: str
    state_since: date


class AwardFact(NamedTuple):
    """An award; `clause` is the one its hours count under."""

    pk: int
    lot: int
    operation: int
    market_type: str
    notified_on: date
    starts_on: date
    ends_on: date
    clause: int | None


class EventFact(NamedTuple):
    """A change of what is owed in hours; `due` is what falls due of it in the period."""

    award: int
    clause: int
    operation: int
    effective_on: date
    quantity: Decimal
    due: Decimal


class PostFact(NamedTuple):
    """A post on the last day of the period."""

    pk: int
    user: int
    name: str
    host: int
    fte: Decimal


class HourCell(NamedTuple):
    """Hours of one kind in a month on an award, under the referent of the month's last day."""

    award: int
    month: date
    kind: str
    host: int | None
    hours: Decimal


class Worked(NamedTuple):
    """An employment with validated hours in the period, under one referent."""

    employment: int
    host: int | None
    first_month: date


class FactRow(NamedTuple):
    """What figures may know of an employment."""

    pk: int
    identity: UUID
    employer: int
    starts_on: date
    type: str
    way: str
    sex: str
    age: int | None
    level: str
    criteria: list[str]
    departement: str | None
    prescriber: int | None


class AssignedFact(NamedTuple):
    """An employment begun in the period, on an award of the perimeter."""

    employment: int
    award: int


class MemberFact(NamedTuple):
    """A company that answers for an award at least one day of the period."""

    award: int
    company: int


class Beneficiary(NamedTuple):
    """A person with validated hours: the employment that tells their facts, their referents."""

    first: FactRow
    hosts: frozenset[int | None]

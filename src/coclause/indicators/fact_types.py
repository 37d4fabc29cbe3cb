"""The facts that figures are computed from, as plain tuples."""

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID


class OperationFact(NamedTuple):
    """An operation, and the last referent known on the last day of the period."""

    pk: int
    name: str
    buyer: int
    buyer_kind: str
    departement: str | None
    epci: str | None
    host: int | None
    facilitator: int | None


class ContractFact(NamedTuple):
    """A contract, with a clause or without. `division` is the first two digits of its CPV code."""

    pk: int
    operation: int
    object: str
    notified_on: date | None
    framework: str
    division: str | None
    programme: str | None


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
    """An award and its calendar, empty when none was recorded yet at the moment asked for.

    `clause` is the one its hours count under.
    """

    pk: int
    lot: int
    contract: int
    operation: int
    market_type: str
    notified_on: date
    starts_on: date | None
    ends_on: date | None
    suspensions: list[Any] | None
    suspended_on: date | None
    clause: int | None

    def in_execution(self, first: date, last: date) -> bool:
        """Whether a day of execution, suspended or not, falls from `first` to `last`."""
        if self.starts_on is None or self.ends_on is None:
            return False
        return self.starts_on <= last and self.ends_on >= first

    def is_over(self, day: date) -> bool:
        """Whether execution ended before that day, or is not known."""
        return self.ends_on is None or self.ends_on < day

    def is_suspended(self, day: date) -> bool:
        """Whether that day of execution is one of a suspension."""
        if not self.in_execution(day, day):
            return False
        if self.suspended_on is not None and self.suspended_on <= day:
            return True
        return any(day in off for off in self.suspensions or ())


class EventFact(NamedTuple):
    """A change of what is owed; `due` is what falls due of it in the period."""

    award: int
    clause: int
    operation: int
    measure: str
    effective_on: date
    quantity: Decimal
    due: Decimal


class ObjectiveFact(NamedTuple):
    """A whole objective; `born` once an event added something to it by the last day."""

    pk: int
    award: int
    operation: int
    measure: str
    trigger: str
    planned: Decimal | None
    born: bool


class PooledFact(NamedTuple):
    """An award of which a commitment is globalised for a period."""

    award: int
    starts_on: date
    ends_on: date | None


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


class LineCell(NamedTuple):
    """Hours of an employment in a month on an award; without one, of `headcount` people unnamed."""

    award: int
    month: date
    employment: int | None
    host: int | None
    headcount: int | None
    hours: Decimal


class Placement(NamedTuple):
    """From a day on, an employment works on an award in the share of a host, in a département."""

    starts_on: date
    host: int
    departement: str | None


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
    district: str
    departement: str | None
    prescriber: int | None


class AssignedFact(NamedTuple):
    """An employment begun in the period, on an award of the perimeter."""

    employment: int
    award: int


class MemberFact(NamedTuple):
    """A company that answers for an award, for a period."""

    award: int
    company: int
    starts_on: date
    ends_on: date | None


class Beneficiary(NamedTuple):
    """A person with validated hours: the employment that tells their facts, their referents."""

    first: FactRow
    hosts: frozenset[int | None]

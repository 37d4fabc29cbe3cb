"""The hours of one person: measures added up by contract and by period."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from coclause.hours.payroll.facts import ContractHours, Correction

WORKED: Final = "01"
UNPAID_ABSENCE: Final = "02"
IN_HOURS: Final = ("10", "21")
COUNTED_PAY: Final = "002"
"""Gross pay for unemployment insurance: the only kind under which hours are declared once."""


@dataclass
class Measures:
    """Hours worked and unpaid absences, and whether some are told otherwise than in hours."""

    worked: Decimal | None = None
    absent: Decimal | None = None
    worked_otherwise: bool = False
    absent_otherwise: bool = False

    def add(self, activity: str, unit: str, measure: Decimal) -> None:
        """One more activity of the pay."""
        if activity == WORKED and unit in IN_HOURS:
            self.worked = (self.worked or Decimal()) + measure
        elif activity == WORKED:
            self.worked_otherwise = True
        elif activity == UNPAID_ABSENCE and unit in IN_HOURS:
            self.absent = (self.absent or Decimal()) + measure
        elif activity == UNPAID_ABSENCE:
            self.absent_otherwise = True

    def merge(self, other: "Measures") -> None:
        """The measures of another pay of the same contract and period."""
        if other.worked is not None:
            self.worked = (self.worked or Decimal()) + other.worked
        if other.absent is not None:
            self.absent = (self.absent or Decimal()) + other.absent
        self.worked_otherwise |= other.worked_otherwise
        self.absent_otherwise |= other.absent_otherwise

    @property
    def hours(self) -> Decimal | None:
        """Hours worked: 0 for a whole month of absence in hours, None when nothing tells them."""
        if self.worked is None and self.absent is not None and not self.worked_otherwise:
            return Decimal()
        return self.worked

    @property
    def absence_hours(self) -> Decimal | None:
        """Unpaid absences: 0 when there are none, None when told otherwise than in hours."""
        if self.absent is None and not self.absent_otherwise:
            return Decimal()
        return self.absent

    def __bool__(self) -> bool:
        return self != Measures()


@dataclass
class Contract:
    """A contract as the file gives it."""

    start: date | None = None
    number: str = ""
    nature: str = ""


@dataclass
class Pay:
    """A pay as the file gives it: its period, the contract it names, its kind, its measures."""

    first: date | None = None
    last: date | None = None
    number: str = ""
    kind: str = ""
    measures: Measures = field(default_factory=Measures)


@dataclass
class Entry:
    """The sums of a contract: in the declared month, and in each other period."""

    contract: Contract
    measures: Measures = field(default_factory=Measures)
    others: dict[tuple[date, date], Measures] = field(default_factory=dict)

    def add(self, pay: Pay, month: date) -> None:
        """One pay, in the period it is about."""
        self._at(period(pay, month)).merge(pay.measures)

    def merge(self, other: "Entry") -> None:
        """The same contract in another part of the declaration."""
        self.measures.merge(other.measures)
        for when, measures in other.others.items():
            self._at(when).merge(measures)

    def _at(self, when: tuple[date, date] | None) -> Measures:
        return self.measures if when is None else self.others.setdefault(when, Measures())

    def as_hours(self, month: date, siret: str) -> ContractHours:
        """The sums, as they are given back."""
        return ContractHours(
            month=month,
            siret=siret,
            start=self.contract.start,
            number=self.contract.number,
            nature=self.contract.nature,
            hours=self.measures.hours,
            absence_hours=self.measures.absence_hours,
            corrections=tuple(
                Correction(first, last, measures.hours, measures.absence_hours)
                for (first, last), measures in sorted(self.others.items(), key=lambda one: one[0])
                if measures
            ),
        )


def period(pay: Pay, month: date) -> tuple[date, date] | None:
    """None for the declared month, else the other period the pay is about.

    A period that touches the declared month is of that month: payrolls that close on the 20th
    declare one that began the month before.
    """
    first, last = pay.first or pay.last, pay.last or pay.first
    if first is None or last is None:
        return None
    first, last = min(first, last), max(first, last)
    touches = last >= month and first <= last_day(month)
    return None if touches else (first, last)


def last_day(month: date) -> date:
    """The last day of a month told by its first."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def settle(contracts: list[Contract], pays: Iterable[Pay], month: date) -> list[Entry]:
    """Each contract of a person with the sums of its pays; pays of no known contract apart."""
    entries = [Entry(contract) for contract in contracts]
    strays: dict[str, Entry] = {}
    for pay in pays:
        if pay.kind == COUNTED_PAY and pay.measures:
            entry = _entry_of(pay, entries, month)
            if entry is None:
                entry = strays.setdefault(pay.number, Entry(Contract(number=pay.number)))
            entry.add(pay, month)
    return [*entries, *strays.values()]


def _entry_of(pay: Pay, entries: list[Entry], month: date) -> Entry | None:
    """The contract that a pay names; its only one when it names none."""
    if not pay.number or (len(entries) == 1 and not entries[0].contract.number):
        return entries[0] if len(entries) == 1 else None
    named = [one for one in entries if one.contract.number == pay.number] or [
        one for one in entries if one.contract.number.lstrip("0") == pay.number.lstrip("0")
    ]
    if len(named) < 2:
        return named[0] if named else None
    # A number used again: the contract begun last when the pay's period ended.
    end = pay.last or pay.first or last_day(month)
    begun = [one for one in named if one.contract.start and one.contract.start <= end]
    return max(begun or named, key=lambda one: one.contract.start or date.min)

"""Writes payroll files (DSN) of plainly invented people, block by block, as a paying tool does."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

# No registration number here is one: whoever reads it would find words.
NO_NIR = "NUMERO-INTERDIT"
SIREN = "999000001"


@dataclass(frozen=True)
class Activity:
    """S21.G00.53."""

    measure: str
    kind: str = "01"
    unit: str = "10"


@dataclass(frozen=True)
class Pay:
    """S21.G00.51 and what is under it."""

    activities: tuple[Activity, ...] = ()
    number: str = "00001"
    kind: str = "002"
    first: str = "01102026"
    last: str = "31102026"


@dataclass(frozen=True)
class Contract:
    """S21.G00.40."""

    number: str = "00001"
    start: str = "01092026"
    nature: str = "02"


@dataclass(frozen=True)
class Employee:
    """S21.G00.30 and what is under it; an empty used name is left out."""

    family: str
    given: str
    birth: str
    used: str = ""
    contracts: tuple[Contract, ...] = (Contract(),)
    pays: tuple[Pay, ...] = ()
    nir: str = NO_NIR

    def lines(self) -> Iterator[str]:
        """The person's lines, with rubrics that nobody reads among them."""
        yield f"S21.G00.30.001,'{self.nir}'"
        yield f"S21.G00.30.002,'{self.family}'"
        if self.used:
            yield f"S21.G00.30.003,'{self.used}'"
        yield f"S21.G00.30.004,'{self.given}'"
        yield "S21.G00.30.005,'02'"
        yield f"S21.G00.30.006,'{self.birth}'"
        yield "S21.G00.30.007,'VILLE IMAGINAIRE'"
        for contract in self.contracts:
            yield f"S21.G00.40.001,'{contract.start}'"
            yield "S21.G00.40.002,'06'"
            yield f"S21.G00.40.007,'{contract.nature}'"
            yield f"S21.G00.40.009,'{contract.number}'"
            yield "S21.G00.40.011,'10'"
        yield "S21.G00.50.001,'31102026'"
        for pay in self.pays:
            yield f"S21.G00.51.001,'{pay.first}'"
            yield f"S21.G00.51.002,'{pay.last}'"
            yield f"S21.G00.51.010,'{pay.number}'"
            yield f"S21.G00.51.011,'{pay.kind}'"
            yield "S21.G00.51.013,'1850.40'"
            for activity in pay.activities:
                yield f"S21.G00.53.001,'{activity.kind}'"
                yield f"S21.G00.53.002,'{activity.measure}'"
                yield f"S21.G00.53.003,'{activity.unit}'"
        yield "S21.G00.78.001,'03'"


@dataclass(frozen=True)
class Declaration:
    """S20.G00.05, and its establishments: staff by NIC."""

    staff: dict[str, list[Employee]] = field(default_factory=dict)
    month: str = "01102026"
    nature: str = "01"
    kind: str = "01"
    part: str = "11"

    def lines(self) -> Iterator[str]:
        """The declaration's lines."""
        yield f"S20.G00.05.001,'{self.nature}'"
        yield f"S20.G00.05.002,'{self.kind}'"
        yield f"S20.G00.05.003,'{self.part}'"
        yield f"S20.G00.05.005,'{self.month}'"
        yield f"S21.G00.06.001,'{SIREN}'"
        yield "S21.G00.06.002,'00013'"
        for nic, people in self.staff.items():
            yield f"S21.G00.11.001,'{nic}'"
            yield "S21.G00.11.002,'4120B'"
            for one in people:
                yield from one.lines()


def sending(
    declarations: Iterable[Declaration],
    *,
    encoding: str = "iso-8859-1",
    end: str = "\r\n",
    purpose: str = "02",
) -> bytes:
    """A whole sending: S10, its declarations, S90 with the count of its rubrics."""
    lines = ["S10.G00.00.001,'PAIE IMAGINAIRE'", f"S10.G00.00.005,'{purpose}'"]
    lines += ["S10.G00.00.006,'P26V01'"]
    for one in declarations:
        lines += one.lines()
    lines += [f"S90.G00.90.001,'{len(lines) + 2}'", "S90.G00.90.002,'1'"]
    return "".join(line + end for line in lines).encode(encoding)


def hours(*measures: str, **pay: Any) -> Pay:
    """A pay of so many hours worked."""
    return replace(Pay(tuple(Activity(one) for one in measures)), **pay)


def absence(measure: str, unit: str = "10") -> Activity:
    """An unpaid absence."""
    return Activity(measure, "02", unit)


def worker(**change: Any) -> Employee:
    """The person most tests look for: 151.67 h in October 2026."""
    base = Employee("EXEMPLE", "LEA MARIE", "05031999", pays=(hours("151.67"),))
    return replace(base, **change)


def october(*people: Employee, nic: str = "00013") -> Declaration:
    """The month's declaration of one establishment."""
    return Declaration({nic: list(people)})


BORN = date(1999, 3, 5)

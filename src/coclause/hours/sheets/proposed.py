"""What a file proposes for a month: nothing is written before the user sends it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from coclause.hours.choices import Origin


@dataclass(frozen=True)
class Proposed:
    """One line of the month's grid: a person's employment on an award."""

    award_id: int
    employment_id: int
    hours: dict[str, Decimal]
    """By kind (`HoursKind`); empty when the file says nothing that can be taken."""
    worked: Decimal | None = None
    """The month's whole work on all sites: what the hours of all awards may not exceed."""
    notes: tuple[str, ...] = ()
    """Doubts to confirm, shown at that line."""


@dataclass(frozen=True)
class EarlierMonth:
    """What a payroll says again of an earlier month: told, never applied by itself."""

    month: date
    employment_id: int
    hours: Decimal | None
    """Added to that month, or taken from it below zero; None when not counted in hours."""
    absence_hours: Decimal | None


@dataclass(frozen=True)
class Proposal:
    """A month read in a file."""

    month: date
    origin: Origin
    invoice: str
    lines: tuple[Proposed, ...]
    remarks: tuple[str, ...]
    """About the whole file."""
    unmatched: tuple[str, ...]
    """Rows of a spreadsheet that were not recognised, by their numbers and never by a name."""
    earlier: tuple[EarlierMonth, ...] = ()
    skipped: int = 0
    """Persons of a payroll of whom nothing was read."""

    @property
    def total(self) -> Decimal:
        """Hours proposed, all kinds together."""
        return total_of(hours for line in self.lines for hours in line.hours.values())


def total_of(hours: Iterable[Decimal]) -> Decimal:
    return sum(hours, Decimal(0))

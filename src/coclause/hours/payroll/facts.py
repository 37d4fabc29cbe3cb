"""What is asked of a payroll file, and what it answers."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


class PayrollError(ValueError):
    """A file that cannot be read; the sentence, in French, says what to do.

    It names a line by its number and never quotes what stands there: it may be anyone's data.
    """


@dataclass(frozen=True)
class Sought:
    """A person whose hours are asked for, as the employer may have written them.

    Found under the family name or the used name, with the first given name and the exact birth
    date. Accents, case, hyphens, apostrophes, spaces and ligatures make no difference.
    """

    family_name: str
    first_name: str
    birth_date: date
    used_name: str = ""


@dataclass(frozen=True)
class Correction:
    """What a declaration adds to (or takes from) a period outside its own month, in hours."""

    first: date
    last: date
    hours: Decimal | None
    absence_hours: Decimal | None

    @property
    def month(self) -> date:
        """The month corrected, by its first day: that in which the period ends."""
        return self.last.replace(day=1)


@dataclass(frozen=True)
class ContractHours:
    """A contract in the declaration of one month.

    `hours`: paid hours, leave included, unpaid absences not subtracted; may be negative after a
    correction; None when the file counts none in hours (contracts counted in days, nothing paid).
    `absence_hours`: unpaid, apart; None when given otherwise than in hours.
    `month` is the declared month's first day. `siret` is empty when the file does not give it
    whole; `start` is None, or `number` empty, for a pay that belongs to no contract of the file.
    """

    month: date
    siret: str
    start: date | None
    number: str
    nature: str
    hours: Decimal | None
    absence_hours: Decimal | None
    corrections: tuple[Correction, ...] = ()


@dataclass(frozen=True)
class PersonHours:
    """What the file says of a sought person; no contract when they are not found."""

    sought: Sought
    contracts: tuple[ContractHours, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Payroll:
    """A file read: its months in order, the persons in the order asked, the others as a count."""

    months: tuple[date, ...]
    people: tuple[PersonHours, ...]
    others_skipped: int
    remarks: tuple[str, ...] = ()
    sirens: frozenset[str] = frozenset()
    """Nine digits each, of the companies that declare; those that are not whole are left out."""

    @property
    def month(self) -> date:
        """The latest month declared in the file, by its first day."""
        return self.months[-1]

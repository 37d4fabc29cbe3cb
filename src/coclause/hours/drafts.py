"""What a month being declared is made of: values, and the draft that is checked then written."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from coclause.clauses.models import Award
from coclause.core.refusals import Refused
from coclause.hours.choices import Origin
from coclause.hours.models import Declaration, EmploymentMonth, Statement, StatementLine
from coclause.hours.parties import Party

LONGEST_MONTH = Decimal(744)
"""Hours in 31 days: more cannot be worked by one person."""

ZERO = Decimal(0)


@dataclass(frozen=True)
class Entry:
    """What is declared for one employment: hours by kind, and the month's whole work if known.

    `worked` counts all sites. When it is not said, it is the hours declared here, as long as
    nobody else counts hours of that month.
    """

    employment_id: int
    hours: dict[str, Decimal]
    worked: Decimal | None = None

    @property
    def total(self) -> Decimal:
        return sum(self.hours.values(), ZERO)


@dataclass(frozen=True)
class Sending:
    """From what a month is sent, and the number of an agency's invoice."""

    origin: str = Origin.TYPED
    invoice: str = ""


TYPED = Sending()


@dataclass(frozen=True)
class Part:
    """What is declared of one award; `version` is that of the statement that was read (0: none)."""

    award: Award
    entries: tuple[Entry, ...]
    version: int


class MonthRefused(Refused):
    """Nothing was written; `at` says why, by award and employment."""

    def __init__(self, at: Mapping[tuple[int, int], str]) -> None:
        count = len(at)
        super().__init__(
            f"{count} ligne{'s' * (count > 1)} à corriger : rien n’a été envoyé pour l’instant."
        )
        self.at = dict(at)

    @property
    def problems(self) -> dict[int, str]:
        """By employment, where one award alone was declared."""
        return {employment: why for (_, employment), why in self.at.items()}


@dataclass(frozen=True)
class Claims:
    """Hours of an employment's month, once the entries are written, as the database counts them.

    Kinds that the entries do not name stay as they are. Until a correction is validated, the
    larger of its figure and of the validated one is held.
    """

    elsewhere: Decimal
    declared: Decimal
    held: Decimal


@dataclass
class Sheet:
    """One award's part while it is being written: its locked statement and the lines it carries."""

    part: Part
    party: Party
    share: frozenset[int] | None
    statement: Statement
    declarations: dict[int | None, Declaration]
    """By the company in whose name hours are said; empty when this very sending is there."""
    latest: dict[tuple[int, str], StatementLine]
    entries: list[Entry] = field(default_factory=list)
    """Those to write: what an employer declared itself is left as it is."""

    def declaration_of(self, employer: int | None) -> Declaration:
        """The sending that says hours of a person of that employer."""
        company = employer if employer in self.declarations else self.party.organisation_id
        return self.declarations[company]


@dataclass
class Draft:
    """The month while it is being written, over all its awards."""

    at: datetime
    month: date
    sheets: list[Sheet]
    months: dict[int, EmploymentMonth]
    employers: dict[int, int]
    lines: dict[int, list[StatementLine]]
    """By employment month, the lines of these statements."""
    claims: dict[int, Claims] = field(default_factory=dict)
    problems: dict[tuple[int, int], str] = field(default_factory=dict)

    def entries_of(self, employment_id: int) -> list[tuple[Sheet, Entry]]:
        """Once it is known which ones are to be written: they are sorted out once."""
        return self._by_employment.get(employment_id, [])

    @cached_property
    def _by_employment(self) -> dict[int, list[tuple[Sheet, Entry]]]:
        found: dict[int, list[tuple[Sheet, Entry]]] = defaultdict(list)
        for sheet in self.sheets:
            for entry in sheet.entries:
                found[entry.employment_id].append((sheet, entry))
        return found

    def worked_of(self, employment_id: int) -> Decimal | None:
        """The month's whole work of an employment, when one of its entries says it."""
        said = [entry.worked for _, entry in self.entries_of(employment_id)]
        return max((worked for worked in said if worked is not None), default=None)

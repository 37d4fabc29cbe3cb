"""A site: one clause in execution on one award, and all that its story needs."""

from dataclasses import dataclass, field
from datetime import date

from coclause.clauses.choices import MarketType
from coclause.clauses.models import Award, Clause, Lot, Operation
from coclause.core.models import User
from coclause.core.months import between, first_day, last_day, shift
from coclause.demo.trades import Trade
from coclause.organisations.models import Organisation


@dataclass
class Site:
    """Where hours are worked. `pace` weighs its months, `ratio` is done over expected today."""

    operation: Operation
    lot: Lot
    clause: Clause
    award: Award
    host: int
    share: int
    market: MarketType
    trade: Trade
    holder: Organisation
    declared_by: User
    months: list[date]
    pace: float
    ratio: float
    employers: list[Organisation] = field(default_factory=list)
    associated: int | None = None
    """Another host that recruits for a part of the hours."""
    paused_from: date | None = None
    missing: set[date] = field(default_factory=set)
    """Months that nobody declared."""
    waiting: dict[date, date] = field(default_factory=dict)
    """Months declared on that day and still unchecked."""
    returned: set[date] = field(default_factory=set)
    """Months of which a line was sent back."""
    without_commitment: bool = False

    def running(self, day: date) -> bool:
        return self.award.ends_on >= day

    def worked_in(self, month: date) -> bool:
        """Whether hours may be worked and are declared in that month."""
        paused = self.paused_from is not None and month >= self.paused_from
        return not paused and month not in self.missing


def completed_months(starts_on: date, ends_on: date, day: date) -> list[date]:
    """The months of an execution that are over on that day."""
    last = min(first_day(ends_on), shift(first_day(day), -1))
    return between(starts_on, last)


def end_after(starts_on: date, months: int) -> date:
    """The last day of an execution of that many months."""
    return last_day(shift(first_day(starts_on), months - 1))

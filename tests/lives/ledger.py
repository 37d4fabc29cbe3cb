"""What was told, act by act, and every figure counted again from it in plain Python.

Nothing here reads the database nor calls the product: days are counted one by one, a rate is
multiplied again by each base, an hour is what the last act about it said. Asked of the first acts
only, the ledger tells what was known at that moment.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

CENT, ZERO = Decimal("0.01"), Decimal(0)


@dataclass(frozen=True)
class Promised:
    """An objective of an award, in hours."""

    objective: int
    award: int


@dataclass(frozen=True)
class Added:
    """Hours added to an objective, or removed."""

    objective: int
    on: date
    hours: Decimal
    due_from: date | None = None
    due_until: date | None = None


@dataclass(frozen=True)
class Rated:
    objective: int
    on: date
    rate: Decimal
    per: Decimal


@dataclass(frozen=True)
class Based:
    """A base that became known: hours worked by everybody, or euros ordered.

    It is due from `on`, at the rate of the day it belongs to.
    """

    objective: int
    on: date
    belongs_to: date
    base: Decimal
    due_from: date | None
    due_until: date | None


@dataclass(frozen=True)
class Calendar:
    """The execution of an award as it was agreed again; `off` are days, `stopped` the first one."""

    award: int
    starts: date
    ends: date
    off: frozenset[date] = frozenset()
    stopped: date | None = None


@dataclass(frozen=True)
class Counts:
    """Which kinds of hours count on an award from a day on, and the cap on training (percent)."""

    award: int
    since: date
    kinds: frozenset[str]
    training_cap: int | None


@dataclass(frozen=True)
class Referent:
    operation: int
    host: int
    since: date


@dataclass(frozen=True)
class Key:
    """What a figure of hours is about; no employment for hours without names."""

    award: int
    month: date
    employment: int | None
    kind: str


@dataclass(frozen=True)
class Declared:
    key: Key
    hours: Decimal


@dataclass(frozen=True)
class Returned:
    key: Key


@dataclass(frozen=True)
class Validated:
    key: Key


@dataclass(frozen=True)
class Pooled:
    awards: frozenset[int]
    since: date


@dataclass(frozen=True)
class Unpooled:
    """These awards leave their pool after that day."""

    awards: frozenset[int]
    last: date


@dataclass(frozen=True)
class Closed:
    """A year closed for a host, or for the region (None), at that moment."""

    closure: int
    year: int
    host: int | None


Act = (
    Promised
    | Added
    | Rated
    | Based
    | Calendar
    | Counts
    | Referent
    | Declared
    | Returned
    | Validated
    | Pooled
    | Unpooled
    | Closed
)
A = TypeVar("A")


@dataclass
class _Line:
    """What stands of one figure of hours."""

    said: Decimal | None = None
    checked: bool = False
    sent_back: bool = False
    in_force: Decimal | None = None


@dataclass(frozen=True)
class Stand:
    """Where an award stands: None is not known."""

    committed: Decimal | None
    expected: Decimal | None
    validated: Decimal
    waiting: Decimal

    @property
    def left(self) -> Decimal | None:
        return None if self.committed is None else max(self.committed - self.validated, ZERO)


class Ledger:
    """The first acts told, and what follows from them."""

    def __init__(self, acts: Sequence[Act]) -> None:
        self._acts = acts

    def upto(self, count: int) -> "Ledger":
        return Ledger(self._acts[:count])

    def stand(self, award: int, day: date) -> Stand:
        committed = self._sum(hours for hours, *_ in self._owed(award, day))
        expected = self._sum(
            hours * self._share(award, day, on, starts, ends)
            for hours, on, starts, ends in self._owed(award, day)
        )
        done = self._counted(award, day, committed, waiting=False)
        reached = self._counted(award, day, committed, waiting=True)
        return Stand(
            committed,
            None if expected is None else expected.quantize(Decimal(1), ROUND_HALF_UP),
            done,
            max(reached - done, ZERO),
        )

    def pool_of(self, award: int, day: date) -> frozenset[int]:
        """The awards pooled with that one on that day."""
        pools: list[tuple[set[int], date, dict[int, date]]] = []
        for act in self._acts:
            if isinstance(act, Pooled):
                pools.append((set(act.awards), act.since, {}))
            elif isinstance(act, Unpooled):
                for members, _, left in pools:
                    left.update({a: act.last for a in act.awards & members if a not in left})
        for members, since, left in pools:
            held = {a for a in members if since <= day and (a not in left or day <= left[a])}
            if award in held:
                return frozenset(held)
        return frozenset()

    def hours(
        self,
        *,
        validated: bool,
        awards: Iterable[int] | None = None,
        employment: int | None = None,
        year: int | None = None,
        host: tuple[dict[int, int], int] | None = None,
        hands: "Ledger | None" = None,
    ) -> Decimal:
        """Hours of any kind; `host` is the operation of each award, and the referent asked for,
        by the handovers that `hands` knows.
        """
        hands = hands or self
        wanted = None if awards is None else set(awards)
        total = ZERO
        for key, line in self._lines().items():
            if wanted is not None and key.award not in wanted:
                continue
            if employment is not None and key.employment != employment:
                continue
            if year is not None and key.month.year != year:
                continue
            if host is not None and hands.referent(host[0][key.award], _end(key.month)) != host[1]:
                continue
            total += (line.in_force or ZERO) if validated else _declared(line)
        return total

    def people(self, year: int) -> set[int]:
        """Employments with validated hours in that year; hours without names are nobody's."""
        return {
            key.employment
            for key, line in self._lines().items()
            if key.employment is not None and key.month.year == year and line.in_force
        }

    def referent(self, operation: int, day: date) -> int | None:
        held = [a for a in self._of(Referent) if a.operation == operation and a.since <= day]
        return held[-1].host if held else None

    def _of(self, kind: type[A]) -> Iterator[A]:
        return (act for act in self._acts if isinstance(act, kind))

    def _owed(self, award: int, day: date) -> list[tuple[Decimal, date, date | None, date | None]]:
        mine = {act.objective for act in self._of(Promised) if act.award == award}
        found = [
            (act.hours, act.on, act.due_from, act.due_until)
            for act in self._of(Added)
            if act.objective in mine and act.on <= day
        ]
        for act in self._of(Based):
            if act.objective in mine and act.on <= day:
                rate = self._rate(act.objective, act.belongs_to)
                hours = (act.base * rate.rate / rate.per).quantize(CENT, ROUND_HALF_UP)
                found.append((hours, act.on, act.due_from, act.due_until))
        return found

    def _rate(self, objective: int, on: date) -> Rated:
        agreed = [a for a in self._of(Rated) if a.objective == objective and a.on <= on]
        return max(enumerate(agreed), key=lambda pair: (pair[1].on, pair[0]))[1]

    @staticmethod
    def _sum(values: Iterable[Decimal]) -> Decimal | None:
        found = list(values)
        return sum(found, ZERO) if found else None

    def _calendar(self, award: int) -> Calendar:
        return [act for act in self._of(Calendar) if act.award == award][-1]

    def _share(
        self, award: int, day: date, on: date, due_from: date | None, due_until: date | None
    ) -> Decimal:
        """Days of execution up to that day, out of all those over which it falls due."""
        calendar = self._calendar(award)
        ends = min(due_until or calendar.ends, calendar.ends)
        first = min(max(due_from or calendar.starts, on), ends)
        whole = [d for d in _days(first, ends) if d not in calendar.off]
        stopped = calendar.stopped or date.max
        if not whole:
            return Decimal(1) if ends <= day and stopped > ends else ZERO
        return Decimal(len([d for d in whole if d <= day and d < stopped])) / len(whole)

    def _counted(
        self, award: int, day: date, committed: Decimal | None, *, waiting: bool
    ) -> Decimal:
        sums: dict[str, Decimal] = {}
        for key, line in self._lines().items():
            if key.award != award or key.month > day:
                continue
            if key.kind not in self._rule(award, _end(key.month)).kinds:
                continue
            hours = line.in_force or ZERO
            if waiting and not line.checked and not line.sent_back and line.said is not None:
                hours = line.said
            sums[key.kind] = sums.get(key.kind, ZERO) + hours
        rule = self._rule(award, day)
        if rule.training_cap and committed is not None and "formation" in rule.kinds:
            cap = committed * rule.training_cap / 100
            sums["formation"] = min(sums.get("formation", ZERO), cap)
        return sum(sums.values(), ZERO)

    def _rule(self, award: int, day: date) -> Counts:
        rules = [act for act in self._of(Counts) if act.award == award and act.since <= day]
        return max(enumerate(rules), key=lambda pair: (pair[1].since, pair[0]))[1]

    def _lines(self) -> dict[Key, _Line]:
        lines: dict[Key, _Line] = {}
        for act in self._acts:
            if isinstance(act, Declared):
                line = lines.setdefault(act.key, _Line())
                if line.said != act.hours or line.sent_back:
                    line.said, line.checked, line.sent_back = act.hours, False, False
            elif isinstance(act, Returned):
                lines[act.key].sent_back = True
            elif isinstance(act, Validated):
                lines[act.key].checked = True
                lines[act.key].in_force = lines[act.key].said
        return lines


def _declared(line: _Line) -> Decimal:
    return ZERO if line.sent_back else (line.said or ZERO)


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)


def _end(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)

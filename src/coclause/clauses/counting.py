"""Which hours count under a clause: a dated rule, with caps, that starts with the clause itself.

A month follows the rule in force on its last day. A cap is a percentage of what is committed: hours
of that kind beyond it were worked, and do not count. With nothing committed, nothing is capped.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from coclause.clauses.choices import HoursKind
from coclause.clauses.models import Clause, CountingChange
from coclause.core.months import last_day

ZERO = Decimal(0)


@dataclass(frozen=True)
class Rule:
    """What counts from a day on; `caps` are percentages of what is committed, by kind."""

    starts_on: date
    kinds: frozenset[str]
    caps: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Counting:
    """The rules of one clause, or of several that are counted together, oldest first."""

    rules: tuple[tuple[Rule, ...], ...]
    """By clause."""

    def counts(self, month: date, kind: str) -> bool:
        """Whether hours of that kind worked in that month count, under any of the clauses."""
        return any(kind in rule.kinds for rule in self._in_force(last_day(month)))

    def kinds(self, day: date) -> frozenset[str]:
        """The kinds that count on that day."""
        return frozenset(kind for rule in self._in_force(day) for kind in rule.kinds)

    def cap(self, kind: str, committed: Decimal | None, day: date) -> Decimal | None:
        """The most hours of that kind that count, by the rule of that day; None caps nothing."""
        if committed is None:
            return None
        held = [rule for rule in self._in_force(day) if kind in rule.kinds]
        if not held or any(kind not in rule.caps for rule in held):
            return None
        return committed * max(rule.caps[kind] for rule in held) / 100

    def counted(
        self, hours: Mapping[tuple[date, str], Decimal], committed: Decimal | None, day: date
    ) -> Decimal:
        """The hours that count of these, by month worked and kind, on that day."""
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for (month, kind), worked in hours.items():
            if self.counts(month, kind):
                sums[kind] += worked
        total = ZERO
        for kind, worked in sums.items():
            cap = self.cap(kind, committed, day)
            total += worked if cap is None else min(worked, cap)
        return total

    def _in_force(self, day: date) -> list[Rule]:
        held = []
        for rules in self.rules:
            begun = [rule for rule in rules if rule.starts_on <= day]
            held.append(begun[-1] if begun else rules[0])
        return held


EVERYTHING = Counting(((Rule(date.min, frozenset(HoursKind.values)),),))
"""Where no clause says otherwise, every hour counts."""


def counting_of(
    clause_ids: Collection[int], known_on: datetime | None = None
) -> dict[int, Counting]:
    """The rules by clause, now or as they were known at that moment. Two queries."""
    rules: dict[int, list[Rule]] = {}
    fields = ("hour_kinds", "training_cap", "internship_cap")
    for pk, *said in Clause.objects.filter(pk__in=clause_ids).values_list("pk", *fields):
        rules[pk] = [_rule(date.min, *said)]
    changes = CountingChange.objects.filter(clause__in=clause_ids).order_by("starts_on", "pk")
    if known_on is not None:
        changes = changes.filter(recorded_at__lte=known_on)
    for pk, starts_on, *said in changes.values_list("clause_id", "starts_on", *fields):
        rules[pk].append(_rule(starts_on, *said))
    return {pk: Counting((tuple(found),)) for pk, found in rules.items()}


def together(countings: Iterable[Counting]) -> Counting:
    """Several clauses counted at once; every hour counts when there is none."""
    rules = tuple(rule for counting in countings for rule in counting.rules)
    return Counting(rules) if rules else EVERYTHING


def _rule(
    starts_on: date, kinds: Iterable[str], training_cap: int | None, internship_cap: int | None
) -> Rule:
    caps = {HoursKind.TRAINING: training_cap, HoursKind.INTERNSHIP: internship_cap}
    return Rule(
        starts_on,
        frozenset(kinds),
        {str(kind): cap for kind, cap in caps.items() if cap is not None},
    )

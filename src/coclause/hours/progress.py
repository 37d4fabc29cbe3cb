"""Where clauses and awards stand: validated, waiting, expected, and what is foreseen at the end.

Hours of a clause are the lines of the awards committed under it; without any commitment, those of
all the awards of its lot. Only the kinds of hours that the clause counts in that month are taken,
within their caps; collective statements count as the others.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from coclause.clauses.choices import HoursKind
from coclause.clauses.counting import Counting, counting_of, together
from coclause.clauses.models import Award, Clause, Commitment, ObjectiveEvent
from coclause.clauses.queries import QUANTITY, committed_subquery, expected_subquery
from coclause.core.months import first_day
from coclause.hours.models import Statement, StatementLine
from coclause.hours.projecting import (
    Plan,
    plan_of,
    planned_lines,
    projection,
    projection_by_plan,
)
from coclause.hours.queries import LineQuerySet


@dataclass(frozen=True)
class Progress:
    """The five figures of an hours bar, in hours; None is not known, never zero owed."""

    validated: Decimal
    waiting: Decimal
    committed: Decimal | None
    expected: Decimal | None
    projected: Decimal | None
    last_month: date | None = None
    """First day of the last declared month."""
    months: int = 0
    """How many months are declared."""
    by_plan: bool = False
    """The end is foreseen from the plan agreed, not from the pace of the last months."""

    @property
    def reached(self) -> Decimal:
        return self.validated + self.waiting

    @property
    def left(self) -> Decimal | None:
        """Hours still to be validated for the commitment; 0 once it is held, None if unknown."""
        if self.committed is None:
            return None
        return max(self.committed - self.validated, Decimal(0))

    @property
    def behind(self) -> Decimal:
        """Hours missing today against the calendar; 0 when on time or when nothing is known."""
        return max((self.expected or Decimal(0)) - self.reached, Decimal(0))

    @property
    def missing_at_end(self) -> Decimal | None:
        """Hours that will be missing as foreseen; below zero when above the commitment."""
        if self.committed is None or self.projected is None:
            return None
        return self.committed - self.projected

    def is_short(self, alert: Decimal) -> bool:
        """Under `alert` (a share) of what is expected today, waiting hours counted."""
        return bool(self.expected) and self.reached < alert * (self.expected or 0)


@dataclass
class _Counted:
    """What is counted together: some awards, the rules of their hours, the end of execution."""

    counting: Counting
    committed: Decimal | None
    expected: Decimal | None
    awards: list[int] = field(default_factory=list)
    ends_on: date = date.min
    suspended: bool = False
    """An award of these is suspended: nobody knows when it ends."""
    plans: Mapping[int, Plan] = field(default_factory=dict)
    """By award; none as known at a moment, where the pace alone is read back."""


@dataclass
class _Figures:
    """Hours by award, month and kind, and the months declared."""

    validated: Mapping[tuple[int, date, str], Decimal]
    waiting: Mapping[tuple[int, date, str], Decimal]
    months: Mapping[int, set[date]]


def progress_of_clauses(
    clause_ids: Collection[int], day: date, known_on: datetime | None = None
) -> dict[int, Progress]:
    """Progress by clause on that day. Eight queries, whatever the number of clauses.

    With `known_on`, hours, commitments and calendars as they were known at that moment.
    """
    groups = _clauses(clause_ids, day, known_on)
    committed: dict[int, list[int]] = defaultdict(list)
    for clause_id, award_id in Commitment.objects.filter(clause__in=clause_ids).values_list(
        "clause_id", "award_id"
    ):
        committed[clause_id].append(award_id)
    of_lot: dict[int, list[Any]] = defaultdict(list)
    lots = {lot_id for lot_id, _ in groups.values()}
    for award in Award.objects.filter(lot__in=lots).annotate(plan_lines=planned_lines()):
        of_lot[award.lot_id].append(award)
    for clause_id, (lot_id, group) in groups.items():
        kept = [
            award
            for award in of_lot[lot_id]
            if clause_id not in committed or award.pk in committed[clause_id]
        ]
        group.awards = [award.pk for award in kept]
        group.ends_on = max((award.ends_on for award in kept), default=date.min)
        group.suspended = any(award.suspended_on is not None for award in kept)
        if known_on is None:
            group.plans = {award.pk: plan_of(award, award.plan_lines) for award in kept}
    return _measured({pk: group for pk, (_, group) in groups.items()}, day, known_on)


def progress_of_awards(
    award_ids: Collection[int], day: date, known_on: datetime | None = None
) -> dict[int, Progress]:
    """Progress by award, all its clauses together. Seven queries, however many awards."""
    events = ObjectiveEvent.objects.in_hours().filter(objective__commitment__award=OuterRef("pk"))
    group = "objective__commitment__award"
    rows: Iterable[Any] = Award.objects.filter(pk__in=award_ids).annotate(
        committed=committed_subquery(events, day, group, known_on),
        expected=expected_subquery(events, day, group, known_on),
        plan_lines=planned_lines(),
    )
    clauses: dict[int, list[int]] = defaultdict(list)
    for pk, clause_id in Commitment.objects.filter(award__in=award_ids).values_list(
        "award_id", "clause_id"
    ):
        clauses[pk].append(clause_id)
    rules = counting_of({pk for found in clauses.values() for pk in found}, known_on)
    groups = {
        row.pk: _Counted(
            counting=together(rules[pk] for pk in clauses[row.pk]),
            committed=row.committed,
            expected=row.expected,
            awards=[row.pk],
            ends_on=row.ends_on,
            suspended=row.suspended_on is not None,
            plans={row.pk: plan_of(row, row.plan_lines)} if known_on is None else {},
        )
        for row in rows
    }
    return _measured(groups, day, known_on)


def progress_of_commitments(
    commitment_ids: Collection[int], day: date, known_on: datetime | None = None
) -> dict[int, Progress]:
    """Progress by commitment: the hours of its award that its clause counts. Six queries."""
    events = ObjectiveEvent.objects.in_hours().filter(objective__commitment=OuterRef("pk"))
    group = "objective__commitment"
    rows: Iterable[Any] = (
        Commitment.objects.filter(pk__in=commitment_ids)
        .select_related("award")
        .annotate(
            committed=committed_subquery(events, day, group, known_on),
            expected=expected_subquery(events, day, group, known_on),
            plan_lines=planned_lines("award_id"),
        )
    )
    found = {row.pk: row for row in rows}
    rules = counting_of({row.clause_id for row in found.values()}, known_on)
    groups = {
        pk: _Counted(
            counting=rules[row.clause_id],
            committed=row.committed,
            expected=row.expected,
            awards=[row.award_id],
            ends_on=row.award.ends_on,
            suspended=row.award.suspended_on is not None,
            plans={row.award_id: plan_of(row.award, row.plan_lines)} if known_on is None else {},
        )
        for pk, row in found.items()
    }
    return _measured(groups, day, known_on)


def pooled(parts: Collection[Progress]) -> Progress:
    """Several commitments under one agreement: the debt and the hours are their sums.

    A part whose commitment is not known leaves the debt of the whole unknown.
    """

    def total(values: Iterable[Decimal | None]) -> Decimal | None:
        found = list(values)
        if not found or None in found:
            return None
        return sum((value for value in found if value is not None), Decimal(0))

    return Progress(
        validated=sum((part.validated for part in parts), Decimal(0)),
        waiting=sum((part.waiting for part in parts), Decimal(0)),
        committed=total(part.committed for part in parts),
        expected=total(part.expected for part in parts),
        projected=total(part.projected for part in parts),
        last_month=max((part.last_month for part in parts if part.last_month), default=None),
        months=max((part.months for part in parts), default=0),
        by_plan=bool(parts) and all(part.by_plan for part in parts),
    )


def _clauses(
    clause_ids: Collection[int], day: date, known_on: datetime | None
) -> dict[int, tuple[int, _Counted]]:
    rules = counting_of(clause_ids, known_on)
    rows: Iterable[Any] = Clause.objects.filter(pk__in=clause_ids).with_committed(day, known_on)
    return {
        row.pk: (row.lot_id, _Counted(rules[row.pk], row.committed, row.expected)) for row in rows
    }


def _measured(
    groups: Mapping[int, _Counted], day: date, known_on: datetime | None
) -> dict[int, Progress]:
    awards = {award for group in groups.values() for award in group.awards}
    figures = _figures(awards, day, known_on)
    return {key: _progress(group, figures, day) for key, group in groups.items()}


def _progress(group: _Counted, figures: _Figures, day: date) -> Progress:
    validated = _by_month(group, figures.validated, figures.months)
    reached = dict(validated)
    for cell, hours in _by_month(group, figures.waiting, figures.months).items():
        reached[cell] = reached.get(cell, Decimal(0)) + hours
    months = {month: Decimal(0) for award in group.awards for month in figures.months[award]}
    for (month, kind), hours in reached.items():
        if group.counting.counts(month, kind):
            months[month] += hours
    done = group.counting.counted(validated, group.committed, day)
    waiting = max(group.counting.counted(reached, group.committed, day) - done, Decimal(0))
    expected = group.expected
    foreseen, by_plan = _foreseen(group, figures, done + waiting, months, day)
    return Progress(
        validated=done,
        waiting=waiting,
        committed=group.committed,
        expected=expected and expected.quantize(Decimal(1), ROUND_HALF_UP),
        projected=foreseen,
        last_month=max(months, default=None),
        months=len(months),
        by_plan=by_plan,
    )


def _foreseen(
    group: _Counted, figures: _Figures, reached: Decimal, months: Mapping[date, Decimal], day: date
) -> tuple[Decimal | None, bool]:
    """Hours at the end, and whether a plan tells them: every award still going then has one."""
    if group.suspended:
        return None, False
    going = {award: plan for award, plan in group.plans.items() if plan.ends_on >= first_day(day)}
    if going and all(plan.lines for plan in going.values()):
        last = [max(figures.months[award], default=None) for award in going]
        return projection_by_plan(reached, going.values(), last), True
    return projection(reached, months, group.ends_on, day), False


def _by_month(
    group: _Counted,
    table: Mapping[tuple[int, date, str], Decimal],
    declared: Mapping[int, set[date]],
) -> dict[tuple[date, str], Decimal]:
    found: dict[tuple[date, str], Decimal] = defaultdict(Decimal)
    for award in group.awards:
        for month in declared[award]:
            for kind in HoursKind.values:
                if hours := table.get((award, month, kind)):
                    found[month, kind] += hours
    return found


def _figures(awards: Iterable[int], day: date, known_on: datetime | None) -> _Figures:
    awards = list(awards)
    lines = StatementLine.objects.filter(statement__award__in=awards, statement__month__lte=day)
    months: dict[int, set[date]] = defaultdict(set)
    for award, month in Statement.objects.filter(award__in=awards, month__lte=day).values_list(
        "award_id", "month"
    ):
        months[award].add(month)
    return _Figures(
        validated=_sums(lines.validated(known_on).annotate(counted=F("hours"))),
        waiting=_sums(with_change(waiting(lines, known_on), known_on)),
        months=months,
    )


def waiting(lines: LineQuerySet, known_on: datetime | None = None) -> LineQuerySet:
    """Of these lines, those declared and not checked yet, now or at that moment."""
    if known_on is None:
        return lines.to_check()
    unchecked = Q(validated_at__isnull=True) | Q(validated_at__gt=known_on)
    return lines.declared(known_on).filter(unchecked)


def with_change(lines: LineQuerySet, known_on: datetime | None = None) -> LineQuerySet:
    """Adds `counted`: what each line would add to validated hours, a correction its difference."""
    in_force = StatementLine.objects.validated(known_on).same_line()
    before = Coalesce(
        Subquery(in_force.values("hours")[:1]), Value(Decimal(0)), output_field=QUANTITY
    )
    return lines.annotate(counted=F("hours") - before)


def _sums(lines: LineQuerySet) -> dict[tuple[int, date, str], Decimal]:
    rows = (
        lines.order_by()
        .values("statement__award_id", "statement__month", "kind")
        .annotate(total=Sum("counted"))
        .values_list("statement__award_id", "statement__month", "kind", "total")
    )
    return {(award, month, kind): total for award, month, kind, total in rows}

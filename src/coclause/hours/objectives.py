"""What was done of each objective: hours validated, persons, contracts, apprentices.

Hours are validated hours that the clause counts. Those of an award are not told apart between the
objectives of a commitment: two volumes of hours (a firm part, a tranche) share them. A share
reserved to a public takes the hours and the employments whose facts, as they stood at hiring, hold
that public; a collective statement names nobody and is in no share.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Sum

from coclause.clauses.choices import IN_HOURS, Measure
from coclause.clauses.counting import Counting, counting_of
from coclause.clauses.models import Objective, ObjectiveEvent
from coclause.hours.choices import EmploymentType
from coclause.hours.models import Assignment, EmploymentFact, StatementLine
from coclause.people.choices import Sex

WOMEN, DISTRICT = "FEMMES", "QPV"
"""Publics told otherwise than by a criterion: by sex; by the district of residence too."""
ZERO = Decimal(0)
Cells = Mapping[tuple[date, str], Decimal]


@dataclass
class _Done:
    """What was validated on some awards, and who was employed there, by that day."""

    lines: dict[int, list[tuple[int | None, date, str, Decimal]]]
    """By award: employment (None when collective), month, kind, hours."""
    assigned: dict[int, set[int]]
    """Employments by award."""
    facts: dict[int, EmploymentFact]
    counting: dict[int, Counting]
    committed: dict[int, Decimal]
    """Hours by commitment, for the caps."""
    day: date


def done_by_objective(
    objectives: Iterable[Objective], day: date, known_on: datetime | None = None
) -> dict[int, Decimal]:
    """What was done of each by that day, in the unit of its measure. Seven queries at most.

    `objectives` come with `commitment` selected. With `known_on`, hours, rules and commitments as
    they were known at that moment; assignments keep no past.
    """
    rows = list(objectives)
    if not rows:
        return {}
    found = _read(rows, day, known_on)
    return {row.pk: _done(row, found) for row in rows}


def holds(fact: EmploymentFact, public: str) -> bool:
    """Whether the employment was, at hiring, of that public."""
    if public == WOMEN:
        return fact.sex == Sex.FEMALE
    return public in fact.criteria or (public == DISTRICT and bool(fact.district))


def _read(rows: Collection[Objective], day: date, known_on: datetime | None) -> _Done:
    awards = {row.commitment.award_id for row in rows}
    lines: dict[int, list[tuple[int | None, date, str, Decimal]]] = defaultdict(list)
    told = (
        StatementLine.objects.validated(known_on)
        .filter(statement__award__in=awards, statement__month__lte=day, hours__gt=0)
        .order_by()
        .values("statement__award", "employment_month__employment", "statement__month", "kind")
        .annotate(total=Sum("hours"))
        .values_list(
            "statement__award", "employment_month__employment", "statement__month", "kind", "total"
        )
    )
    for award, *cell in told:
        lines[award].append(tuple(cell))
    assigned: dict[int, set[int]] = defaultdict(set)
    for award, employment in Assignment.objects.filter(
        award__in=awards, starts_on__lte=day
    ).values_list("award", "employment"):
        assigned[award].add(employment)
    named = {pk for cells in lines.values() for pk, *_ in cells if pk is not None}
    named |= {pk for found in assigned.values() for pk in found}
    needed = any(row.public or row.measure not in IN_HOURS for row in rows)
    return _Done(
        lines=lines,
        assigned=assigned,
        facts=EmploymentFact.objects.in_bulk(named) if needed else {},
        counting=counting_of({row.commitment.clause_id for row in rows}, known_on),
        committed=_committed({row.commitment_id for row in rows}, day, known_on),
        day=day,
    )


def _committed(
    commitments: Collection[int], day: date, known_on: datetime | None
) -> dict[int, Decimal]:
    events = ObjectiveEvent.objects.in_hours().known(known_on)
    return dict(
        events.filter(objective__commitment__in=commitments, effective_on__lte=day)
        .order_by()
        .values("objective__commitment")
        .annotate(total=Sum("quantity"))
        .values_list("objective__commitment", "total")
    )


def _done(objective: Objective, found: _Done) -> Decimal:
    award = objective.commitment.award_id
    if objective.measure in IN_HOURS:
        return _hours(objective, found)
    public = objective.public
    if objective.measure == Measure.PERSONS:
        worked = {pk for pk, *_ in found.lines.get(award, ()) if pk is not None}
        kept = [found.facts[pk] for pk in worked]
        return Decimal(
            len({fact.identity_id for fact in kept if not public or holds(fact, public)})
        )
    begun = [
        found.facts[pk]
        for pk in found.assigned.get(award, ())
        if found.facts[pk].starts_on <= found.day
    ]
    if objective.measure == Measure.APPRENTICES:
        begun = [fact for fact in begun if fact.type == EmploymentType.APPRENTICE]
    return Decimal(sum(not public or holds(fact, public) for fact in begun))


def _hours(objective: Objective, found: _Done) -> Decimal:
    """Counted hours of the award; of one kind, or of one public, when the objective says so."""
    public, kind = objective.public, objective.hour_kind
    cells: dict[tuple[date, str], Decimal] = defaultdict(Decimal)
    for employment, month, worked, hours in found.lines.get(objective.commitment.award_id, ()):
        if kind and worked != kind:
            continue
        if public and (employment is None or not holds(found.facts[employment], public)):
            continue
        cells[month, worked] += hours
    counting = found.counting[objective.commitment.clause_id]
    return counting.counted(cells, found.committed.get(objective.commitment_id), found.day)

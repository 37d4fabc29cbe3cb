"""The hours behind documents, read for any number of them at once, and what is frozen of them.

A document is out of date when what it froze (validated hours by month, what was committed) is no
longer what the same reading gives.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from coclause.clauses.counting import Counting, counting_of
from coclause.clauses.models import AwardMember, ObjectiveEvent
from coclause.hours.choices import ProofKind
from coclause.hours.models import EmploymentFact, Proof, StatementLine
from coclause.hours.proofs.asking import Asked, answering, asked_of

ZERO = Decimal(0)


@dataclass(frozen=True)
class Cell:
    """Validated hours of one kind, by one employment (None without names), in a month."""

    month: date
    kind: str
    employment: int | None
    hours: Decimal


@dataclass(frozen=True)
class HourFacts:
    """What some documents are made from: by award, by clause, by employment."""

    cells: Mapping[int, list[Cell]]
    facts: Mapping[int, EmploymentFact]
    countings: Mapping[int, Counting]
    members: Mapping[int, list[AwardMember]]
    events: Mapping[tuple[int, int], list[tuple[date, Decimal]]]
    """By clause and award: when, how many hours more."""

    def counted(self, asked: Asked) -> list[Cell]:
        """Validated hours that the clause counts, up to the day, of the company if there is one.

        A company that answered for the award owns all the hours of its months; any company, those
        of the people it employs.
        """
        counting = self.countings[asked.clause.pk]
        return [cell for cell in self.within(asked) if counting.counts(cell.month, cell.kind)]

    def within(self, asked: Asked) -> list[Cell]:
        """The same, whatever the kinds that the clause counts."""
        found = [c for c in self.cells.get(asked.award.pk, ()) if c.month <= asked.until]
        if asked.company is None:
            return found
        return [cell for cell in found if self._owns(asked, cell)]

    def _owns(self, asked: Asked, cell: Cell) -> bool:
        company = asked.company.pk if asked.company else None
        if cell.employment is not None and self.facts[cell.employment].employer_id == company:
            return True
        members = self.members.get(asked.award.pk, [])
        return answering(members, asked.award, cell.month) == company

    def committed(self, asked: Asked) -> Decimal | None:
        """Hours committed on that day; None when nothing is known."""
        events = self.events.get((asked.clause.pk, asked.award.pk), ())
        known = [quantity for day, quantity in events if day <= asked.until]
        return sum(known, ZERO) if known else None


def facts_of(asked: Collection[Asked]) -> HourFacts:
    """Six queries at most, whatever the number of documents."""
    awards = {one.award.pk for one in asked}
    clauses = {one.clause.pk for one in asked}
    cells = _cells(awards)
    employments = {c.employment for held in cells.values() for c in held if c.employment}
    members: dict[int, list[AwardMember]] = defaultdict(list)
    for member in AwardMember.objects.filter(award__in=awards).order_by("starts_on", "pk"):
        members[member.award_id].append(member)
    return HourFacts(
        cells=cells,
        facts=EmploymentFact.objects.in_bulk(employments) if employments else {},
        countings=counting_of(clauses),
        members=members,
        events=_events(awards, clauses),
    )


def _cells(awards: Collection[int]) -> dict[int, list[Cell]]:
    groups = (
        "statement__award_id",
        "statement__month",
        "kind",
        "employment_month__employment_id",
    )
    lines = StatementLine.objects.validated().filter(statement__award__in=awards, hours__gt=0)
    rows = lines.order_by().values(*groups).annotate(total=Sum("hours"))
    found: dict[int, list[Cell]] = defaultdict(list)
    for award, *said in rows.order_by(*groups).values_list(*groups, "total"):
        found[award].append(Cell(*said))
    return found


def _events(
    awards: Collection[int], clauses: Collection[int]
) -> dict[tuple[int, int], list[tuple[date, Decimal]]]:
    path = "objective__commitment__"
    rows = ObjectiveEvent.objects.in_hours().filter(
        **{f"{path}award__in": awards, f"{path}clause__in": clauses}
    )
    found: dict[tuple[int, int], list[tuple[date, Decimal]]] = defaultdict(list)
    for clause, award, day, quantity in rows.order_by("pk").values_list(
        f"{path}clause_id", f"{path}award_id", "effective_on", "quantity"
    ):
        found[clause, award].append((day, quantity))
    return found


def essence(asked: Asked, facts: HourFacts) -> dict[str, Any]:
    """What a later correction is seen by: validated hours by month, and what was committed."""
    months: dict[str, Decimal] = defaultdict(Decimal)
    for cell in facts.counted(asked):
        months[f"{cell.month:%Y-%m}"] += cell.hours
    committed = facts.committed(asked) if asked.is_statement else None
    return {
        "months": {month: f"{hours:.2f}" for month, hours in sorted(months.items())},
        "committed": None if committed is None else f"{committed:.2f}",
    }


def outdated(proofs: Collection[Proof], day: date) -> set[int]:
    """Ids of those whose hours were corrected, or whose commitment changed, since. A control sheet
    tells a meeting: it is never out of date.
    """
    rows = {
        proof.pk: (proof, asked_of(proof, day))
        for proof in proofs
        if proof.kind != ProofKind.CONTROL
    }
    if not rows:
        return set()
    facts = facts_of([asked for _, asked in rows.values()])
    return {
        pk
        for pk, (proof, asked) in rows.items()
        if proof.figures["essence"] != essence(asked, facts)
    }

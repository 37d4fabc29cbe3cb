"""What clauses and regions say that checks compare with: kinds, caps, publics, criteria."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import OuterRef, Q, Sum

from coclause.clauses.counting import Counting, counting_of, together
from coclause.clauses.models import Award, Clause, Commitment, ObjectiveEvent
from coclause.clauses.queries import committed_subquery
from coclause.hours.models import EmploymentFact, StatementLine
from coclause.people.models import Criterion


@dataclass(frozen=True)
class Rules:
    """By award, what its clauses say; by region and day of hiring, which criteria were in force."""

    counting: Mapping[int, Counting]
    publics: Mapping[int, frozenset[str]]
    """Criteria that the clauses of an award aim at; absent when one of them is open to all."""
    committed: Mapping[int, Decimal | None]
    reached: Mapping[tuple[int, str], Decimal]
    """Hours declared in all on an award, by kind; as `committed`, where a clause has a cap."""
    criteria: Mapping[str, list[tuple[str | None, date, date | None]]]
    """Rows of a code: the region (None: the network's default), first and last day."""

    def in_force(self, codes: Collection[str], region: str | None, day: date) -> frozenset[str]:
        """Of these criteria, those that the region held that day."""
        return frozenset(
            code
            for code in codes
            for held_in, starts, ends in self.criteria.get(code, ())
            if held_in in (None, region) and starts <= day and (ends is None or ends >= day)
        )


def rules_of(awards: Mapping[int, Award], facts: Iterable[EmploymentFact], day: date) -> Rules:
    """Five queries, seven where some clause has a cap, whatever the number of awards."""
    clauses = _clauses(awards)
    rules = counting_of({clause.pk for found in clauses.values() for clause in found})
    capped = [
        pk
        for pk, found in clauses.items()
        if any(rule.caps for clause in found for rule in rules[clause.pk].rules[0])
    ]
    return Rules(
        counting={
            pk: together(rules[clause.pk] for clause in found) for pk, found in clauses.items()
        },
        publics={
            pk: frozenset(code for clause in found for code in clause.publics)
            for pk, found in clauses.items()
            if found and all(clause.publics for clause in found)
        },
        committed=_committed(capped, day) if capped else {},
        reached=_reached(capped) if capped else {},
        criteria=_criteria({code for fact in facts for code in fact.criteria}),
    )


def _clauses(awards: Mapping[int, Award]) -> dict[int, list[Clause]]:
    """The clauses committed on each award; without any, those of its lot."""
    committed: dict[int, list[int]] = defaultdict(list)
    rows = Commitment.objects.filter(award__in=list(awards)).order_by()
    for award, clause in rows.values_list("award_id", "clause_id"):
        committed[award].append(clause)
    chosen = {clause for found in committed.values() for clause in found}
    lots = {award.lot_id for award in awards.values()}
    clauses = Clause.objects.filter(Q(pk__in=chosen) | Q(lot__in=lots)).order_by("pk")
    by_pk = {clause.pk: clause for clause in clauses}
    return {
        pk: [by_pk[clause] for clause in committed[pk]]
        if pk in committed
        else [clause for clause in by_pk.values() if clause.lot_id == award.lot_id]
        for pk, award in awards.items()
    }


def _committed(awards: Collection[int], day: date) -> dict[int, Decimal | None]:
    events = ObjectiveEvent.objects.in_hours().filter(objective__commitment__award=OuterRef("pk"))
    total = committed_subquery(events, day, "objective__commitment__award", None)
    rows = Award.objects.filter(pk__in=awards).annotate(committed=total)
    return dict(rows.order_by().values_list("pk", "committed"))


def _reached(awards: Collection[int]) -> dict[tuple[int, str], Decimal]:
    rows = (
        StatementLine.objects.declared()
        .filter(statement__award__in=awards)
        .order_by()
        .values("statement__award", "kind")
        .annotate(total=Sum("hours"))
        .values_list("statement__award", "kind", "total")
    )
    return {(award, kind): total for award, kind, total in rows}


def _criteria(codes: set[str]) -> dict[str, list[tuple[str | None, date, date | None]]]:
    found: dict[str, list[tuple[str | None, date, date | None]]] = defaultdict(list)
    rows = Criterion.objects.filter(code__in=codes).order_by()
    for code, region, starts, ends in rows.values_list("code", "region_id", "starts_on", "ends_on"):
        found[code].append((region, starts, ends))
    return found

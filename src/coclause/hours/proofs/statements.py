"""The figures of a statement for the buyer: hours and counts, no names, never a criterion.

Types of work contract are left out: some of them tell why a person is eligible.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Max

from coclause.clauses.calendars import days_of_execution
from coclause.clauses.choices import ANSWERABLE
from coclause.clauses.models import AwardMember, Commitment
from coclause.clauses.story import story
from coclause.core.months import between, last_day
from coclause.core.parameters import parameter
from coclause.hours.choices import ProofKind
from coclause.hours.globalised import pool_of
from coclause.hours.models import BuyerDecision, EmploymentFact, Statement, StatementLine
from coclause.hours.progress import Progress, progress_of_commitments, waiting, with_change
from coclause.hours.proofs.asking import Asked
from coclause.hours.proofs.facts import Cell, HourFacts
from coclause.people.ages import AGES, age_band
from coclause.people.choices import Sex
from coclause.people.disclosure import hide, hide_small
from coclause.render.numbers import Measure

ZERO = Decimal(0)
NO_NAME = "sans_noms"
"""Hours declared without names: neither way nor employer is known."""
TOLD = ("attribution", "entreprises", "engagement", "calendrier", "etat")


def statement_figures(asked: Asked, facts: HourFacts, day: date) -> dict[str, Any]:
    """What is frozen of a statement, as JSON holds it: hours as texts with two decimals."""
    counted = facts.counted(asked)
    final = asked.kind == ProofKind.FINAL
    declared = _declared_months(asked)
    pending = _waiting(asked, facts)
    return {
        "hours": _hours(asked, facts, counted, pending),
        "months": _months(asked, counted, {} if final else pending, declared),
        "silent": [f"{month:%Y-%m}" for month in _silent(asked, declared)],
        "kinds": _sums((cell.kind, cell.hours) for cell in counted),
        "ways": _sums((_way(cell, facts), cell.hours) for cell in counted),
        "employers": _sums((_part(asked, cell, facts), cell.hours) for cell in counted),
        "persons": _persons(asked, facts, day),
        "story": _story(asked),
        "pool": _pool(asked),
        "decisions": _decisions(asked, day),
    }


def _hours(
    asked: Asked, facts: HourFacts, counted: list[Cell], pending: dict[date, Decimal]
) -> dict[str, str | bool | None]:
    """The figures of the bar. Without a commitment, only hours are known."""
    total = sum((cell.hours for cell in counted), ZERO)
    whole = sum((cell.hours for cell in facts.within(asked)), ZERO)
    alone = Progress(total, sum(pending.values(), ZERO), None, None, None)
    found = _progress(asked) or alone
    final = asked.kind == ProofKind.FINAL
    return {
        "validated": _text(found.validated),
        "waiting": _text(found.waiting),
        "committed": _text(found.committed),
        "expected": None if final else _text(found.expected),
        "projected": None if final else _text(found.projected),
        "by_plan": found.by_plan and not final,
        "beyond": _text(total - found.validated),
        "uncounted": _text(whole - total),
    }


def _progress(asked: Asked) -> Progress | None:
    """The figures of the commitment; None without one."""
    pk = _commitment(asked)
    return progress_of_commitments([pk], asked.until)[pk] if pk is not None else None


def _commitment(asked: Asked) -> int | None:
    rows = Commitment.objects.filter(clause=asked.clause, award=asked.award)
    return rows.values_list("pk", flat=True).first()


def _waiting(asked: Asked, facts: HourFacts) -> dict[date, Decimal]:
    """By month, what hours not checked yet would add."""
    lines = StatementLine.objects.filter(
        statement__award=asked.award, statement__month__lte=asked.until
    )
    rows: Any = with_change(waiting(lines)).order_by("pk")
    counting = facts.countings[asked.clause.pk]
    found: dict[date, Decimal] = defaultdict(Decimal)
    for month, kind, hours in rows.values_list("statement__month", "kind", "counted"):
        if counting.counts(month, kind):
            found[month] += hours
    return found


def _declared_months(asked: Asked) -> set[date]:
    rows = Statement.objects.filter(award=asked.award, month__lte=asked.until)
    return set(rows.values_list("month", flat=True))


def _months(
    asked: Asked, counted: list[Cell], pending: dict[date, Decimal], declared: Collection[date]
) -> list[dict[str, str]]:
    """Every month declared, zero included, in order."""
    validated: dict[date, Decimal] = defaultdict(Decimal)
    for cell in counted:
        validated[cell.month] += cell.hours
    return [
        {
            "month": f"{month:%Y-%m}",
            "validated": _known(validated.get(month, ZERO)),
            "waiting": _known(pending.get(month, ZERO)),
        }
        for month in sorted({*declared, *validated})
    ]


def _silent(asked: Asked, declared: Collection[date]) -> list[date]:
    """Months of execution, over by then, that nobody declared."""
    award = asked.award
    months = between(award.starts_on, min(award.ends_on, asked.until))
    return [
        month
        for month in months
        if month not in declared
        and last_day(month) <= asked.until
        and days_of_execution(award, month, last_day(month))
    ]


def _way(cell: Cell, facts: HourFacts) -> str:
    return NO_NAME if cell.employment is None else facts.facts[cell.employment].way


def _part(asked: Asked, cell: Cell, facts: HourFacts) -> str:
    """The part in the award of the company that employs; empty when it has none."""
    if cell.employment is None:
        return NO_NAME
    employer = facts.facts[cell.employment].employer_id
    parts = [m.part for m in _held(facts, asked) if m.organisation_id == employer]
    answers = [part for part in parts if part in ANSWERABLE]
    return (answers or parts or [""])[0]


def _held(facts: HourFacts, asked: Asked) -> list[AwardMember]:
    return facts.members.get(asked.award.pk, [])


def _sums(pairs: Iterable[tuple[str, Decimal]]) -> dict[str, str]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for key, hours in pairs:
        found[key] += hours
    ordered = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    return {key: _known(hours) for key, hours in ordered}


def _persons(asked: Asked, facts: HourFacts, day: date) -> dict[str, Measure | dict[str, Measure]]:
    """Distinct persons with a validated hour, each by the first employment that has some; small
    groups are hidden before anything is kept.
    """
    small = parameter("small_cell", day)
    first: dict[UUID, EmploymentFact] = {}
    named = [(c.month, c.employment) for c in facts.within(asked) if c.employment is not None]
    for _, employment in sorted(named):
        fact = facts.facts[employment]
        first.setdefault(fact.identity_id, fact)
    sexes: dict[str, int | Decimal | float] = dict.fromkeys(Sex.values, 0)
    ages: dict[str, int | Decimal | float] = dict.fromkeys(AGES, 0)
    for fact in first.values():
        sexes[fact.sex] += 1
        ages[age_band(fact.age)] += 1
    return {
        "total": hide(len(first), small),
        "sexes": hide_small(sexes, small),
        "ages": hide_small(ages, small),
        "unnamed": hide(_headcount(asked), small),
    }


def _headcount(asked: Asked) -> int:
    """People declared without names: the most in one month; nobody knows if they are the same."""
    lines = StatementLine.objects.validated().collective()
    lines = lines.filter(statement__award=asked.award, statement__month__lte=asked.until)
    found: int | None = lines.filter(hours__gt=0).aggregate(most=Max("headcount"))["most"]
    return found or 0


def _story(asked: Asked) -> list[str]:
    """Amendments, suspensions, companies, states: dated facts up to the day, in sentences."""
    told = story(asked.clause, asked.until, awards=[asked.award.pk])
    return [one.sentence for one in told if not one.ahead and one.kind in TOLD]


def _pool(asked: Asked) -> str:
    pk = _commitment(asked)
    pools = pool_of([pk], asked.until) if pk is not None else {}
    return pools[pk].sentence() if pk in pools else ""


def _decisions(asked: Asked, day: date) -> list[dict[str, str | None]]:
    """What the buyer decided of the shortfalls it was told, in order; without its reasons."""
    rows = BuyerDecision.objects.filter(
        report__clause=asked.clause, report__award=asked.award, decided_on__lte=day
    ).order_by("decided_on", "pk")
    return [
        {
            "on": row.decided_on.isoformat(),
            "kind": row.kind,
            "amount": None if row.amount is None else f"{row.amount:.2f}",
            "until": row.until.isoformat() if row.until else None,
        }
        for row in rows
    ]


def _text(hours: Decimal | None) -> str | None:
    return None if hours is None else _known(hours)


def _known(hours: Decimal) -> str:
    return f"{hours:.2f}"

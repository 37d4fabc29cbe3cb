"""Amounts that surprise: above the month's ceiling, far from the person's last months."""

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from coclause.clauses.calendars import days_of_execution
from coclause.core.months import last_day
from coclause.hours.checks.facts import ZERO, Facts, is_whole
from coclause.hours.checks.table import ABOVE_CEILING, JUMP, Remark
from coclause.hours.models import EmploymentFact, Statement
from coclause.render import numbers

MONTHS_COMPARED = 3
LEAST_MONTHS = 2
"""With one month alone, nothing is usual yet."""


def on_employment(facts: Facts, statement: Statement, fact: EmploymentFact) -> Iterator[Remark]:
    total = sum((hours for _, hours in facts.works(fact, statement.month)), ZERO)
    ceiling = facts.limits["month_hours_ceiling"]
    if total > ceiling:
        yield ABOVE_CEILING.on(
            fact.pk,
            f"{numbers.hours(total)} dans le mois, tous employeurs confondus : plus de"
            f" {numbers.hours(ceiling)}.",
        )
    yield from _jump(facts, statement, fact)


def on_month(facts: Facts, statement: Statement) -> Iterator[Remark]:
    held, ceiling = facts.held[statement.pk], facts.limits["month_hours_ceiling"]
    total = sum(held.unnamed.values(), ZERO)
    if held.headcount and total > ceiling * held.headcount:
        mean = numbers.hours(total / held.headcount)
        yield ABOVE_CEILING.on(
            None,
            f"{mean} par personne en moyenne dans le mois : plus de {numbers.hours(ceiling)}.",
        )


def _jump(facts: Facts, statement: Statement, fact: EmploymentFact) -> Iterator[Remark]:
    """Months cut by a contract's start or end say nothing of what is usual."""
    if not _is_usual(facts, statement.award_id, fact, statement.month):
        return
    said = facts.before.get((fact.identity_id, statement.award_id), {})
    earlier = sorted(
        month
        for month in said
        if month < statement.month and _is_usual(facts, statement.award_id, fact, month)
    )[-MONTHS_COMPARED:]
    if len(earlier) < LEAST_MONTHS:
        return
    mean = sum((said[month] for month in earlier), ZERO) / len(earlier)
    hours = _of_person(facts, statement, fact)
    gap = abs(hours - mean)
    if gap > facts.limits["jump_hours"] and gap > facts.limits["jump_share"] * mean:
        way = "de plus" if hours > mean else "de moins"
        yield JUMP.on(
            fact.pk,
            f"{numbers.hours(_rounded(gap))} {way} que la moyenne de ses {len(earlier)} derniers"
            f" mois sur ce marché ({numbers.hours(_rounded(mean))}).",
        )


def _of_person(facts: Facts, statement: Statement, fact: EmploymentFact) -> Decimal:
    """Hours of the person in this statement, under all its contracts."""
    held = facts.held[statement.pk]
    return sum(
        (held.hours(pk) for pk in held.employments if _same(facts.employments[pk], fact)), ZERO
    )


def _same(one: EmploymentFact, other: EmploymentFact) -> bool:
    return one.identity_id == other.identity_id


def _is_usual(facts: Facts, award: int, fact: EmploymentFact, month: date) -> bool:
    """Whether the person was employed, and the award executed, on every day of that month."""
    contracts = [
        (one.starts_on, one.ends_on)
        for one in facts.of_identity[fact.identity_id]
        if one.employer_id == fact.employer_id
    ]
    days = last_day(month).day
    executed = days_of_execution(facts.awards[award], month, last_day(month))
    return executed == days and any(is_whole(contract, month) for contract in contracts)


def _rounded(hours: Decimal) -> Decimal:
    return hours.quantize(Decimal(1), ROUND_HALF_UP)

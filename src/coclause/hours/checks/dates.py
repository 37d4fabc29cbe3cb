"""Hours outside of what dates allow: of the work contract, of the assignment, of execution."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from coclause.clauses.calendars import days_of_execution
from coclause.core.months import last_day
from coclause.hours.checks.facts import Facts, Part, is_whole, overlap
from coclause.hours.checks.table import (
    BEYOND_DAYS,
    OLD_MONTH,
    OUTSIDE_ASSIGNMENT,
    OUTSIDE_DATES,
    OUTSIDE_EXECUTION,
    Remark,
)
from coclause.hours.models import EmploymentFact, Statement
from coclause.render import numbers

SUNDAY = 6


def on_employment(facts: Facts, statement: Statement, fact: EmploymentFact) -> Iterator[Remark]:
    month = statement.month
    contract = (fact.starts_on, fact.ends_on)
    assigned = facts.assignments.get((fact.pk, statement.award_id))
    if overlap(contract, month, last_day(month)) is None:
        yield OUTSIDE_DATES.on(
            fact.pk, f"Son contrat va {_from_to(contract)} : ce mois est en dehors."
        )
    elif assigned and overlap(assigned, month, last_day(month)) is None:
        yield OUTSIDE_ASSIGNMENT.on(
            fact.pk, f"Elle travaille sur ce marché {_from_to(assigned)} : ce mois est en dehors."
        )
    else:
        yield from _beyond_days(facts, statement, fact)


def on_month(facts: Facts, statement: Statement) -> Iterator[Remark]:
    award, month = facts.awards[statement.award_id], statement.month
    if not days_of_execution(award, month, last_day(month)):
        yield OUTSIDE_EXECUTION.on(
            None,
            "Aucun jour d’exécution ce mois-ci : le marché n’a pas commencé, est fini ou"
            " suspendu. Revoyez son calendrier, ou renvoyez ces heures.",
        )
    declared = statement.declared_on
    late = (declared.year - month.year) * 12 + declared.month - month.month
    if late > facts.limits["old_month_months"]:
        yield OLD_MONTH.on(
            None,
            f"Déclaré ou corrigé {late} mois après : son année a pu être close, et le bilan remis.",
        )


def _beyond_days(facts: Facts, statement: Statement, fact: EmploymentFact) -> Iterator[Remark]:
    """More hours than the days of the month under contract, or on the award, hold."""
    month = statement.month
    contract = (fact.starts_on, fact.ends_on)
    assigned = facts.assignments.get((fact.pk, statement.award_id))
    hours = facts.held[statement.pk].hours(fact.pk)
    worked = max(facts.worked.get((fact.pk, month), hours), hours)
    for part, total, what in ((contract, worked, "de contrat"), (assigned, hours, "sur ce marché")):
        if part is None or is_whole(part, month):
            continue
        days = _days(part, month)
        if total > days * facts.limits["day_hours_ceiling"]:
            held = overlap(part, month, last_day(month))
            between = f" (du {held[0]:%d/%m/%Y} au {held[1]:%d/%m/%Y})" if held else ""
            ceiling = numbers.hours(facts.limits["day_hours_ceiling"])
            yield BEYOND_DAYS.on(
                fact.pk,
                f"{numbers.hours(total)} pour {_in_days(days)} {what} ce mois-ci{between},"
                f" dimanches exceptés : plus de {ceiling} par jour.",
            )
            return


def _days(part: Part, month: date) -> Decimal:
    """Days of the month in that part, Sundays left out."""
    held = overlap(part, month, last_day(month))
    if held is None:
        return Decimal(0)
    first, last = held
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return Decimal(sum(1 for day in days if day.weekday() != SUNDAY))


def _in_days(count: Decimal) -> str:
    return f"{numbers.integer(count)} jour{'s' * (count > 1)}"


def _from_to(part: Part) -> str:
    starts, ends = part
    if ends is None:
        return f"du {starts:%d/%m/%Y} à une date non connue"
    return f"du {starts:%d/%m/%Y} au {ends:%d/%m/%Y}"

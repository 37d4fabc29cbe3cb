"""What looks wrong in a month, marked for the facilitator; nothing is decided here.

Each check has a code, a severity and a sentence. They read employments by identity, so that a
person with two employers is seen once, whoever recorded them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from coclause.core.months import last_day
from coclause.core.parameters import parameter
from coclause.hours.models import EmploymentFact, EmploymentMonth, Statement, StatementLine

SEVERE = "à corriger"
DOUBT = "à confirmer"


@dataclass(frozen=True)
class Remark:
    """One doubt about an employment's month."""

    employment_id: int
    code: str
    severity: str
    text: str


@dataclass(frozen=True)
class _Worked:
    """What an identity worked in a month for one employer."""

    employer_id: int
    hours: Decimal


def remarks(statements: Collection[Statement], *, day: date) -> dict[int, list[Remark]]:
    """Remarks by statement. Four queries, whatever the number of statements and lines.

    `day` dates the ceiling in force. A statement without a remark is not in the answer.
    """
    declared = _declared(statements)
    if not declared:
        return {}
    facts = EmploymentFact.objects.in_bulk({pk for pks in declared.values() for pk in pks})
    worked = _worked(facts.values(), {statement.month for statement in statements})
    ceiling = parameter("month_hours_ceiling", day)
    found: dict[int, list[Remark]] = {}
    for statement in statements:
        notes = [
            remark
            for pk in declared.get(statement.pk, [])
            for remark in _remarks_on(facts[pk], statement.month, worked, ceiling)
        ]
        if notes:
            found[statement.pk] = notes
    return found


def _declared(statements: Collection[Statement]) -> dict[int, list[int]]:
    """Employments with hours on each statement."""
    lines = StatementLine.objects.filter(
        statement__in=[statement.pk for statement in statements],
        employment_month__isnull=False,
        corrected_at__isnull=True,
        hours__gt=0,
    )
    rows = lines.order_by("employment_month_id").values_list(
        "statement_id", "employment_month__employment_id"
    )
    declared: dict[int, list[int]] = defaultdict(list)
    for statement_id, employment_id in rows.distinct():
        declared[statement_id].append(employment_id)
    return declared


def _worked(
    facts: Iterable[EmploymentFact], months: set[date]
) -> dict[tuple[UUID, date], list[_Worked]]:
    """Hours of these identities in these months, by employer, on all sites and in all hosts."""
    employments = EmploymentFact.objects.filter(
        identity__in={fact.identity_id for fact in facts}
    ).values_list("pk", "identity_id", "employer_id")
    people = {pk: (identity, employer) for pk, identity, employer in employments}
    rows = EmploymentMonth.objects.filter(
        employment__in=people, month__in=months, hours_worked__gt=0
    ).values_list("employment_id", "month", "hours_worked")
    worked: dict[tuple[UUID, date], list[_Worked]] = defaultdict(list)
    for employment_id, month, hours in rows:
        identity, employer = people[employment_id]
        worked[identity, month].append(_Worked(employer, hours))
    return worked


def _remarks_on(
    fact: EmploymentFact,
    month: date,
    worked: dict[tuple[UUID, date], list[_Worked]],
    ceiling: Decimal,
) -> Iterable[Remark]:
    if fact.starts_on > last_day(month) or (fact.ends_on and fact.ends_on < month):
        end = f"au {fact.ends_on:%d/%m/%Y}" if fact.ends_on else "à une date non connue"
        yield Remark(
            fact.pk,
            "outside_dates",
            SEVERE,
            f"Son contrat va du {fact.starts_on:%d/%m/%Y} {end} : ce mois est en dehors.",
        )
    months = worked.get((fact.identity_id, month), [])
    total = sum((row.hours for row in months), Decimal(0))
    if total > ceiling:
        yield Remark(
            fact.pk,
            "above_ceiling",
            DOUBT,
            f"{total.normalize():f} h dans le mois, tous employeurs confondus : plus de"
            f" {ceiling.normalize():f} h.",
        )
    if len({row.employer_id for row in months}) > 1:
        yield Remark(fact.pk, "two_employers", DOUBT, "Deux employeurs le même mois.")

"""What looks wrong in a month, marked for the facilitator; nothing is decided here.

Each check has a code, a severity and a sentence. They read employments by identity, so that a
person with two employers is seen once, whoever recorded them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from coclause.core.months import last_day
from coclause.core.parameters import parameter
from coclause.hours.models import EmploymentFact, EmploymentMonth, Statement, StatementLine
from coclause.render import numbers

SEVERE = "à corriger"
DOUBT = "à confirmer"


@dataclass(frozen=True)
class Remark:
    """One doubt about an employment's month, or about the collective hours (None)."""

    employment_id: int | None
    code: str
    severity: str
    text: str


@dataclass
class _Declared:
    """What a statement holds: employments with hours, and hours of unnamed people."""

    employments: list[int] = field(default_factory=list)
    hours: Decimal = Decimal(0)
    headcount: int = 0


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
    employments = {pk for held in declared.values() for pk in held.employments}
    facts = EmploymentFact.objects.in_bulk(employments)
    worked = _worked(facts.values(), {statement.month for statement in statements})
    ceiling = parameter("month_hours_ceiling", day)
    found: dict[int, list[Remark]] = {}
    for statement in statements:
        held = declared.get(statement.pk, _Declared())
        notes = [
            remark
            for pk in held.employments
            for remark in _remarks_on(facts[pk], statement.month, worked, ceiling)
        ]
        notes += _remarks_without_names(held, ceiling)
        if notes:
            found[statement.pk] = notes
    return found


def _declared(statements: Collection[Statement]) -> dict[int, _Declared]:
    """What has hours on each statement."""
    lines = StatementLine.objects.filter(
        statement__in=[statement.pk for statement in statements],
        corrected_at__isnull=True,
        hours__gt=0,
    )
    rows: Iterable[tuple[int, int | None, Decimal, int | None]] = lines.order_by(
        "employment_month_id", "pk"
    ).values_list("statement_id", "employment_month__employment_id", "hours", "headcount")
    declared: dict[int, _Declared] = defaultdict(_Declared)
    for statement_id, employment_id, hours, headcount in rows:
        held = declared[statement_id]
        if employment_id is None:
            held.hours += hours
            held.headcount = max(held.headcount, headcount or 0)
        elif employment_id not in held.employments:
            held.employments.append(employment_id)
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


def _remarks_without_names(held: _Declared, ceiling: Decimal) -> Iterable[Remark]:
    if held.headcount and held.hours > ceiling * held.headcount:
        mean = numbers.hours(held.hours / held.headcount)
        yield Remark(
            None,
            "above_ceiling",
            DOUBT,
            f"{mean} par personne en moyenne dans le mois : plus de {numbers.hours(ceiling)}.",
        )

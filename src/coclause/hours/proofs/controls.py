"""The figures of a control sheet: what a meeting goes through, line by line.

Persons are kept by the id of their employment, never by name: names are added, and their reading
logged, when the sheet is drawn for whoever may read them (`people.actions.names_of`). A person
erased since is one without a name.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from coclause.hours.checks import remarks
from coclause.hours.models import (
    Assignment,
    Contest,
    EmploymentFact,
    PlanStep,
    Statement,
    StatementLine,
    SupportingPaper,
)
from coclause.hours.proofs.asking import Asked
from coclause.hours.queries import LineQuerySet

ZERO = Decimal(0)
EMPLOYMENT = "employment_month__employment_id"


def control_figures(asked: Asked, day: date) -> dict[str, Any]:
    """What is frozen of a control sheet, as JSON holds it: hours as texts with two decimals."""
    statements = list(
        Statement.objects.filter(award=asked.award, month__lte=asked.until).order_by("month")
    )
    lines = StatementLine.objects.filter(statement__in=statements)
    return {
        "months": _months(statements, lines),
        "people": _people(asked, lines),
        "remarks": _remarks(statements, day),
        "contests": _contests(lines),
        "papers": _papers(asked),
        "steps": _steps(asked),
    }


def _months(statements: Iterable[Statement], lines: LineQuerySet) -> list[dict[str, str]]:
    declared = _by(lines.declared(), "statement_id")
    validated = _by(lines.validated(), "statement_id")
    returned = _by(lines.returned(), "statement_id")
    return [
        {
            "month": f"{one.month:%Y-%m}",
            "declared_on": one.declared_on.isoformat(),
            "declared": _text(declared.get(one.pk)),
            "validated": _text(validated.get(one.pk)),
            "returned": _text(returned.get(one.pk)),
        }
        for one in statements
    ]


def _by(lines: LineQuerySet, field: str) -> dict[Any, Decimal]:
    sums = lines.order_by().values(field).annotate(total=Sum("hours"))
    return dict(sums.values_list(field, "total"))


def _people(asked: Asked, lines: LineQuerySet) -> list[dict[str, Any]]:
    rows = Assignment.objects.filter(award=asked.award, starts_on__lte=asked.until)
    assigned = list(rows.order_by("starts_on", "pk"))
    facts = EmploymentFact.objects.select_related("employer").in_bulk(
        [row.employment_id for row in assigned]
    )
    declared, validated = _by(lines.declared(), EMPLOYMENT), _by(lines.validated(), EMPLOYMENT)
    return [
        {
            "employment": row.employment_id,
            "employer": facts[row.employment_id].employer.name,
            "type": facts[row.employment_id].type,
            "starts_on": row.starts_on.isoformat(),
            "ends_on": row.ends_on.isoformat() if row.ends_on else None,
            "declared": _text(declared.get(row.employment_id)),
            "validated": _text(validated.get(row.employment_id)),
        }
        for row in assigned
    ]


def _remarks(statements: list[Statement], day: date) -> list[dict[str, Any]]:
    """What the checks say, month by month."""
    found = remarks(statements, day=day)
    return [
        {
            "month": f"{one.month:%Y-%m}",
            "employment": remark.employment_id,
            "severity": remark.severity,
            "text": remark.text,
        }
        for one in statements
        for remark in found.get(one.pk, ())
    ]


def _contests(lines: LineQuerySet) -> list[dict[str, Any]]:
    rows = Contest.objects.filter(line__in=lines).select_related(
        "organisation", "line__statement", "line__employment_month"
    )
    return [
        {
            "month": f"{row.line.statement.month:%Y-%m}",
            "employment": row.line.employment_month and row.line.employment_month.employment_id,
            "by": row.organisation.name,
            "declared": _text(row.line.hours),
            "hours": None if row.hours is None else _text(row.hours),
            "reason": row.reason,
            "on": timezone.localdate(row.at).isoformat(),
        }
        for row in rows.order_by("line__statement__month", "pk")
    ]


def _papers(asked: Asked) -> dict[str, int]:
    """Papers received by kind, as far as who establishes the sheet sees them."""
    rows = SupportingPaper.objects.filter(award=asked.award).order_by("pk")
    return dict(Counter(rows.values_list("kind", flat=True)))


def _steps(asked: Asked) -> list[dict[str, str]]:
    """Steps of the plan that are due and not done."""
    rows = PlanStep.objects.filter(
        award=asked.award, by__lt=asked.until, done_on__isnull=True, dropped=""
    )
    return [
        {"label": row.label, "turn": row.turn, "by": row.by.isoformat()}
        for row in rows.order_by("by", "pk")
    ]


def _text(hours: Decimal | None) -> str:
    return f"{hours or ZERO:.2f}"


def employments_in(figures: dict[str, Any]) -> set[int]:
    """Ids of the employments that a control sheet speaks of; none in the other documents."""
    kinds = ("people", "remarks", "contests")
    rows = [row for kind in kinds for row in figures.get(kind, ())]
    return {row["employment"] for row in rows if row.get("employment")}

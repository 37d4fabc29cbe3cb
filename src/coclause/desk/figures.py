"""The few figures under a desk: a facilitator's territory, a company's awards, a region's gaps."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, Sum

from coclause.clauses.due import followed
from coclause.clauses.models import Clause
from coclause.clauses.states import ClauseState
from coclause.core.months import shift
from coclause.core.parameters import parameter
from coclause.core.periods import on_day
from coclause.hours.due import Running
from coclause.hours.employers import progress_told
from coclause.hours.models import EmploymentFact, StatementLine
from coclause.hours.owing import awards_of_company, owed
from coclause.hours.progress import Progress
from coclause.organisations.models import TerritoryCharge
from coclause.organisations.scopes import Scope
from coclause.reference.models import Commune

OPERATION = "lot__contract__operation"


@dataclass(frozen=True)
class Territory:
    """Since the first of January, on the operations that the user follows today."""

    validated: Decimal
    committed: Decimal
    to_check: Decimal
    statements: int
    running: int
    short: int
    persons: int
    month: date
    """The month of which `persons` counts the identities with hours."""


def territory(scope: Scope, running: Running) -> Territory:
    """Figures of what the user follows. A fixed number of queries."""
    mine = followed(f"statement__award__{OPERATION}", scope)
    lines = StatementLine.objects.filter(mine)
    month = shift(scope.day, -1)
    year = lines.validated().worked_between(date(scope.day.year, 1, 1), scope.day)
    waiting = lines.to_check()
    progress = running.progress
    alert = parameter("shortfall_alert", scope.day)
    in_month = lines.declared().filter(statement__month=month, hours__gt=0)
    return Territory(
        validated=_total(year),
        committed=sum((p.committed or Decimal(0) for p in progress.values()), Decimal(0)),
        to_check=_total(waiting),
        statements=waiting.order_by().values("statement").distinct().count(),
        running=len(progress),
        short=sum(p.is_short(alert) for p in progress.values()),
        persons=persons_of(in_month),
        month=month,
    )


def persons_of(lines: Any) -> int:
    """Distinct persons with hours on these lines, whichever host recorded them."""
    employments = lines.order_by().values("employment_month__employment_id")
    facts = EmploymentFact.objects.filter(pk__in=employments)
    return facts.order_by().values("identity").distinct().count()


def _total(lines: Any) -> Decimal:
    return lines.aggregate(total=Sum("hours"))["total"] or Decimal(0)


@dataclass(frozen=True)
class CompanyAward:
    """An award that a company takes part in: its bar and the first month to declare."""

    award: Any
    progress: Progress
    whole: bool
    """False where the company only employs people: the hours are those of its own."""
    month: date | None
    late: bool
    clause_id: int | None


def company_awards(scope: Scope) -> list[CompanyAward]:
    """Awards in execution of the user's companies, those with a month to declare first."""
    mine = awards_of_company(scope)
    rows = list(mine.select_related(f"{OPERATION}__buyer").order_by("ends_on", "pk"))
    pks = [row.pk for row in rows]
    progress, whole = progress_told(pks, scope)
    months = {
        award.pk: sorted({m for company in scope.companies for m in missing.get(company, ())})
        for award, missing in owed(mine, scope.day)
    }
    clauses = dict(
        Clause.objects.filter(lot__awards__in=pks, state=ClauseState.RUNNING)
        .order_by("-pk")
        .values_list("lot__awards", "pk")
    )
    found = [
        CompanyAward(
            award=row,
            progress=progress[row.pk],
            whole=row.pk in whole,
            month=next(iter(months.get(row.pk, ())), None),
            late=len(months.get(row.pk, ())) > 1,
            clause_id=clauses.get(row.pk),
        )
        for row in rows
    ]
    return sorted(found, key=lambda own: own.month or date.max)


def uncovered_communes(scope: Scope) -> int:
    """Communes of the coordinated regions that no facilitator is in charge of today. One query."""
    held = TerritoryCharge.objects.filter(on_day(scope.day)).filter(
        Q(commune=OuterRef("pk"))
        | Q(epci=OuterRef("epci"))
        | Q(departement=OuterRef("departement"))
        | Q(region=OuterRef("departement__region"))
    )
    return Commune.objects.filter(
        ~Exists(held), active=True, departement__region__in=scope.coordinated_regions
    ).count()

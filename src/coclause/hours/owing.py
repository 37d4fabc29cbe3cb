"""Which months are owed, by which company, on a day."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef

from coclause.clauses.calendars import days_of_execution, is_suspended
from coclause.clauses.models import Award, AwardMember, Clause
from coclause.clauses.queries import AwardQuerySet
from coclause.clauses.states import ClauseState
from coclause.core.months import between, first_day, last_day, shift
from coclause.core.periods import on_day
from coclause.hours.parties import Months, silent
from coclause.organisations.scopes import Scope


@dataclass(frozen=True)
class Owed:
    """An award and the months that a company has not said, the oldest first."""

    award: Any
    """With `holder`, its operation and buyer at hand."""
    months: list[date]


def declare_by(month: date, due_day: Decimal) -> date:
    """The last day to declare a month, in the month that follows."""
    return shift(month, 1).replace(day=int(due_day))


def months_worked(award: Award, last: date) -> list[date]:
    """Months with a day of execution, up to that of `last`."""
    return [
        month
        for month in between(award.starts_on, min(award.ends_on, last))
        if days_of_execution(award, month, last_day(month))
    ]


def months_expected(award: Award, day: date) -> list[date]:
    """Months of execution over on that day, the oldest first.

    A month without a day of execution is not asked for; while an award is suspended, none is.
    """
    if is_suspended(award, day):
        return []
    return months_worked(award, min(first_day(award.ends_on), shift(day, -1)))


def months_to_declare(award: Award, declared: Collection[date], day: date) -> list[date]:
    """Those expected that nobody declared at all."""
    return [month for month in months_expected(award, day) if month not in declared]


def running(awards: AwardQuerySet) -> AwardQuerySet:
    """Awards whose lot has a clause in execution."""
    clauses = Clause.objects.filter(lot=OuterRef("lot"), state=ClauseState.RUNNING)
    return awards.filter(Exists(clauses))


def awards_of_company(scope: Scope) -> AwardQuerySet:
    """Awards in execution in which the user's companies take part on the day."""
    parts = AwardMember.objects.filter(
        on_day(scope.day), award=OuterRef("pk"), organisation__in=scope.companies
    )
    return running(Award.objects.filter(Exists(parts)))


def owed(awards: AwardQuerySet, day: date) -> list[tuple[Any, Months]]:
    """For each of these awards, by company, the months it has not said; 0 is a company replaced
    since, whose months the host types. Awards without any are left out. Six queries.
    """
    rows = list(
        awards.with_holder(day).select_related("lot__contract__operation__buyer").order_by("pk")
    )
    missing = silent(rows, {row.pk: months_expected(row, day) for row in rows}, day)
    return [(row, missing[row.pk]) for row in rows if row.pk in missing]


def owed_by(scope: Scope) -> dict[date, list[Any]]:
    """By month, the oldest first, the awards on which the user's companies have not said it."""
    found: dict[date, list[Any]] = defaultdict(list)
    for award, missing in owed(awards_of_company(scope), scope.day):
        for month in sorted({m for company in scope.companies for m in missing.get(company, ())}):
            found[month].append(award)
    return dict(sorted(found.items()))


def owed_by_companies(day: date) -> dict[int, list[Owed]]:
    """By company, everything that is owed that day, over all awards in execution."""
    found: dict[int, list[Owed]] = defaultdict(list)
    for award, missing in owed(running(Award.objects.all()), day):
        for company, months in _of_companies(missing):
            found[company].append(Owed(award, months))
    return found


def _of_companies(missing: Mapping[int, list[date]]) -> Iterable[tuple[int, list[date]]]:
    return ((company, months) for company, months in missing.items() if company)

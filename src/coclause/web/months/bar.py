"""The months offered beside the one at hand: those owed, the latest ones, and the older ones."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final

from django.db.models import Q
from django.urls import reverse

from coclause.clauses.models import Award, AwardMember
from coclause.core.months import between, first_day, last_day, shift
from coclause.hours.models import Statement
from coclause.hours.owing import owed_by, running
from coclause.organisations.scopes import Scope
from coclause.render.numbers import MONTHS
from coclause.web.clauses.months import name as month_name
from coclause.web.months.sections import MonthPage

SHOWN: Final = 6
"""Months owed, and latest ones, that stand in the bar; the others are folded."""


@dataclass(frozen=True)
class Offered:
    """A month that one may go to."""

    month: date
    name: str
    to_declare: bool
    href: str

    @property
    def short(self) -> str:
        """Under its year."""
        return MONTHS[self.month.month - 1]


@dataclass(frozen=True)
class Bar:
    """The months of the bar, and the older ones by year, the latest first."""

    months: list[Offered]
    older: list[tuple[int, list[Offered]]]
    first_owed: date | None

    @property
    def owed_below(self) -> int:
        """How many of the folded months are to declare."""
        return sum(one.to_declare for _, months in self.older for one in months)


def bar_of(page: MonthPage) -> Bar:
    """For going from a month to another."""
    scope = page.scope
    if page.alone:
        missing, known, latest = _of_award(page.awards[0], scope.day)
        names, args = "month", [page.awards[0].pk]
    else:
        missing, known = list(owed_by(scope)), declarable(scope)
        latest = [month for month in known if month >= shift(scope.day, -SHOWN)]
        names, args = "company-month", []

    def offered(months: Iterable[date]) -> list[Offered]:
        return [
            Offered(
                month,
                month_name(month, scope.day),
                month in missing,
                reverse(names, args=[*args, month]),
            )
            for month in sorted(months)
        ]

    shown = {*missing[:SHOWN], *latest, page.month}
    older = offered({*missing, *known} - shown)
    by_year = [(year, list(months)) for year, months in groupby(older, lambda one: one.month.year)]
    return Bar(offered(shown), by_year[::-1], min(missing, default=None))


def _of_award(award: Award, day: date) -> tuple[list[date], list[date], list[date]]:
    """Months of one award: not declared, all of them, the latest."""
    declared = set(Statement.objects.filter(award=award).values_list("month", flat=True))
    known = between(award.starts_on, min(award.ends_on, day))
    over = min(first_day(award.ends_on), shift(day, -1))
    missing = [month for month in known if month not in declared and month <= over]
    return missing, known, known[-SHOWN:]


def declarable(scope: Scope) -> list[date]:
    """Months that the user's companies can open, up to the last one over: of execution, on awards
    that still run or with something declared.
    """
    parts = AwardMember.objects.filter(organisation__in=scope.companies)
    awards = Award.objects.filter(pk__in=parts.values("award"))
    still = set(running(awards).values_list("pk", flat=True))
    declared = set(
        Statement.objects.filter(~Q(award__in=still), award__in=awards).values_list(
            "award", "month"
        )
    )
    over = last_day(shift(scope.day, -1))
    months: set[date] = set()
    for award, starts, ends, begins, finishes in parts.values_list(
        "award", "starts_on", "ends_on", "award__starts_on", "award__ends_on"
    ):
        of_part = between(max(starts, begins), min(finishes, ends or finishes, over))
        months.update(m for m in of_part if award in still or (award, m) in declared)
    return sorted(months)

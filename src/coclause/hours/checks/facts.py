"""What the checks read: a constant number of queries, whatever the number of statements and lines.

Employments are read as facts, by identity: a person with two employers is seen once, whoever
recorded them, and nobody is named.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Min, Sum

from coclause.clauses.models import Award, AwardMember
from coclause.core.months import last_day, shift
from coclause.core.parameters import parameters
from coclause.hours.checks.rules import Rules, rules_of
from coclause.hours.checks.table import CHECKS
from coclause.hours.choices import LineState
from coclause.hours.models import (
    Assignment,
    Contest,
    EmploymentFact,
    EmploymentMonth,
    Statement,
    StatementLine,
)

ZERO = Decimal(0)
LOOKED_BACK = 12
"""Months before a statement among which the last declared ones of a person are sought."""

Part = tuple[date, date | None]
"""First day, and last day when it is known."""


@dataclass
class Held:
    """What a statement holds to check: hours by employment and kind, and those without names."""

    employments: dict[int, dict[str, Decimal]] = field(default_factory=dict)
    unnamed: dict[str, Decimal] = field(default_factory=dict)
    headcount: int = 0

    def hours(self, employment: int) -> Decimal:
        return sum(self.employments[employment].values(), ZERO)


@dataclass(frozen=True)
class Facts:
    """Everything the checks of some statements look at."""

    day: date
    limits: Mapping[str, Decimal]
    """Dated values in force on the day, by code."""
    held: Mapping[int, Held]
    """By statement."""
    employments: Mapping[int, EmploymentFact]
    of_identity: Mapping[UUID, list[EmploymentFact]]
    worked: Mapping[tuple[int, date], Decimal]
    """Hours of an employment in a month on all sites, above zero."""
    assignments: Mapping[tuple[int, int], Part]
    """By employment and award."""
    awards: Mapping[int, Award]
    members: Mapping[int, list[tuple[int, date, date | None]]]
    """Companies of an award, and when."""
    first_hour: Mapping[UUID, date]
    """Month of the first validated hour under any clause."""
    before: Mapping[tuple[UUID, int], dict[date, Decimal]]
    """Hours of a person on an award in the months that came before."""
    rules: Rules
    contests: Mapping[tuple[int, int], list[Contest]]
    """Open ones, by statement and employment."""

    def works(self, fact: EmploymentFact, month: date) -> list[tuple[EmploymentFact, Decimal]]:
        """The employments of that person that have hours in the month."""
        return [
            (one, self.worked[one.pk, month])
            for one in self.of_identity[fact.identity_id]
            if (one.pk, month) in self.worked
        ]


def facts_of(statements: Collection[Statement], day: date) -> Facts | None:
    """The facts of these statements; None when none of them has hours to check."""
    held = _held(statements)
    if not held:
        return None
    pks = {pk for one in held.values() for pk in one.employments}
    of_identity = _of_identities(pks)
    people = {fact.pk: fact.identity_id for found in of_identity.values() for fact in found}
    employments = {
        fact.pk: fact for found in of_identity.values() for fact in found if fact.pk in pks
    }
    kept = [statement for statement in statements if statement.pk in held]
    awards = {statement.award_id for statement in kept}
    months = {statement.month for statement in kept}
    found = Award.objects.filter(pk__in=awards).select_related("lot__contract__operation")
    by_pk = {award.pk: award for award in found}
    return Facts(
        day=day,
        limits=_limits(day),
        held=held,
        employments=employments,
        of_identity=of_identity,
        worked=_worked(people, months),
        assignments=_assignments(pks, awards),
        awards=by_pk,
        members=_members(awards),
        first_hour=_first_hours(people),
        before=_before(people, awards, months),
        rules=rules_of(by_pk, employments.values(), day),
        contests=_contests(held),
    )


def _limits(day: date) -> dict[str, Decimal]:
    """Raises UnknownParameterError: a check without its value is not passed over in silence."""
    return parameters({code for check in CHECKS.values() for code in check.parameters}, day)


def _held(statements: Collection[Statement]) -> dict[int, Held]:
    """What has hours on each statement, left out what was validated as it is: it was seen."""
    lines = StatementLine.objects.filter(
        statement__in=[statement.pk for statement in statements],
        corrected_at__isnull=True,
        hours__gt=0,
    )
    rows: Iterable[tuple[int, int | None, str, Decimal, int | None, str]] = lines.order_by(
        "employment_month_id", "pk"
    ).values_list(
        "statement_id", "employment_month__employment_id", "kind", "hours", "headcount", "state"
    )
    held: dict[int, Held] = defaultdict(Held)
    waiting: set[tuple[int, int | None]] = set()
    for statement, employment, kind, hours, headcount, state in rows:
        if state != LineState.VALIDATED:
            waiting.add((statement, employment))
        if employment is None:
            held[statement].unnamed[kind] = hours
            held[statement].headcount = max(held[statement].headcount, headcount or 0)
        else:
            held[statement].employments.setdefault(employment, {})[kind] = hours
    for statement, one in held.items():
        one.employments = {
            pk: kinds for pk, kinds in one.employments.items() if (statement, pk) in waiting
        }
        if (statement, None) not in waiting:
            one.unnamed, one.headcount = {}, 0
    return {pk: one for pk, one in held.items() if one.employments or one.unnamed}


def _of_identities(employments: Collection[int]) -> dict[UUID, list[EmploymentFact]]:
    """Every employment of the persons of these, in whatever host and company."""
    found: dict[UUID, list[EmploymentFact]] = defaultdict(list)
    persons = EmploymentFact.objects.filter(pk__in=employments).values("identity")
    rows = EmploymentFact.objects.filter(identity__in=persons).select_related("employer")
    for fact in rows.order_by("pk"):
        found[fact.identity_id].append(fact)
    return found


def _worked(people: Mapping[int, UUID], months: set[date]) -> dict[tuple[int, date], Decimal]:
    rows = EmploymentMonth.objects.filter(
        employment__in=list(people), month__in=months, hours_worked__gt=0
    )
    found = rows.values_list("employment_id", "month", "hours_worked")
    return {(employment, month): hours for employment, month, hours in found}


def _assignments(employments: set[int], awards: set[int]) -> dict[tuple[int, int], Part]:
    rows = Assignment.objects.filter(employment__in=employments, award__in=awards)
    found = rows.order_by().values_list("employment_id", "award_id", "starts_on", "ends_on")
    return {(employment, award): (starts, ends) for employment, award, starts, ends in found}


def _members(awards: set[int]) -> dict[int, list[tuple[int, date, date | None]]]:
    found: dict[int, list[tuple[int, date, date | None]]] = defaultdict(list)
    rows = AwardMember.objects.filter(award__in=awards).order_by()
    for award, company, starts, ends in rows.values_list(
        "award_id", "organisation_id", "starts_on", "ends_on"
    ):
        found[award].append((company, starts, ends))
    return found


def _first_hours(people: Mapping[int, UUID]) -> dict[UUID, date]:
    rows = (
        StatementLine.objects.validated()
        .filter(employment_month__employment__in=list(people), hours__gt=0)
        .order_by()
        .values("employment_month__employment")
        .annotate(first=Min("statement__month"))
        .values_list("employment_month__employment", "first")
    )
    found: dict[UUID, date] = {}
    for employment, first in rows:
        identity = people[employment]
        found[identity] = min(found.get(identity, first), first)
    return found


def _before(
    people: Mapping[int, UUID], awards: set[int], months: set[date]
) -> dict[tuple[UUID, int], dict[date, Decimal]]:
    rows = (
        StatementLine.objects.declared()
        .filter(
            statement__award__in=awards,
            statement__month__gte=shift(min(months), -LOOKED_BACK),
            statement__month__lt=max(months),
            employment_month__employment__in=list(people),
        )
        .order_by()
        .values("statement__award", "statement__month", "employment_month__employment")
        .annotate(total=Sum("hours"))
        .values_list(
            "statement__award", "statement__month", "employment_month__employment", "total"
        )
    )
    found: dict[tuple[UUID, int], dict[date, Decimal]] = defaultdict(dict)
    for award, month, employment, total in rows:
        months_of = found[people[employment], award]
        months_of[month] = months_of.get(month, ZERO) + total
    return found


def _contests(held: Collection[int]) -> dict[tuple[int, int], list[Contest]]:
    rows = (
        Contest.objects.filter(
            line__statement__in=list(held),
            line__state=LineState.DECLARED,
            line__corrected_at__isnull=True,
        )
        .select_related("organisation", "line__employment_month")
        .order_by("pk")
    )
    found: dict[tuple[int, int], list[Contest]] = defaultdict(list)
    for contest in rows:
        found[contest.line.statement_id, contest.line.employment_id].append(contest)
    return found


def overlap(part: Part, first: date, last: date) -> tuple[date, date] | None:
    """The days of that part from `first` to `last`, both included; None without any."""
    starts, ends = part
    first, last = max(first, starts), min(last, ends or last)
    return (first, last) if first <= last else None


def is_whole(part: Part, month: date) -> bool:
    """Whether that part holds on every day of the month."""
    return overlap(part, month, last_day(month)) == (month, last_day(month))

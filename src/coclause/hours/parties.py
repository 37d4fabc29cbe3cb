"""Whose hours are whose to declare on an award, and who has not said a month yet.

The host in charge types for everybody. The company that answers for the award says everything,
but for what an employer declared itself. The other companies (an agency that makes people
available, a subcontractor, a co-contractor) say the hours of the people they employ.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q

from coclause.clauses.choices import ANSWERABLE
from coclause.clauses.models import Award, AwardMember
from coclause.clauses.permissions import handles
from coclause.core.months import last_day
from coclause.core.periods import on_day
from coclause.hours.models import Assignment, Declaration, EmploymentFact, StatementLine
from coclause.organisations.choices import MemberRole
from coclause.organisations.models import Membership
from coclause.organisations.scopes import Scope

Months = dict[int, list[date]]


@dataclass(frozen=True)
class Party:
    """Who declares a month of an award: for which companies, and whether for everybody."""

    companies: frozenset[int] = frozenset()
    """Companies whose people are one's own; none for the host in charge."""
    whole: bool = False
    """Says the hours of everybody, as far as an employer has not said them."""
    answering: int | None = None
    """The company among them that answers for the award; the least of two in the same month."""

    @property
    def is_host(self) -> bool:
        return not self.companies

    @property
    def organisation_id(self) -> int | None:
        """The company in whose name all is said but for the people of one's other companies; None
        for the host.
        """
        return self.answering or min(self.companies, default=None)

    def senders(self, employers: Collection[int]) -> list[int | None]:
        """In whose names a month of people of these employers is said: each says its own."""
        own = {employer for employer in employers if employer in self.companies}
        return sorted(
            own if own and not self.whole else {*own, self.organisation_id},
            key=lambda company: company or 0,
        )


def party_of(award: Award, scope: Scope, month: date) -> Party | None:
    """The part of the user in that month, None without any."""
    return parties_of([award], scope, month)[award.pk]


def parties_of(awards: Collection[Any], scope: Scope, month: date) -> dict[int, Party | None]:
    """The same by award. One query, one more by award for the people of a host."""
    found: dict[int, Party | None] = {
        award.pk: Party(whole=True) if handles(award.lot.contract.operation, scope) else None
        for award in awards
    }
    left = [pk for pk, party in found.items() if party is None]
    if not (scope.companies and left):
        return found
    parts = AwardMember.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=month),
        award__in=left,
        organisation__in=scope.companies,
        starts_on__lte=last_day(month),
    )
    held: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for award, company, part in parts.values_list("award_id", "organisation_id", "part"):
        held[award].append((company, part))
    return found | {award: _party(members) for award, members in held.items()}


def _party(held: Collection[tuple[int, str]]) -> Party:
    """That of the user's companies with their parts in an award."""
    companies = frozenset(company for company, _ in held)
    answering = [company for company, part in held if part in ANSWERABLE]
    if answering:
        return Party(companies, whole=True, answering=min(answering))
    return Party(companies)


@dataclass
class _Facts:
    """What is known of some awards, to tell who is silent."""

    answering: Mapping[int, tuple[int, date]]
    """By award, who answers on the day (or answered last), and since when."""
    declared: Mapping[tuple[int, date], set[int | None]]
    employers: Mapping[int, list[tuple[int, int, date, date | None]]]
    """By award: employment, employer, first and last day of the assignment."""
    parts: Mapping[tuple[int, int], list[tuple[date, date | None]]] = field(default_factory=dict)
    """By award and company, when it takes part."""
    told: set[tuple[int, date, int]] = field(default_factory=set)
    """Award, month and employment of the lines there are."""
    reachable: set[int] = field(default_factory=set)

    def takes_part(self, award: int, company: int, month: date) -> bool:
        """Whether the company is in the award in that month."""
        return any(
            starts <= last_day(month) and (ends is None or ends >= month)
            for starts, ends in self.parts.get((award, company), ())
        )


def silent(
    awards: Collection[Any], expected: Mapping[int, list[date]], day: date
) -> dict[int, Months]:
    """By award, then by company, the months among those expected that it has not said.

    A month whose company was replaced since is filed under 0: the host types it. A company that
    nobody answers for is not asked: the one that answers for the award says its hours. Five
    queries, whatever the number of awards.
    """
    facts = _facts([award.pk for award in awards], day)
    found: dict[int, Months] = {}
    for award in awards:
        months: Months = defaultdict(list)
        for month in expected[award.pk]:
            for company in _silent_in(award.pk, month, facts):
                months[company].append(month)
        if months:
            found[award.pk] = dict(months)
    return found


def _silent_in(award: int, month: date, facts: _Facts) -> Iterable[int]:
    said = facts.declared.get((award, month), set())
    if None in said:
        return
    holder, since = facts.answering.get(award, (0, date.min))
    if last_day(month) < since:
        if not said:
            yield 0
        return
    at_work: dict[int, list[int]] = defaultdict(list)
    for employment, employer, starts, ends in facts.employers.get(award, ()):
        if starts <= last_day(month) and (ends is None or ends >= month):
            at_work[employer].append(employment)
    if holder not in said and (holder in at_work or not said):
        yield holder
    for employer, people in at_work.items():
        if employer == holder or employer in said or employer not in facts.reachable:
            continue
        if not facts.takes_part(award, employer, month):
            continue  # replaced since: its page of that month does not exist
        if any((award, month, person) not in facts.told for person in people):
            yield employer


def _facts(awards: Collection[int], day: date) -> _Facts:
    answering: dict[int, tuple[int, date]] = {}
    parts: dict[tuple[int, int], list[tuple[date, date | None]]] = defaultdict(list)
    members = AwardMember.objects.filter(award__in=awards).order_by("starts_on")
    for award, company, part, starts, ends in members.values_list(
        "award_id", "organisation_id", "part", "starts_on", "ends_on"
    ):
        parts[award, company].append((starts, ends))
        if part in ANSWERABLE and starts <= day:
            answering[award] = (company, starts)
    declared: dict[tuple[int, date], set[int | None]] = defaultdict(set)
    sendings = Declaration.objects.filter(statement__award__in=awards).order_by()
    for award, month, company in sendings.values_list(
        "statement__award_id", "statement__month", "organisation_id"
    ).distinct():
        declared[award, month].add(company)
    employers = _employers(awards)
    others = {
        employer
        for award, rows in employers.items()
        for _, employer, *_ in rows
        if employer != answering.get(award, (0,))[0]
    }
    if not others:
        return _Facts(answering, declared, employers, parts)
    people = {
        employment
        for rows in employers.values()
        for employment, employer, *_ in rows
        if employer in others
    }
    lines = StatementLine.objects.filter(
        employment_month__employment__in=people, corrected_at__isnull=True
    ).order_by()
    told = lines.values_list(
        "statement__award_id", "statement__month", "employment_month__employment_id"
    )
    return _Facts(
        answering,
        declared,
        employers,
        parts,
        set(told.filter(statement__award__in=awards)),
        reachable(others, day),
    )


def reachable(companies: Collection[int], day: date) -> set[int]:
    """Those of these companies for which somebody may sign in that day."""
    contacts = Membership.objects.filter(
        on_day(day), organisation__in=companies, role=MemberRole.COMPANY, user__is_active=True
    )
    return set(contacts.values_list("organisation_id", flat=True))


def _employers(awards: Collection[int]) -> dict[int, list[tuple[int, int, date, date | None]]]:
    rows = list(
        Assignment.objects.filter(award__in=awards)
        .order_by()
        .values_list("award_id", "employment_id", "starts_on", "ends_on")
    )
    of = dict(
        EmploymentFact.objects.filter(pk__in={row[1] for row in rows}).values_list(
            "pk", "employer_id"
        )
    )
    found: dict[int, list[tuple[int, int, date, date | None]]] = defaultdict(list)
    for award, employment, starts, ends in rows:
        if employment in of:
            found[award].append((employment, of[employment], starts, ends))
    return found

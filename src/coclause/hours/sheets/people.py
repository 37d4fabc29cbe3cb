"""Those a company employs on its awards in a month, as a file may name them."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from coclause.clauses.choices import HoursKind
from coclause.core.months import last_day, shift
from coclause.hours.models import Assignment, Employment, StatementLine
from coclause.hours.payroll.names import fold
from coclause.organisations.scopes import Scope
from coclause.people.actions import names_of
from coclause.people.identities import first_given_name
from coclause.people.models import Person

MONTHS_BACK = 12
"""How far the last declared month is looked for, to share hours between awards."""


@dataclass(frozen=True)
class KnownPerson:
    """One employment by one of the user's companies, at work in the month."""

    employment_id: int
    identity: UUID
    name: str
    family_names: tuple[str, ...]
    """The name of birth, then the used one, as hosts wrote them."""
    given_names: str
    born_on: date
    contract_number: str
    starts_on: date
    siret: str
    """Of the employer; empty when not known."""
    awards: tuple[int, ...]

    @property
    def written(self) -> frozenset[str]:
        """The ways of writing both names together, folded."""
        first = {fold(first_given_name(self.given_names)), fold(self.given_names)}
        family = {fold(name) for name in self.family_names}
        return frozenset(
            told for one in family for given in first for told in (one + given, given + one)
        )


def known_people(
    scope: Scope, month: date, awards: Collection[Any], *, page: str
) -> list[KnownPerson]:
    """Those whom the user's companies employ on these awards in that month; the reading is logged.

    Row policies show no other name. Four queries and the log.
    """
    rows = Assignment.objects.filter(award__in=[award.pk for award in awards])
    on: dict[int, list[int]] = defaultdict(list)
    for employment, award in (
        rows.in_month(month, last_day(month))
        .order_by("award_id")
        .values_list("employment_id", "award_id")
    ):
        on[employment].append(award)
    employments = Employment.objects.filter(pk__in=on, employer__in=scope.companies)
    found = list(employments.select_related("employer").order_by("pk"))
    names = names_of(scope, {one.identity_id for one in found}, page=page)
    people: dict[UUID, list[Person]] = defaultdict(list)
    for person in Person.objects.filter(identity__in=names).order_by("pk"):
        people[person.identity_id].append(person)
    return [
        KnownPerson(
            employment_id=one.pk,
            identity=one.identity_id,
            name=names[one.identity_id],
            family_names=_family(people[one.identity_id]),
            given_names=people[one.identity_id][0].given_names,
            born_on=people[one.identity_id][0].born_on,
            contract_number=one.contract_number,
            starts_on=one.starts_on,
            siret=one.employer.siret or "",
            awards=tuple(on[one.pk]),
        )
        for one in found
        if one.identity_id in names
    ]


def _family(people: list[Person]) -> tuple[str, ...]:
    told = [name for person in people for name in (person.birth_name, person.used_name) if name]
    return tuple(dict.fromkeys(told))


@dataclass(frozen=True)
class Past:
    """What is already declared of some people, by employment."""

    shares: Mapping[int, Mapping[int, Decimal]] = field(default_factory=dict)
    """Hours of work by award in the latest month declared."""
    elsewhere: Mapping[int, Decimal] = field(default_factory=dict)
    """Hours of the month that awards which are not theirs here already count."""


def past_of(people: Collection[KnownPerson], month: date) -> Past:
    """Two queries."""
    return Past(last_shares(people, month), counted_elsewhere(people, month))


def last_shares(people: Collection[KnownPerson], month: date) -> dict[int, dict[int, Decimal]]:
    """By employment, hours of work by award in the latest month declared, `month` included; of the
    awards it is on, one year back at most. One query.
    """
    rows = StatementLine.objects.filter(
        employment_month__employment__in=[one.employment_id for one in people],
        kind=HoursKind.WORK,
        corrected_at__isnull=True,
        statement__month__gte=shift(month, -MONTHS_BACK),
        statement__month__lte=month,
        hours__gt=0,
    ).order_by("statement__month")
    of = {one.employment_id: one.awards for one in people}
    latest: dict[int, tuple[date, dict[int, Decimal]]] = {}
    for employment, award, when, hours in rows.values_list(
        "employment_month__employment_id", "statement__award_id", "statement__month", "hours"
    ):
        if award not in of[employment]:
            continue
        if employment not in latest or latest[employment][0] != when:
            latest[employment] = (when, {})
        latest[employment][1][award] = hours
    return {employment: shares for employment, (_, shares) in latest.items()}


def counted_elsewhere(people: Collection[KnownPerson], month: date) -> dict[int, Decimal]:
    """By employment, hours of the month that other awards already count. One query."""
    of = {one.employment_id: one.awards for one in people}
    rows = StatementLine.objects.filter(
        employment_month__employment__in=list(of), statement__month=month, corrected_at__isnull=True
    ).order_by()
    found: dict[int, Decimal] = defaultdict(Decimal)
    for employment, award, hours in rows.values_list(
        "employment_month__employment_id", "statement__award_id", "hours"
    ):
        if award not in of[employment]:
            found[employment] += hours
    return found

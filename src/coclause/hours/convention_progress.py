"""What is done under a convention, over all its contracts: each hour once, on its own award.

Hours are those that `hours.progress` counts. Where a clause caps training or internship, what is
told by year and by residence is before the caps: nobody can say which hours are beyond.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from django.db.models import F, Min, Sum

from coclause.clauses.counting import EVERYTHING, Counting, counting_of, together
from coclause.clauses.models import Award, Commitment, ObjectiveEvent
from coclause.clauses.queries import due_share
from coclause.hours.models import Employment, EmploymentFact, StatementLine
from coclause.hours.progress import Progress
from coclause.organisations.scopes import Scope

QPV = "QPV"
"""The criterion of a resident of a priority district."""
RESIDENT, NOT_WRITTEN, NO_COMMUNE = "resident", "sans_quartier", "sans_commune"
RESIDENCES = {
    RESIDENT: "Quartier prioritaire inscrit à l’embauche",
    NOT_WRITTEN: "Commune connue, aucun quartier inscrit",
    NO_COMMUNE: "Résidence non connue",
}
"""A district that was not written is no "no": proof may simply not have been asked for."""
ZERO = Decimal(0)


@dataclass(frozen=True)
class Totals:
    """Hours of several awards. `committed` and `expected` are the sums of those that are known.

    They are None when none is; `undetermined` is the number of awards without a known commitment.
    """

    validated: Decimal
    waiting: Decimal
    committed: Decimal | None
    expected: Decimal | None
    awards: int
    undetermined: int


@dataclass
class Residence:
    """Validated hours by residence at hiring, and the persons behind, by identity.

    Collective statements have hours without persons: where these live is not known.
    """

    hours: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(RESIDENCES, ZERO))
    persons: dict[str, set[UUID]] = field(
        default_factory=lambda: {key: set() for key in RESIDENCES}
    )
    collective: Decimal = ZERO
    employments: set[int] = field(default_factory=set)
    operations: set[int] = field(default_factory=set)
    """Operations where these persons worked."""

    @property
    def total(self) -> Decimal:
        return sum(self.hours.values(), self.collective)


@dataclass(frozen=True)
class YearHours:
    """Hours worked in a year: validated, of which collective; what fell due by the day."""

    year: int
    validated: Decimal
    collective: Decimal
    expected: Decimal | None


@dataclass(frozen=True)
class _Cell:
    """Validated hours that count, of an award in a month; no employment when collective."""

    award: int
    month: date
    employment: int | None
    hours: Decimal


@dataclass(frozen=True)
class Done:
    """The validated hours of some awards, read once."""

    cells: list[_Cell]
    operation_of: Mapping[int, int]
    """By award."""


def totals(parts: Iterable[Progress]) -> Totals:
    """The sums of several awards, known commitments apart from unknown ones."""
    found = list(parts)
    return Totals(
        validated=sum((part.validated for part in found), ZERO),
        waiting=sum((part.waiting for part in found), ZERO),
        committed=_known(part.committed for part in found),
        expected=_known(part.expected for part in found),
        awards=len(found),
        undetermined=sum(part.committed is None for part in found),
    )


def done_under(award_ids: Collection[int], day: date) -> Done:
    """Validated hours that count on these awards up to that day. Five queries."""
    counting = _counting(award_ids)
    lines = StatementLine.objects.validated().filter(
        statement__award__in=award_ids, statement__month__lte=day, hours__gt=0
    )
    key = ("statement__award_id", "statement__month", "kind", "employment_month__employment_id")
    rows = lines.order_by().values(*key).annotate(total=Sum("hours")).values_list(*key, "total")
    sums: dict[tuple[int, date, int | None], Decimal] = defaultdict(Decimal)
    for award, month, kind, employment, hours in rows:
        if counting.get(award, EVERYTHING).counts(month, kind):
            sums[award, month, employment] += hours
    places = Award.objects.filter(pk__in=award_ids)
    return Done(
        [_Cell(award, month, one, hours) for (award, month, one), hours in sums.items()],
        dict(places.values_list("pk", "lot__contract__operation_id")),
    )


def residence_of(done: Done) -> Residence:
    """Hours by where people lived at hiring: a priority district, none written, not known.

    One query. The criterion alone tells a resident too, when the district's code was not kept.
    """
    found = Residence()
    employments = {cell.employment for cell in done.cells if cell.employment is not None}
    facts = EmploymentFact.objects.filter(pk__in=employments)
    said = {
        pk: (identity, _residence(district, criteria, commune))
        for pk, identity, district, criteria, commune in facts.values_list(
            "pk", "identity_id", "district", "criteria", "commune_id"
        )
    }
    for cell in done.cells:
        if cell.employment is None:
            found.collective += cell.hours
            continue
        identity, where = said[cell.employment]
        found.hours[where] += cell.hours
        found.persons[where].add(identity)
        found.operations.add(done.operation_of[cell.award])
    found.employments = employments
    return found


def reads_everyone(residence: Residence, scope: Scope) -> bool:
    """Whether the scope may open the file of each person counted: the hosts in charge."""
    if not scope.hosts:
        return False
    seen = Employment.objects.visible_to(scope).filter(pk__in=residence.employments)
    return seen.distinct().count() == len(residence.employments)


def years_of(award_ids: Collection[int], done: Done, day: date) -> list[YearHours]:
    """Each year from the first execution (or hour) to the day's. Two queries.

    What falls due in a year follows the calendars and commitments in effect on the day.
    """
    begun: date | None = Award.objects.filter(pk__in=award_ids).aggregate(first=Min("starts_on"))[
        "first"
    ]
    starts = [cell.month.year for cell in done.cells]
    if begun:
        starts.append(begun.year)
    if not starts or min(starts) > day.year:
        return []
    years = range(min(starts), day.year + 1)
    expected = _due_by_year(award_ids, years, day)
    validated: dict[int, Decimal] = defaultdict(Decimal)
    collective: dict[int, Decimal] = defaultdict(Decimal)
    for cell in done.cells:
        validated[cell.month.year] += cell.hours
        if cell.employment is None:
            collective[cell.month.year] += cell.hours
    return [YearHours(one, validated[one], collective[one], expected[one]) for one in years]


def _due_by_year(
    award_ids: Collection[int], years: Collection[int], day: date
) -> dict[int, Decimal | None]:
    events = ObjectiveEvent.objects.in_hours().filter(
        objective__commitment__award__in=award_ids, effective_on__lte=day
    )
    sums = {
        f"y{year}": Sum(F("quantity") * due_share(date(year, 1, 1), min(date(year, 12, 31), day)))
        for year in years
    }
    found = events.aggregate(**sums)
    return {year: _whole(found[f"y{year}"]) for year in years}


def _whole(value: Decimal | None) -> Decimal | None:
    return value if value is None else value.quantize(Decimal(1), ROUND_HALF_UP)


def _counting(award_ids: Collection[int]) -> dict[int, Counting]:
    """The rules by award that has a commitment."""
    clauses: dict[int, list[int]] = defaultdict(list)
    pairs = Commitment.objects.filter(award__in=award_ids).values_list("award_id", "clause_id")
    for award, clause in pairs:
        clauses[award].append(clause)
    rules = counting_of({pk for found in clauses.values() for pk in found})
    return {award: together(rules[pk] for pk in found) for award, found in clauses.items()}


def _residence(district: str, criteria: Collection[str], commune: str | None) -> str:
    if district or QPV in criteria:
        return RESIDENT
    return NOT_WRITTEN if commune else NO_COMMUNE


def _known(values: Iterable[Decimal | None]) -> Decimal | None:
    found = [value for value in values if value is not None]
    return sum(found, ZERO) if found else None

"""The hours of a clause by person and month of one year, as its page and its spreadsheet show them.

A cell holds what is reached: the latest declaration, or what was validated before it while a
correction was sent back. Persons are rows for those entitled to them, and nothing at all for
others: a total by month is a figure, a person's line is not.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import F, Q, Sum

from coclause.clauses.counting import Counting
from coclause.clauses.models import ObjectiveEvent
from coclause.clauses.queries import due_share
from coclause.core.months import between, last_day
from coclause.hours.choices import LineState
from coclause.hours.employers import of_employers
from coclause.hours.models import EmploymentFact, Statement, StatementLine
from coclause.render.numbers import integer
from coclause.web.clauses.months import SHORT

ZERO = Decimal(0)


@dataclass
class Cell:
    """Hours of one person, or of all, in one month."""

    month: date
    hours: Decimal | None = None
    waiting: bool = False
    reason: str = ""
    """Why hours were sent back, when some were."""
    noted: bool = False
    """A remark was made on them."""

    @property
    def label(self) -> str:
        return SHORT[self.month.month - 1]


@dataclass
class Row:
    """A person's employment and its hours, or (None) hours declared without names."""

    employment_id: int | None
    name: str
    about: str
    cells: list[Cell]
    total: Decimal


@dataclass
class Column:
    """A month: all its hours, and where the clause stood at its end."""

    month: date
    declared: bool
    waiting: bool
    hours: Decimal
    reached: Decimal
    expected: Decimal | None

    @property
    def label(self) -> str:
        return SHORT[self.month.month - 1]


@dataclass
class HoursTable:
    year: int
    years: list[int]
    columns: list[Column]
    rows: list[Row]
    total: Decimal
    uncounted: Decimal
    """Hours declared that year of kinds that the clause does not count."""

    @property
    def width(self) -> int:
        return len(self.columns) + 2

    @property
    def is_empty(self) -> bool:
        return not any(column.declared for column in self.columns)


@dataclass(frozen=True)
class _Line:
    award_id: int
    employment_id: int | None
    month: date
    kind: str
    hours: Decimal
    state: str
    latest: bool
    reason: str
    headcount: int


@dataclass
class _Sums:
    """What lines give, by employment (None without names) and month."""

    cells: dict[tuple[int | None, date], Cell] = field(default_factory=dict)
    headcounts: dict[tuple[int, date], int] = field(default_factory=dict)
    """People without names, by award and month."""
    uncounted: dict[date, Decimal] = field(default_factory=lambda: defaultdict(Decimal))


def hours_table(
    awards: Collection[int],
    counting: Counting,
    execution: tuple[date, date],
    year: int | None,
    day: date,
    *,
    own: Collection[int] = (),
) -> HoursTable:
    """The table of a year, the last one with hours or the present one by default. Five queries.

    `own` leaves the people of these companies alone, and nothing expected. Rows have no name yet:
    see `name_rows`.
    """
    lines = _lines(awards, day, own)
    statements = Statement.objects.filter(award__in=awards, month__lte=day)
    if own:
        statements = statements.filter(declarations__organisation__in=own)
    declared = set(statements.values_list("month", flat=True)) | {line.month for line in lines}
    starts_on, ends_on = execution
    last = max([min(ends_on, day), *declared])
    years = sorted({month.year for month in between(starts_on, last)} | {m.year for m in declared})
    years = years or [day.year]
    year = year if year in years else years[-1]
    shown = [m for m in between(starts_on, max(last, starts_on)) if m.year == year]
    sums = _sums(lines, counting)
    expected = dict.fromkeys(shown) if own else _expected(awards, shown)
    columns = _columns(sums, shown, declared, expected)
    rows = _rows(sums, shown)
    return HoursTable(
        year=year,
        years=years,
        columns=columns,
        rows=rows,
        total=sum((column.hours for column in columns), ZERO),
        uncounted=sum((sums.uncounted[month] for month in shown), ZERO),
    )


def name_rows(
    table: HoursTable,
    names: Mapping[UUID, str],
    facts: Mapping[int, EmploymentFact],
    holders: Collection[int | None],
) -> None:
    """Give each row the name of its person, where the reader may know it, and sort by it."""
    for row in table.rows:
        if row.employment_id is None:
            continue
        fact = facts[row.employment_id]
        row.name = names.get(fact.identity_id, "Une personne d’une autre structure")
        row.about = described(fact, holders)
    table.rows.sort(key=lambda row: (row.employment_id is None, row.name, row.employment_id))


def people(count: int) -> str:
    """ "1 personne", "12 personnes"."""
    return f"{integer(count)} personne{'s' * (count > 1)}"


def keep_rows(table: HoursTable, covers: Callable[[date], bool]) -> None:
    """Leave out what persons did in other months than these; sums by month stay."""
    for row in table.rows:
        for cell in row.cells:
            if not covers(cell.month):
                cell.hours, cell.waiting, cell.reason = None, False, ""
        row.total = sum((cell.hours or ZERO for cell in row.cells), ZERO)
    table.rows = [row for row in table.rows if any(c.hours is not None for c in row.cells)]


def facts_of(employments: Iterable[int | None]) -> dict[int, EmploymentFact]:
    """Facts by employment, with the employer; nothing is known of None. One query."""
    known = [pk for pk in employments if pk is not None]
    rows = EmploymentFact.objects.filter(pk__in=known).select_related("employer")
    return {row.pk: row for row in rows}


def described(fact: EmploymentFact, holders: Collection[int | None] = ()) -> str:
    """ "Mise à disposition, CDD, GEIQ des Songes, fin le 26/06/2026".

    The employer is left out when it is one of these holders, already named on the page.
    """
    employer = "" if fact.employer_id in holders else f", {fact.employer}"
    end = f", fin le {fact.ends_on:%d/%m/%Y}" if fact.ends_on else ""
    return f"{fact.get_way_display()}, {fact.get_type_display()}{employer}{end}"


def _lines(awards: Collection[int], day: date, own: Collection[int]) -> list[_Line]:
    """Latest revisions, and those still in force behind a correction."""
    lines = StatementLine.objects.filter(
        Q(corrected_at__isnull=True) | Q(state=LineState.VALIDATED, superseded_at__isnull=True),
        of_employers(own) if own else Q(),
        statement__award__in=awards,
        statement__month__lte=day,
    )
    rows = lines.values_list(
        "statement__award_id",
        "employment_month__employment_id",
        "statement__month",
        "kind",
        "hours",
        "state",
        "corrected_at",
        "return_reason",
        "headcount",
    )
    return [
        _Line(award, employment, month, kind, hours, state, corrected is None, reason, people or 0)
        for award, employment, month, kind, hours, state, corrected, reason, people in rows
    ]


def _sums(lines: list[_Line], counting: Counting) -> _Sums:
    sums = _Sums()
    by_key: dict[tuple[int, int | None, date, str], list[_Line]] = defaultdict(list)
    for line in lines:
        by_key[line.award_id, line.employment_id, line.month, line.kind].append(line)
    for (award_id, employment_id, month, kind), revisions in by_key.items():
        reached, waiting, reason, headcount = _reached(revisions)
        if not counting.counts(month, kind):
            sums.uncounted[month] += reached
            continue
        if employment_id is None:
            place = (award_id, month)
            sums.headcounts[place] = max(sums.headcounts.get(place, 0), headcount)
        cell = sums.cells.setdefault((employment_id, month), Cell(month, ZERO))
        cell.hours = (cell.hours or ZERO) + reached
        cell.waiting = cell.waiting or waiting
        cell.reason = cell.reason or reason
    return sums


def _reached(revisions: list[_Line]) -> tuple[Decimal, bool, str, int]:
    """Hours, whether they wait for a check, why they were sent back, people without names."""
    held = [line for line in revisions if not line.latest]
    in_force = sum((line.hours for line in held), ZERO)
    people_in_force = max((line.headcount for line in held), default=0)
    for line in revisions:
        if line.latest and line.state != LineState.RETURNED:
            return line.hours, line.state == LineState.DECLARED, "", line.headcount
        if line.latest:
            return in_force, False, line.reason, people_in_force
    return in_force, False, "", people_in_force


def _columns(
    sums: _Sums,
    shown: list[date],
    declared: Collection[date],
    expected: Mapping[date, Decimal | None],
) -> list[Column]:
    by_month: dict[date, Decimal] = defaultdict(Decimal)
    waiting = {month for (_, month), cell in sums.cells.items() if cell.waiting}
    for (_, month), cell in sums.cells.items():
        by_month[month] += cell.hours or ZERO
    before = sum((hours for month, hours in by_month.items() if month < min(shown)), ZERO)
    columns = []
    for month in shown:
        before += by_month[month]
        columns.append(
            Column(
                month=month,
                declared=month in declared,
                waiting=month in waiting,
                hours=by_month[month],
                reached=before,
                expected=expected[month],
            )
        )
    return columns


def _rows(sums: _Sums, shown: list[date]) -> list[Row]:
    held = {employment for employment, month in sums.cells if month in shown}
    rows = [_row(sums, shown, pk, "") for pk in sorted(pk for pk in held if pk is not None)]
    if None in held:
        rows.append(_row(sums, shown, None, f"Déclaration collective ({_unnamed(sums, shown)})"))
    return rows


def _row(sums: _Sums, shown: list[date], employment: int | None, name: str) -> Row:
    cells = [sums.cells.get((employment, month), Cell(month)) for month in shown]
    total = sum((cell.hours or ZERO for cell in cells), ZERO)
    return Row(
        employment, name, "" if employment else "heures et effectif, sans noms", cells, total
    )


def _unnamed(sums: _Sums, shown: list[date]) -> str:
    """ "12 personnes", or "8 à 12 personnes" when months differ."""
    by_month: dict[date, int] = defaultdict(int)
    for (_, month), headcount in sums.headcounts.items():
        if month in shown and headcount:
            by_month[month] += headcount
    counts = sorted(set(by_month.values())) or [0]
    if len(counts) == 1:
        return people(counts[0])
    return f"{integer(counts[0])} à {people(counts[-1])}"


def _expected(awards: Collection[int], months: list[date]) -> dict[date, Decimal | None]:
    """Hours expected by the end of each month, by the calendar; None when not known."""
    sums = {
        f"m{number}": Sum(
            F("quantity") * due_share(date.min, last_day(month)),
            filter=Q(effective_on__lte=last_day(month)),
        )
        for number, month in enumerate(months)
    }
    events = ObjectiveEvent.objects.in_hours().filter(objective__commitment__award__in=awards)
    found = events.aggregate(**sums)
    return {month: found[f"m{number}"] for number, month in enumerate(months)}

"""Statements and lines of hours: declared on time and checked, but for the mishaps of a site."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from coclause.clauses.choices import HoursKind
from coclause.core.models import User
from coclause.core.months import between, first_day, shift
from coclause.demo.book import Book
from coclause.demo.crews import Worked
from coclause.demo.operations import Scene
from coclause.demo.sites import Site
from coclause.demo.spreading import QUARTERS
from coclause.hours.choices import LineState, Origin
from coclause.hours.models import (
    Assignment,
    Declaration,
    Employment,
    EmploymentMonth,
    Statement,
    StatementLine,
)
from coclause.organisations.models import Organisation

Claim = tuple[int, int, str]
"""Month of an employment, statement, kind: what one figure is claimed for."""

RETURNED = "Deux journées sont comptées deux fois : vérifiez le relevé."


def moment(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def _origin(own: bool, number: int) -> Origin:
    """Companies type, some send their own spreadsheet or payroll; agencies send an invoice."""
    if not own:
        return Origin.INVOICE
    return {0: Origin.SHEET, 1: Origin.PAYROLL}.get(number % 5, Origin.TYPED)


def hours(quarters: int) -> Decimal:
    return Decimal(quarters) / QUARTERS


class Declarations:
    """The statements of every site and who sent them, then the lines of what was worked."""

    def __init__(self, scene: Scene, sites: list[Site]) -> None:
        self._scene, self._sites = scene, sites
        self.statements: dict[tuple[int, date], Statement] = {}
        self._sendings: dict[tuple[int, date, int], Declaration] = {}
        self._checked: dict[tuple[int, date], tuple[datetime, User]] = {}
        for number, site in enumerate(sites):
            for month in site.months:
                if month not in site.missing:
                    self._declare(number, site, month)

    def _declare(self, number: int, site: Site, month: date) -> None:
        """On the first days of the next month, or on the day that a mishap says."""
        scene, dice = self._scene, self._scene.dice
        next_month = shift(month, 1)
        declared = min(next_month + timedelta(days=dice.randint(0, 4)), scene.day)
        if next_month == first_day(scene.day) and dice.happens(0.1):
            # Some are late by days: this week's checks.
            declared = max(declared, scene.day - timedelta(days=dice.randint(1, 4)))
        declared = site.waiting.get(month, declared)
        self.statements[number, month] = scene.book.add(
            Statement(award_id=site.award.pk, month=month, declared_on=declared, version=0)
        )
        self.sending(number, month, site.holder)
        checked = min(declared + timedelta(days=dice.randint(0, 4)), scene.day)
        self._checked[number, month] = (
            moment(checked, 15),
            scene.network.in_charge(site.host, site.share, checked),
        )

    def sending(
        self, number: int, month: date, company: Organisation, *, worked: bool = True
    ) -> Declaration:
        """What a company sent of that month: the holder, then each agency for its own people."""
        site, statement = self._sites[number], self.statements[number, month]
        key = (number, month, company.pk)
        if key not in self._sendings:
            statement.version += 1
            own = company.pk == site.holder.pk
            typed = own or not worked
            author = site.declared_by if own else self._scene.partners.users[company.pk]
            self._sendings[key] = self._scene.book.add(
                Declaration(
                    statement_id=statement.pk,
                    organisation_id=company.pk,
                    origin=_origin(typed, statement.pk),
                    invoice="" if typed else f"F{month:%y%m}-{statement.pk:05d}",
                    version=statement.version,
                    declared_at=moment(statement.declared_on, 9),
                    declared_by_id=author.pk,
                )
            )
        return self._sendings[key]

    def say_no_hours(self) -> None:
        """Agencies whose people were all away a month said so: they owe nothing of it."""
        book = self._scene.book
        numbers = {site.award.pk: number for number, site in enumerate(self._sites)}
        employers = {row.pk: row.employer for row in book.rows(Employment)}
        for at_work in book.rows(Assignment):
            number, employer = numbers[at_work.award_id], employers[at_work.employment_id]
            last = at_work.ends_on or self._scene.day
            for month in between(at_work.starts_on, last):
                if (number, month) in self.statements:
                    self.sending(number, month, employer, worked=False)

    def again(self, line: StatementLine, at: datetime) -> Declaration:
        """The sending of a correction, by whom the line was sent first."""
        book = self._scene.book
        first = book.get(Declaration, line.declaration_id or 0)
        statement = book.get(Statement, line.statement_id)
        statement.version += 1
        statement.declared_on = at.date()
        return book.add(
            Declaration(
                statement_id=statement.pk,
                organisation_id=first.organisation_id,
                origin=Origin.TYPED,
                version=statement.version,
                declared_at=at,
                declared_by_id=first.declared_by_id,
            )
        )

    def record(self, worked: list[Worked]) -> None:
        """One month of an employment and its lines for each piece of work."""
        returned: set[tuple[int, date]] = set()
        for piece in worked:
            key = piece.site, piece.month
            send_back = piece.month in self._sites[piece.site].returned and key not in returned
            if send_back:
                returned.add(key)
            self._record(piece, send_back=send_back)

    def _record(self, piece: Worked, *, send_back: bool) -> None:
        book, dice = self._scene.book, self._scene.dice
        whole = piece.quarters
        if dice.happens(0.12):
            # The rest of the month was worked elsewhere, on contracts without a clause.
            whole = max(whole, min(whole + dice.randint(20, 240), 606))
        month = book.add(
            EmploymentMonth(
                employment_id=piece.hand.employment.pk, month=piece.month, hours_worked=hours(whole)
            )
        )
        for kind, quarters in self._kinds(piece).items():
            line = self.line(piece, month, kind, quarters)
            if send_back:
                line.state = LineState.RETURNED
                line.validated_at, line.validated_by_id = None, None
                line.returned_at = self._checked[piece.site, piece.month][0]
                line.return_reason = RETURNED

    def _kinds(self, piece: Worked) -> dict[HoursKind, int]:
        dice, allowed = self._scene.dice, self._sites[piece.site].clause.hour_kinds
        extra = HoursKind.TRAINING
        if HoursKind.INTERNSHIP in allowed and dice.happens(0.1):
            extra = HoursKind.INTERNSHIP
        if piece.quarters >= 35 * QUARTERS and dice.happens(0.07):
            aside = dice.randint(2, 5) * 14
            return {HoursKind.WORK: piece.quarters - aside, extra: aside}
        return {HoursKind.WORK: piece.quarters}

    def line(
        self, piece: Worked, month: EmploymentMonth, kind: HoursKind, quarters: int
    ) -> StatementLine:
        """A line, validated unless its month still waits."""
        site = self._sites[piece.site]
        statement = self.statements[piece.site, piece.month]
        at, by = self._checked[piece.site, piece.month]
        waits = piece.month in site.waiting
        sent = self.sending(piece.site, piece.month, piece.hand.employment.employer)
        return self._scene.book.add(
            StatementLine(
                # Numbers, not rows: setting rows takes most of a build's time.
                statement_id=statement.pk,
                declaration_id=sent.pk,
                employment_month_id=month.pk,
                kind=kind,
                hours=hours(quarters),
                state=LineState.DECLARED if waits else LineState.VALIDATED,
                declared_at=moment(statement.declared_on, 9),
                declared_by_id=sent.declared_by_id or 0,
                validated_at=None if waits else at,
                validated_by_id=None if waits else by.pk,
            )
        )


def allocate(book: Book) -> None:
    """Set what each month's lines claim, as the database's own trigger would.

    While a correction waits, the larger of the two figures is held.
    """
    claims: dict[Claim, Decimal] = {}
    for line in book.rows(StatementLine):
        in_force = line.state == LineState.VALIDATED and line.superseded_at is None
        if line.employment_month_id and (line.corrected_at is None or in_force):
            key = (line.employment_month_id, line.statement_id, line.kind)
            claims[key] = max(claims.get(key, Decimal(0)), line.hours)
    totals: dict[int, Decimal] = defaultdict(Decimal)
    for (month, _, _), hours_claimed in claims.items():
        totals[month] += hours_claimed
    for row in book.rows(EmploymentMonth):
        row.hours_allocated = totals[row.pk]

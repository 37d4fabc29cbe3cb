"""What happens once in a while, so that pages meet it: each oddity is made on purpose."""

from datetime import date, timedelta
from decimal import Decimal

from coclause.clauses.choices import HostRole, HoursKind
from coclause.clauses.models import OperationHost
from coclause.core.months import first_day, last_day, shift
from coclause.demo.crews import Crews, Hand, Worked
from coclause.demo.crowd import Crowd
from coclause.demo.declarations import Declarations, moment
from coclause.demo.operations import Scene
from coclause.demo.plan import LONGEST
from coclause.demo.sites import Site
from coclause.demo.spreading import QUARTERS
from coclause.hours.choices import LineState
from coclause.hours.models import Assignment, EmploymentMonth, Statement, StatementLine

TOO_MANY = 228 * QUARTERS
"""A month's hours, all employers, that call for a remark."""


class Oddities:
    """The rare cases of hours and hosts, added to what is already told."""

    def __init__(
        self,
        scene: Scene,
        sites: list[Site],
        worked: list[Worked],
        declarations: Declarations,
    ) -> None:
        self._scene, self._sites = scene, sites
        self._declarations = declarations
        self._last = shift(first_day(scene.day), -1)
        self._recent = [
            piece
            for piece in worked
            if piece.month == self._last and self._is_calm(sites[piece.site])
        ]
        scene.dice.shuffle(self._recent)

    def _is_calm(self, site: Site) -> bool:
        return not (site.waiting or site.missing or site.returned)

    def add(self, crews: Crews, crowd: Crowd) -> None:
        """All of them; a few more at full size."""
        few = 1 + round(3 * self._scene.scale)
        self._two_employers(crews, crowd, few)
        self._outside_dates(few)
        self._corrections(few)
        self._correction_to_check()
        self._other_referents(few)

    def _two_employers(self, crews: Crews, crowd: Crowd, few: int) -> None:
        """One month for two employers; the first of them passes 220 hours in all."""
        someone = {p.identity.pk: p for known in crowd.known.values() for p in known}
        full = sorted(self._recent, key=lambda piece: -piece.quarters)
        for rank, piece in enumerate(full[: few + 1]):
            employment = piece.hand.employment
            site = next(
                s
                for s in self._sites
                if s.holder.pk != employment.employer_id
                and self._last in s.months
                and s.worked_in(self._last)
                and self._is_calm(s)
                and s.host == self._sites[piece.site].host
            )
            host = self._scene.network.hosts[site.host]
            starts = max(self._last, site.award.starts_on)
            person = someone[employment.identity_id]
            second = crews.employ(person, site, site.holder, host, starts)
            second.ends_on = last_day(self._last)
            assignment = self._scene.book.add(
                Assignment(
                    employment=second,
                    award=site.award,
                    host=host,
                    starts_on=starts,
                    ends_on=second.ends_on,
                )
            )
            quarters = 20 * QUARTERS if rank else min(TOO_MANY - piece.quarters, LONGEST)
            hand = Hand(second, assignment, quarters, self._last)
            self._work(Worked(self._sites.index(site), self._last, hand, quarters))

    def _work(self, piece: Worked) -> None:
        month = self._scene.book.add(
            EmploymentMonth(
                employment_id=piece.hand.employment.pk,
                month=piece.month,
                hours_worked=Decimal(piece.quarters) / QUARTERS,
            )
        )
        self._declarations.line(piece, month, HoursKind.WORK, piece.quarters)

    def _outside_dates(self, few: int) -> None:
        """A contract that ended before a month in which hours were declared."""
        limit = self._last - timedelta(days=3)
        early = [p for p in self._recent if p.hand.employment.starts_on < limit]
        for piece in early[-few:]:
            piece.hand.employment.ends_on = limit

    def _corrections(self, few: int) -> None:
        """Validated months that a later revision corrected, one of them in 2022."""
        book = self._scene.book
        lines = [(book.get(Statement, x.statement_id), x) for x in book.rows(StatementLine)]
        late = self._scene.day - timedelta(days=90)
        for year in (2022, self._scene.day.year):
            corrected = [
                line
                for statement, line in lines
                if statement.month.year == year
                and line.state == LineState.VALIDATED
                and line.hours > 40
                and statement.month < late
            ]
            for line in corrected[:: max(1, len(corrected) // few)][:few]:
                self._correct(line)

    def _correct(self, line: StatementLine) -> None:
        """What is in force becomes the second revision, and a lower first one is kept."""
        assert line.validated_at is not None  # noqa: S101  chosen among validated lines
        again = timedelta(days=28)
        self._scene.book.add(
            StatementLine(
                statement_id=line.statement_id,
                declaration_id=line.declaration_id,
                employment_month_id=line.employment_month_id,
                kind=line.kind,
                hours=line.hours - 14,
                state=LineState.VALIDATED,
                declared_at=line.declared_at,
                declared_by_id=line.declared_by_id,
                validated_at=line.validated_at,
                validated_by_id=line.validated_by_id,
                corrected_at=line.declared_at + again,
                superseded_at=line.validated_at + again,
            )
        )
        line.revision = 2
        line.declared_at += again
        line.validated_at += again
        line.declaration_id = self._declarations.again(line, line.declared_at).pk

    def _correction_to_check(self) -> None:
        """A validated line still in force while its correction waits."""
        statements = {self._declarations.statements[p.site, p.month].pk for p in self._recent[:40]}
        line = next(
            line
            for line in self._scene.book.rows(StatementLine)
            if line.statement_id in statements
            and line.state == LineState.VALIDATED
            and line.hours > 20
        )
        today = moment(self._scene.day, 16)
        line.corrected_at = today
        self._scene.book.add(
            StatementLine(
                statement_id=line.statement_id,
                declaration_id=self._declarations.again(line, today).pk,
                employment_month_id=line.employment_month_id,
                kind=line.kind,
                revision=2,
                hours=line.hours - 7,
                declared_at=today,
                declared_by_id=line.declared_by_id,
            )
        )

    def _other_referents(self, few: int) -> None:
        """Operations that another host followed first."""
        network, day = self._scene.network, self._scene.day
        rows = [
            row
            for row in self._scene.book.rows(OperationHost)
            if row.role == HostRole.REFERENT and _lasts(row, day) and row.host_id != 1
        ]
        for row in rows[:: max(1, len(rows) // (few * 3))]:
            change = row.starts_on + timedelta(days=200)
            other = (network.hosts.index(row.host) + 1) % len(network.hosts)
            self._scene.book.add(
                OperationHost(
                    operation=row.operation,
                    host=network.hosts[other],
                    facilitator=network.in_charge(other, 0, row.starts_on),
                    role=HostRole.REFERENT,
                    starts_on=row.starts_on,
                    ends_on=change - timedelta(days=1),
                )
            )
            row.starts_on = change


def _lasts(row: OperationHost, day: date) -> bool:
    return row.starts_on + timedelta(days=400) < (row.ends_on or day)

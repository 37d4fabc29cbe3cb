"""What the check of a month shows: its lines with names, remarks, what they were; its sendings."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from coclause.core.months import shift
from coclause.hours.checks import Remark, remarks
from coclause.hours.choices import LineState, Origin
from coclause.hours.models import Declaration, Statement, StatementLine
from coclause.hours.queries import LineQuerySet
from coclause.people.actions import names_of
from coclause.web.clauses import table
from coclause.web.middleware import ScopedRequest

Key = tuple[int | None, str]
"""Employment (None without names) and kind of hours."""


@dataclass
class CheckRow:
    """One line to check."""

    line: StatementLine
    name: str
    about: str
    previous: Decimal | None
    """Hours of the same kind in the month before."""
    was: Decimal | None
    """Hours validated until now, that this line would change."""
    remarks: list[Remark] = field(default_factory=list)
    reason: str = ""
    """Why it is sent back, as typed."""

    @property
    def change(self) -> Decimal | None:
        """What validating it would add; below zero when it lowers."""
        return None if self.was is None else self.line.hours - self.was

    @property
    def by(self) -> str:
        """Which company told it, when it is known."""
        said = self.line.declaration
        return str(said.organisation) if said and said.organisation else ""


@dataclass(frozen=True)
class Sending:
    """One sending of the month: by whom, from what, when."""

    by: str
    what: str
    day: date


def rows_of(
    request: ScopedRequest, statement: Statement, holder_id: int | None
) -> tuple[list[CheckRow], list[Remark]]:
    """The latest lines of the statement that the user checks, and the remarks about the month as a
    whole. Those about a person whose lines are another host's are left to it.
    """
    kept = statement.lines.filter(corrected_at__isnull=True).handled_by(request.scope)
    lines = list(kept.select_related("employment_month", "declaration__organisation"))
    facts = table.facts_of(_employment(line) for line in lines)
    names = names_of(
        request.scope,
        {fact.identity_id for fact in facts.values()},
        page=f"Vérification {statement.month:%m/%Y}, marché {statement.award_id}",
    )
    noted = remarks([statement], day=request.scope.day).get(statement.pk, [])
    before, validated = _before(statement), _validated(statement)
    rows = []
    for line in lines:
        employment = _employment(line)
        if employment is None:
            name = "Déclaration collective"
            about = f"{table.people(line.headcount or 0)}, sans noms"
        else:
            fact = facts[employment]
            name = names.get(fact.identity_id, "Une personne d’une autre structure")
            about = table.described(fact, [holder_id])
        key = (employment, line.kind)
        rows.append(CheckRow(line, name, about, before.get(key), validated.get(key)))
    rows.sort(key=_order)
    return rows, _placed(rows, noted)


def sendings_of(statement: Statement) -> list[Sending]:
    """Who sent the month, the last first."""
    rows = statement.declarations.select_related("organisation", "declared_by").order_by("-pk")
    return [Sending(_sender(row), _from(row), row.declared_at.date()) for row in rows]


def _sender(sending: Declaration) -> str:
    """The company and who sent for it; without a company, the host's own people typed it."""
    who = str(sending.declared_by) if sending.declared_by else "auteur non connu"
    return f"{sending.organisation}, {who}" if sending.organisation else who


def _from(sending: Declaration) -> str:
    label = str(sending.get_origin_display())
    if sending.invoice:
        return f"{label}, n° {sending.invoice}"
    return label if sending.origin != Origin.INVOICE else f"{label}, numéro non connu"


def _placed(rows: list[CheckRow], noted: list[Remark]) -> list[Remark]:
    """Give each remark to the first line of its person that waits. Returns the month's own."""
    by_employment: dict[int | None, CheckRow] = {}
    for row in sorted(rows, key=lambda row: row.line.state != LineState.DECLARED):
        by_employment.setdefault(_employment(row.line), row)
    for remark in noted:
        if remark.employment_id in by_employment:
            by_employment[remark.employment_id].remarks.append(remark)
    return [r for r in noted if r.employment_id is None and None not in by_employment]


def _employment(line: StatementLine) -> int | None:
    """None for hours without names."""
    return line.employment_id if line.employment_month_id else None


def _order(row: CheckRow) -> tuple[bool, str, str]:
    return row.line.employment_month_id is None, row.name, row.line.kind


def _before(statement: Statement) -> dict[Key, Decimal]:
    rows = StatementLine.objects.declared().filter(
        statement__award=statement.award_id, statement__month=shift(statement.month, -1)
    )
    return _hours(rows)


def _validated(statement: Statement) -> dict[Key, Decimal]:
    """Hours in force behind a correction that waits."""
    rows = StatementLine.objects.validated().filter(statement=statement)
    return _hours(rows.filter(corrected_at__isnull=False))


def _hours(rows: LineQuerySet) -> dict[Key, Decimal]:
    found = rows.values_list("employment_month__employment_id", "kind", "hours")
    return {(employment, kind): hours for employment, kind, hours in found}

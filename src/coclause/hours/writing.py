"""Writing the lines of a checked month: new revisions, and what two companies say apart."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from django.db.models import F, Value
from django.db.models.functions import Greatest

from coclause.hours.choices import LineState
from coclause.hours.drafts import ZERO, Draft, Sheet
from coclause.hours.models import Contest, EmploymentMonth, StatementLine
from coclause.render import numbers


def write(draft: Draft) -> None:
    """Raise the month's work where needed, write the lines, then lower it to what is said. Five
    queries, whatever the number of people.
    """
    _raise_worked(draft)
    new: list[StatementLine] = []
    closed: list[StatementLine] = []
    differing: list[tuple[StatementLine, StatementLine]] = []
    for sheet, key, hours in _said(draft):
        old = sheet.latest.get(key)
        line = _revised(draft, sheet, key, hours, old)
        if line is None:
            continue
        new.append(line)
        if old is not None:
            closed.append(old)
            if _told_by_another(old, line):
                differing.append((old, line))
    if closed:
        rows = StatementLine.objects.filter(pk__in=[line.pk for line in closed])
        rows.update(corrected_at=draft.at)
    StatementLine.objects.bulk_create(new)
    _keep_differences(differing, draft.at)
    _lower_worked(draft)


def _said(draft: Draft) -> Iterator[tuple[Sheet, tuple[int, str], Decimal]]:
    """Hours by sheet, employment and kind; no zeros of those who have no such month."""
    for sheet in draft.sheets:
        for entry in sheet.entries:
            if entry.employment_id in draft.months:
                for kind, hours in entry.hours.items():
                    yield sheet, (entry.employment_id, kind), hours


def _raise_worked(draft: Draft) -> None:
    """Make room for the lines in the work of each month, before they claim it."""
    raised: list[EmploymentMonth] = []
    for employment_id, row in draft.months.items():
        claims = draft.claims.get(employment_id)
        worked = draft.worked_of(employment_id) or ZERO
        wanted = max(worked, claims.elsewhere + claims.held) if claims else ZERO
        if wanted > row.hours_worked:
            row.hours_worked = wanted
            raised.append(row)
    EmploymentMonth.objects.bulk_update(raised, ["hours_worked"])


def _lower_worked(draft: Draft) -> None:
    """Bring the work of a month down to what is said of it, never below what lines still claim."""
    lowered: list[EmploymentMonth] = []
    for employment_id, row in draft.months.items():
        if (said := draft.worked_of(employment_id)) is not None:
            row.hours_worked = Greatest(Value(said), F("hours_allocated"))
            lowered.append(row)
    EmploymentMonth.objects.bulk_update(lowered, ["hours_worked"])


def _revised(
    draft: Draft,
    sheet: Sheet,
    key: tuple[int, str],
    hours: Decimal,
    old: StatementLine | None,
) -> StatementLine | None:
    """The new revision to insert, the old one to be closed; None when nothing changes."""
    if old is None and not hours:
        return None
    if old is not None and old.hours == hours and old.state != LineState.RETURNED:
        return None
    sending = sheet.declaration_of(draft.employers.get(key[0]))
    return StatementLine(
        statement=sheet.statement,
        declaration=sending,
        employment_month=draft.months[key[0]],
        kind=key[1],
        revision=old.revision + 1 if old else 1,
        hours=hours,
        declared_at=draft.at,
        declared_by=sending.declared_by,
    )


def _told_by_another(old: StatementLine, line: StatementLine) -> bool:
    """Whether another company had said other hours: both stay visible until the check."""
    before, after = old.declaration, line.declaration
    if before is None or after is None or after.organisation_id is None:
        return False
    return before.organisation_id not in (None, after.organisation_id) and old.hours != line.hours


def _keep_differences(differing: list[tuple[StatementLine, StatementLine]], at: datetime) -> None:
    """The hours that the company of the award said first contest those of the employer."""
    Contest.objects.bulk_create(
        Contest(
            line=line,
            organisation=old.declaration.organisation,
            hours=old.hours,
            reason=f"Déclaré d’abord par elle : {numbers.hours(old.hours)}.",
            at=at,
            by=old.declared_by,
        )
        for old, line in differing
        if old.declaration and old.declaration.organisation
    )

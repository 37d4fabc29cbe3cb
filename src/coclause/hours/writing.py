"""Writing the lines of a checked month: new revisions, and what two companies say apart."""

from datetime import datetime
from decimal import Decimal

from django.db.models import F, Value
from django.db.models.functions import Greatest

from coclause.hours.choices import LineState
from coclause.hours.drafts import ZERO, Draft, Sheet
from coclause.hours.models import Contest, EmploymentMonth, StatementLine
from coclause.render import numbers


def write(draft: Draft) -> None:
    """Raise the month's work where needed, write the lines, then lower it to what is said."""
    for employment_id, row in draft.months.items():
        claims = draft.claims.get(employment_id)
        worked = draft.worked_of(employment_id) or ZERO
        wanted = max(worked, claims.elsewhere + claims.held) if claims else ZERO
        if wanted > row.hours_worked:
            row.hours_worked = wanted
            row.save(update_fields=["hours_worked"])
    new: list[StatementLine] = []
    differing: list[tuple[StatementLine, StatementLine]] = []
    for sheet in draft.sheets:
        for entry in sheet.entries:
            if entry.employment_id not in draft.months:
                continue
            for kind, hours in entry.hours.items():
                key = (entry.employment_id, kind)
                old = sheet.latest.get(key)
                line = _revised(draft, sheet, key, hours, old)
                if line is not None:
                    new.append(line)
                    if old is not None and _told_by_another(old, line):
                        differing.append((old, line))
    StatementLine.objects.bulk_create(new)
    _keep_differences(differing, draft.at)
    for employment_id, row in draft.months.items():
        if (said := draft.worked_of(employment_id)) is not None:
            _lower_worked(row, said)


def _revised(
    draft: Draft,
    sheet: Sheet,
    key: tuple[int, str],
    hours: Decimal,
    old: StatementLine | None,
) -> StatementLine | None:
    """The new revision to insert, the old one being closed; None when nothing changes."""
    if old is None and not hours:
        return None
    if old is not None:
        if old.hours == hours and old.state != LineState.RETURNED:
            return None
        StatementLine.objects.filter(pk=old.pk).update(corrected_at=draft.at)
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


def _lower_worked(row: EmploymentMonth, worked: Decimal) -> None:
    """Bring a month's work down to what is said, never below what lines still claim."""
    EmploymentMonth.objects.filter(pk=row.pk).update(
        hours_worked=Greatest(Value(worked), F("hours_allocated"))
    )

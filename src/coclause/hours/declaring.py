"""A company's month: what it declares for its awards, written whole or not at all."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from coclause.clauses.models import Award
from coclause.core.journal import record_act
from coclause.core.refusals import Refused
from coclause.hours.drafts import (
    LONGEST_MONTH,
    TYPED,
    ZERO,
    Draft,
    Entry,
    MonthRefused,
    Part,
    Sending,
    Sheet,
)
from coclause.hours.fitting import check
from coclause.hours.models import EmploymentFact, EmploymentMonth, Statement, StatementLine
from coclause.hours.opening import (
    locked_statement,
    must_be_as_read,
    must_be_open,
    next_version,
    says_the_same,
    sent_already,
    sent_as,
)
from coclause.hours.parties import party_of
from coclause.hours.permissions import share_of
from coclause.hours.writing import write
from coclause.organisations.scopes import Scope
from coclause.render import numbers

__all__ = [
    "LONGEST_MONTH",
    "TYPED",
    "Entry",
    "MonthRefused",
    "Part",
    "Sending",
    "declare_month",
    "declare_months",
]


class _Sent(NamedTuple):
    """From what, and when."""

    sending: Sending
    at: datetime


def declare_month(
    scope: Scope,
    award: Award,
    month: date,
    entries: Iterable[Entry],
    *,
    version: int,
    sending: Sending = TYPED,
    at: datetime | None = None,
) -> Statement:
    """Send the month of one award: `declare_months` with one part."""
    part = Part(award, tuple(entries), version)
    return declare_months(scope, month, [part], sending=sending, at=at)[0]


@transaction.atomic
def declare_months(
    scope: Scope,
    month: date,
    parts: Iterable[Part],
    *,
    sending: Sending = TYPED,
    at: datetime | None = None,
) -> list[Statement]:
    """Send a month of several awards, all of it or nothing. The statements, by award.

    Raises PermissionDenied, `MonthRefused` (problems by award and employment) or `Conflict`; in
    each case nothing is written. Sending the same month twice adds no hour the second time,
    wherever it comes from; the very same sending (a double click) is not written twice. Awards are
    locked in order, then the months of people: whoever shares some of them waits, and nobody in a
    ring.
    """
    draft = _begun(scope, month, list(parts), sending, at or timezone.now())
    check(draft)
    if draft.problems:
        raise MonthRefused(draft.problems)
    write(draft)
    for sheet in draft.sheets:
        if sheet.declarations:
            _tell(scope, sheet.part.award, sheet.statement)
    return [sheet.statement for sheet in draft.sheets]


def _begun(scope: Scope, month: date, parts: list[Part], sending: Sending, at: datetime) -> Draft:
    """The rows of a month, locked in order."""
    if scope.user is None or not parts:
        raise PermissionDenied
    entries = [entry for part in parts for entry in part.entries]
    facts = EmploymentFact.objects.filter(pk__in={entry.employment_id for entry in entries})
    employers = dict(facts.values_list("pk", "employer_id"))
    sheets = [
        _opened(scope, month, part, employers, _Sent(sending, at))
        for part in sorted(parts, key=lambda part: part.award.pk)
    ]
    months = _locked_months([entry for sheet in sheets for entry in sheet.entries], month)
    lines: dict[int, list[StatementLine]] = defaultdict(list)
    statements = [sheet.statement.pk for sheet in sheets]
    rows = StatementLine.objects.named().filter(
        statement__in=statements, employment_month__in=[row.pk for row in months.values()]
    )
    for line in rows.order_by("pk"):
        lines[line.employment_month_id or 0].append(line)
    return Draft(at, month, sheets, months, employers, lines)


def _opened(
    scope: Scope, month: date, part: Part, employers: Mapping[int, int], sent: _Sent
) -> Sheet:
    """The statement of an award, locked, with the sending that will be written in it."""
    award = part.award
    party = party_of(award, scope, month)
    if party is None:
        raise PermissionDenied
    must_be_open(award, month, scope.day)
    share = share_of(award, scope)
    if share is not None:
        _must_say_something(award, month, list(part.entries))
    statement = locked_statement(award, month, scope.day)
    latest = _latest_lines(statement)
    if _is_repeated(scope, statement, part, latest):
        return Sheet(part, party, share, statement, {}, latest)
    people = [entry.employment_id for entry in part.entries]
    must_be_as_read(statement, part.version, people)
    next_version(statement, scope.day)
    senders = party.senders([employers[pk] for pk in people if pk in employers])
    declarations = sent_as(statement, senders, sent.sending, scope, sent.at)
    return Sheet(part, party, share, statement, declarations, latest, list(part.entries))


def _is_repeated(
    scope: Scope,
    statement: Statement,
    part: Part,
    latest: Mapping[tuple[int, str], StatementLine],
) -> bool:
    """Whether the user sent this very part already, after the version it was read at."""
    if statement.version == part.version or not says_the_same(part.entries, latest):
        return False
    if not sent_already(statement, part.version, scope, latest.values()):
        return False
    worked = {entry.employment_id: entry.worked for entry in part.entries}
    rows = EmploymentMonth.objects.filter(employment__in=worked, month=statement.month)
    known = dict(rows.values_list("employment_id", "hours_worked"))
    return all(told in (None, known.get(pk)) for pk, told in worked.items())


def _tell(scope: Scope, award: Award, statement: Statement) -> None:
    total, name = _declared_total(statement), numbers.month_fr(statement.month).capitalize()
    record_act(
        scope.user,
        "month.declared",
        f"{name} déclaré : {numbers.hours(total)}." if total else f"{name} : néant.",
        award.lot.contract.operation,
        *award.lot.clauses.all(),
        day=scope.day,
    )


def _must_say_something(award: Award, month: date, entries: list[Entry]) -> None:
    """Sending a month says that of all its persons: an associated host does not say nobody worked.

    Zeros of its own persons go into a month that was sent already.
    """
    if any(entry.total for entry in entries):
        return
    if not Statement.objects.filter(award=award, month=month).exists():
        raise Refused(
            "Aucune heure pour les personnes que vous suivez : le mois à zéro est envoyé par"
            " l’entreprise ou par la structure référente, pour toutes les personnes."
        )


def _locked_months(entries: list[Entry], month: date) -> dict[int, EmploymentMonth]:
    """One row by employment, created when needed, locked in order: nobody waits in a ring."""
    employments = sorted({entry.employment_id for entry in entries if entry.total})
    EmploymentMonth.objects.bulk_create(
        [EmploymentMonth(employment_id=pk, month=month, hours_worked=0) for pk in employments],
        ignore_conflicts=True,
    )
    rows = EmploymentMonth.objects.select_for_update().filter(
        employment_id__in=[entry.employment_id for entry in entries], month=month
    )
    return {row.employment_id: row for row in rows.order_by("pk")}


def _latest_lines(statement: Statement) -> dict[tuple[int, str], StatementLine]:
    lines = statement.lines.named().filter(corrected_at__isnull=True)
    rows = lines.select_related("employment_month", "declaration__organisation")
    return {(line.employment_id, line.kind): line for line in rows}


def _declared_total(statement: Statement) -> Decimal:
    return sum((line.hours for line in statement.lines.declared()), ZERO)

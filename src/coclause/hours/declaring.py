"""A company's month: what it declares for its awards, written whole or not at all."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from coclause.clauses.calendars import days_of_execution, off_in_words
from coclause.clauses.choices import HoursKind
from coclause.clauses.models import Award
from coclause.core.journal import record_act
from coclause.core.months import last_day
from coclause.core.refusals import Conflict, Refused
from coclause.hours.choices import LineState, Origin
from coclause.hours.models import (
    Assignment,
    Contest,
    Declaration,
    EmploymentFact,
    EmploymentMonth,
    Statement,
    StatementLine,
)
from coclause.hours.parties import Party, party_of
from coclause.hours.permissions import share_of
from coclause.organisations.models import Organisation
from coclause.organisations.scopes import Scope
from coclause.render import numbers

LONGEST_MONTH = Decimal(744)
"""Hours in 31 days: more cannot be worked by one person."""

ZERO = Decimal(0)


@dataclass(frozen=True)
class Entry:
    """What is declared for one employment: hours by kind, and the month's whole work if known.

    `worked` counts all sites. When it is not said, it is the hours declared here, as long as
    nobody else counts hours of that month.
    """

    employment_id: int
    hours: dict[str, Decimal]
    worked: Decimal | None = None

    @property
    def total(self) -> Decimal:
        return sum(self.hours.values(), ZERO)


@dataclass(frozen=True)
class Sending:
    """From what a month is sent, and the number of an agency's invoice."""

    origin: str = Origin.TYPED
    invoice: str = ""


TYPED = Sending()


@dataclass(frozen=True)
class Part:
    """What is declared of one award; `version` is that of the statement that was read (0: none)."""

    award: Award
    entries: tuple[Entry, ...]
    version: int


class MonthRefused(Refused):
    """Nothing was written; `at` says why, by award and employment."""

    def __init__(self, at: Mapping[tuple[int, int], str]) -> None:
        count = len(at)
        super().__init__(
            f"{count} ligne{'s' * (count > 1)} à corriger : rien n’a été envoyé pour l’instant."
        )
        self.at = dict(at)

    @property
    def problems(self) -> dict[int, str]:
        """By employment, where one award alone was declared."""
        return {employment: why for (_, employment), why in self.at.items()}


@dataclass(frozen=True)
class _Claims:
    """Hours of an employment's month, once the entries are written, as the database counts them.

    Kinds that the entries do not name stay as they are. Until a correction is validated, the
    larger of its figure and of the validated one is held.
    """

    elsewhere: Decimal
    declared: Decimal
    held: Decimal


@dataclass
class _Sheet:
    """One award's part while it is being written: its locked statement and the lines it carries."""

    part: Part
    party: Party
    share: frozenset[int] | None
    statement: Statement
    declaration: Declaration
    latest: dict[tuple[int, str], StatementLine]
    entries: list[Entry] = field(default_factory=list)
    """Those to write: what an employer declared itself is left as it is."""


@dataclass
class _Draft:
    """The month while it is being written, over all its awards."""

    at: datetime
    month: date
    sheets: list[_Sheet]
    months: dict[int, EmploymentMonth]
    employers: dict[int, int]
    lines: dict[int, list[StatementLine]]
    """By employment month, the lines of these statements."""
    claims: dict[int, _Claims] = field(default_factory=dict)
    problems: dict[tuple[int, int], str] = field(default_factory=dict)

    def entries_of(self, employment_id: int) -> list[tuple[_Sheet, Entry]]:
        return [
            (sheet, entry)
            for sheet in self.sheets
            for entry in sheet.entries
            if entry.employment_id == employment_id
        ]


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
    wherever it comes from. Awards are locked in order, then the months of people: whoever shares
    some of them waits, and nobody in a ring.
    """
    draft = _begun(scope, month, list(parts), sending, at or timezone.now())
    _check(draft)
    if draft.problems:
        raise MonthRefused(draft.problems)
    _write(draft)
    for sheet in draft.sheets:
        _tell(scope, sheet.part.award, sheet.statement)
    return [sheet.statement for sheet in draft.sheets]


def _begun(scope: Scope, month: date, parts: list[Part], sending: Sending, at: datetime) -> _Draft:
    """The rows of a month, locked in order."""
    if scope.user is None or not parts:
        raise PermissionDenied
    sheets = [
        _opened(scope, month, part, sending, at)
        for part in sorted(parts, key=lambda part: part.award.pk)
    ]
    entries = [entry for part in parts for entry in part.entries]
    months = _locked_months(entries, month)
    lines: dict[int, list[StatementLine]] = defaultdict(list)
    statements = [sheet.statement.pk for sheet in sheets]
    rows = StatementLine.objects.named().filter(
        statement__in=statements, employment_month__in=[row.pk for row in months.values()]
    )
    for line in rows.order_by("pk"):
        lines[line.employment_month_id or 0].append(line)
    for sheet in sheets:
        sheet.latest = _latest_lines(sheet.statement)
    employers = EmploymentFact.objects.filter(pk__in={entry.employment_id for entry in entries})
    of = dict(employers.values_list("pk", "employer_id"))
    return _Draft(at, month, sheets, months, of, lines)


def _opened(scope: Scope, month: date, part: Part, sending: Sending, at: datetime) -> _Sheet:
    """The statement of an award, locked, with the sending that will be written in it."""
    award = part.award
    party = party_of(award, scope, month)
    if party is None:
        raise PermissionDenied
    must_be_open(award, month, scope.day)
    share = share_of(award, scope)
    if share is not None:
        _must_say_something(award, month, list(part.entries))
    people = [entry.employment_id for entry in part.entries]
    statement = locked_statement(award, month, scope.day, part.version, people)
    declaration = sent_as(statement, party, sending, scope, at)
    return _Sheet(part, party, share, statement, declaration, {}, list(part.entries))


def sent_as(
    statement: Statement, party: Party, sending: Sending, scope: Scope, at: datetime
) -> Declaration:
    """Write who sends that version of a month, and from what."""
    return Declaration.objects.create(
        statement=statement,
        organisation_id=party.organisation_id,
        origin=sending.origin,
        invoice=sending.invoice.strip()[:60],
        version=statement.version,
        declared_at=at,
        declared_by=scope.user,
    )


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


def must_be_open(award: Award, month: date, day: date) -> None:
    if month.day != 1:
        raise Refused("Le mois déclaré n’existe pas : choisissez-le dans la liste.")
    if month > day:
        raise Refused("Ce mois n’a pas commencé : il se déclare à partir de son premier jour.")
    if days_of_execution(award, month, last_day(month)):
        return
    if award.statements.filter(month=month).exists():
        return  # the calendar changed since: what was declared can still be corrected
    if month > award.ends_on or last_day(month) < award.starts_on:
        raise Refused(
            f"L'exécution va du {award.starts_on:%d/%m/%Y} au {award.ends_on:%d/%m/%Y} :"
            " ce mois est en dehors."
        )
    raise Refused(
        f"L’exécution est {', '.join(off_in_words(award))} : aucune heure n’est attendue ce"
        " mois-ci. Si des heures ont été faites, demandez à revoir la suspension."
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


def locked_statement(
    award: Award, month: date, day: date, version: int, people: Collection[int] | None = None
) -> Statement:
    """The statement, locked, one version later. `people`: the employments about to be written;
    None for hours without names.

    Raises Conflict when what is about to be written changed since `version` was read. Two companies
    may each say their own people of the same month at the same time.
    """
    statement, created = Statement.objects.get_or_create(
        award=award, month=month, defaults={"declared_on": day}
    )
    if created:
        if version:
            raise Conflict("Cette déclaration n’existe plus. Rechargez la page.")
        return statement
    statement = Statement.objects.select_for_update().get(pk=statement.pk)
    if statement.version != version and _changed_since(statement, version, people):
        raise Conflict(
            "Ce mois vient d’être modifié par quelqu'un d’autre. Rechargez la page pour voir"
            " ses chiffres, puis reprenez les vôtres."
        )
    statement.version += 1
    statement.declared_on = day
    statement.save(update_fields=["version", "declared_on"])
    return statement


def _changed_since(statement: Statement, version: int, people: Collection[int] | None) -> bool:
    lines = statement.lines.filter(declaration__version__gt=version)
    if people is None:
        return lines.filter(employment_month__isnull=True).exists()
    return lines.filter(employment_month__employment__in=people).exists()


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


def _check(draft: _Draft) -> None:
    for sheet in draft.sheets:
        _keep_own(draft, sheet)
    for sheet in draft.sheets:
        rows = Assignment.objects.filter(award=sheet.part.award).in_month(
            draft.month, last_day(draft.month)
        )
        assigned = dict(rows.values_list("employment_id", "host_id"))
        for entry in sheet.entries:
            problem = _problem(draft, sheet, entry, assigned.get(entry.employment_id))
            if problem:
                draft.problems[sheet.part.award.pk, entry.employment_id] = problem


def _keep_own(draft: _Draft, sheet: _Sheet) -> None:
    """Leave out what an employer declared itself, refused when somebody else says otherwise."""
    if sheet.party.is_host:
        return
    kept: list[Entry] = []
    for entry in sheet.entries:
        employer = draft.employers.get(entry.employment_id)
        if employer in sheet.party.companies:
            kept.append(entry)
        elif not sheet.party.whole:
            draft.problems[sheet.part.award.pk, entry.employment_id] = (
                "Cette personne est employée par une autre entreprise : c’est elle qui déclare."
            )
        elif told := _told_by_employer(sheet, entry, employer):
            if problem := _otherwise(sheet, entry, told):
                draft.problems[sheet.part.award.pk, entry.employment_id] = problem
        else:
            kept.append(entry)
    sheet.entries = kept


def _told_by_employer(sheet: _Sheet, entry: Entry, employer: int | None) -> Organisation | None:
    """The employer, when it declared hours of this person on this award itself."""
    for kind in HoursKind.values:
        line = sheet.latest.get((entry.employment_id, kind))
        if line and line.declaration and line.declaration.organisation_id == employer:
            return line.declaration.organisation
    return None


def _otherwise(sheet: _Sheet, entry: Entry, employer: Organisation) -> str | None:
    told = {
        kind: line.hours
        for kind in entry.hours
        if (line := sheet.latest.get((entry.employment_id, kind)))
    }
    if all(hours == told.get(kind, ZERO) for kind, hours in entry.hours.items()):
        return None
    total = numbers.hours(sum(told.values(), ZERO))
    return (
        f"{employer} a déclaré {total} pour cette personne : remettez ce nombre, puis contestez la"
        " ligne si elle est fausse."
    )


def _problem(draft: _Draft, sheet: _Sheet, entry: Entry, host: int | None) -> str | None:
    """The first reason to refuse this entry, in a sentence, or None."""
    if host is None:
        return "Cette personne ne travaille pas sur ce marché ce mois-ci."
    if sheet.share is not None and host not in sheet.share:
        return "Cette personne est suivie par une autre structure : c’est elle qui saisit."
    if any(hours < 0 for hours in entry.hours.values()):
        return "Les heures ne peuvent pas être négatives."
    if unknown := [kind for kind in entry.hours if kind not in HoursKind.values]:
        return f"Nature d’heures inconnue : {unknown[0]}."
    if entry.total > LONGEST_MONTH or (entry.worked or 0) > LONGEST_MONTH:
        return "Un mois compte au plus 744 heures : vérifiez le nombre."
    row = draft.months.get(entry.employment_id)
    return _overrun(draft, entry, row) if row else None


def _overrun(draft: _Draft, entry: Entry, row: EmploymentMonth) -> str | None:
    """Why the hours do not fit in the month's work, given what other awards already count."""
    if row.employment_id not in draft.claims:
        draft.claims[row.employment_id] = _claims(draft, row)
    claims = draft.claims[row.employment_id]
    elsewhere, worked = claims.elsewhere, _worked_of(draft, row.employment_id)
    if elsewhere + claims.held > LONGEST_MONTH:
        return "Un mois compte au plus 744 heures, tous marchés compris : vérifiez le nombre."
    if worked is None:
        if not elsewhere:
            return None
        worked = row.hours_worked
    if elsewhere + claims.declared > worked:
        return _too_much(worked, elsewhere + claims.declared - entry.total)
    if elsewhere and elsewhere + claims.held > worked:
        return (
            "Des heures déjà validées restent comptées jusqu’à la validation de leur correction :"
            " envoyez d’abord la baisse, puis le reste une fois qu’elle est validée."
        )
    return None


def _worked_of(draft: _Draft, employment_id: int) -> Decimal | None:
    """The month's whole work of an employment, when one of its entries says it."""
    said = [entry.worked for _, entry in draft.entries_of(employment_id)]
    return max((worked for worked in said if worked is not None), default=None)


def _claims(draft: _Draft, row: EmploymentMonth) -> _Claims:
    now: dict[tuple[int, str], Decimal] = {}
    in_force: dict[tuple[int, str], Decimal] = {}
    for line in draft.lines.get(row.pk, ()):
        key = (line.statement_id, line.kind)
        validated = line.state == LineState.VALIDATED and line.superseded_at is None
        if validated:
            in_force[key] = line.hours
        if validated or line.corrected_at is None:
            now[key] = max(now.get(key, ZERO), line.hours)
    said = {
        (sheet.statement.pk, kind): hours
        for sheet, entry in draft.entries_of(row.employment_id)
        for kind, hours in entry.hours.items()
    }
    unnamed = sum((hours for key, hours in now.items() if key not in said), ZERO)
    held = (max(hours, in_force.get(key, ZERO)) for key, hours in said.items())
    return _Claims(
        elsewhere=row.hours_allocated - sum(now.values(), ZERO),
        declared=sum(said.values(), ZERO) + unnamed,
        held=sum(held, unnamed),
    )


def _too_much(worked: Decimal, counted: Decimal) -> str:
    left = max(worked - counted, ZERO)
    return (
        f"{worked.normalize():f} h travaillées ce mois-ci, dont {counted.normalize():f} h déjà"
        f" comptées par ailleurs : il en reste {left.normalize():f}. Écrivez ce nombre ou"
        " moins, ou corrigez le total travaillé du mois."
    )


def _write(draft: _Draft) -> None:
    for employment_id, row in draft.months.items():
        claims = draft.claims.get(employment_id)
        worked = _worked_of(draft, employment_id) or ZERO
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
        if (said := _worked_of(draft, employment_id)) is not None:
            _lower_worked(row, said)


def _revised(
    draft: _Draft,
    sheet: _Sheet,
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
    return StatementLine(
        statement=sheet.statement,
        declaration=sheet.declaration,
        employment_month=draft.months[key[0]],
        kind=key[1],
        revision=old.revision + 1 if old else 1,
        hours=hours,
        declared_at=draft.at,
        declared_by=sheet.declaration.declared_by,
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


def _declared_total(statement: Statement) -> Decimal:
    return sum((line.hours for line in statement.lines.declared()), ZERO)

"""A company's month: what it declares for an award, checked whole, written whole or not at all."""

from collections.abc import Iterable
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
from coclause.hours.choices import LineState
from coclause.hours.models import Assignment, EmploymentMonth, Statement, StatementLine
from coclause.hours.permissions import may_declare, share_of
from coclause.organisations.scopes import Scope
from coclause.render import numbers

LONGEST_MONTH = Decimal(744)
"""Hours in 31 days: more cannot be worked by one person."""


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
        return sum(self.hours.values(), Decimal(0))


class MonthRefused(Refused):
    """Nothing was written; `problems` says why, by employment."""

    def __init__(self, problems: dict[int, str]) -> None:
        count = len(problems)
        super().__init__(
            f"{count} ligne{'s' * (count > 1)} à corriger : rien n’a été envoyé pour l’instant."
        )
        self.problems = problems


@dataclass(frozen=True)
class _Claims:
    """Hours of an employment's month, once an entry is written, as the database counts them.

    Kinds that the entry does not name stay as they are. Until a correction is validated, the
    larger of its figure and of the validated one is held.
    """

    elsewhere: Decimal
    declared: Decimal
    held: Decimal


@dataclass
class _Draft:
    """The month while it is being written: the locked rows and the lines they carry."""

    statement: Statement
    at: datetime
    months: dict[int, EmploymentMonth]
    latest: dict[tuple[int, str], StatementLine]
    claims: dict[int, _Claims] = field(default_factory=dict)
    problems: dict[int, str] = field(default_factory=dict)


@transaction.atomic
def declare_month(
    scope: Scope,
    award: Award,
    month: date,
    entries: Iterable[Entry],
    *,
    version: int,
    at: datetime | None = None,
) -> Statement:
    """Send a month. `version` is that of the statement as it was read (0: there was none).

    Raises PermissionDenied, `MonthRefused` (problems by employment) or `Conflict`; in each case
    nothing is written. Sending the same month twice writes nothing the second time.
    """
    if not may_declare(award, scope, month) or scope.user is None:
        raise PermissionDenied
    must_be_open(award, month, scope.day)
    entries = list(entries)
    share = share_of(award, scope)
    if share is not None:
        _must_say_something(award, month, entries)
    statement = locked_statement(award, month, scope.day, version)
    draft = _Draft(
        statement=statement,
        at=at or timezone.now(),
        months=_locked_months(entries, month),
        latest=_latest_lines(statement),
    )
    _check(draft, award, entries, share)
    if draft.problems:
        raise MonthRefused(draft.problems)
    _write(draft, entries, scope)
    total, name = _declared_total(statement), numbers.month_fr(month).capitalize()
    record_act(
        scope.user,
        "month.declared",
        f"{name} déclaré : {numbers.hours(total)}." if total else f"{name} : néant.",
        award.lot.contract.operation,
        *award.lot.clauses.all(),
        day=scope.day,
    )
    return statement


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


def locked_statement(award: Award, month: date, day: date, version: int) -> Statement:
    """The statement, locked, in the version that was read. Raises Conflict otherwise."""
    statement, created = Statement.objects.get_or_create(
        award=award, month=month, defaults={"declared_on": day}
    )
    if not created:
        statement = Statement.objects.select_for_update().get(pk=statement.pk)
        if statement.version != version:
            raise Conflict(
                "Ce mois vient d’être modifié par quelqu'un d’autre. Rechargez la page pour voir"
                " ses chiffres, puis reprenez les vôtres."
            )
        statement.version += 1
        statement.declared_on = day
        statement.save(update_fields=["version", "declared_on"])
    elif version:
        raise Conflict("Cette déclaration n’existe plus. Rechargez la page.")
    return statement


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
    rows = lines.select_related("employment_month")
    return {(line.employment_id, line.kind): line for line in rows}


def _check(draft: _Draft, award: Award, entries: list[Entry], share: frozenset[int] | None) -> None:
    month = draft.statement.month
    rows = Assignment.objects.filter(award=award).in_month(month, last_day(month))
    assigned = dict(rows.values_list("employment_id", "host_id"))
    for entry in entries:
        host = assigned.get(entry.employment_id)
        if host is not None and share is not None and host not in share:
            problem: str | None = (
                "Cette personne est suivie par une autre structure : c’est elle qui saisit."
            )
        else:
            problem = _problem(draft, entry, host is not None)
        if problem:
            draft.problems[entry.employment_id] = problem


def _problem(draft: _Draft, entry: Entry, assigned: bool) -> str | None:
    """The first reason to refuse this entry, in a sentence, or None."""
    if not assigned:
        return "Cette personne ne travaille pas sur ce marché ce mois-ci."
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
    claims = draft.claims[entry.employment_id] = _claims(draft, entry, row)
    elsewhere, worked = claims.elsewhere, entry.worked
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


def _claims(draft: _Draft, entry: Entry, row: EmploymentMonth) -> _Claims:
    now: dict[str, Decimal] = {}
    in_force: dict[str, Decimal] = {}
    for line in draft.statement.lines.filter(employment_month=row):
        validated = line.state == LineState.VALIDATED and line.superseded_at is None
        if validated:
            in_force[line.kind] = line.hours
        if validated or line.corrected_at is None:
            now[line.kind] = max(now.get(line.kind, Decimal(0)), line.hours)
    unnamed = sum((h for kind, h in now.items() if kind not in entry.hours), Decimal(0))
    named = (max(h, in_force.get(kind, Decimal(0))) for kind, h in entry.hours.items())
    return _Claims(
        elsewhere=row.hours_allocated - sum(now.values(), Decimal(0)),
        declared=entry.total + unnamed,
        held=sum(named, unnamed),
    )


def _too_much(worked: Decimal, counted: Decimal) -> str:
    left = max(worked - counted, Decimal(0))
    return (
        f"{worked.normalize():f} h travaillées ce mois-ci, dont {counted.normalize():f} h déjà"
        f" comptées par ailleurs : il en reste {left.normalize():f}. Écrivez ce nombre ou"
        " moins, ou corrigez le total travaillé du mois."
    )


def _write(draft: _Draft, entries: list[Entry], scope: Scope) -> None:
    entries = [entry for entry in entries if entry.employment_id in draft.months]
    for entry in entries:
        row, claims = draft.months[entry.employment_id], draft.claims[entry.employment_id]
        wanted = max(entry.worked or Decimal(0), claims.elsewhere + claims.held)
        if wanted > row.hours_worked:
            row.hours_worked = wanted
            row.save(update_fields=["hours_worked"])
    new: list[StatementLine] = []
    for entry in entries:
        for kind, hours in entry.hours.items():
            line = _revised(draft, entry.employment_id, kind, hours, scope)
            if line is not None:
                new.append(line)
    StatementLine.objects.bulk_create(new)
    for entry in entries:
        if entry.worked is not None:
            _lower_worked(draft.months[entry.employment_id], entry.worked)


def _revised(
    draft: _Draft, employment_id: int, kind: str, hours: Decimal, scope: Scope
) -> StatementLine | None:
    """The new revision to insert, the old one being closed; None when nothing changes."""
    old = draft.latest.get((employment_id, kind))
    if old is None and not hours:
        return None
    if old is not None:
        if old.hours == hours and old.state != LineState.RETURNED:
            return None
        StatementLine.objects.filter(pk=old.pk).update(corrected_at=draft.at)
    return StatementLine(
        statement=draft.statement,
        employment_month=draft.months[employment_id],
        kind=kind,
        revision=old.revision + 1 if old else 1,
        hours=hours,
        declared_at=draft.at,
        declared_by=scope.user,
    )


def _lower_worked(row: EmploymentMonth, worked: Decimal) -> None:
    """Bring a month's work down to what is said, never below what lines still claim."""
    EmploymentMonth.objects.filter(pk=row.pk).update(
        hours_worked=Greatest(Value(worked), F("hours_allocated"))
    )


def _declared_total(statement: Statement) -> Decimal:
    return sum((line.hours for line in statement.lines.declared()), Decimal(0))

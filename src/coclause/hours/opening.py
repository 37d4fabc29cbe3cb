"""The statement of a month, locked to be written: is it open, and is it still as it was read."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime

from coclause.clauses.calendars import days_of_execution, off_in_words
from coclause.clauses.models import Award
from coclause.core.months import last_day
from coclause.core.refusals import Conflict, Refused
from coclause.hours.choices import LineState
from coclause.hours.drafts import ZERO, Entry, Sending
from coclause.hours.models import Declaration, Statement, StatementLine
from coclause.organisations.scopes import Scope

GONE = "Cette déclaration n’existe plus. Rechargez la page."
MOVED = (
    "Ce mois vient d’être modifié par quelqu'un d’autre. Rechargez la page pour voir"
    " ses chiffres, puis reprenez les vôtres."
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


def locked_statement(award: Award, month: date, day: date) -> Statement:
    """The statement, locked; a new one is at version 0 until something is sent."""
    statement, created = Statement.objects.get_or_create(
        award=award, month=month, defaults={"declared_on": day, "version": 0}
    )
    if created:
        return statement
    return Statement.objects.select_for_update().get(pk=statement.pk)


def must_be_as_read(
    statement: Statement, version: int, people: Collection[int] | None = None
) -> None:
    """Raises Conflict when what is about to be written changed since `version` was read. `people`:
    the employments about to be written; None for hours without names.

    Two companies may each say their own people of the same month at the same time.
    """
    if version and not statement.version:
        raise Conflict(GONE)
    if statement.version == version:
        return
    lines = statement.lines.filter(declaration__version__gt=version)
    if people is None:
        lines = lines.filter(employment_month__isnull=True)
    else:
        lines = lines.filter(employment_month__employment__in=people)
    if lines.exists():
        raise Conflict(MOVED)


def next_version(statement: Statement, day: date) -> None:
    """Something is about to be sent: whoever read it before reads it again."""
    statement.version += 1
    statement.declared_on = day
    statement.save(update_fields=["version", "declared_on"])


def sent_as(
    statement: Statement,
    companies: Iterable[int | None],
    sending: Sending,
    scope: Scope,
    at: datetime,
) -> dict[int | None, Declaration]:
    """Write who sends that version of a month, and from what: one row by company that says it."""
    return {
        company: Declaration.objects.create(
            statement=statement,
            organisation_id=company,
            origin=sending.origin,
            invoice=sending.invoice.strip()[:60],
            version=statement.version,
            declared_at=at,
            declared_by=scope.user,
        )
        for company in companies
    }


def sent_already(
    statement: Statement, version: int, scope: Scope, lines: Collection[StatementLine]
) -> bool:
    """Whether the user sent that month after reading `version`, and nothing waits for them since.

    When it also says the same hours, it is the same sending: a double click.
    """
    later = statement.declarations.filter(version__gt=version).order_by("version", "pk")
    senders = set(later.values_list("declared_by", flat=True))
    return (
        bool(senders)
        and senders == {scope.user.pk if scope.user else 0}
        and not any(line.state == LineState.RETURNED for line in lines)
    )


def says_the_same(
    entries: Iterable[Entry], latest: Mapping[tuple[int, str], StatementLine]
) -> bool:
    """Whether the lines there are hold these very hours."""
    return all(
        hours == (line.hours if (line := latest.get((entry.employment_id, kind))) else ZERO)
        for entry in entries
        for kind, hours in entry.hours.items()
    )

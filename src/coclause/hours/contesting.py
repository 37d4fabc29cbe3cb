"""A company says that hours told by another one are not right. Nothing moves by itself.

The company that answers for an award contests what an employer declared itself; whoever checks
sees both figures, and decides by validating the line or sending it back.
"""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from coclause.core.journal import record_act
from coclause.core.refusals import Conflict, Refused
from coclause.hours.choices import LineState
from coclause.hours.declaring import LONGEST_MONTH
from coclause.hours.models import Contest, Statement, StatementLine
from coclause.hours.parties import Party, party_of
from coclause.organisations.scopes import Scope
from coclause.render.numbers import hours as hours_fr
from coclause.render.numbers import month_fr

LONGEST_REASON = 300
TOO_LATE = (
    "Cette ligne a été vérifiée ou corrigée entre-temps : elle ne se conteste plus. Si elle est"
    " fausse, écrivez au facilitateur."
)


def contests_of(statement: Statement) -> QuerySet[Contest]:
    """The open contests of a month: on lines that still wait for a check."""
    return (
        Contest.objects.filter(
            line__statement=statement,
            line__state=LineState.DECLARED,
            line__corrected_at__isnull=True,
        )
        .select_related("organisation", "line__employment_month")
        .order_by("pk")
    )


def outcomes(lines: Collection[StatementLine], companies: Collection[int]) -> dict[int, str]:
    """By line, in a sentence, what became of the last contest of these companies on it or on an
    earlier revision; nothing while it is open. `lines` are the latest revisions, with their
    declaration. One query, none when all still wait as they were first told.
    """
    moved = [line for line in lines if line.revision > 1 or not _waits(line)]
    if not moved:
        return {}
    rows = Contest.objects.filter(
        organisation__in=companies,
        line__statement__in={line.statement_id for line in moved},
        line__employment_month__in={line.employment_month_id for line in moved},
    )
    last = {_same(row.line): row for row in rows.select_related("line").order_by("line__revision")}
    return {
        line.pk: _outcome(row, line)
        for line in moved
        if (row := last.get(_same(line))) and not (row.line_id == line.pk and _waits(line))
    }


def contestant(scope: Scope, line: StatementLine) -> int:
    """The company in whose name the user contests. Raises PermissionDenied without the right.

    It answers for the award that month, and another company declared the line.
    """
    party = _party(scope, line)
    company = party.organisation_id if party else None
    if party is None or company is None or not party.whole or not _told_by_another(line, party):
        raise PermissionDenied
    return company


def may_contest(party: Party | None, line: StatementLine) -> bool:
    """Whether that part in the month contests this line now; `line` with its declaration."""
    return (
        party is not None
        and party.whole
        and not party.is_host
        and _told_by_another(line, party)
        and _waits(line)
    )


@transaction.atomic
def contest(
    scope: Scope,
    line: StatementLine,
    hours: Decimal | None,
    reason: str,
    *,
    at: datetime | None = None,
) -> Contest:
    """Contest a line, or change what was said of it. `hours` when the company knows them.

    Raises PermissionDenied, `Refused` or Conflict when the line no longer waits.
    """
    company = contestant(scope, line)
    reason = reason.strip()[:LONGEST_REASON]
    if not reason:
        raise Refused("Dites pourquoi : le facilitateur et l’employeur le liront.")
    if hours is not None and not 0 <= hours <= LONGEST_MONTH:
        raise Refused("Un mois compte au plus 744 heures : vérifiez le nombre.")
    if hours is not None and hours == line.hours:
        raise Refused("Ce nombre est celui de l’employeur : il n’y a rien à contester.")
    _lock(line)
    said = {"hours": hours, "reason": reason, "at": at or timezone.now(), "by": scope.user}
    made, created = Contest.objects.update_or_create(
        line=line, organisation_id=company, defaults=said
    )
    _tell(scope, line, "month.contested", "contestées" if created else "contestées autrement")
    return made


@transaction.atomic
def withdraw(scope: Scope, line: StatementLine) -> None:
    """Take a contest back, while the line waits. Raises Conflict when there is none to take."""
    company = contestant(scope, line)
    _lock(line)
    taken, _ = Contest.objects.filter(line=line, organisation=company).delete()
    if not taken:
        raise Conflict("Cette contestation n’existe plus : il n’y a rien à retirer.")
    _tell(scope, line, "month.uncontested", "contestées ne le sont plus")


def _party(scope: Scope, line: StatementLine) -> Party | None:
    return party_of(line.statement.award, scope, line.statement.month)


def _told_by_another(line: StatementLine, party: Party) -> bool:
    """Hours without names are those of the company that answers for the award itself."""
    said = line.declaration
    return (
        said is not None
        and said.organisation_id is not None
        and said.organisation_id not in party.companies
        and line.employment_month_id is not None
    )


def _same(line: StatementLine) -> tuple[int, int | None, str]:
    """What the revisions of a line share."""
    return line.statement_id, line.employment_month_id, line.kind


_SINCE = {
    LineState.DECLARED: ", à vérifier",
    LineState.VALIDATED: ", validées",
    LineState.RETURNED: ", renvoyées depuis",
}


def _outcome(said: Contest, line: StatementLine) -> str:
    """Without why a line was sent back: that is written for its employer."""
    about = f"Votre contestation du {timezone.localtime(said.at):%d/%m} :"
    if said.line_id != line.pk:
        host = line.declaration is None or line.declaration.organisation_id is None
        who = "le facilitateur" if host else "l’employeur"
        since = _SINCE[LineState(line.state)]
        return f"{about} {who} a corrigé la ligne à {hours_fr(line.hours)}{since}."
    if line.state == LineState.RETURNED:
        return f"{about} le facilitateur a renvoyé la ligne à l’employeur."
    return f"{about} le facilitateur a gardé {hours_fr(line.hours)}."


def _waits(line: StatementLine) -> bool:
    return line.state == LineState.DECLARED and line.corrected_at is None


def _lock(line: StatementLine) -> None:
    """Keep whoever checks or corrects this month waiting. Raises Conflict when one came first."""
    list(Statement.objects.select_for_update().filter(pk=line.statement_id).values_list("pk"))
    if not StatementLine.objects.to_check().filter(pk=line.pk).exists():
        raise Conflict(TOO_LATE)


def _tell(scope: Scope, line: StatementLine, verb: str, what: str) -> None:
    # Neither the figure nor the reason: they speak of a person, and the journal is read widely.
    award = line.statement.award
    record_act(
        scope.user,
        verb,
        f"{month_fr(line.statement.month).capitalize()} : des heures déclarées par une autre"
        f" entreprise, {what}.",
        award.lot.contract.operation,
        *award.lot.clauses.all(),
        day=scope.day,
    )

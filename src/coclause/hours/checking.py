"""The facilitator's side of a month: validate what is right, send back what is not."""

from collections.abc import Collection
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from coclause.core.journal import record_act
from coclause.core.refusals import Conflict, Refused
from coclause.hours.choices import LineState
from coclause.hours.models import EmploymentMonth, Statement, StatementLine
from coclause.hours.permissions import may_validate, share_of
from coclause.organisations.scopes import Scope
from coclause.render.numbers import hours, month_fr

MOVED = (
    "Ce mois a changé pendant que vous le lisiez : quelqu'un d’autre l’a vérifié ou corrigé."
    " Rien n’a été modifié ; relisez-le."
)


@transaction.atomic
def validate_lines(
    scope: Scope, statement: Statement, lines: Collection[int], *, at: datetime | None = None
) -> int:
    """Validate these lines, all of them or none. Returns how many.

    Raises PermissionDenied, or Conflict when one of them is no longer waiting: of two people (or
    two clicks) at once, one wins and the other is told.
    """
    waiting = _locked_waiting(scope, statement, lines)
    at = at or timezone.now()
    _supersede(waiting, at)
    done = StatementLine.objects.filter(pk__in=waiting, state=LineState.DECLARED).update(
        state=LineState.VALIDATED, validated_at=at, validated_by=scope.user
    )
    _tell(scope, statement, "month.validated", f"{_hours(waiting)} validées")
    return done


@transaction.atomic
def return_lines(
    scope: Scope,
    statement: Statement,
    lines: Collection[int],
    reason: str,
    *,
    at: datetime | None = None,
) -> int:
    """Send these lines back to the company, with the reason it will read. Returns how many."""
    if not reason.strip():
        raise Refused("Donnez un motif : l’entreprise le lira pour savoir quoi corriger.")
    waiting = _locked_waiting(scope, statement, lines)
    done = StatementLine.objects.filter(pk__in=waiting, state=LineState.DECLARED).update(
        state=LineState.RETURNED, returned_at=at or timezone.now(), return_reason=reason.strip()
    )
    # The reason stays at the line: it speaks of a person, and the journal is read more widely.
    _tell(scope, statement, "month.returned", f"{_hours(waiting)} renvoyées à l’entreprise")
    return done


def _locked_waiting(scope: Scope, statement: Statement, lines: Collection[int]) -> list[int]:
    if not may_validate(statement.award, scope):
        raise PermissionDenied
    if not lines:
        raise Refused("Choisissez au moins une ligne.")
    share = share_of(statement.award, scope)
    if share is not None:
        mine = StatementLine.objects.filter(statement=statement, pk__in=lines).in_share(share)
        if mine.count() != len(set(lines)):
            raise PermissionDenied
    lock_together([statement.pk], lines)
    waiting = list(
        StatementLine.objects.to_check()
        .filter(statement=statement, pk__in=lines)
        .values_list("pk", flat=True)
    )
    if len(waiting) != len(set(lines)):
        raise Conflict(MOVED)
    return waiting


def lock_together(statements: Collection[int], lines: Collection[int]) -> None:
    """Lock these statements, then the months their lines count in, each in order of id.

    Declaring locks in the same order: whoever shares these persons waits, and nobody in a ring.
    """
    list(Statement.objects.select_for_update().filter(pk__in=statements).order_by("pk"))
    months = StatementLine.objects.filter(pk__in=lines).values("employment_month")
    list(EmploymentMonth.objects.select_for_update().filter(pk__in=months).order_by("pk"))


def _supersede(lines: list[int], at: datetime) -> None:
    """Close the validated revision that each of these lines corrects."""
    newer = StatementLine.objects.same_line().filter(
        pk__in=lines, revision__gt=OuterRef("revision")
    )
    statements = StatementLine.objects.filter(pk__in=lines).values("statement")
    validated = StatementLine.objects.validated().filter(statement__in=statements)
    earlier = validated.alias(newer=Subquery(newer.values("pk")[:1]))
    pks = list(earlier.filter(newer__isnull=False).values_list("pk", flat=True))
    StatementLine.objects.filter(pk__in=pks).update(superseded_at=at)


def _hours(lines: list[int]) -> str:
    total = sum(StatementLine.objects.filter(pk__in=lines).values_list("hours", flat=True))
    return hours(total)


def _tell(scope: Scope, statement: Statement, verb: str, what: str) -> None:
    award = statement.award
    record_act(
        scope.user,
        verb,
        f"{month_fr(statement.month).capitalize()} : {what}.",
        award.lot.contract.operation,
        *award.lot.clauses.all(),
        day=scope.day,
    )

"""The facilitator's side of a month: validate what is right, send back what is not."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from coclause.core.journal import record_act
from coclause.core.refusals import Conflict, Refused
from coclause.hours.checks import remarks
from coclause.hours.choices import LineState
from coclause.hours.messages import tell_returned
from coclause.hours.models import Contest, EmploymentMonth, Statement, StatementLine
from coclause.hours.permissions import may_validate, share_of
from coclause.organisations.scopes import Scope
from coclause.render.numbers import hours, month_fr

MOVED = (
    "Ce mois a changé pendant que vous le lisiez : quelqu'un d’autre l’a vérifié ou corrigé."
    " Rien n’a été modifié ; relisez-le."
)
LONGEST_REASON = 300
TOO_LONG = f"Un motif fait {LONGEST_REASON} caractères au plus : allez à l’essentiel."
WHY = "Donnez un motif : l’entreprise le lira pour savoir quoi corriger."


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


def return_lines(
    scope: Scope,
    statement: Statement,
    lines: Collection[int],
    reason: str,
    *,
    at: datetime | None = None,
) -> int:
    """Send these lines back to the company for one reason: `return_each`."""
    return return_each(scope, statement, dict.fromkeys(lines, reason), at=at)


@transaction.atomic
def return_each(
    scope: Scope,
    statement: Statement,
    reasons: Mapping[int, str],
    *,
    at: datetime | None = None,
) -> int:
    """Send lines back to the company, each with the reason it will read there. Returns how many."""
    if not all(reason.strip() for reason in reasons.values()):
        raise Refused(WHY)
    if any(len(reason.strip()) > LONGEST_REASON for reason in reasons.values()):
        raise Refused(TOO_LONG)
    waiting = _locked_waiting(scope, statement, reasons)
    at = at or timezone.now()
    by_reason: dict[str, list[int]] = defaultdict(list)
    for line, reason in reasons.items():
        by_reason[reason.strip()].append(line)
    done = 0
    for reason, lines in by_reason.items():
        done += StatementLine.objects.filter(pk__in=lines, state=LineState.DECLARED).update(
            state=LineState.RETURNED, returned_at=at, return_reason=reason
        )
    # The reason stays at the line: it speaks of a person, and the journal is read more widely.
    _tell(scope, statement, "month.returned", f"{_hours(waiting)} renvoyées à l’entreprise")
    tell_returned(statement, waiting, scope.day)
    return done


@dataclass
class Validated:
    """What validating several months at once did: by statement, hours validated, or left as is."""

    done: dict[int, Decimal] = field(default_factory=dict)
    moved: list[int] = field(default_factory=list)
    """Changed, checked by somebody else or contested since they were read."""
    remarked: list[int] = field(default_factory=list)
    """With a remark: they are opened one by one."""


@transaction.atomic
def validate_statements(
    scope: Scope, read: Mapping[int, str], *, at: datetime | None = None
) -> Validated:
    """Validate whole months, each all or nothing, as they were read: by statement, its mark.

    A month that changed since, or has a remark, is left as it is. Raises PermissionDenied when one
    is not the user's to check. All are locked at once, in order: see `lock_together`.
    """
    statements = list(
        Statement.objects.filter(pk__in=read)
        .select_related("award__lot__contract__operation")
        .order_by("award_id", "month")
    )
    if len(statements) != len(read) or not all(may_validate(s.award, scope) for s in statements):
        raise PermissionDenied
    mine = StatementLine.objects.to_check().handled_by(scope).filter(statement__in=read)
    lock_together(list(read), list(mine.values_list("pk", flat=True)))
    lines = waiting_of(statements, scope)
    marks = marks_of(lines)
    noted = remarks(statements, day=scope.day)
    told = Validated()
    for statement in statements:
        held = lines.get(statement.pk, {})
        if not held or marks.get(statement.pk) != read[statement.pk]:
            told.moved.append(statement.pk)
        elif statement.pk in noted:
            told.remarked.append(statement.pk)
        else:
            validate_lines(scope, statement, held, at=at)
            told.done[statement.pk] = sum(held.values(), Decimal(0))
    return told


def waiting_of(statements: Iterable[Statement], scope: Scope) -> dict[int, dict[int, Decimal]]:
    """By statement, the lines that the user has to check, with their hours. One query."""
    found: dict[int, dict[int, Decimal]] = defaultdict(dict)
    rows = StatementLine.objects.to_check().handled_by(scope)
    rows = rows.filter(statement__in=[statement.pk for statement in statements])
    for pk, statement, declared in rows.order_by("pk").values_list("pk", "statement_id", "hours"):
        found[statement][pk] = declared
    return found


def marks_of(lines: Mapping[int, Collection[int]]) -> dict[int, str]:
    """By statement, what these lines and their contests are, in short: it moves with them. One
    query.
    """
    contests: dict[int, list[str]] = defaultdict(list)
    every = [pk for found in lines.values() for pk in found]
    rows = Contest.objects.filter(line__in=every).order_by("pk")
    for statement, pk, said, at in rows.values_list("line__statement_id", "pk", "hours", "at"):
        contests[statement].append(f"{pk}:{said}:{at.isoformat()}")
    marks = {}
    for statement, found in lines.items():
        told = "|".join([*(str(pk) for pk in sorted(found)), *contests[statement]])
        marks[statement] = hashlib.sha256(told.encode()).hexdigest()[:32]
    return marks


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
    """Lock these statements, by award then month, then the months of people their lines count in,
    in order of id.

    Declaring locks in the same order: whoever shares these persons waits, and nobody in a ring.
    """
    rows = Statement.objects.select_for_update().filter(pk__in=statements)
    list(rows.order_by("award_id", "month").values_list("pk"))
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

"""The facilitator's check of a month: accept what is right, send back what is not."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from coclause.clauses.models import Clause
from coclause.core.months import shift
from coclause.core.parameters import parameter
from coclause.core.refusals import Conflict, Refused
from coclause.core.working_days import add_working_days
from coclause.hours.checking import (
    MOVED,
    lock_together,
    marks_of,
    return_each,
    validate_lines,
)
from coclause.hours.checks import remarks
from coclause.hours.choices import LineState
from coclause.hours.due import statements_to_check
from coclause.hours.models import Statement, StatementLine
from coclause.render.numbers import hours
from coclause.web.clauses import clause
from coclause.web.clauses.access import clause_view, handled_award
from coclause.web.clauses.check_rows import rows_of, sendings_of
from coclause.web.clauses.months import name as month_name
from coclause.web.clauses.months import of
from coclause.web.middleware import ScopedRequest
from coclause.web.pages import id_in

REASONS = (
    "La feuille d’heures ou le bulletin de paie manque.",
    "Le bulletin de paie indique un autre nombre d’heures.",
    "Le contrat de travail ou de mission manque.",
    "Cette personne n’a pas travaillé sur ce marché ce mois-ci.",
    "La nature des heures est à corriger.",
    "Ces heures sont déjà comptées ailleurs.",
)
"""Reasons offered for sending a line back; the facilitator may write another one."""
LONGEST_REASON = 300
HELD_BACK = (
    "Une ligne porte un motif de renvoi : choisissez « Renvoyer les lignes qui ont un motif,"
    " valider les autres », ou effacez le motif."
)


def page(request: ScopedRequest, pk: int, month: date) -> HttpResponse:
    award = handled_award(pk, request.scope)
    statement = get_object_or_404(Statement, award=award, month=month)
    if request.method != "POST":
        return _show(request, award, statement)
    try:
        told = _act(request, statement)
    except Refused as refusal:
        conflict = isinstance(refusal, Conflict)
        return _show(
            request,
            award,
            statement,
            status=409 if conflict else 422,
            refusal=refusal.sentence,
            conflict=conflict,
        )
    messages.success(request, told)
    return _next(request, award)


@require_POST
def validate_plain(request: ScopedRequest, pk: int) -> HttpResponse:
    """Validate at once every statement of a clause that has no remark, as it was read."""
    view = clause_view(pk, request.scope)
    if not view.handled:
        raise PermissionDenied
    try:
        with transaction.atomic():
            done, total = _validate_plain(request, view.awards)
    except Conflict as conflict:
        fresh = clause_view(pk, request.scope)
        told = clause.context(request, fresh, refusal=conflict.sentence)
        return render(request, "clauses/clause.html", told, status=409)
    messages.success(request, f"{done} mois validé{'s' * (done > 1)} : {hours(total)}.")
    return redirect("clause", pk=pk)


def _validate_plain(request: ScopedRequest, awards: list[Any]) -> tuple[int, Decimal]:
    """All or nothing: a line that changed, or a remark come meanwhile, is a Conflict."""
    read = _ids(request, "ligne")
    lines = StatementLine.objects.filter(pk__in=read, statement__award__in=awards)
    by_statement: dict[int, list[int]] = defaultdict(list)
    total = Decimal(0)
    for pk, statement_id, declared in lines.values_list("pk", "statement_id", "hours"):
        by_statement[statement_id].append(pk)
        total += declared
    statements = list(Statement.objects.filter(pk__in=by_statement).order_by("award_id", "month"))
    found = sum(len(pks) for pks in by_statement.values())
    if not read or found != len(read):
        raise Conflict(MOVED)
    lock_together([statement.pk for statement in statements], read)
    if remarks(statements, day=request.scope.day):
        raise Conflict(MOVED)
    for statement in statements:
        validate_lines(request.scope, statement, by_statement[statement.pk])
    return len(statements), total


@transaction.atomic
def _act(request: ScopedRequest, statement: Statement) -> str:
    """Do what the button says. Returns what to tell."""
    ticked, read = _ids(request, "ligne"), _ids(request, "lue")
    _as_read(request, statement, read)
    reasons = _reasons(request, read)
    done = back = 0
    match request.POST.get("acte"):
        case "tout":
            _nothing_held_back(reasons)
            done = validate_lines(request.scope, statement, read)
        case "valider":
            _nothing_held_back(reasons)
            done = validate_lines(request.scope, statement, ticked)
        case "renvoyer":
            common = request.POST.get("motif", "")
            given = {line: reasons.get(line, common) for line in {*ticked, *reasons}}
            back = return_each(request.scope, statement, given)
        case "trier":
            back, done = _sort_out(request, statement, read, reasons)
        case other:
            raise BadRequest(other)
    return _told(done, back, of(statement.month, request.scope.day))


def _sort_out(
    request: ScopedRequest, statement: Statement, read: list[int], reasons: Mapping[int, str]
) -> tuple[int, int]:
    """Send back the lines that have a reason, validate the others. How many of each."""
    if not reasons:
        raise Refused("Aucune ligne ne porte de motif : écrivez-en un, ou validez tout.")
    back = return_each(request.scope, statement, reasons)
    others = [line for line in read if line not in reasons]
    return back, validate_lines(request.scope, statement, others) if others else 0


def _as_read(request: ScopedRequest, statement: Statement, read: list[int]) -> None:
    """Lock what was read, all at once. Raises Conflict when a line of it is contested since, or is
    contested otherwise.
    """
    if not read:
        return
    lock_together([statement.pk], read)
    seen = request.POST.get("vu")
    if seen and marks_of({statement.pk: read})[statement.pk] != seen:
        raise Conflict(
            "Une entreprise a contesté une ligne pendant que vous lisiez ce mois. Rien n’a été"
            " modifié ; relisez-le."
        )


def _nothing_held_back(reasons: Mapping[int, str]) -> None:
    """A reason typed at a line is not lost by validating around it."""
    if reasons:
        raise Refused(HELD_BACK)


def _reasons(request: ScopedRequest, read: list[int]) -> dict[int, str]:
    """The reasons typed at the lines, by line."""
    typed = {line: request.POST.get(f"motif-{line}", "").strip() for line in read}
    return {line: reason[:LONGEST_REASON] for line, reason in typed.items() if reason}


def _told(done: int, back: int, of_month: str) -> str:
    """ "2 lignes d’octobre validées, 1 ligne renvoyée : …"."""
    parts = []
    if done:
        parts.append(f"{_lines(done)} {of_month} validée{'s' * (done > 1)}")
    if back:
        when = "" if done else f" {of_month}"
        parts.append(
            f"{_lines(back)}{when} renvoyée{'s' * (back > 1)} :"
            " l’entreprise lira le motif à la ligne"
        )
    return f"{', '.join(parts)}."


def _lines(count: int) -> str:
    return f"{count} ligne{'s' * (count > 1)}"


def _ids(request: ScopedRequest, name: str) -> list[int]:
    read = (id_in(value) for value in request.POST.getlist(name))
    return sorted({pk for pk in read if pk is not None})


def _next(request: ScopedRequest, award: Any) -> HttpResponse:
    """The next statement that waits: of this award first, then the user's oldest."""
    waiting = statements_to_check(request.scope)
    following = waiting.filter(award=award).order_by("month").first()
    following = following or waiting.order_by("declared_on", "month", "pk").first()
    if following is None:
        messages.info(request, "Plus aucun mois à vérifier.")
        return redirect("desk")
    return redirect("month-check", pk=following.award_id, month=following.month)


def _show(
    request: ScopedRequest, award: Any, statement: Statement, *, status: int = 200, **more: Any
) -> HttpResponse:
    scope = request.scope
    rows, of_month = rows_of(request, statement, award.holder_id)
    waiting = [row for row in rows if row.line.state == LineState.DECLARED]
    _keep_typed(request, waiting)
    read = [row.line.pk for row in waiting]
    delay = int(parameter("validation_delay", scope.day))
    first = Clause.objects.visible_to(scope).filter(lot=award.lot_id).order_by("pk").first()
    context = {
        "award": award,
        "statement": statement,
        "name": month_name(statement.month, scope.day),
        "previous_name": month_name(shift(statement.month, -1), scope.day),
        "waiting": waiting,
        "others": [row for row in rows if row.line.state != LineState.DECLARED],
        "sendings": sendings_of(statement),
        "month_remarks": of_month,
        "total": sum((row.line.hours for row in waiting), Decimal(0)),
        "remark_count": len(of_month) + sum(len(row.remarks) for row in waiting),
        "seen": marks_of({statement.pk: read})[statement.pk] if read else "",
        "by": add_working_days(statement.declared_on, delay),
        "clause": first,
        "reasons": REASONS,
        "ticked": _ids(request, "ligne"),
        "reason": request.POST.get("motif", ""),
    }
    return render(request, "clauses/check.html", context | more, status=status)


def _keep_typed(request: ScopedRequest, waiting: list[Any]) -> None:
    for row in waiting:
        row.reason = request.POST.get(f"motif-{row.line.pk}", "")

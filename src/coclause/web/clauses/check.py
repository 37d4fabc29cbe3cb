"""The facilitator's check of a month: accept what is right, send back what is not."""

from collections import defaultdict
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
from coclause.hours.checking import MOVED, lock_together, return_lines, validate_lines
from coclause.hours.checks import remarks
from coclause.hours.choices import LineState
from coclause.hours.due import statements_to_check
from coclause.hours.models import Statement, StatementLine
from coclause.people.actions import names_of
from coclause.render.numbers import hours
from coclause.web.clauses import clause, table
from coclause.web.clauses.access import clause_view, handled_award
from coclause.web.clauses.months import name as month_name
from coclause.web.middleware import ScopedRequest
from coclause.web.pages import id_in


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
            ticked=_ids(request, "ligne"),
            reason=request.POST.get("motif", ""),
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
    statements = list(Statement.objects.filter(pk__in=by_statement).order_by("pk"))
    found = sum(len(pks) for pks in by_statement.values())
    if not read or found != len(read) or remarks(statements, day=request.scope.day):
        raise Conflict(MOVED)
    lock_together([statement.pk for statement in statements], read)
    for statement in statements:
        validate_lines(request.scope, statement, by_statement[statement.pk])
    return len(statements), total


def _act(request: ScopedRequest, statement: Statement) -> str:
    """Do what the button says. Returns what to tell."""
    ticked, read = _ids(request, "ligne"), _ids(request, "lue")
    name = month_name(statement.month, request.scope.day)
    match request.POST.get("acte"):
        case "tout":
            done = validate_lines(request.scope, statement, read)
        case "valider":
            done = validate_lines(request.scope, statement, ticked)
        case "renvoyer":
            back = return_lines(request.scope, statement, ticked, request.POST.get("motif", ""))
            return (
                f"{_lines(back)} de {name} renvoyée{'s' * (back > 1)} :"
                " l’entreprise lira le motif à la ligne."
            )
        case other:
            raise BadRequest(other)
    return f"{_lines(done)} de {name} validée{'s' * (done > 1)}."


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
    rows = _rows(request, statement, award.holder_id)
    waiting = [row for row in rows if row["line"].state == LineState.DECLARED]
    delay = int(parameter("validation_delay", scope.day))
    first = Clause.objects.visible_to(scope).filter(lot=award.lot_id).order_by("pk").first()
    context = {
        "award": award,
        "statement": statement,
        "name": month_name(statement.month, scope.day),
        "previous_name": month_name(shift(statement.month, -1), scope.day),
        "waiting": waiting,
        "others": [row for row in rows if row["line"].state != LineState.DECLARED],
        "total": sum((row["line"].hours for row in waiting), Decimal(0)),
        "remark_count": sum(len(row["remarks"]) for row in waiting),
        "by": add_working_days(statement.declared_on, delay),
        "clause": first,
        "ticked": [],
    }
    return render(request, "clauses/check.html", context | more, status=status)


def _rows(
    request: ScopedRequest, statement: Statement, holder_id: int | None
) -> list[dict[str, Any]]:
    """The latest lines of the statement, with names, last month and remarks."""
    kept = statement.lines.filter(corrected_at__isnull=True).handled_by(request.scope)
    lines = list(kept.select_related("employment_month"))
    facts = table.facts_of(_employment(line) for line in lines)
    names = names_of(
        request.scope,
        {fact.identity_id for fact in facts.values()},
        page=f"Vérification {statement.month:%m/%Y}, marché {statement.award_id}",
    )
    noted = remarks([statement], day=request.scope.day).get(statement.pk, [])
    before = _before(statement)
    rows = []
    for line in lines:
        employment = _employment(line)
        if employment is None:
            name = "Déclaration collective"
            about = f"{table.people(line.headcount or 0)}, sans noms"
        else:
            fact = facts[employment]
            name = names.get(fact.identity_id, "Une personne d’une autre structure")
            about = table.described(fact, [holder_id])
        rows.append(
            {
                "line": line,
                "name": name,
                "about": about,
                "previous": before.get((employment, line.kind)),
                "remarks": [r for r in noted if r.employment_id == employment],
            }
        )
    return sorted(rows, key=_order)


def _employment(line: StatementLine) -> int | None:
    """None for hours without names."""
    return line.employment_id if line.employment_month_id else None


def _order(row: dict[str, Any]) -> tuple[bool, str, str]:
    line = row["line"]
    return line.employment_month_id is None, str(row["name"]), line.kind


def _before(statement: Statement) -> dict[tuple[int | None, str], Decimal]:
    rows = StatementLine.objects.declared().filter(
        statement__award=statement.award_id, statement__month=shift(statement.month, -1)
    )
    return {
        (employment, kind): declared
        for employment, kind, declared in rows.values_list(
            "employment_month__employment_id", "kind", "hours"
        )
    }

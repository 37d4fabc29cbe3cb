"""The months to check of whoever follows clauses: one by one, or at once those without remark."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import Count, Min, OuterRef, Subquery, Sum
from django.http import Http404, HttpResponse
from django.shortcuts import render

from coclause.clauses.models import Award
from coclause.core.parameters import parameter
from coclause.core.refusals import Conflict, Refused
from coclause.core.working_days import add_working_days
from coclause.hours.checking import Validated, marks_of, validate_statements, waiting_of
from coclause.hours.checks import Remark, remarks
from coclause.hours.choices import Origin
from coclause.hours.due import statements_to_check
from coclause.hours.models import Statement, StatementLine
from coclause.hours.queries import LineQuerySet, StatementQuerySet
from coclause.organisations.scopes import Scope
from coclause.render.numbers import hours
from coclause.web.middleware import ScopedRequest
from coclause.web.once import new_token, once
from coclause.web.pages import PER_PAGE, id_in, sorted_rows

KEYS = {
    "mois": "month",
    "marche": "award__lot__contract__operation__name",
    "entreprise": "holder",
    "heures": "waiting",
    "depuis": "since",
}
SHOWN = {"": "tous", "sans": "sans remarque", "avec": "avec remarque"}
MOVED = "Ces mois ont changé depuis : rien n’a été validé. Relisez la liste."


@dataclass
class Waiting:
    """A month that waits for a check, as the list shows it."""

    statement: Any
    """With `waiting` hours, `since`, `people`, `holder`."""
    remarks: list[Remark]
    origins: list[str]
    by: date
    """The last day to check it."""
    mark: str
    """What was read of it: see `marks_of`."""

    @property
    def key(self) -> str:
        return f"{self.statement.pk}:{self.mark}"

    @property
    def severe(self) -> bool:
        return any(remark.severity == "à corriger" for remark in self.remarks)


def page(request: ScopedRequest) -> HttpResponse:
    if not request.scope.hosts:
        raise PermissionDenied
    if request.method != "POST":
        return _show(request)
    try:
        return _validate(request)
    except Refused as refusal:
        status = 409 if isinstance(refusal, Conflict) else 422
        return _show(request, status=status, refusal=refusal.sentence)


def _validate(request: ScopedRequest) -> HttpResponse:
    """Validate the months chosen, or all those of the page that have no remark, as read."""
    name = "simple" if request.POST.get("acte") == "simples" else "mois"
    read = dict(_read(value) for value in request.POST.getlist(name))
    if not read:
        raise Refused("Choisissez au moins un mois.")
    seen = Statement.objects.visible_to(request.scope).filter(pk__in=read)
    if seen.count() != len(read):
        raise Http404
    token = request.POST.get("once", "")[:64]
    return once(request, token, lambda: _validated(request, read))


def _validated(request: ScopedRequest, read: dict[int, str]) -> str:
    told = validate_statements(request.scope, read)
    if not told.done and not told.remarked:
        raise Conflict(MOVED)
    _tell(request, told)
    return request.get_full_path()


def _tell(request: ScopedRequest, told: Validated) -> None:
    done, total = len(told.done), sum(told.done.values(), Decimal(0))
    if done:
        s = "s" * (done > 1)
        messages.success(request, f"{done} mois validé{s} : {hours(total)}.")
    if told.remarked:
        messages.warning(
            request,
            f"{len(told.remarked)} mois avec remarque : ouvrez-le pour décider. Il n’a pas été"
            " validé."
            if len(told.remarked) == 1
            else f"{len(told.remarked)} mois avec remarque : ouvrez-les un par un pour décider. Ils"
            " n’ont pas été validés.",
        )
    if told.moved:
        messages.warning(
            request,
            "1 mois a changé depuis que vous l’avez lu : il n’a pas été validé, relisez-le."
            if len(told.moved) == 1
            else f"{len(told.moved)} mois ont changé depuis que vous les avez lus : ils n’ont pas"
            " été validés, relisez-les.",
        )


def _read(value: str) -> tuple[int, str]:
    """ "12:mark". Raises Http404 for anything else: no page offers it."""
    text, _, mark = value.partition(":")
    pk = id_in(text)
    if pk is None:
        raise Http404
    return pk, mark


def _show(request: ScopedRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    scope = request.scope
    rows, sort = sorted_rows(request, _rows(scope), KEYS, "depuis")
    every: list[Any] = list(rows)
    noted = remarks(every, day=scope.day)
    asked = request.GET.get("remarques", "")
    asked = asked if asked in SHOWN else ""
    if asked:
        every = [row for row in every if (row.pk in noted) == (asked == "avec")]
    shown = Paginator(every, PER_PAGE).get_page(request.GET.get("page"))
    listed = _listed(shown, noted, scope)
    plain = [row for row in listed if not row.remarks]
    context = {
        "rows": listed,
        "page": shown,
        "sort": sort,
        "plain": plain,
        "plain_hours": sum((row.statement.waiting for row in plain), Decimal(0)),
        "count": len(every),
        "total": sum((row.waiting for row in every), Decimal(0)),
        "noted": sum(row.pk in noted for row in every),
        "shown": asked,
        "choices": [(value, label, value == asked) for value, label in SHOWN.items()],
        "once": new_token(),
    }
    return render(request, "checks/waiting.html", context | more, status=status)


def _rows(scope: Scope) -> StatementQuerySet:
    """The statements that wait for the user, with what each line of the list names."""
    mine = StatementLine.objects.to_check().filter(statement=OuterRef("pk")).handled_by(scope)
    holder: Any = Award.objects.with_holder(scope.day).filter(pk=OuterRef("award"))
    rows: StatementQuerySet = statements_to_check(scope).annotate(
        waiting=_of(mine, Sum("hours")),
        since=_of(mine, Min("declared_at")),
        people=_of(mine, Count("employment_month", distinct=True)),
        holder=Subquery(holder.values("holder")[:1]),
    )
    return rows.select_related("award__lot__contract__operation__buyer")


def _of(lines: LineQuerySet, what: Any) -> Subquery:
    found = lines.order_by().values("statement").annotate(found=what)
    return Subquery(found.values("found")[:1])


def _listed(shown: Page[Any], noted: dict[int, list[Remark]], scope: Scope) -> list[Waiting]:
    statements = list(shown.object_list)
    lines = waiting_of(statements, scope)
    marks = marks_of(lines)
    holders = {statement.pk: statement.holder for statement in statements}
    origins = _origins([pk for found in lines.values() for pk in found], holders)
    delay = int(parameter("validation_delay", scope.day))
    return [
        Waiting(
            statement,
            noted.get(statement.pk, []),
            origins.get(statement.pk, []),
            add_working_days(statement.since.date(), delay),
            marks.get(statement.pk, ""),
        )
        for statement in statements
    ]


def _origins(lines: list[int], holders: Mapping[int, str | None]) -> dict[int, list[str]]:
    """From what the lines that wait were sent, and by whom when it is another company than the
    holder, named already. One query.
    """
    rows = (
        StatementLine.objects.filter(pk__in=lines, declaration__isnull=False)
        .order_by("statement", "declaration__organisation__name", "declaration__origin")
        .values_list(
            "statement_id",
            "declaration__origin",
            "declaration__organisation__name",
            "declaration__invoice",
        )
        .distinct()
    )
    found: dict[int, list[str]] = defaultdict(list)
    for statement, origin, company, invoice in rows:
        label = Origin(origin).label
        number = f", n° {invoice}" if invoice else ""
        by = f" · {company}" if company and company != holders[statement] else ""
        found[statement].append(f"{label}{number}{by}")
    return found

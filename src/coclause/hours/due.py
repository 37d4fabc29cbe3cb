"""What months of hours wait for: to declare, to correct, to check; and what to watch."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Aggregate, Exists, Min, OuterRef, Q, Subquery, Sum
from django.db.models.functions import TruncMonth

from coclause.clauses.due import DueItem, followed
from coclause.clauses.models import Award, AwardMember
from coclause.clauses.queries import AwardQuerySet
from coclause.clauses.states import Turn
from coclause.core.months import shift
from coclause.core.parameters import parameter
from coclause.core.periods import on_day
from coclause.core.working_days import add_working_days
from coclause.hours.checks import remarks
from coclause.hours.globalised import Judged, judged
from coclause.hours.models import Statement, StatementLine
from coclause.hours.owing import declare_by, owed, owed_by, running
from coclause.hours.parties import Months
from coclause.hours.progress import Progress, progress_of_clauses
from coclause.hours.queries import LineQuerySet, StatementQuerySet
from coclause.hours.silence import contacts_silent
from coclause.hours.steering.warnings import followed_running, warnings_among
from coclause.organisations.models import Organisation
from coclause.organisations.scopes import Scope
from coclause.render.numbers import MONTHS, hours

OPERATION = "lot__contract__operation"


def named(months: Collection[date], day: date) -> str:
    """ "octobre", "octobre 2025" out of the year at hand, "3 mois, août à octobre"."""
    ordered = sorted(months)
    if len(ordered) == 1:
        return _month(ordered[0], day)
    return f"{len(ordered)} mois, {_month(ordered[0], day)} à {_month(ordered[-1], day)}"


def _month(month: date, day: date) -> str:
    name = MONTHS[month.month - 1]
    return name if month.year == day.year else f"{name} {month.year}"


def _awards_followed(scope: Scope) -> AwardQuerySet:
    return running(Award.objects.filter(followed(OPERATION, scope)))


def statements_to_check(scope: Scope) -> StatementQuerySet:
    """Statements with lines waiting for a check, on the operations that the user follows."""
    pending = StatementLine.objects.to_check().filter(statement=OuterRef("pk")).handled_by(scope)
    mine = followed(f"award__{OPERATION}", scope)
    return Statement.objects.filter(mine).filter(Exists(pending))


def lines_of_company(scope: Scope, path: str = "") -> Q:
    """In a query over lines: those that the user's companies sent, and those that nobody else did
    on the awards they answer for.
    """
    sent = Q(**{f"{path}declaration__organisation__in": scope.companies})
    answered = Award.objects.answered_by(scope.companies, scope.day).values("pk")
    nobodys = Q(**{f"{path}declaration__organisation__isnull": True})
    return sent | (nobodys & Q(**{f"{path}statement__award__in": answered}))


def statements_returned(scope: Scope) -> StatementQuerySet:
    """Statements with lines sent back to the user's companies."""
    back = StatementLine.objects.returned().filter(
        lines_of_company(scope), statement=OuterRef("pk")
    )
    return Statement.objects.filter(Exists(back), _own_months(scope))


def _own_months(scope: Scope) -> Q:
    """Statements of the awards that the user's companies take part in, in the months of their part.

    Who replaces another does not mend its months; who left is asked nothing.
    """
    parts = AwardMember.objects.alias(first=TruncMonth("starts_on")).filter(
        on_day(scope.day),
        Q(ends_on__isnull=True) | Q(ends_on__gte=OuterRef("month")),
        first__lte=OuterRef("month"),
        award=OuterRef("award"),
        organisation__in=scope.companies,
    )
    return Q(Exists(parts))


def due(scope: Scope) -> list[DueItem]:
    """What months wait for, for whoever follows the clauses and for the companies."""
    items: list[DueItem] = []
    if scope.hosts:
        items += _checks_due(scope, statements_to_check(scope))
        rows = owed(_awards_followed(scope), scope.day)
        items += _months_asked(rows, scope)
        items += contacts_silent(scope, rows)
        followed_here = followed(f"award__{OPERATION}", scope)
        items += _returned(scope, followed_here, StatementLine.objects.all(), Turn.FACILITATOR)
    if scope.companies:
        items += _months_owed(scope)
        mine, own = _own_months(scope), StatementLine.objects.filter(lines_of_company(scope))
        items += _returned(scope, mine, own, Turn.COMPANY)
        items += _sent(scope, mine, own)
    return items


def count_due(scope: Scope) -> int:
    """How many of these are the user's turn: one query for a host, a few for a company."""
    count = 0
    if scope.hosts:
        count += statements_to_check(scope).order_by().values("award").distinct().count()
    if scope.companies:
        count += statements_returned(scope).count()
        count += bool(owed_by(scope))
    return count


def _months_owed(scope: Scope) -> Iterable[DueItem]:
    """For a company: one thing to do, whatever the number of months and awards, the oldest first.

    Sending a month leads to the next one.
    """
    months = owed_by(scope)
    if not months:
        return []
    first = min(months)
    awards = {award.pk: award for found in months.values() for award in found}
    return [
        DueItem(
            kind="declare",
            what=f"Déclarer {named(months, scope.day)}",
            about=_of_awards(list(awards.values())),
            url_name="company-month",
            url_args=(f"{first:%Y-%m}",),
            action="Déclarer",
            turn=Turn.COMPANY,
            since=shift(first, 1),
            by=declare_by(first, parameter("statement_due_day", scope.day)),
        )
    ]


def _of_awards(awards: list[Any]) -> str:
    """The award by its name, several by their number."""
    if len(awards) == 1:
        lot = awards[0].lot
        operation = lot.contract.operation
        return f"{operation}, lot {lot.number} · {operation.buyer}"
    names = sorted({str(award.lot.contract.operation) for award in awards})
    return f"{len(awards)} marchés : {', '.join(names)}"


def _months_asked(rows: list[tuple[Any, Months]], scope: Scope) -> Iterable[DueItem]:
    """For a host: one thing to wait for by award and company, or to type for a company replaced."""
    if not rows:
        return []
    due_day = parameter("statement_due_day", scope.day)
    others = {
        company for award, missing in rows for company in missing if company != award.holder_id
    }
    names = dict(Organisation.objects.filter(pk__in=others).values_list("pk", "name"))
    return [
        _month_asked(_Asked(award, company, months, names.get(company)), due_day, scope.day)
        for award, missing in rows
        for company, months in missing.items()
    ]


@dataclass(frozen=True)
class _Asked:
    """Months that a company has not said (0: one replaced since); `name` when not the holder's."""

    award: Any
    company: int
    months: list[date]
    name: str | None


def _month_asked(asked: _Asked, due_day: Decimal, day: date) -> DueItem:
    award, company, months = asked.award, asked.company, asked.months
    first = months[0]
    by = declare_by(first, due_day)
    what = named(months, day)
    silent = not company or (award.ends_on < day and by < day)
    said = f"Demander {what} : l’exécution est finie" if silent else f"Déclarer {what}"
    if not company:
        said = f"Saisir {what} : l’entreprise d’alors a été remplacée"
    lot = award.lot
    who = asked.name or award.holder or "titulaire non connu"
    return DueItem(
        kind="silent" if silent else "declare",
        what=said,
        about=f"{lot.contract.operation}, lot {lot.number} · {who}",
        url_name="month",
        url_args=(award.pk, f"{first:%Y-%m}"),
        action="Saisir le mois",
        turn=Turn.FACILITATOR if silent else Turn.COMPANY,
        since=shift(first, 1),
        by=None if silent else by,
        theirs=not silent,
    )


def _checks_due(scope: Scope, statements: StatementQuerySet) -> Iterable[DueItem]:
    """One thing to do for each award: its months to check, the oldest first."""
    mine = StatementLine.objects.to_check().filter(statement=OuterRef("pk")).handled_by(scope)
    rows = list(
        statements.select_related(f"award__{OPERATION}")
        .annotate(waiting=_of_lines(mine, Sum("hours")), since=_of_lines(mine, Min("declared_at")))
        .order_by("month", "pk")
    )
    if not rows:
        return []
    delay = int(parameter("validation_delay", scope.day))
    noted = remarks(rows, day=scope.day)
    awards: Iterable[Any] = Award.objects.filter(pk__in={row.award_id for row in rows}).with_holder(
        scope.day
    )
    holders = {award.pk: award.holder for award in awards}
    by_award: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        by_award[row.award_id].append(row)
    return [
        _check_due(months, holders[pk], sum(len(noted.get(m.pk, ())) for m in months), delay, scope)
        for pk, months in by_award.items()
    ]


def _check_due(
    months: list[Any], holder: str | None, notes: int, delay: int, scope: Scope
) -> DueItem:
    first = months[0]
    lot = first.award.lot
    what = named([row.month for row in months], scope.day)
    total = hours(sum((row.waiting for row in months), Decimal(0)))
    noted = f", {notes} remarque{'s' * (notes > 1)}" if notes else ""
    since = min(row.since for row in months).date()
    return DueItem(
        kind="check",
        what=f"Vérifier {what} : {total}{noted}",
        about=f"{lot.contract.operation}, lot {lot.number} · {holder or 'titulaire non connu'}",
        url_name="month-check",
        url_args=(first.award_id, f"{first.month:%Y-%m}"),
        action=f"Vérifier {_month(first.month, scope.day)}",
        turn=Turn.FACILITATOR,
        since=since,
        by=add_working_days(since, delay),
        waiting="l’entreprise attend",
    )


def _sent(scope: Scope, statements: Q, own: LineQuerySet) -> Iterable[DueItem]:
    """For a company: the months it sent and that wait for a check."""
    lines = own.to_check().filter(statement=OuterRef("pk"))
    rows: Iterable[Any] = (
        Statement.objects.filter(statements)
        .annotate(waiting=_of_lines(lines, Sum("hours")))
        .filter(waiting__isnull=False)
        .select_related(f"award__{OPERATION}")
        .order_by("month", "pk")
    )
    return [
        DueItem(
            kind="sent",
            what=f"Vérifier {_month(row.month, scope.day)} : {hours(row.waiting)}",
            about=f"{row.award.lot.contract.operation}, lot {row.award.lot.number}",
            url_name="company-month",
            url_args=(f"{row.month:%Y-%m}",),
            action="Relire",
            turn=Turn.FACILITATOR,
            since=row.declared_on,
            theirs=True,
        )
        for row in rows
    ]


def _of_lines(lines: LineQuerySet, of: Aggregate) -> Subquery:
    found = lines.order_by().values("statement").annotate(found=of)
    return Subquery(found.values("found")[:1])


def _returned(scope: Scope, statements: Q, own: LineQuerySet, reader: Turn) -> Iterable[DueItem]:
    lines = own.returned().filter(statement=OuterRef("pk"))
    rows: Iterable[Any] = (
        Statement.objects.filter(statements)
        .annotate(
            back=_of_lines(lines, Sum("hours")), back_since=_of_lines(lines, Min("returned_at"))
        )
        .filter(back_since__isnull=False)
        .select_related(f"award__{OPERATION}")
        .order_by("month", "pk")
    )
    company = reader == Turn.COMPANY
    return [
        DueItem(
            kind="correct",
            what=f"Corriger {_month(row.month, scope.day)} : {hours(row.back)} renvoyées",
            about=f"{row.award.lot.contract.operation}, lot {row.award.lot.number}",
            url_name="company-month" if company else "month",
            url_args=(f"{row.month:%Y-%m}",) if company else (row.award_id, f"{row.month:%Y-%m}"),
            action="Corriger",
            turn=Turn.COMPANY,
            since=row.back_since.date(),
            waiting="le facilitateur attend",
            theirs=not company,
        )
        for row in rows
    ]


@dataclass(frozen=True)
class Running:
    """Clauses in execution that the user follows, and where they stand."""

    rows: Mapping[int, Any]
    """Annotated: holder, ends_on."""
    progress: Mapping[int, Progress]


def running_of(scope: Scope) -> Running:
    """Those of a host; nobody else follows any."""
    rows = {row.pk: row for row in followed_running(scope)} if scope.hosts else {}
    return Running(rows, progress_of_clauses(list(rows), scope.day) if rows else {})


def to_watch(scope: Scope, running: Running) -> list[DueItem]:
    """Running clauses under the alert, then those that will be: whom to call, how far behind."""
    rows = running.rows
    if not rows:
        return []
    alert = parameter("shortfall_alert", scope.day)
    found = judged(running.progress, scope.day)
    short = [(pk, told) for pk, told in found.items() if told.progress.is_short(alert)]
    short.sort(key=lambda pair: (-pair[1].progress.behind, pair[0]))
    calls: list[DueItem] = []
    called: set[tuple[int, ...]] = set()
    for pk, told in short:
        # One agreement is one call, whichever of its clauses comes first.
        if not told.pools or told.pools not in called:
            calls.append(_call(rows[pk], told))
        called.add(told.pools)
    return [*calls, *warnings_among(rows.values(), found, scope.day)]


def _call(clause: Any, told: Judged) -> DueItem:
    lot, figures = clause.lot, told.progress
    pooled = f" · {told.contracts} marchés globalisés" if told.pools else ""
    shown_since = shift(figures.last_month, 1) if figures.last_month else clause.state_since
    return DueItem(
        kind="call",
        what=f"Appeler {clause.holder or 'l’entreprise'} : {hours(figures.behind)} sous l’attendu",
        about=f"{lot.contract.operation}, lot {lot.number} · {hours(figures.reached)} sur"
        f" {hours(figures.expected)} attendues{pooled}",
        url_name="clause",
        url_args=(clause.pk,),
        action="Voir la clause",
        turn=Turn.FACILITATOR,
        since=shown_since,
    )

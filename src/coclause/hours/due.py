"""What months of hours wait for: to declare, to correct, to check; and what to watch."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Aggregate, Exists, Min, OuterRef, Q, Subquery, Sum
from django.db.models.functions import TruncMonth

from coclause.clauses.calendars import days_of_execution, is_suspended
from coclause.clauses.choices import ANSWERABLE
from coclause.clauses.due import DueItem, followed
from coclause.clauses.models import Award, AwardMember, Clause
from coclause.clauses.queries import AwardQuerySet
from coclause.clauses.states import ClauseState, Turn
from coclause.core.months import between, first_day, last_day, shift
from coclause.core.parameters import parameter
from coclause.core.working_days import add_working_days
from coclause.hours.checks import remarks
from coclause.hours.globalised import Judged, judged
from coclause.hours.models import Statement, StatementLine
from coclause.hours.progress import progress_of_clauses
from coclause.hours.queries import LineQuerySet, StatementQuerySet
from coclause.organisations.scopes import Scope
from coclause.render.numbers import MONTHS, hours

OPERATION = "lot__contract__operation"


def declare_by(month: date, due_day: Decimal) -> date:
    """The last day to declare a month, in the month that follows."""
    return shift(month, 1).replace(day=int(due_day))


def months_to_declare(
    award: Award, declared: Collection[date], day: date, since: date | None = None
) -> list[date]:
    """Months of execution over on that day and not declared, the oldest first.

    A month without a day of execution is not asked for; while an award is suspended, none is.
    With `since`, the first day of a company's part, those that its part touches.
    """
    if is_suspended(award, day):
        return []
    last = min(first_day(award.ends_on), shift(day, -1))
    return [
        month
        for month in months_worked(award, last)
        if month not in declared and (since is None or last_day(month) >= since)
    ]


def months_worked(award: Award, last: date) -> list[date]:
    """Months with a day of execution, up to that of `last`."""
    return [
        month
        for month in between(award.starts_on, min(award.ends_on, last))
        if days_of_execution(award, month, last_day(month))
    ]


def named(months: Collection[date], day: date) -> str:
    """ "octobre", "octobre 2025" out of the year at hand, "3 mois, août à octobre"."""
    ordered = sorted(months)
    if len(ordered) == 1:
        return _month(ordered[0], day)
    return f"{len(ordered)} mois, {_month(ordered[0], day)} à {_month(ordered[-1], day)}"


def _month(month: date, day: date) -> str:
    name = MONTHS[month.month - 1]
    return name if month.year == day.year else f"{name} {month.year}"


def awards_of_company(scope: Scope) -> AwardQuerySet:
    """Awards that the user's companies answer for and whose lot has a clause in execution.

    With `part_from`, the first day of theirs: who replaces another is not asked its months.
    """
    running = Clause.objects.filter(lot=OuterRef("lot"), state=ClauseState.RUNNING)
    parts = AwardMember.objects.filter(award=OuterRef("pk"), organisation__in=scope.companies)
    first = parts.order_by("starts_on").values("starts_on")[:1]
    rows = Award.objects.answered_by(scope.companies, scope.day).filter(Exists(running))
    return rows.annotate(part_from=Subquery(first))


def _awards_followed(scope: Scope) -> AwardQuerySet:
    running = Clause.objects.filter(lot=OuterRef("lot"), state=ClauseState.RUNNING)
    return Award.objects.filter(followed(OPERATION, scope)).filter(Exists(running))


def statements_to_check(scope: Scope) -> StatementQuerySet:
    """Statements with lines waiting for a check, on the operations that the user follows."""
    pending = StatementLine.objects.to_check().filter(statement=OuterRef("pk")).handled_by(scope)
    mine = followed(f"award__{OPERATION}", scope)
    return Statement.objects.filter(mine).filter(Exists(pending))


def statements_returned(scope: Scope) -> StatementQuerySet:
    """Statements with lines sent back to the user's companies."""
    back = StatementLine.objects.returned().filter(statement=OuterRef("pk"))
    return Statement.objects.filter(Exists(back), _own_months(scope))


def _own_months(scope: Scope) -> Q:
    """Statements of the awards that the user's companies answer for, in the months of their part.

    Who replaces another does not mend its months; who left is asked nothing.
    """
    parts = AwardMember.objects.alias(first=TruncMonth("starts_on")).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=OuterRef("month")),
        first__lte=OuterRef("month"),
        award=OuterRef("award"),
        organisation__in=scope.companies,
    )
    mine = Award.objects.answered_by(scope.companies, scope.day)
    return Q(award__in=mine.values("pk")) & Q(Exists(parts))


def due(scope: Scope) -> list[DueItem]:
    """What months wait for, for whoever follows the clauses and for the companies."""
    items: list[DueItem] = []
    if scope.hosts:
        items += _checks_due(scope, statements_to_check(scope))
        items += _months_due(scope, _awards_followed(scope), Turn.FACILITATOR)
        items += _returned(scope, followed(f"award__{OPERATION}", scope))
    if scope.companies:
        items += _months_due(scope, awards_of_company(scope), Turn.COMPANY)
        mine = _own_months(scope)
        items += _returned(scope, mine)
        items += _sent(scope, mine)
    return items


def count_due(scope: Scope) -> int:
    """How many of these are the user's turn: one query for a host, two for a company."""
    count = 0
    if scope.hosts:
        count += statements_to_check(scope).order_by().values("award").distinct().count()
    if scope.companies:
        count += statements_returned(scope).count()
        count += len(_undeclared(scope, awards_of_company(scope)))
    return count


@dataclass(frozen=True)
class _Awarded:
    """An award as lines about it name it."""

    award: Any
    months: list[date]
    left: bool = False
    """Months of a company since replaced."""

    def about(self, reader: Turn) -> str:
        """Operation and lot; a company is not told its own name."""
        lot = self.award.lot
        place = f"{lot.contract.operation}, lot {lot.number}"
        if reader == Turn.COMPANY:
            return f"{place} · {lot.contract.operation.buyer}"
        return f"{place} · {self.award.holder or 'titulaire non connu'}"


def _undeclared(scope: Scope, awards: AwardQuerySet) -> list[_Awarded]:
    """Awards with months to declare. One query."""
    rows = (
        awards.with_holder(scope.day)
        .select_related(f"{OPERATION}__buyer")
        .annotate(
            declared=ArrayAgg("statements__month", filter=Q(statements__isnull=False)),
            answering_from=_answering_from(scope.day),
        )
        .order_by("pk")
    )
    found = []
    for row in rows:
        row_: Any = row
        part_from = getattr(row_, "part_from", None)
        months = months_to_declare(row, row_.declared or [], scope.day, part_from)
        former = [month for month in months if part_from is None and _is_former(row_, month)]
        for those, left in ((former, True), ([m for m in months if m not in former], False)):
            if those:
                found.append(_Awarded(row, those, left))
    return found


def _answering_from(day: date) -> Subquery:
    """The first day of who answers on that day, or answered last."""
    answering = AwardMember.objects.filter(award=OuterRef("pk"), part__in=ANSWERABLE)
    last = answering.filter(starts_on__lte=day).order_by("-starts_on")
    return Subquery(last.values("starts_on")[:1])


def _is_former(award: Any, month: date) -> bool:
    """Whether the month was that of a company since replaced: it is asked nothing any more."""
    return award.answering_from is not None and last_day(month) < award.answering_from


def _months_due(scope: Scope, awards: AwardQuerySet, reader: Turn) -> Iterable[DueItem]:
    undeclared = _undeclared(scope, awards)
    if not undeclared:
        return []
    due_day = parameter("statement_due_day", scope.day)
    return [_month_due(found, due_day, scope.day, reader) for found in undeclared]


def _month_due(found: _Awarded, due_day: Decimal, day: date, reader: Turn) -> DueItem:
    first = found.months[0]
    by = declare_by(first, due_day)
    what = named(found.months, day)
    silent = reader == Turn.FACILITATOR and found.award.ends_on < day and by < day
    said = f"Demander {what} : l’exécution est finie" if silent else f"Déclarer {what}"
    if found.left:
        silent, said = True, f"Saisir {what} : l’entreprise d’alors a été remplacée"
    return DueItem(
        kind="silent" if silent else "declare",
        what=said,
        about=found.about(reader),
        url_name="month",
        url_args=(found.award.pk, f"{first:%Y-%m}"),
        action="Saisir le mois" if reader == Turn.FACILITATOR else "Déclarer",
        turn=Turn.FACILITATOR if silent else Turn.COMPANY,
        since=shift(first, 1),
        by=None if silent else by,
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


def _sent(scope: Scope, statements: Q) -> Iterable[DueItem]:
    """For a company: the months it sent and that wait for a check."""
    rows: Iterable[Any] = (
        Statement.objects.filter(statements)
        .annotate(waiting=Sum("lines__hours", filter=_to_check("lines__")))
        .filter(waiting__isnull=False)
        .select_related(f"award__{OPERATION}")
        .order_by("month", "pk")
    )
    return [
        DueItem(
            kind="sent",
            what=f"Vérifier {_month(row.month, scope.day)} : {hours(row.waiting)}",
            about=f"{row.award.lot.contract.operation}, lot {row.award.lot.number}",
            url_name="month",
            url_args=(row.award_id, f"{row.month:%Y-%m}"),
            action="Relire",
            turn=Turn.FACILITATOR,
            since=row.declared_on,
        )
        for row in rows
    ]


def _of_lines(lines: LineQuerySet, of: Aggregate) -> Subquery:
    found = lines.order_by().values("statement").annotate(found=of)
    return Subquery(found.values("found")[:1])


def _to_check(prefix: str) -> Q:
    return Q(**{f"{prefix}state": "declaree", f"{prefix}corrected_at__isnull": True})


def _returned(scope: Scope, statements: Q) -> Iterable[DueItem]:
    back = Q(lines__state="renvoyee", lines__corrected_at__isnull=True)
    rows: Iterable[Any] = (
        Statement.objects.filter(statements)
        .annotate(
            back=Sum("lines__hours", filter=back),
            back_since=Min("lines__returned_at", filter=back),
        )
        .filter(back_since__isnull=False)
        .select_related(f"award__{OPERATION}")
        .order_by("month", "pk")
    )
    return [
        DueItem(
            kind="correct",
            what=f"Corriger {_month(row.month, scope.day)} : {hours(row.back)} renvoyées",
            about=f"{row.award.lot.contract.operation}, lot {row.award.lot.number}",
            url_name="month",
            url_args=(row.award_id, f"{row.month:%Y-%m}"),
            action="Corriger",
            turn=Turn.COMPANY,
            since=row.back_since.date(),
            waiting="le facilitateur attend",
        )
        for row in rows
    ]


def to_watch(scope: Scope) -> list[DueItem]:
    """Running clauses under the alert, for those who follow them: whom to call, how far behind."""
    if not scope.hosts:
        return []
    clauses = (
        Clause.objects.filter(followed(f"{OPERATION}", scope), state=ClauseState.RUNNING)
        .with_context()
        .with_holder(scope.day)
    )
    rows: dict[int, Any] = {row.pk: row for row in clauses}
    alert = parameter("shortfall_alert", scope.day)
    found = judged(progress_of_clauses(list(rows), scope.day), scope.day)
    short = [(pk, told) for pk, told in found.items() if told.progress.is_short(alert)]
    short.sort(key=lambda pair: (-pair[1].progress.behind, pair[0]))
    calls: list[DueItem] = []
    called: set[tuple[int, ...]] = set()
    for pk, told in short:
        # One agreement is one call, whichever of its clauses comes first.
        if not told.pools or told.pools not in called:
            calls.append(_call(rows[pk], told))
        called.add(told.pools)
    return calls


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

"""What an act on the calendar would change, read by making it and taking it back at once."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum

from coclause.clauses.execution import awards_of
from coclause.clauses.models import Clause
from coclause.core.months import first_day, last_day
from coclause.hours.models import Statement, StatementLine
from coclause.hours.owing import months_to_declare
from coclause.hours.progress import progress_of_clauses
from coclause.render.numbers import NO_BREAK, UNKNOWN, date_fr, hours
from coclause.web.clauses.months import name


@dataclass(frozen=True)
class Line:
    """One figure and what becomes of it."""

    label: str
    value: str


@dataclass(frozen=True)
class _Measured:
    expected: Decimal | None
    committed: Decimal | None
    ends_on: date | None
    asked: frozenset[date]
    state: str


def preview(clause_id: int, day: date, act: Callable[[], object]) -> list[Line]:
    """The figures of the clause before and after the act, of which nothing is kept.

    A `Refused` raised by the act goes through.
    """
    before = _measured(clause_id, day)
    with transaction.atomic():
        act()
        after = _measured(clause_id, day)
        transaction.set_rollback(True)
    return _lines(before, after, day)


def _measured(clause_id: int, day: date) -> _Measured:
    clause = Clause.objects.get(pk=clause_id)
    awards = list(awards_of(clause))
    figures = progress_of_clauses([clause_id], day)[clause_id]
    declared: dict[int, set[date]] = {award.pk: set() for award in awards}
    for pk, month in Statement.objects.filter(award__in=awards).values_list("award_id", "month"):
        declared[pk].add(month)
    return _Measured(
        expected=figures.expected,
        committed=figures.committed,
        ends_on=max((award.ends_on for award in awards), default=None),
        asked=frozenset(
            month for a in awards for month in months_to_declare(a, declared[a.pk], day)
        ),
        state=clause.get_state_display(),
    )


def _lines(before: _Measured, after: _Measured, day: date) -> list[Line]:
    lines = [
        Line(f"L’attendu au {date_fr(day)}", _moves(hours, before.expected, after.expected)),
        Line("L’engagement", _moves(hours, before.committed, after.committed)),
        Line("La fin d’exécution", _end_moves(before.ends_on, after.ends_on)),
    ]
    if before.state != after.state:
        lines.append(
            Line("La clause", f"passe de {_quoted(before.state)} à {_quoted(after.state)}")
        )
    gone, new = sorted(before.asked - after.asked), sorted(after.asked - before.asked)
    if gone:
        lines.append(Line("Mois à déclarer", f"plus demandés : {_months(gone, day)}"))
    if new:
        lines.append(Line("Mois à déclarer", f"demandés de nouveau : {_months(new, day)}"))
    return lines


def _quoted(state: str) -> str:
    return f"«{NO_BREAK}{state}{NO_BREAK}»"


def _end_moves(before: date | None, after: date | None) -> str:
    if before is None or after is None:
        return UNKNOWN
    if before == after:
        return f"reste : {date_fr(before)}"
    return f"passe du {date_fr(before)} au {date_fr(after)}"


def _moves(say: Callable[[Any], str], before: Any, after: Any) -> str:
    if before is None and after is None:
        return UNKNOWN
    if before == after:
        return f"reste : {say(after)}"
    return f"passe de {say(before)} à {say(after)}"


def _months(months: Collection[date], day: date) -> str:
    ordered = sorted(months)
    if len(ordered) > 3:
        return f"{len(ordered)} mois, de {name(ordered[0], day)} à {name(ordered[-1], day)}"
    return ", ".join(name(month, day) for month in ordered)


def validated_from(awards: Iterable[Any], on: date, day: date) -> str:
    """A warning when hours are validated in whole months from that day on; empty when none is."""
    first = on if on.day == 1 else first_day(_after(last_day(on)))
    rows = (
        StatementLine.objects.validated()
        .filter(statement__award__in=[award.pk for award in awards], statement__month__gte=first)
        .order_by()
        .values_list("statement__month")
        .annotate(total=Sum("hours"))
        .filter(total__gt=0)
    )
    found = sorted(rows)
    if not found:
        return ""
    months = ", ".join(f"{name(month, day)} ({hours(total)})" for month, total in found)
    return f"Des heures sont déjà validées après ce jour : {months}. Elles restent comptées."


def _after(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)

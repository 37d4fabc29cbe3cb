"""The persons of a month and what to start from: what was sent, else the month before."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from coclause.clauses.models import Award
from coclause.core.months import last_day, shift
from coclause.hours.choices import LineState
from coclause.hours.collective import accepts_collective, may_declare_collective
from coclause.hours.models import (
    Assignment,
    EmploymentFact,
    EmploymentMonth,
    Statement,
    StatementLine,
)
from coclause.hours.permissions import share_of
from coclause.organisations.scopes import Scope
from coclause.people.actions import names_of
from coclause.render.numbers import hours
from coclause.web.clauses import table
from coclause.web.clauses.month_form import CollectiveMonth, PersonMonth

ZERO = Decimal(0)


@dataclass(frozen=True)
class MonthAtHand:
    """A month of an award as it is now."""

    statement: Statement | None
    people: list[PersonMonth]
    carried: Decimal | None
    """Hours taken over from the month before; None when nothing is."""
    collective: CollectiveMonth | None = None
    """What is declared without names; None where the clause, or the user, does not do so."""

    @property
    def version(self) -> int:
        return self.statement.version if self.statement else 0


def month_at_hand(scope: Scope, award: Any, month: date, *, carry: bool) -> MonthAtHand:
    """Read it. `carry` starts a month never sent from the hours of the month before."""
    statement = Statement.objects.filter(award=award, month=month).first()
    share = share_of(award, scope)
    sent = _lines(award, month, share)
    before = _lines(award, shift(month, -1), share)
    facts = _employments(award, month, sent, share)
    names = names_of(
        scope,
        {f.identity_id for f in facts.values()},
        page=f"Mois {month:%m/%Y}, marché {award.pk}",
    )
    worked = _worked_elsewhere(facts, month)
    carries = carry and statement is None
    people = [
        _person(
            fact, names, _Months(sent, before, before if carries else {}, worked), award.holder_id
        )
        for fact in facts.values()
    ]
    people.sort(key=lambda person: (person.name, person.employment_id))
    collective = _collective(scope, award, month, carries=carries)
    taken = ZERO
    if carries:
        taken = sum((sum(p.kinds.values(), ZERO) for p in people), ZERO)
        taken += collective.total if collective else ZERO
    return MonthAtHand(statement, people, taken or None, collective)


def _collective(scope: Scope, award: Any, month: date, *, carries: bool) -> CollectiveMonth | None:
    """Hours without names: sent for the month, else those of the month before to start from."""
    if not may_declare_collective(award, scope, month):
        return None
    previous = shift(month, -1)
    rows = (
        StatementLine.objects.collective()
        .filter(statement__award=award, statement__month__in=[previous, month])
        .filter(corrected_at__isnull=True)
        .order_by("pk")
    )
    by_month: dict[date, list[StatementLine]] = defaultdict(list)
    for line in rows.select_related("statement"):
        by_month[line.statement.month].append(line)
    sent, before = by_month[month], by_month[previous]
    if not sent and not accepts_collective(award):
        return None
    start = sent or (before if carries else [])
    back = [line.return_reason for line in sent if line.state == LineState.RETURNED]
    return CollectiveMonth(
        kinds={line.kind: line.hours for line in start},
        headcount=_headcount(start),
        sent=bool(sent),
        previous=told_without_names(sum((line.hours for line in before), ZERO), _headcount(before))
        if before
        else "",
        reasons=sorted(set(back)),
    )


def _headcount(lines: Collection[StatementLine]) -> int:
    return max((line.headcount or 0 for line in lines), default=0)


def told_without_names(total: Decimal, headcount: int) -> str:
    """ "900 h, 12 personnes"."""
    return f"{hours(total)}, {table.people(headcount)}"


def _employments(
    award: Award,
    month: date,
    sent: Mapping[int, list[StatementLine]],
    share: frozenset[int] | None,
) -> dict[int, EmploymentFact]:
    """Those assigned in the month, in the share of who types when it is one's own.

    Whoever left but has hours there can still be corrected.
    """
    assigned = Assignment.objects.filter(award=award).in_month(month, last_day(month))
    if share is not None:
        assigned = assigned.filter(host__in=share)
    return table.facts_of({*assigned.values_list("employment_id", flat=True), *sent})


def _lines(
    award: Award, month: date, share: frozenset[int] | None
) -> dict[int, list[StatementLine]]:
    """Latest lines of a month, by employment; those of a share when it is not None."""
    lines: dict[int, list[StatementLine]] = defaultdict(list)
    rows = (
        StatementLine.objects.named()
        .filter(statement__award=award, statement__month=month, corrected_at__isnull=True)
        .select_related("employment_month")
    )
    if share is not None:
        rows = rows.in_share(share)
    for line in rows.order_by("pk"):
        lines[line.employment_id].append(line)
    return lines


def _worked_elsewhere(facts: Mapping[int, Any], month: date) -> dict[int, Decimal]:
    """The whole month's work where it is more than what this award counts."""
    rows = EmploymentMonth.objects.filter(employment__in=list(facts), month=month)
    return dict(rows.values_list("employment_id", "hours_worked"))


@dataclass(frozen=True)
class _Months:
    """Lines by employment: sent, of the month before, to start from; and the whole work."""

    sent: Mapping[int, list[StatementLine]]
    before: Mapping[int, list[StatementLine]]
    carried: Mapping[int, list[StatementLine]]
    worked: Mapping[int, Decimal]


def _person(
    fact: EmploymentFact, names: Mapping[Any, str], months: _Months, holder_id: int | None
) -> PersonMonth:
    own = months.sent.get(fact.pk, [])
    start = own or months.carried.get(fact.pk, [])
    declared = sum((line.hours for line in own), ZERO)
    whole = months.worked.get(fact.pk)
    earlier = months.before.get(fact.pk)
    return PersonMonth(
        employment_id=fact.pk,
        name=names.get(fact.identity_id, f"Une personne employée par {fact.employer}"),
        about=table.described(fact, [holder_id]),
        kinds={line.kind: line.hours for line in start},
        previous=sum((line.hours for line in earlier), ZERO) if earlier else None,
        worked=whole if whole is not None and own and whole > declared else None,
        reasons=[line.return_reason for line in own if line.state == LineState.RETURNED],
    )

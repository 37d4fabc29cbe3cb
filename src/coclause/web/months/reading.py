"""The persons of a month and what to start from: what was sent, else the month before."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q

from coclause.clauses.models import Award
from coclause.core.months import last_day, shift
from coclause.hours.choices import LineState
from coclause.hours.collective import accepts_collective, may_declare_collective
from coclause.hours.models import (
    Assignment,
    Contest,
    EmploymentFact,
    EmploymentMonth,
    Statement,
    StatementLine,
)
from coclause.hours.parties import Party, party_of, reachable
from coclause.hours.permissions import share_of
from coclause.organisations.scopes import Scope
from coclause.people.actions import names_of
from coclause.render.numbers import hours
from coclause.web.clauses import table
from coclause.web.months.form import CollectiveMonth, PersonMonth

ZERO = Decimal(0)


@dataclass(frozen=True)
class Told:
    """Hours that an employer declared itself, which the company of the award may contest."""

    line: StatementLine
    name: str
    about: str
    by: str
    contest: Contest | None


@dataclass(frozen=True)
class MonthAtHand:
    """A month of an award as it is now."""

    statement: Statement | None
    people: list[PersonMonth]
    carried: Decimal | None
    """Hours taken over from the month before; None when nothing is."""
    collective: CollectiveMonth | None = None
    """What is declared without names; None where the clause, or the user, does not do so."""
    told: list[Told] = field(default_factory=list)
    said: bool = False
    """Whether these companies already sent something for it."""

    @property
    def version(self) -> int:
        return self.statement.version if self.statement else 0

    @property
    def own(self) -> list[PersonMonth]:
        """Those whose hours are asked of who types."""
        return [person for person in self.people if not person.waits]

    @property
    def others(self) -> list[PersonMonth]:
        """Those whose employer declares by itself, and has not yet."""
        return [person for person in self.people if person.waits]


def month_at_hand(scope: Scope, award: Any, month: date, *, carry: bool) -> MonthAtHand:
    """Read it. `carry` starts a month never sent from the hours of the month before.

    Raises PermissionDenied for who declares nothing in that month.
    """
    party = party_of(award, scope, month)
    if party is None:
        raise PermissionDenied
    statement = Statement.objects.filter(award=award, month=month).first()
    share = share_of(award, scope)
    sent = _lines(award, month, share)
    before = _lines(award, shift(month, -1), share)
    facts = _employments(award, month, sent, share)
    others = _of_others(facts, party)
    if not party.whole:
        facts = {pk: fact for pk, fact in facts.items() if pk not in others}
    asked = reachable({fact.employer_id for fact in others.values()}, scope.day) if others else ()
    names = names_of(
        scope,
        {f.identity_id for f in facts.values()},
        page=f"Mois {month:%m/%Y}, marché {award.pk}",
    )
    said = statement is not None and _said(statement, party)
    carries = carry and not said
    months = _Months(
        sent, before, before if carries else {}, _worked_elsewhere(facts, month), _contests(sent)
    )
    people: list[PersonMonth] = []
    told: list[Told] = []
    for fact in facts.values():
        own = months.sent.get(fact.pk, [])
        if fact.pk in others and _told_by(fact.employer_id, own):
            told += _told(fact, own, months, party)
            continue
        person = _person(fact, names, months, award.holder_id)
        if fact.pk in others and fact.employer_id in asked and not own:
            person.waits, person.kinds = str(fact.employer), {}
        people.append(person)
    people.sort(key=lambda person: (person.waits, person.name, person.employment_id))
    collective = _collective(scope, award, month, carries=carries and statement is None)
    taken = ZERO
    if carries:
        taken = sum((sum(p.kinds.values(), ZERO) for p in people), ZERO)
        taken += collective.total if collective else ZERO
    return MonthAtHand(statement, people, taken or None, collective, told, said)


def _of_others(facts: Mapping[int, EmploymentFact], party: Party) -> dict[int, EmploymentFact]:
    """Those employed by another company than who declares; none for the host, who types all."""
    if party.is_host:
        return {}
    return {pk: fact for pk, fact in facts.items() if fact.employer_id not in party.companies}


def _said(statement: Statement, party: Party) -> bool:
    """Whether who declares said something of that month, or somebody did for everybody."""
    if party.is_host:
        return True
    rows = statement.declarations.filter(
        Q(organisation__in=party.companies) | Q(organisation__isnull=True)
    )
    return rows.exists()


def _told_by(employer: int, lines: Collection[StatementLine]) -> bool:
    return any(
        line.declaration is not None and line.declaration.organisation_id == employer
        for line in lines
    )


def _told(
    fact: EmploymentFact, lines: Collection[StatementLine], months: "_Months", party: Party
) -> list[Told]:
    return [
        Told(
            line,
            f"Une personne employée par {fact.employer}",
            f"{fact.get_way_display()}, {fact.get_type_display()} du {fact.starts_on:%d/%m/%Y}",
            str(fact.employer),
            next(
                (
                    one
                    for one in months.contests.get(line.pk, ())
                    if one.organisation_id in party.companies
                ),
                None,
            ),
        )
        for line in lines
        if line.hours
    ]


def _contests(sent: Mapping[int, list[StatementLine]]) -> dict[int, list[Contest]]:
    found: dict[int, list[Contest]] = defaultdict(list)
    lines = [
        line.pk
        for own in sent.values()
        for line in own
        if line.state == LineState.DECLARED and line.declaration_id
    ]
    for contest in Contest.objects.filter(line__in=lines).select_related("organisation"):
        found[contest.line_id].append(contest)
    return found


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
        .select_related("employment_month", "declaration")
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
    contests: Mapping[int, list[Contest]]


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
        contests=[
            f"{contest.organisation} conteste"
            f"{f' : {hours(contest.hours)} selon elle' if contest.hours is not None else ''}."
            f" {contest.reason}"
            for line in own
            for contest in months.contests.get(line.pk, ())
        ],
    )

"""The persons of a month and what to start from: what was sent, else the month before."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied

from coclause.core.months import last_day, shift
from coclause.hours.choices import LineState
from coclause.hours.collective import accepting, may_declare_collective
from coclause.hours.contesting import outcomes
from coclause.hours.models import (
    Assignment,
    Contest,
    Declaration,
    EmploymentFact,
    EmploymentMonth,
    Statement,
    StatementLine,
)
from coclause.hours.parties import Party, parties_of, reachable
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
    settled: str
    """What became of a contest that is no longer open."""


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
    answers: bool = True
    """Whether it is theirs to say even if nobody works there: not an agency's."""

    @property
    def returned(self) -> bool:
        """Whether something of it was sent back to who types."""
        unnamed = self.collective.reasons if self.collective else []
        return bool(unnamed) or any(person.reasons for person in self.own)

    @property
    def idle(self) -> bool:
        """Nothing of it is asked from who types."""
        held = self.people or self.told or self.collective or self.said
        return not (self.answers or held)

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


def months_at_hand(
    scope: Scope, awards: Collection[Any], month: date, *, carry: bool
) -> dict[int, MonthAtHand]:
    """Read it for each of these awards. `carry` starts a month never sent from the hours of the
    month before. A dozen queries, whatever the number of awards and people.

    Raises PermissionDenied for who declares nothing in that month.
    """
    parties = parties_of(awards, scope, month)
    by_share: dict[frozenset[int] | None, list[Any]] = defaultdict(list)
    for award in awards:
        by_share[share_of(award, scope)].append(award)
    found: dict[int, MonthAtHand] = {}
    for share, group in by_share.items():
        own = {award.pk: party for award in group if (party := parties[award.pk])}
        if len(own) < len(group):
            raise PermissionDenied
        held = _held(scope, group, month, share, own)
        found |= {award.pk: _at_hand(scope, award, held, carry=carry) for award in group}
    return found


@dataclass(frozen=True)
class _Held:
    """What there is in a month of some awards, each thing read once for all of them."""

    month: date
    parties: Mapping[int, Party]
    statements: Mapping[int, Statement]
    """By award."""
    said: Collection[tuple[int, int | None]]
    """Statement and company of each sending."""
    lines: Mapping[tuple[int, date], Mapping[int, list[StatementLine]]]
    """Latest ones by award and month, then by employment."""
    facts: Mapping[int, Mapping[int, EmploymentFact]]
    """By award, of those whom the reader is shown."""
    asked: Collection[int]
    """Other employers who may say their hours themselves."""
    names: Mapping[Any, str]
    worked: Mapping[int, Decimal]
    contests: Mapping[int, list[Contest]]
    settled: Mapping[int, str]
    unnamed: Mapping[tuple[int, date], list[StatementLine]]
    accepting: Collection[int]


def _held(
    scope: Scope,
    awards: Collection[Any],
    month: date,
    share: frozenset[int] | None,
    parties: Mapping[int, Party],
) -> _Held:
    pks = [award.pk for award in awards]
    statements = {row.award_id: row for row in Statement.objects.filter(award__in=pks, month=month)}
    sendings = Declaration.objects.filter(statement__in=[row.pk for row in statements.values()])
    lines = _lines(pks, month, share)
    facts = _employments(pks, month, lines, share)
    others = {
        fact.employer_id
        for pk, rows in facts.items()
        for fact in _of_others(rows, parties[pk]).values()
    }
    shown = {pk: _shown(rows, parties[pk]) for pk, rows in facts.items()}
    every = {pk: fact for rows in shown.values() for pk, fact in rows.items()}
    return _Held(
        month=month,
        parties=parties,
        statements=statements,
        said=set(sendings.order_by().values_list("statement", "organisation"))
        if statements
        else set(),
        lines=lines,
        facts=shown,
        asked=reachable(others, scope.day) if others else (),
        names=names_of(
            scope, {fact.identity_id for fact in every.values()}, page=_page(pks, month)
        ),
        worked=_worked(every, month),
        contests=_contests([line for pk in pks for line in _each(lines[pk, month])]),
        settled=outcomes(
            [
                line
                for pk, rows in facts.items()
                for one in _of_others(rows, parties[pk])
                for line in lines[pk, month].get(one, ())
            ],
            scope.companies,
        ),
        unnamed=_unnamed(pks, month),
        accepting=accepting(awards),
    )


def _page(awards: Collection[int], month: date) -> str:
    """As readings of names are logged."""
    told = f"marché {min(awards)}" if len(awards) == 1 else f"{len(awards)} marchés"
    return f"Mois {month:%m/%Y}, {told}"


def _each(lines: Mapping[int, list[StatementLine]]) -> list[StatementLine]:
    return [line for own in lines.values() for line in own]


def _at_hand(scope: Scope, award: Any, held: _Held, *, carry: bool) -> MonthAtHand:
    party, statement = held.parties[award.pk], held.statements.get(award.pk)
    facts = held.facts[award.pk]
    others = _of_others(facts, party)
    said = statement is not None and _said(statement, party, held)
    carries = carry and not said
    before = held.lines[award.pk, shift(held.month, -1)]
    months = _Months(
        held.lines[award.pk, held.month],
        before,
        before if carries else {},
        held.worked,
        held.contests,
        held.settled,
    )
    people: list[PersonMonth] = []
    told: list[Told] = []
    for fact in facts.values():
        own = months.sent.get(fact.pk, [])
        if fact.pk in others and _told_by(fact.employer_id, own):
            told += _told(fact, own, months, party)
            continue
        person = _person(fact, held.names, months, award.holder_id)
        if fact.pk in others and fact.employer_id in held.asked and not own:
            person.waits, person.kinds = str(fact.employer), {}
        people.append(person)
    people.sort(key=lambda person: (person.waits, person.name, person.employment_id))
    collective = _collective(scope, award, held, carries=carries and statement is None)
    taken = ZERO
    if carries:
        taken = sum((sum(p.kinds.values(), ZERO) for p in people), ZERO)
        taken += collective.total if collective else ZERO
    return MonthAtHand(statement, people, taken or None, collective, told, said, party.whole)


def _of_others(facts: Mapping[int, EmploymentFact], party: Party) -> dict[int, EmploymentFact]:
    """Those employed by another company than who declares; none for the host, who types all."""
    if party.is_host:
        return {}
    return {pk: fact for pk, fact in facts.items() if fact.employer_id not in party.companies}


def _shown(facts: Mapping[int, EmploymentFact], party: Party) -> dict[int, EmploymentFact]:
    """Those of whom who declares is told: everybody, or one's own people."""
    if party.whole:
        return dict(facts)
    return {pk: fact for pk, fact in facts.items() if fact.employer_id in party.companies}


def _said(statement: Statement, party: Party, held: _Held) -> bool:
    """Whether who declares said something of that month, or somebody did for everybody."""
    if party.is_host:
        return True
    return any((statement.pk, company) in held.said for company in (*party.companies, None))


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
            months.settled.get(line.pk, ""),
        )
        for line in lines
        if line.hours or line.pk in months.settled
    ]


def _contests(lines: Collection[StatementLine]) -> dict[int, list[Contest]]:
    """By line, what is contested of those that wait. One query, none without such lines."""
    found: dict[int, list[Contest]] = defaultdict(list)
    waiting = [
        line.pk for line in lines if line.state == LineState.DECLARED and line.declaration_id
    ]
    if not waiting:
        return found
    for contest in Contest.objects.filter(line__in=waiting).select_related("organisation"):
        found[contest.line_id].append(contest)
    return found


def _unnamed(awards: Collection[int], month: date) -> dict[tuple[int, date], list[StatementLine]]:
    """Hours without names of that month and of the one before. One query."""
    rows = (
        StatementLine.objects.collective()
        .filter(statement__award__in=awards, statement__month__in=[shift(month, -1), month])
        .filter(corrected_at__isnull=True)
        .order_by("pk")
    )
    found: dict[tuple[int, date], list[StatementLine]] = defaultdict(list)
    for line in rows.select_related("statement"):
        found[line.statement.award_id, line.statement.month].append(line)
    return found


def _collective(scope: Scope, award: Any, held: _Held, *, carries: bool) -> CollectiveMonth | None:
    """Hours without names: sent for the month, else those of the month before to start from."""
    if not may_declare_collective(award, scope, held.parties[award.pk]):
        return None
    sent = held.unnamed[award.pk, held.month]
    before = held.unnamed[award.pk, shift(held.month, -1)]
    if not sent and award.pk not in held.accepting:
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
    awards: Collection[int],
    month: date,
    lines: Mapping[tuple[int, date], Mapping[int, list[StatementLine]]],
    share: frozenset[int] | None,
) -> dict[int, dict[int, EmploymentFact]]:
    """By award, those assigned in the month, in the share of who types when it is one's own.

    Whoever left but has hours there can still be corrected. Two queries.
    """
    assigned = Assignment.objects.filter(award__in=awards).in_month(month, last_day(month))
    if share is not None:
        assigned = assigned.filter(host__in=share)
    on: dict[int, set[int]] = {pk: set(lines[pk, month]) for pk in awards}
    for award, employment in assigned.values_list("award_id", "employment_id"):
        on[award].add(employment)
    facts = table.facts_of(set().union(*on.values()))
    return {pk: {one: facts[one] for one in found if one in facts} for pk, found in on.items()}


def _lines(
    awards: Collection[int], month: date, share: frozenset[int] | None
) -> dict[tuple[int, date], dict[int, list[StatementLine]]]:
    """Latest lines of the month and of the one before, by award and month then by employment;
    those of a share when it is not None. One query.
    """
    lines: dict[tuple[int, date], dict[int, list[StatementLine]]] = defaultdict(
        lambda: defaultdict(list)
    )
    months = [shift(month, -1), month]
    rows = (
        StatementLine.objects.named()
        .filter(statement__award__in=awards, statement__month__in=months)
        .filter(corrected_at__isnull=True)
        .select_related("statement", "employment_month", "declaration")
    )
    if share is not None:
        rows = rows.in_share(share)
    for line in rows.order_by("pk"):
        lines[line.statement.award_id, line.statement.month][line.employment_id].append(line)
    return lines


def _worked(facts: Mapping[int, Any], month: date) -> dict[int, Decimal]:
    """The whole month's work of each, on all sites."""
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
    settled: Mapping[int, str]


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
        settled=[months.settled[line.pk] for line in own if line.pk in months.settled],
    )

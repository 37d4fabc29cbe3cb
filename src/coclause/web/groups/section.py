"""The companies of a clause's awards, as the Engagement tab shows them."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.db.models import Sum

from coclause.clauses.choices import ANSWERABLE, MemberPart
from coclause.clauses.globalising import may_globalise, visible_globalisations
from coclause.clauses.groups import SHARING, Shared, splits_on
from coclause.clauses.models import AwardMember, Clause, Commitment
from coclause.hours.globalised import Pool, pool_of
from coclause.hours.models import EmploymentFact, StatementLine
from coclause.hours.progress import Progress, progress_of_awards
from coclause.organisations.scopes import Scope
from coclause.render.numbers import date_fr, hours
from coclause.web.clauses.access import ClauseView


@dataclass(frozen=True)
class Company:
    """A company's part in an award."""

    member: AwardMember
    hours: Decimal | None
    """Validated hours of those it employs, shown on its first part; None when not told."""
    may_end: bool

    @property
    def left(self) -> str:
        return self.member.get_departure_display() if self.member.departure else ""


@dataclass(frozen=True)
class PoolLine:
    """The agreement that a commitment is under."""

    sentence: str
    globalisation: int | None
    """Its page, for those who may open it."""
    others: list[tuple[int, str]]
    """The other clauses that the reader may see: id, operation and lot."""


@dataclass
class AwardBlock:
    """An award: its companies, how they share what is owed, what the debt is pooled with."""

    award: Any
    commitment: Commitment | None
    companies: list[Company]
    elsewhere: Decimal = Decimal(0)
    """Validated hours of persons whom none of these companies employs; 0 when not told."""
    unnamed: Decimal = Decimal(0)
    """Validated hours declared without names; 0 when not told."""
    taken_over: list[str] = field(default_factory=list)
    split: Shared | None = None
    pool: PoolLine | None = None
    acts: bool = False
    """The reader may change the companies."""
    may_pool: bool = False

    @property
    def holder(self) -> AwardMember | None:
        return next((c.member for c in self.companies if c.member.pk == self.award.answering), None)

    @property
    def may_split(self) -> bool:
        sharing = [c for c in self.companies if c.member.part in SHARING]
        return self.acts and bool(self.commitment and self.award.group and len(sharing) > 1)

    @property
    def told(self) -> bool:
        """Hours by company are shown."""
        return any(company.hours is not None for company in self.companies)


def groups_section(view: ClauseView, scope: Scope, *, referent: bool) -> list[AwardBlock]:
    """One block by award that the reader sees, whatever the number of companies.

    Hours by company are for the hosts in charge alone.
    """
    awards = [award.pk for award in view.awards]
    clause = view.clause
    commitments = {
        row.award_id: row for row in Commitment.objects.filter(clause=clause, award__in=awards)
    }
    owed = [row.pk for row in commitments.values()]
    members = _members(awards, scope)
    done = _validated(awards) if view.handled else None
    splits, pools = splits_on(owed, scope.day), pool_of(owed, scope.day)
    lines = _pool_lines(pools, clause, scope) if pools else {}
    coordinated = bool(owed) and may_globalise([clause.lot.contract.operation], scope)
    blocks = []
    for award in view.awards:
        award.answering = _answering(members[award.pk], scope.day)
        commitment = commitments.get(award.pk)
        block = AwardBlock(
            award=award,
            commitment=commitment,
            companies=_companies(
                members[award.pk], done[award.pk] if done is not None else None, referent, scope.day
            ),
            taken_over=_taken_over(award, members[award.pk], scope.day),
            acts=referent,
        )
        if done is not None:
            _rest(block, done[award.pk])
        if commitment:
            block.split = splits.get(commitment.pk)
            block.pool = lines.get(commitment.pk)
            block.may_pool = coordinated and block.pool is None and block.holder is not None
        blocks.append(block)
    return blocks


def _members(awards: Collection[int], scope: Scope) -> dict[int, list[AwardMember]]:
    """By award, those in order of arrival; who works for a company is not told of what comes."""
    rows = AwardMember.objects.filter(award__in=awards).select_related("organisation")
    if not scope.working_regions and not scope.buyers:
        rows = rows.filter(starts_on__lte=scope.day)
    found: dict[int, list[AwardMember]] = defaultdict(list)
    order = {part: rank for rank, part in enumerate(MemberPart.values)}
    for row in sorted(rows, key=lambda row: (row.starts_on, order[row.part], row.pk)):
        found[row.award_id].append(row)
    return found


def _answering(members: list[AwardMember], day: date) -> int | None:
    """Who answers on that day, or the last one to have."""
    begun = [m for m in members if m.part in ANSWERABLE and m.starts_on <= day]
    return begun[-1].pk if begun else None


def _validated(awards: Collection[int]) -> dict[int, dict[int | None, Decimal]]:
    """Validated hours by award and employer; None is the hours declared without names."""
    found: dict[int, dict[int | None, Decimal]] = {pk: defaultdict(Decimal) for pk in awards}
    rows = list(
        StatementLine.objects.validated()
        .filter(statement__award__in=awards)
        .order_by()
        .values("statement__award", "employment_month__employment_id")
        .annotate(total=Sum("hours"))
        .values_list("statement__award", "employment_month__employment_id", "total")
    )
    employers = dict(
        EmploymentFact.objects.filter(pk__in={pk for _, pk, _ in rows if pk}).values_list(
            "pk", "employer_id"
        )
    )
    for award, employment, total in rows:
        found[award][employers.get(employment)] += total
    return found


def _companies(
    members: list[AwardMember],
    done: dict[int | None, Decimal] | None,
    referent: bool,
    day: date,
) -> list[Company]:
    shown: set[int] = set()
    companies = []
    for member in members:
        told = None
        if done is not None and member.organisation_id not in shown:
            told = done.get(member.organisation_id, Decimal(0))
        shown.add(member.organisation_id)
        ends = member.part not in ANSWERABLE and (member.ends_on is None or member.ends_on >= day)
        companies.append(Company(member, told, referent and ends))
    return companies


def _rest(block: AwardBlock, done: dict[int | None, Decimal]) -> None:
    own = {company.member.organisation_id for company in block.companies}
    block.unnamed = done.get(None, Decimal(0))
    block.elsewhere = sum(
        (total for pk, total in done.items() if pk is not None and pk not in own), Decimal(0)
    )


def _taken_over(award: Any, members: list[AwardMember], day: date) -> list[str]:
    """For each holder replaced, what the next one took over."""
    held = [member for member in members if member.part in ANSWERABLE]
    return [_remainder(before, after, award, day) for before, after in pairwise(held)]


def _remainder(before: AwardMember, after: AwardMember, award: Any, day: date) -> str:
    until = min(after.starts_on - timedelta(days=1), day)
    figures = progress_of_awards([award.pk], until)[award.pk]
    verb = "reprend" if after.starts_on > day else "a repris"
    return (
        f"{after.organisation} {verb} l’engagement de {before.organisation} le"
        f" {date_fr(after.starts_on)} : {remainder_in_words(figures, until, over=until < day)}."
    )


def remainder_in_words(figures: Progress, day: date, *, over: bool = False) -> str:
    """ "il restait 640 h à valider sur 1 240 h au 30/11/2026", or why it cannot be told."""
    if figures.committed is None:
        return f"au {date_fr(day)}, l’engagement en heures n’est pas déterminable"
    verb = "restait" if over else "reste"
    return (
        f"au {date_fr(day)}, il {verb} {hours(figures.left)} à valider sur"
        f" {hours(figures.committed)}"
    )


def contract_name(award: Any) -> str:
    """Operation and lot, as other pages name a contract."""
    return f"{award.lot.contract.operation}, {award.lot}"


def _pool_lines(pools: dict[int, Pool], clause: Clause, scope: Scope) -> dict[int, PoolLine]:
    members = {row.pk: row for pool in pools.values() for row in pool.members}
    seen = set(
        Clause.objects.visible_to(scope)
        .filter(pk__in={row.commitment.clause_id for row in members.values()})
        .values_list("pk", flat=True)
    )
    opened = set(
        visible_globalisations(scope)
        .filter(pk__in={pool.globalisation.pk for pool in pools.values()})
        .values_list("pk", flat=True)
    )
    return {
        pk: PoolLine(
            sentence=pool.sentence(),
            globalisation=pool.globalisation.pk if pool.globalisation.pk in opened else None,
            others=[
                (row.commitment.clause_id, contract_name(row.commitment.award))
                for row in pool.members
                if row.commitment_id != pk and row.commitment.clause_id in seen
            ],
        )
        for pk, pool in pools.items()
    }

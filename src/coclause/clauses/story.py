"""The story of a clause: each dated fact of its commitment, in a plain sentence with its figures.

Companies, hosts and quantities are told; persons never are, nor the public of a share.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from coclause.clauses.choices import ExecutionChange
from coclause.clauses.execution import awards_of
from coclause.clauses.models import (
    Award,
    AwardMember,
    Clause,
    CountingChange,
    Execution,
    GlobalisedCommitment,
    Objective,
    ObjectiveEvent,
    OperationHost,
    Order,
    Split,
    SplitPart,
)
from coclause.clauses.states import RESUME, SUSPEND
from coclause.clauses.telling import (
    calendar_change,
    companies,
    counting,
    globalised,
    hosts,
    objectives,
    orders,
    splits,
    state_change,
)
from coclause.core.journal import subject
from coclause.core.models import JournalEntry
from coclause.render.numbers import date_fr

KINDS = ("structures", "attribution", "entreprises", "engagement", "calendrier", "etat")
"""What a fact is about, in the order in which facts of a same day are told."""
OF_STATE = {SUSPEND: ExecutionChange.SUSPENSION, RESUME: ExecutionChange.RESUMPTION}
"""Changes of state that the calendar tells better, with their day."""


@dataclass(frozen=True)
class Told:
    """One fact: its day, what it is about, what is said of it."""

    day: date
    kind: str
    said: str
    ahead: bool = False
    """It takes effect after the day of the story."""

    @property
    def sentence(self) -> str:
        """ "Le 12/05/2026, avenant : 120 h de plus, l’engagement passe à 1 360 h." """
        return f"{'À partir du' if self.ahead else 'Le'} {date_fr(self.day)}, {self.said}"


def story(
    clause: Clause,
    day: date,
    known_on: datetime | None = None,
    *,
    awards: Collection[int] | None = None,
) -> list[Told]:
    """Every dated fact of a clause, the oldest first; those of these awards only, when given.

    With `known_on`, what was recorded by that moment; companies and hosts, which keep no moment of
    recording, are then told up to that day. Thirteen queries at most, however long the story.
    """
    held = _awards(clause, known_on, awards)
    facts = [
        *_states(clause, held, known_on),
        *_whole(clause, known_on),
        *_of_commitments(clause, held, known_on),
    ]
    several = len(held) > 1
    for award in held:
        facts += _of_award(award, several)
    # Two awards of one clause may live the same day: it is told once.
    facts = sorted(dict.fromkeys(facts), key=lambda told: (told[0], KINDS.index(told[1])))
    return [Told(when, kind, said, ahead=when > day) for when, kind, said in facts]


Fact = tuple[date, str, str]
"""Day, kind, what is said."""


def _recorded(known_on: datetime | None, field: str = "recorded_at") -> Q:
    return Q() if known_on is None else Q(**{f"{field}__lte": known_on})


def _begun(known_on: datetime | None) -> Q:
    """For periods that keep no moment of recording."""
    return Q() if known_on is None else Q(starts_on__lte=known_on.date())


def _awards(clause: Clause, known_on: datetime | None, only: Collection[int] | None) -> list[Any]:
    rows = awards_of(clause) if only is None else Award.objects.filter(pk__in=only).order_by("pk")
    known = _recorded(known_on)
    members = AwardMember.objects.filter(_begun(known_on)).select_related("organisation")
    return list(
        rows.filter(known).prefetch_related(
            Prefetch("executions", Execution.objects.filter(known).order_by("pk")),
            Prefetch("members", members.order_by("starts_on", "pk")),
            Prefetch("orders", Order.objects.filter(known).order_by("ordered_on", "pk")),
        )
    )


def _of_award(award: Any, several: bool) -> Iterator[Fact]:
    """What is told of the award itself: its companies and its calendar."""
    members = list(award.members.all())
    first, said = companies(award, members)
    yield award.notified_on, "attribution", first
    for when, text in said:
        yield when, "entreprises", text
    before = None
    for version in award.executions.all():
        if before is not None:
            text = calendar_change(version, before)
            yield version.effective_on, "calendrier", _named(award, text, several)
        before = version


def _of_commitments(clause: Clause, held: list[Any], known_on: datetime | None) -> Iterator[Fact]:
    """What is told of each award's commitment: objectives, orders, splits, pooled debts."""
    several = len(held) > 1
    of = {award.pk: award for award in held}
    mine = Q(commitment__clause=clause, commitment__award__in=of)
    for award, told in _objectives(of, mine, known_on):
        for when, text in told:
            yield when, "engagement", _named(award, text, several)
    parts = Prefetch("parts", SplitPart.objects.select_related("organisation").order_by("pk"))
    rows = Split.objects.filter(mine, _recorded(known_on)).select_related("commitment")
    for row in rows.prefetch_related(parts):
        text = splits(row)
        yield row.effective_on, "entreprises", _named(of[row.commitment.award_id], text, several)
    pooled: Iterable[Any] = (
        GlobalisedCommitment.objects.filter(mine, _begun(known_on))
        .filter(_recorded(known_on, "globalisation__recorded_at"))
        .select_related("globalisation__company", "commitment")
        .annotate(others=Count("globalisation__members") - 1)
    )
    for member in pooled:
        for when, text in globalised(member):
            yield when, "engagement", _named(of[member.commitment.award_id], text, several)


def _objectives(
    of: dict[int, Any], mine: Q, known_on: datetime | None
) -> Iterator[tuple[Any, list[tuple[date, str]]]]:
    events = ObjectiveEvent.objects.known(known_on).select_related("order")
    rows: QuerySet[Objective] = (
        Objective.objects.filter(mine)
        .select_related("commitment")
        .prefetch_related(Prefetch("events", events.order_by("effective_on", "pk")))
        .order_by("pk")
    )
    found: dict[int, list[Objective]] = {pk: [] for pk in of}
    for row in rows:
        found[row.commitment.award_id].append(row)
    for pk, award in of.items():
        yield award, [*objectives(award, found[pk]), *orders(award.orders.all(), found[pk])]


def _whole(clause: Clause, known_on: datetime | None) -> Iterator[Fact]:
    """What is told of the clause itself: who follows it, which hours count."""
    operation = clause.lot.contract.operation_id
    rows = OperationHost.objects.filter(_begun(known_on), operation=operation)
    for when, text in hosts(rows.select_related("host").order_by("starts_on", "pk")):
        yield when, "structures", text
    for row in CountingChange.objects.filter(_recorded(known_on), clause=clause):
        yield row.starts_on, "engagement", counting(row)


def _states(clause: Clause, held: list[Any], known_on: datetime | None) -> Iterator[Fact]:
    told = {version.kind for award in held for version in award.executions.all()}
    rows = JournalEntry.objects.filter(
        _recorded(known_on, "at"),
        subjects__contains=[subject(clause)],
        verb__startswith="clause.",
    )
    for entry in rows.order_by("pk"):
        name = entry.verb.removeprefix("clause.")
        if OF_STATE.get(name) in told:
            continue
        text = state_change(name, entry.sentence)
        if text:
            yield entry.day, "etat", text


def _named(award: Any, said: str, several: bool) -> str:
    """Which company it is about, where several hold the lot."""
    if not several:
        return said
    members = list(award.members.all())
    return f"pour {members[0].organisation}, {said}" if members else said

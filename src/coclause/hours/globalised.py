"""Where globalised commitments stand together: one debt over several contracts.

Each hour stays on its own award and counts there once; only what is owed, and what is done against
it, are read as sums. Nothing here changes the figures of a clause, an award or a region.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from coclause.clauses.models import Commitment, Globalisation, GlobalisedCommitment
from coclause.core.periods import PeriodQuerySet, on_day
from coclause.hours.progress import Progress, pooled, progress_of_commitments
from coclause.render.numbers import hours


@dataclass(frozen=True)
class Pool:
    """A globalisation on a day: the commitments in it, and what they give together."""

    globalisation: Globalisation
    members: tuple[GlobalisedCommitment, ...]
    parts: Mapping[int, Progress]
    """By commitment, each with the hours of its own award."""
    progress: Progress

    @property
    def told(self) -> str:
        """ "1 400 h validées sur 2 000 h, il reste 600 h": the debt as one."""
        done = f"{hours(self.progress.validated)} validées"
        if self.progress.committed is None:
            return f"{done}, l’engagement de l’ensemble n’est pas encore déterminable"
        on = f"{done} sur {hours(self.progress.committed)}"
        left = self.progress.left
        return f"{on}, il reste {hours(left)}" if left else f"{on}, l’engagement est tenu"

    def sentence(self, contracts: int = 1) -> str:
        """ "Engagement globalisé avec 2 autres marchés : …"; `contracts` are the reader's own."""
        others = len(self.members) - contracts
        return (
            f"Engagement globalisé avec {others} autre{'s' * (others > 1)}"
            f" marché{'s' * (others > 1)} : {self.told}."
        )


@dataclass(frozen=True)
class Judged:
    """What a clause is judged on: its own figures, or those of the agreement that it is under."""

    progress: Progress
    pools: tuple[int, ...] = ()
    """Ids of the globalisations."""
    contracts: int = 1
    """How many commitments these figures add up."""
    told: str = ""
    """The agreement in a sentence, when there is one for the whole clause."""


def pool_of(
    commitment_ids: Collection[int], day: date, known_on: datetime | None = None
) -> dict[int, Pool]:
    """The pool of each commitment globalised on that day; the others are absent.

    One query when none is, seven otherwise. With `known_on`, agreements recorded by that moment,
    and hours, commitments and calendars as they were known.
    """
    pools = _pools(commitment_ids, day, known_on)
    every = {row.commitment_id for members in pools.values() for row in members}
    if not every:
        return {}
    figures = progress_of_commitments(every, day, known_on)
    made = {pk: _pool(members, figures) for pk, members in pools.items()}
    return {
        row.commitment_id: made[pk]
        for pk, members in pools.items()
        for row in members
        if row.commitment_id in set(commitment_ids)
    }


def judged(figures: Mapping[int, Progress], day: date) -> dict[int, Judged]:
    """By clause, what its shortfall is judged on; `figures` are those of the clauses that day.

    A clause with a globalised commitment is judged with all that the agreement pools, so that what
    one contract does beyond its debt makes up for another.
    """
    own: dict[int, list[int]] = defaultdict(list)
    pooled_in = _held(day).filter(commitment__clause__in=figures).values("commitment__clause")
    for pk, clause_id in Commitment.objects.filter(clause__in=pooled_in).values_list(
        "pk", "clause_id"
    ):
        own[clause_id].append(pk)
    if not own:
        return {pk: Judged(progress) for pk, progress in figures.items()}
    pools = pool_of([pk for found in own.values() for pk in found], day)
    alone = [pk for found in own.values() for pk in found if pk not in pools]
    parts = progress_of_commitments(alone, day) if alone else {}
    return {
        pk: _judged(own[pk], pools, parts) if pk in own else Judged(progress)
        for pk, progress in figures.items()
    }


def _judged(
    commitments: Collection[int], pools: Mapping[int, Pool], alone: Mapping[int, Progress]
) -> Judged:
    together: dict[int, Progress] = {}
    found = set()
    for pk in commitments:
        if pk in pools:
            together |= pools[pk].parts
            found.add(pools[pk].globalisation.pk)
        else:
            together[pk] = alone[pk]
    own = [pk for pk in commitments if pk in pools]
    sentences = {pools[pk].sentence(len(own)) for pk in own} if len(found) == 1 else set()
    return Judged(
        progress=pooled(list(together.values())),
        pools=tuple(sorted(found)),
        contracts=len(together),
        told=next(iter(sentences), ""),
    )


def _pools(
    commitment_ids: Collection[int], day: date, known_on: datetime | None
) -> dict[int, tuple[GlobalisedCommitment, ...]]:
    """All the members, that day, of the globalisations of these commitments."""
    rows = _held(day)
    if known_on is not None:
        rows = rows.filter(globalisation__recorded_at__lte=known_on)
    mine = rows.filter(commitment__in=commitment_ids).values("globalisation")
    found: dict[int, list[GlobalisedCommitment]] = defaultdict(list)
    for row in (
        rows.filter(globalisation__in=mine)
        .select_related(
            "globalisation__company",
            "commitment__clause",
            "commitment__award__lot__contract__operation",
        )
        .order_by("commitment__award__lot__contract__operation__name_key", "pk")
    ):
        found[row.globalisation_id].append(row)
    return {pk: tuple(members) for pk, members in found.items() if len(members) > 1}


def _held(day: date) -> PeriodQuerySet[GlobalisedCommitment]:
    return GlobalisedCommitment.objects.filter(on_day(day), on_day(day, "globalisation__"))


def _pool(members: tuple[GlobalisedCommitment, ...], figures: Mapping[int, Progress]) -> Pool:
    parts = {row.commitment_id: figures[row.commitment_id] for row in members}
    return Pool(members[0].globalisation, members, parts, pooled(list(parts.values())))

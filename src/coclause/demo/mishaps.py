"""What goes wrong or waits today, by facilitator: late months, unchecked ones, clauses to close.

Everything else is declared on time and checked, so that a day's work is what is written here.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from coclause.clauses.states import ClauseState
from coclause.core.months import first_day, shift
from coclause.demo.chance import Chance
from coclause.demo.operations import Scene
from coclause.demo.sites import Site


@dataclass(frozen=True)
class Mishaps:
    """How many of each, among the clauses of one facilitator."""

    waiting: int
    waiting_late: int
    missing: int
    missing_long: int
    returned: int
    under: int
    ended: int
    ended_late: int
    suspended: int


PERSONA = Mishaps(
    waiting=3,
    waiting_late=1,
    missing=2,
    missing_long=1,
    returned=1,
    under=2,
    ended=1,
    ended_late=1,
    suspended=1,
)
"""Seven of the ten things that wait for the followed facilitator; see also `pipeline`."""


def spoil(scene: Scene, sites: list[Site]) -> None:
    """Mark the sites of each facilitator, before their hours are planned."""
    by_share: dict[tuple[int, int], list[Site]] = defaultdict(list)
    for site in sites:
        by_share[site.host, site.share].append(site)
    for key in sorted(by_share):
        counts = PERSONA if key == (0, 0) else _drawn(scene.dice)
        _spoil(scene, by_share[key], counts)
    _one_without_commitment(sites, scene.day)


def _drawn(dice: Chance) -> Mishaps:
    return Mishaps(
        waiting=dice.randint(1, 4),
        waiting_late=dice.randint(0, 2),
        missing=dice.randint(0, 3),
        missing_long=dice.randint(0, 1),
        returned=dice.randint(0, 1),
        under=dice.randint(1, 3),
        ended=dice.randint(0, 2),
        ended_late=dice.randint(0, 1),
        suspended=dice.randint(0, 1),
    )


def _spoil(scene: Scene, sites: list[Site], counts: Mishaps) -> None:
    """Each site has one mishap at most; there may be fewer sites than mishaps."""
    day = scene.day
    last = shift(first_day(day), -1)
    running = [s for s in sites if s.running(day) and last in s.months and len(s.months) >= 3]
    finished = sorted(
        (s for s in sites if not s.running(day)), key=lambda site: site.award.ends_on, reverse=True
    )
    scene.dice.shuffle(running)
    free = iter(running)

    def take(count: int) -> list[Site]:
        return [site for _, site in zip(range(count), free, strict=False)]

    for site in take(counts.waiting):
        site.waiting[last] = max(first_day(day), day - timedelta(days=scene.dice.randint(1, 4)))
    for site in take(counts.waiting_late):
        month = shift(last, -1)
        site.waiting[month] = shift(last, 0) + timedelta(days=9)
    for site in take(counts.missing):
        site.missing.add(last)
    for site in take(counts.missing_long):
        site.missing |= {last, shift(last, -1), shift(last, -2)}
    for site in take(counts.returned):
        site.returned.add(last)
    for site in take(counts.suspended):
        _suspend(site, day)
    for site in take(counts.under):
        site.ratio = scene.dice.uniform(0.45, 0.78)
    for site in finished[: counts.ended]:
        _to_close(site, day, day + timedelta(days=scene.dice.randint(3, 14)))
    for site in finished[counts.ended : counts.ended + counts.ended_late]:
        _to_close(site, day, day - timedelta(days=scene.dice.randint(2, 40)))


def _suspend(site: Site, day: date) -> None:
    since = max(site.award.starts_on, day - timedelta(days=48))
    site.clause.state, site.clause.state_since = ClauseState.SUSPENDED, since
    site.clause.act_by = day + timedelta(days=20)
    site.paused_from = shift(first_day(since), 1)


def _to_close(site: Site, day: date, act_by: date) -> None:
    """Ended and still not closed."""
    since = max(site.award.ends_on, min(day, act_by) - timedelta(days=60))
    site.clause.state, site.clause.state_since = ClauseState.ENDED, min(since, day)
    site.clause.act_by = act_by


def _one_without_commitment(sites: list[Site], day: date) -> None:
    """Nobody knows what the companies of these clauses owe."""
    calm = [s for s in sites if s.running(day) and not s.waiting and (s.host, s.share) != (0, 0)]
    for site in calm[:: max(1, len(calm) // 3)][:3]:
        site.without_commitment = True

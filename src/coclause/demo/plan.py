"""How many hours each site does in each month, so that each year comes out exactly."""

from collections import defaultdict
from datetime import date

from coclause.clauses.choices import MarketType
from coclause.demo.chance import Chance
from coclause.demo.sites import Site
from coclause.demo.spreading import QUARTERS, spread, spread_within
from coclause.demo.trades import MARKETS

YEARS = {
    2020: 702_418,
    2021: 928_764,
    2022: 1_051_292,
    2023: 1_098_455,
    2024: 1_142_730,
    2025: 1_176_905,
}
"""Hours worked in the region. 2022 is the known figure (regional flyer); the others surround it."""
LATER = 1_188_000
SEASON = (0.95, 0.98, 1.06, 1.02, 0.97, 1.06, 0.98, 0.72, 1.06, 1.1, 1.05, 0.85)
"""January to December."""
SHORTEST, LONGEST = 7 * QUARTERS, 151 * QUARTERS + 2
"""Bounds of the month of one person on one site."""

Plan = dict[tuple[int, date], int]
"""Quarters of an hour, by number of the site and month."""


def build_plan(sites: list[Site], dice: Chance, day: date, scale: float) -> Plan:
    """Share each year's hours between market types, sites and months."""
    wishes: dict[int, dict[MarketType, list[tuple[int, date, float]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for number, site in enumerate(sites):
        for month, weight in _weights(site, dice):
            wishes[month.year][site.market].append((number, month, weight))
    plan: Plan = {}
    for year in sorted(wishes):
        by_market = wishes[year]
        markets = [market for market in MARKETS if by_market[market]]
        total = round(_target(year, day) * scale) * QUARTERS
        shares = spread(total, [MARKETS[market].hours_share for market in markets])
        for market, share in zip(markets, shares, strict=True):
            _place(plan, by_market[market], share)
    return plan


def _target(year: int, day: date) -> float:
    """Hours of the year, those of its completed months when it is not over."""
    whole = YEARS.get(year, LATER)
    return whole * (day.month - 1) / 12 if year == day.year else whole


def _weights(site: Site, dice: Chance) -> list[tuple[date, float]]:
    """The months with hours; work starts slowly, and now and then a month has none."""
    found = []
    for rank, month in enumerate(site.months):
        idle = dice.happens(0.04)
        noise = dice.uniform(0.75, 1.25)
        start = min(1.0, 0.45 + 0.3 * rank)
        if site.worked_in(month) and not idle:
            found.append((month, site.pace * SEASON[month.month - 1] * start * noise))
    return found


def _place(plan: Plan, wishes: list[tuple[int, date, float]], total: int) -> None:
    kept = sorted(wishes, key=lambda wish: (-wish[2], wish[0], wish[1]))
    kept = kept[: max(1, total // SHORTEST)]
    shares = spread_within(total, [weight for _, _, weight in kept], SHORTEST, total)
    for (number, month, _), quarters in zip(kept, shares, strict=True):
        plan[number, month] = quarters

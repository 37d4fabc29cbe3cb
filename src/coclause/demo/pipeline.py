"""Clauses before any award: in project, proposed, agreed, dropped."""

from datetime import date, timedelta

from coclause.clauses.choices import MarketType
from coclause.clauses.models import Clause, Lot
from coclause.clauses.states import ClauseState
from coclause.demo.names import PLACES, of
from coclause.demo.operations import (
    ANY_BUYER,
    FIRST_DAY,
    Scene,
    add_clause,
    add_contract,
    euros,
    follow,
    open_operation,
)
from coclause.demo.trades import MARKETS
from coclause.organisations.choices import BuyerKind

PERSONA = (
    (ClauseState.DRAFT, -3),
    (ClauseState.DRAFT, 6),
    (ClauseState.AGREED, 9),
    (ClauseState.PROPOSED, 8),
    (ClauseState.PROPOSED, 15),
)
"""The followed facilitator's: state, and days from today to act; below zero, late."""


def build_pipeline(scene: Scene) -> list[Clause]:
    """What each facilitator in post prepares, and what was given up over the years."""
    dice, network = scene.dice, scene.network
    clauses: list[Clause] = []
    shares = [
        (network.hosts.index(post.host), post.share)
        for post in network.in_post
        if post.holds_on(scene.day)
    ]
    for host, share in dict.fromkeys(shares):
        todo = PERSONA if (host, share) == (0, 0) else _drawn(scene)
        clauses += [_clause(scene, host, share, state, days) for state, days in todo]
    for _ in range(max(2, round(24 * scene.scale))):
        host, share = dice.choice(shares)
        since = dice.day_between(date(2020, 6, 1), scene.day - timedelta(days=9))
        clauses.append(_dropped(scene, host, share, since))
    return clauses


def _drawn(scene: Scene) -> list[tuple[ClauseState, int]]:
    dice = scene.dice
    states = [ClauseState.DRAFT, ClauseState.PROPOSED, ClauseState.AGREED]
    return [(dice.choice(states), dice.randint(-12, 30)) for _ in range(dice.randint(1, 4))]


def _clause(scene: Scene, host: int, share: int, state: ClauseState, days: int) -> Clause:
    since = scene.day - timedelta(days=scene.dice.randint(2, 24) + max(0, -days))
    clause = _open(scene, host, share, state, since)
    clause.act_by = scene.day + timedelta(days=days)
    return clause


def _dropped(scene: Scene, host: int, share: int, since: date) -> Clause:
    return _open(scene, host, share, ClauseState.DROPPED, since)


def _open(scene: Scene, host: int, share: int, state: ClauseState, since: date) -> Clause:
    """An operation of one lot and its clause, without an award."""
    book, dice, network = scene.book, scene.dice, scene.network
    market = dice.choice([MarketType.WORKS, MarketType.WORKS, MarketType.SERVICES])
    fact = MARKETS[market]
    trade = dice.choice(fact.trades)
    departement = str(network.hosts[host].commune_id)[:2]
    kind = BuyerKind(dice.pick(ANY_BUYER))
    buyer = dice.choice(scene.partners.buyers[kind])
    if (host, share) == (0, 0) and state == ClauseState.PROPOSED:
        # The buyer who can be entered has clauses to answer.
        buyer = scene.partners.buyers[BuyerKind.MUNICIPAL][0]
    operation = open_operation(
        scene,
        f"{dice.choice(fact.subjects)} {of(dice.choice(PLACES))}",
        buyer,
        scene.map.draw(dice, departement),
        since,
    )
    follow(scene, operation, host, share, max(FIRST_DAY, operation.created_at.date()))
    contract = add_contract(scene, operation, market, trade, None)
    hours = dice.randint(20, 700) * 5
    contract.amount = euros(hours * fact.euros_by_hour)
    contract.duration_months = dice.randint(*fact.months)
    lot = book.add(Lot(contract=contract, number=1, title=trade.title, amount=contract.amount))
    clause = add_clause(scene, lot, state, since, market)
    clause.target_hours = hours
    return clause

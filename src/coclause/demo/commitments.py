"""What companies owe, set from what they did, so that a clause stands where its story says."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from coclause.clauses.choices import EventKind
from coclause.clauses.models import Commitment, Objective, ObjectiveEvent
from coclause.demo.book import Book
from coclause.demo.operations import Scene, euros
from coclause.demo.plan import Plan
from coclause.demo.sites import Site
from coclause.demo.spreading import QUARTERS
from coclause.demo.trades import MARKETS

REASONS = (
    "Travaux supplémentaires",
    "Prolongation de trois mois",
    "Prestations retirées du marché",
    "Accord sur un volume adapté au calendrier",
)


def commit(scene: Scene, sites: list[Site], plan: Plan) -> None:
    """Commitments, amendments and amounts of every site."""
    done = [0] * len(sites)
    for (number, _), quarters in plan.items():
        done[number] += quarters
    for site, quarters in zip(sites, done, strict=True):
        owed = owed_hours(site, quarters / QUARTERS, scene.day)
        site.clause.target_hours = (site.clause.target_hours or 0) + owed
        _price(scene, site, owed)
        if not site.without_commitment:
            _commit(scene, site, owed)


def owed_hours(site: Site, done: float, day: date) -> int:
    """Hours to owe for what was done to be `site.ratio` of what is expected; a multiple of 5."""
    award = site.award
    span = (award.ends_on - award.starts_on).days + 1
    elapsed = min((day - award.starts_on).days + 1, span) / span
    return max(35, round(done / (elapsed * site.ratio) / 5) * 5)


def _price(scene: Scene, site: Site, owed: int) -> None:
    rate = MARKETS[site.market].euros_by_hour * scene.dice.uniform(0.6, 1.6)
    site.award.amount = euros(owed * rate)
    for whole in (site.lot, site.lot.contract):
        whole.amount = (whole.amount or Decimal(0)) + site.award.amount


def _commit(scene: Scene, site: Site, owed: int) -> None:
    dice, award = scene.dice, site.award
    commitment = scene.book.add(Commitment(award=award, clause=site.clause))
    objective = scene.book.add(Objective(commitment=commitment))
    change = 0
    middle = award.starts_on + timedelta(days=(award.ends_on - award.starts_on).days // 2)
    if dice.happens(0.12) and middle < scene.day and owed >= 100:
        change = round(owed * dice.choice([-0.3, -0.15, 0.1, 0.2, 0.3]) / 5) * 5
    first = owed - change
    book = scene.book
    add_event(book, objective, kind=EventKind.INITIAL, day=award.notified_on, quantity=first)
    if change:
        reason = dice.choice(REASONS[:2] if change > 0 else REASONS[2:])
        add_event(
            book,
            objective,
            kind=EventKind.AMENDMENT,
            day=middle,
            quantity=change,
            reason=reason,
        )


def add_event(
    book: Book,
    objective: Objective,
    *,
    kind: EventKind,
    day: date,
    quantity: int,
    reason: str = "",
) -> ObjectiveEvent:
    """A dated change of what is owed, recorded that very day."""
    return book.add(
        ObjectiveEvent(
            objective=objective,
            kind=kind,
            effective_on=day,
            quantity=Decimal(quantity),
            reason=reason,
            recorded_at=datetime(day.year, day.month, day.day, 11, tzinfo=UTC),
        )
    )

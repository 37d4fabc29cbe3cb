"""Fictitious published contracts, so that « Marchés publiés » has something to follow."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from coclause.core.months import first_day, shift
from coclause.demo.book import Book
from coclause.demo.chance import Chance, chance
from coclause.demo.names import PLACES, of
from coclause.demo.operations import ANY_BUYER, Scene
from coclause.demo.places import REGION
from coclause.demo.trades import CONCESSION, INTELLECTUAL, SERVICES, SUPPLIES, WORKS, Trade
from coclause.organisations.choices import BuyerKind
from coclause.organisations.models import Organisation
from coclause.watch.choices import ContractKind, MarketType, Social, TerritoryBasis
from coclause.watch.models import (
    ImportRun,
    PublishedContract,
    PublishedHolder,
    PublishedState,
)

COUNT = 110
FEWEST = 24
TRADES: dict[MarketType, tuple[Trade, ...]] = {
    MarketType.WORKS: WORKS,
    MarketType.SERVICES: (*SERVICES, *INTELLECTUAL),
    MarketType.SUPPLIES: SUPPLIES,
}
SOCIAL = {Social.YES: 24, Social.NO: 48, Social.UNKNOWN: 28}
EACH = 12
"""One contract in so many is the buyer's whose card opens the demonstration: it can be followed,
then accepted."""
SAID = {
    Social.YES: (["Clause sociale"], ["Critère social"], ["Marché réservé"]),
    Social.NO: (["Pas de considération sociale"],),
    Social.UNKNOWN: ([],),
}
AMOUNTS = (0.05, 0.09, 0.18, 0.4, 0.9, 1.6, 2.8, 6.2, 14.5, 31.0)
"""Millions of euros, from the smallest published to the very large."""


def publish(scene: Scene) -> None:
    """The contracts of the last months, found by one import of this week."""
    book, dice, day = scene.book, chance("published"), scene.day
    count = max(FEWEST, round(COUNT * min(1, scene.scale * 4)))
    concessions = count // 12
    run = book.add(
        ImportRun(
            day=day,
            started_at=datetime(day.year, day.month, day.day, 4, 30, tzinfo=UTC),
            finished_at=datetime(day.year, day.month, day.day, 4, 31, tzinfo=UTC),
            rows=count,
            contracts=count - concessions,
            concessions=concessions,
            new=count,
        )
    )
    for rank in range(count):
        contract = _contract(scene, dice, run, rank, concession=rank < concessions)
        _holder(book, dice, scene, contract)


def _contract(
    scene: Scene, dice: Chance, run: ImportRun, rank: int, *, concession: bool
) -> PublishedContract:
    market = dice.pick({MarketType.WORKS: 5, MarketType.SERVICES: 4, MarketType.SUPPLIES: 2})
    trade = dice.choice(CONCESSION if concession else TRADES[market])
    buyer = dice.choice(scene.partners.buyers[BuyerKind(dice.pick(ANY_BUYER))])
    if rank % EACH == 0:
        buyer = scene.partners.buyers[BuyerKind.MUNICIPAL][0]
    departement = str(buyer.commune_id)[:2]
    notified = dice.day_between(shift(first_day(scene.day), -6), scene.day - timedelta(days=6))
    social = dice.pick(SOCIAL)
    return scene.book.add(
        PublishedContract(
            kind=ContractKind.CONCESSION if concession else ContractKind.MARCHE,
            buyer_siret=str(buyer.siret),
            buyer_siren=str(buyer.siret)[:9],
            buyer_name=buyer.name,
            published_id=f"{notified.year}F{rank + 1:04d}",
            nature="Concession" if concession else "Marché",
            object=f"{trade.title} {of(dice.choice(PLACES))}",
            cpv=trade.cpv,
            cpv_division=trade.cpv[:2],
            procedure="Procédure adaptée" if dice.happens(0.6) else "Appel d'offres ouvert",
            market_type=MarketType.SERVICES if concession else market,
            amount=_amount(dice),
            duration_months=dice.choice([None, 6, 12, 18, 24, 36, 48]),
            notified_on=notified,
            published_on=min(scene.day, notified + timedelta(days=dice.randint(3, 40))),
            place_code=str(buyer.commune_id),
            place_type="Code commune",
            departement=departement,
            region=REGION,
            territory_basis=TerritoryBasis.EXECUTION,
            considerations=dice.choice(SAID[social]),
            social=social,
            fingerprint=hashlib.sha256(f"fiction {rank}".encode()).hexdigest(),
            first_seen=run,
            last_changed=run,
            last_seen=run,
        )
    )


def _amount(dice: Chance) -> Decimal | None:
    """In euros; one in twenty is not said."""
    if dice.happens(0.05):
        return None
    millions = dice.choice(AMOUNTS) * dice.uniform(0.8, 1.3)
    return Decimal(round(millions * 1_000_000))


def _holder(book: Book, dice: Chance, scene: Scene, contract: PublishedContract) -> None:
    word = next(
        trade.company
        for trade in (*WORKS, *SERVICES, *INTELLECTUAL, *SUPPLIES, *CONCESSION)
        if trade.cpv == contract.cpv
    )
    company: Organisation = dice.choice(scene.partners.companies[word])
    book.add(
        PublishedState(
            contract=contract,
            sequence=0,
            dated_on=_award_day(contract),
            amount=contract.amount,
            duration_months=contract.duration_months,
            holders=[company.siret],
        )
    )
    book.add(
        PublishedHolder(
            contract=contract,
            identifier=str(company.siret),
            identifier_type="SIRET",
            name=company.name,
            from_sequence=0,
            current=True,
        )
    )


def _award_day(contract: PublishedContract) -> date:
    return contract.notified_on

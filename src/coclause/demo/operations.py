"""Operations, contracts, lots and clauses that were awarded, from 2020 to the day."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from coclause.clauses.choices import (
    Basis,
    ContractKind,
    HostRole,
    HoursKind,
    Instrument,
    MarketType,
    MemberPart,
    Theme,
)
from coclause.clauses.models import (
    Award,
    AwardMember,
    Clause,
    Contract,
    Lot,
    Operation,
    OperationHost,
)
from coclause.clauses.states import ClauseState
from coclause.core.months import first_day, shift
from coclause.demo.book import Book
from coclause.demo.chance import Chance
from coclause.demo.names import PLACES, of
from coclause.demo.network import Network
from coclause.demo.partners import Partners
from coclause.demo.places import REGION, Map, Place
from coclause.demo.sites import Site, completed_months, end_after
from coclause.demo.trades import DEPARTEMENT_SHARE, MARKETS, Trade
from coclause.organisations.choices import BuyerKind
from coclause.organisations.models import Organisation
from coclause.reference.keys import search_key

FIRST_DAY = date(2020, 1, 6)
OPERATIONS = 640
"""Awarded operations at full size."""
FEWEST = 26
PERSONA_OPERATIONS = 9
"""Running operations of the facilitator whom the demonstration follows, whatever the size."""

BUYER_OF: dict[MarketType, dict[BuyerKind, float]] = {
    MarketType.PRIVATE: {BuyerKind.PRIVATE: 1},
    MarketType.CONCESSION: {BuyerKind.MUNICIPAL: 6, BuyerKind.UTILITY: 3, BuyerKind.MIXED: 1},
}
ANY_BUYER = {
    BuyerKind.MUNICIPAL: 42,
    BuyerKind.HOUSING: 16,
    BuyerKind.HOSPITAL: 8,
    BuyerKind.STATE: 7,
    BuyerKind.OPERATOR: 6,
    BuyerKind.DEPARTEMENT: 9,
    BuyerKind.MIXED: 5,
    BuyerKind.UTILITY: 2,
    BuyerKind.REGION: 4,
    BuyerKind.UNKNOWN: 1,
}
TERMS = (
    "Heures réservées à des personnes éloignées de l’emploi, déclarées chaque mois avant le 5."
    " Pénalité de 50 € par heure non réalisée, après mise en demeure de l’acheteur."
)


@dataclass
class Scene:
    """What every story is told with."""

    book: Book
    dice: Chance
    map: Map
    network: Network
    partners: Partners
    day: date
    scale: float
    followed_by: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Host and share of each operation."""


@dataclass(frozen=True)
class Plot:
    """Where, when and what an operation is."""

    market: MarketType
    notified_on: date
    place: Place
    host: int
    share: int
    followed: bool = False
    """By the facilitator whom the demonstration follows."""
    shared: bool = False
    """With a neighbouring host, whatever chance says."""


def build_sites(scene: Scene) -> list[Site]:
    """Every awarded operation with its lots in execution, finished or running."""
    count = max(FEWEST, round(OPERATIONS * scene.scale))
    sites: list[Site] = []
    for rank in range(count):
        plot = _persona_plot(scene, rank) if rank < PERSONA_OPERATIONS else _plot(scene, rank)
        sites += _operation(scene, plot)
    return sites


def _persona_plot(scene: Scene, rank: int) -> Plot:
    """A recent operation of the followed facilitator, near her host."""
    market = MarketType.SERVICES if rank % 4 == 3 else MarketType.WORKS
    notified = scene.day - timedelta(days=130 + 22 * rank)
    return Plot(market, notified, scene.map.town("21", rank), 0, 0, followed=True, shared=rank == 2)


def _plot(scene: Scene, rank: int) -> Plot:
    dice = scene.dice
    market = dice.pick({market: fact.operations for market, fact in MARKETS.items()})
    if rank < PERSONA_OPERATIONS + len(MARKETS):
        market = list(MARKETS)[rank - PERSONA_OPERATIONS]
    latest = scene.day - timedelta(days=75)
    # A stock of contracts is already there when the story begins.
    notified = dice.day_between(FIRST_DAY, latest)
    if dice.happens(0.14):
        notified = dice.day_between(FIRST_DAY, date(2020, 3, 10))
    place = scene.map.draw(dice, dice.pick(DEPARTEMENT_SHARE))
    host, share = scene.network.share_of(place)
    return Plot(market, notified, place, host, share)


def _operation(scene: Scene, plot: Plot) -> list[Site]:
    book, dice, fact = scene.book, scene.dice, MARKETS[plot.market]
    buyer = _buyer(scene, plot)
    name = f"{dice.choice(fact.subjects)} {of(dice.choice(PLACES))}"
    operation = open_operation(scene, name, buyer, plot.place, plot.notified_on)
    follow(scene, operation, plot.host, plot.share, opened_on(plot.notified_on))
    associated = _associate(scene, operation, plot)
    trades = dice.some(fact.trades, dice.randint(*fact.lots))
    contract = add_contract(scene, operation, plot.market, trades[0], plot.notified_on)
    months = dice.randint(*fact.months)
    contract.duration_months = months
    sites = []
    for number, trade in enumerate(trades, start=1):
        lot = book.add(Lot(contract=contract, number=number, title=trade.title))
        site = _site(scene, plot, lot, trade, months)
        site.associated = associated
        sites.append(site)
        if dice.happens(0.02) or (plot.followed and number == 1 and not sites[1:]):
            sites.append(_second_award(scene, site))
    return sites


def _buyer(scene: Scene, plot: Plot) -> Organisation:
    """The followed facilitator works for two buyers in turn; the others for any."""
    buyers = scene.partners.buyers
    if plot.followed and plot.market == MarketType.WORKS:
        return buyers[BuyerKind.MUNICIPAL][0]
    return scene.dice.choice(buyers[scene.dice.pick(BUYER_OF.get(plot.market, ANY_BUYER))])


def _associate(scene: Scene, operation: Operation, plot: Plot) -> int | None:
    """Now and then a neighbouring host recruits for a part of the hours."""
    if not (plot.shared or scene.dice.happens(0.04)):
        return None
    others = [i for i in range(len(scene.network.hosts)) if i != plot.host]
    host = scene.dice.choice(others)
    scene.book.add(
        OperationHost(
            operation=operation,
            host=scene.network.hosts[host],
            facilitator=scene.network.in_charge(host, 0, scene.day),
            role=HostRole.ASSOCIATED,
            starts_on=opened_on(plot.notified_on),
        )
    )
    return host


def _second_award(scene: Scene, site: Site) -> Site:
    """The same lot awarded to a second company, as in a framework agreement."""
    first = site.award
    award = add_award(scene, site.lot, first.notified_on, first.starts_on, first.ends_on)
    companies = scene.partners.companies[site.trade.company]
    holder = next(company for company in companies if company is not site.holder)
    add_holder(scene.book, award, holder)
    other = replace(
        site,
        award=award,
        holder=holder,
        declared_by=scene.partners.users[holder.pk],
        missing=set(),
        waiting={},
        returned=set(),
    )
    other.employers = _employers(scene, other)
    return other


def opened_on(notified_on: date) -> date:
    """A host is there months before the contract, never before the story begins."""
    return max(FIRST_DAY, notified_on - timedelta(days=120))


def open_operation(
    scene: Scene, name: str, buyer: Organisation, place: Place, notified_on: date
) -> Operation:
    opened = opened_on(notified_on)
    return scene.book.add(
        Operation(
            name=name,
            name_key=search_key(name),
            buyer=buyer,
            region_id=REGION,
            commune_id=place.code,
            created_at=datetime(opened.year, opened.month, opened.day, 9, tzinfo=UTC),
        )
    )


def follow(scene: Scene, operation: Operation, host: int, share: int, since: date) -> None:
    """The referent host from that day on, its facilitators one after the other."""
    network = scene.network
    scene.followed_by[operation.pk] = (host, share)
    terms = [t for t in network.terms(host, share) if t.until is None or t.until >= since]
    start = since
    periods: list[tuple[date, date | None, int | None]] = []
    for term in terms:
        if term.since > start:
            periods.append((start, term.since - timedelta(days=1), None))
            start = term.since
        periods.append((start, term.until, term.user.pk))
        if term.until is None:
            break
        start = term.until + timedelta(days=1)
    else:
        periods.append((start, None, network.in_charge(host, share, scene.day).pk))
    for first, last, facilitator in periods:
        scene.book.add(
            OperationHost(
                operation=operation,
                host=network.hosts[host],
                facilitator_id=facilitator,
                role=HostRole.REFERENT,
                starts_on=first,
                ends_on=last,
            )
        )


def add_contract(
    scene: Scene,
    operation: Operation,
    market: MarketType,
    trade: Trade,
    notified_on: date | None,
) -> Contract:
    """A contract of that operation; its amount comes with the lots'."""
    book, dice = scene.book, scene.dice
    kinds = {
        MarketType.CONCESSION: ContractKind.CONCESSION,
        MarketType.PRIVATE: ContractKind.PRIVATE,
    }
    year = (notified_on or operation.created_at.date()).year
    return book.add(
        Contract(
            operation=operation,
            kind=kinds.get(market, ContractKind.MARCHE),
            market_type=market,
            reference=f"{year}-F{len(book.rows(Contract)) + 1:04d}" if dice.happens(0.9) else "",
            object=operation.name,
            cpv_id=trade.cpv,
            notified_on=notified_on,
        )
    )


def add_clause(
    scene: Scene, lot: Lot, state: ClauseState, since: date, market: MarketType
) -> Clause:
    """A clause of that lot; most ask for insertion as a condition of execution."""
    dice = scene.dice
    instrument = dice.pick(
        {
            Instrument.CONDITION: 78,
            Instrument.CRITERION: 9,
            Instrument.RESERVED: 8,
            Instrument.INSERTION: 5,
        }
    )
    basis = dice.pick({Basis.CODE: 80, Basis.NPNRU: 9, Basis.VOLUNTARY: 6, Basis.FUNDING: 5})
    if market == MarketType.PRIVATE:
        instrument, basis = Instrument.CONDITION, dice.choice([Basis.LAND_SALE, Basis.VOLUNTARY])
    kinds = [HoursKind.WORK, HoursKind.TRAINING]
    if dice.happens(0.3):
        kinds.append(HoursKind.INTERNSHIP)
    return scene.book.add(
        Clause(
            lot=lot,
            instrument=instrument,
            theme=Theme.INSERTION,
            basis=basis,
            publics=["QPV"] if basis == Basis.NPNRU else [],
            hour_kinds=kinds,
            terms=TERMS,
            state=state,
            state_since=since,
        )
    )


def _site(scene: Scene, plot: Plot, lot: Lot, trade: Trade, months: int) -> Site:
    book, dice, day = scene.book, scene.dice, scene.day
    # Lots of works follow each other; those of services begin together.
    late = dice.randint(0, months // 3) if plot.market == MarketType.WORKS else 0
    lasts = max(3, months - late if plot.market != MarketType.WORKS else round(months * 0.55))
    starts = plot.notified_on + timedelta(days=dice.randint(15, 50) + 30 * late)
    starts = min(starts, shift(first_day(day), -1))
    award = add_award(scene, lot, plot.notified_on, starts, end_after(starts, lasts))
    companies = scene.partners.companies[trade.company]
    holder = companies[0] if plot.followed else dice.choice(companies)
    add_holder(book, award, holder)
    finished = award.ends_on < day
    state = ClauseState.CLOSED if finished else ClauseState.RUNNING
    since = min(day, award.ends_on + timedelta(days=dice.randint(15, 75))) if finished else starts
    site = Site(
        operation=lot.contract.operation,
        lot=lot,
        clause=add_clause(scene, lot, state, since, plot.market),
        award=award,
        host=plot.host,
        share=plot.share,
        market=plot.market,
        trade=trade,
        holder=holder,
        declared_by=scene.partners.users[holder.pk],
        months=completed_months(award.starts_on, award.ends_on, day),
        pace=dice.lognormvariate(0, 0.7),
        ratio=dice.triangular(0.72, 1.3, 1.04) if finished else dice.triangular(0.9, 1.2, 1.02),
    )
    site.employers = _employers(scene, site)
    return site


def add_award(scene: Scene, lot: Lot, notified: date, starts: date, ends: date) -> Award:
    return scene.book.add(
        Award(
            lot=lot,
            notified_on=min(notified, starts),
            starts_on=starts,
            ends_on=ends,
            recorded_at=datetime.combine(min(notified, starts), time(11), UTC),
        )
    )


def add_holder(book: Book, award: Award, holder: Organisation) -> None:
    book.add(
        AwardMember(
            award=award,
            organisation=holder,
            part=MemberPart.HOLDER,
            starts_on=award.starts_on,
        )
    )


def _employers(scene: Scene, site: Site) -> list[Organisation]:
    """Who hires: the holder, an agency of the insertion sector, a subcontractor at times."""
    dice, insertion = scene.dice, scene.partners.insertion
    employers = [site.holder]
    kinds = ("ETTI", "GEIQ") if site.market == MarketType.WORKS else ("ETTI", "AI")
    employers.append(dice.choice(insertion[dice.choice(kinds)]))
    if dice.happens(0.12):
        subcontractor = dice.choice(insertion["EI"])
        employers.append(subcontractor)
        scene.book.add(
            AwardMember(
                award=site.award,
                organisation=subcontractor,
                part=MemberPart.SUBCONTRACTOR,
                starts_on=site.award.starts_on,
            )
        )
    return employers


def euros(amount: float) -> Decimal:
    """A plausible amount: thousands of euros."""
    return Decimal(max(round(amount / 1000), 5) * 1000)

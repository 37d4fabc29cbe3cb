"""What came through the front door lately, told by the product's own acts: every state is there."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property

from django.conf import settings
from django.urls import reverse

from coclause.clauses.choices import ContractKind, LawBuyer, MarketType
from coclause.clauses.duty import told
from coclause.clauses.models import Operation
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.core.working_days import add_working_days
from coclause.demo.chance import Chance, chance
from coclause.demo.names import PLACES, of
from coclause.demo.places import REGION
from coclause.demo.sirets import siret
from coclause.network.choices import Channel
from coclause.network.door import answer_to, told_estimate
from coclause.network.models import BuyerRequest, RegionalBuyer
from coclause.network.needs import Contact, Described
from coclause.network.requests import answering
from coclause.network.requests.receiving import receive
from coclause.network.requests.regional import add_regional_buyer
from coclause.organisations.choices import BuyerKind, MemberRole, Role
from coclause.organisations.models import Membership, Organisation, TerritoryCharge
from coclause.organisations.scopes import Scope, scope_of
from coclause.reference.models import Commune, Region

ANSWERED_AFTER = (1, 1, 2, 2, 2, 3, 3, 4, 4, 5, 5, 7, 9)
"""Working days to the first answer of last year's requests: most within the promise."""
ASKED = (
    ("Réfection de la toiture du gymnase", MarketType.WORKS, 1_850_000, 9),
    ("Entretien des espaces verts", MarketType.SERVICES, 640_000, 48),
    ("Réhabilitation de la piscine", MarketType.WORKS, 6_200_000, 14),
    ("Nettoyage des bâtiments communaux", MarketType.SERVICES, 310_000, 36),
    ("Construction d’un groupe scolaire", MarketType.WORKS, 8_400_000, 20),
    ("Collecte des encombrants", MarketType.SERVICES, 215_999, 24),
    ("Mobilier de la médiathèque", MarketType.SUPPLIES, 95_000, 6),
    ("Maîtrise d’œuvre de la maison de santé", MarketType.INTELLECTUAL, 260_000, 30),
)
"""Object, type, value (€ before tax) and months."""
NEW_BUYER = 99_000
"""Number of a buyer that nobody knew."""


@dataclass(frozen=True)
class Door:
    """The people around the door, on the day of the demonstration."""

    day: date
    region: Region
    facilitator: Membership
    coordination: Membership
    buyer: Membership

    @cached_property
    def commune(self) -> Commune:
        """A commune that the facilitator of the demonstration is in charge of."""
        charge = TerritoryCharge.objects.filter(membership=self.facilitator).on(self.day)[0]
        place = charge.place
        if isinstance(place, Commune):
            return place
        return Commune.objects.filter(
            **{type(place).__name__.lower(): place}, active=True
        ).order_by("-population", "code")[0]


def door_of(day: date) -> Door:
    """The people who can be entered from the first page."""
    return Door(
        day,
        Region.objects.get(pk=REGION),
        _member("facilitatrice", MemberRole.FACILITATOR, day),
        _member("coordination", MemberRole.COORDINATOR, day),
        _member("acheteur", MemberRole.BUYER, day),
    )


def open_the_door(door: Door) -> None:
    """Requests of the last year and of this week, and the coordination's list of buyers."""
    list_regional_buyers(door)
    answer_last_year(door)
    receive_this_week(door)


def list_regional_buyers(door: Door) -> None:
    """Buyers of regional scope; one has a referent, the others are the coordination's own."""
    with acting_as(door.coordination.user, day=door.day):
        scope = scope_of(door.coordination.user, door.day)
        listed = Organisation.objects.playing(Role.BUYER).filter(
            buyer_kind__in=(BuyerKind.REGION, BuyerKind.STATE), siret__isnull=False
        )
        for rank, buyer in enumerate(listed.order_by("pk")[:3]):
            add_regional_buyer(
                scope,
                RegionalBuyer(
                    region=door.region,
                    siren=str(buyer.siret)[:9],
                    name=buyer.name,
                    referent=None if rank else door.facilitator,
                    reason="Contrats exécutés dans toute la région",
                    starts_on=door.day,
                ),
            )


def answer_last_year(door: Door) -> None:
    """Enough answered requests for the delay to be measured."""
    dice = chance("front door")
    communes = list(
        Commune.objects.filter(departement__region=door.region, active=True).order_by(
            "-population", "code"
        )[:40]
    )
    for rank, waited in enumerate(ANSWERED_AFTER):
        since = door.day - timedelta(days=340 - 23 * rank)
        request = _receive(door, dice, rank, since, dice.choice(communes))
        if request.facilitator is None:
            continue
        answered = add_working_days(since, waited)
        with acting_as(request.facilitator, day=answered):
            scope = scope_of(request.facilitator, answered)
            answering.take(scope, request, at=_at(answered))
            answering.answer(
                scope,
                request,
                "Bonjour, parlons-en : je vous appelle demain.",
                follow=follow,
                at=_at(answered),
            )
        done = add_working_days(answered, 3)
        with acting_as(request.facilitator, day=done):
            answering.close(
                scope_of(request.facilitator, done),
                request,
                "Le marché est reporté à l’an prochain.",
                follow=follow,
                at=_at(done),
            )


def receive_this_week(door: Door) -> None:
    """One request in each state for the facilitator, the buyer and the coordination."""
    dice, user = chance("front door, this week"), door.facilitator.user
    new = _receive(door, dice, 2, door.day - timedelta(days=1), door.commune, by_mail=True)
    _give(door, new)
    late = _receive(door, dice, 1, door.day - timedelta(days=12), door.commune)
    _give(door, late)
    own = _receive(
        door, dice, 3, door.day - timedelta(days=4), door.commune, by_mail=True, buyer=door.buyer
    )
    _give(door, own)
    turned = _receive(door, dice, 4, door.day - timedelta(days=20), door.commune)
    _give(door, turned)
    _receive(door, dice, 5, door.day - timedelta(days=2), None, several=True)
    with acting_as(user, day=door.day):
        scope = scope_of(user, door.day)
        answering.ask(
            scope,
            own,
            "Bonjour, le personnel en place est-il repris par le futur titulaire ? Si oui, combien"
            " d’heures par an ?",
            follow=follow,
        )
        _open(scope, turned, door.facilitator.organisation)


def follow(part: str) -> str:
    """The address by which a buyer follows its request."""
    return f"{settings.SITE_URL}{reverse('request-follow', args=[part])}"


def _open(scope: Scope, request: BuyerRequest, host: Organisation) -> None:
    answering.take(scope, request)
    answering.note(scope, request, "Vu avec les services techniques : deux lots possibles.")
    buyer = Organisation(
        name=request.buyer_name,
        siret=siret(NEW_BUYER),
        roles=[Role.BUYER],
        buyer_kind=BuyerKind.MUNICIPAL,
    )
    operation = Operation(name=request.object[:300], buyer=buyer, commune=request.commune)
    answering.open_from(scope, request, operation, host, follow=follow)


def _give(door: Door, request: BuyerRequest) -> None:
    """The facilitator of the demonstration answers, whoever else shares its territory."""
    if request.facilitator_id != door.facilitator.user_id:
        with acting_as(door.coordination.user, day=door.day):
            answering.reroute(
                scope_of(door.coordination.user, door.day),
                request,
                door.facilitator,
                reason="Partage du territoire entre collègues.",
                desk="",
            )


def _receive(
    door: Door,
    dice: Chance,
    rank: int,
    since: date,
    commune: Commune | None,
    *,
    by_mail: bool = False,
    several: bool = False,
    buyer: Membership | None = None,
) -> BuyerRequest:
    """A request as it came that day; with `by_mail`, its messages are written too."""
    words, market, value, months = ASKED[rank % len(ASKED)]
    place = dice.choice(PLACES)
    need = Described(
        object=f"{words} {of(place)}",
        kind=ContractKind.MARCHE,
        market_type=market,
        region=door.region,
        law_buyer=LawBuyer.AUTHORITY,
        value=Decimal(value),
        months=months,
        notice_on=since + timedelta(days=60),
        commune=commune,
        several_sites=several,
        defense=False,
    )
    name, number, email = f"Commune {of(place)}", "", f"marches{rank}@exemple.test"
    who = "Perrine Imaginaire"
    if buyer is not None:
        of_buyer = buyer.organisation
        name, number = of_buyer.name, str(of_buyer.siret or "")
        who, email = str(buyer.user), buyer.user.email
    author: User | str = buyer.user if buyer else "front-door"
    answer = answer_to(need, day=since, siret=number)
    with acting_as(author, day=since):
        return receive(
            need,
            Contact(buyer_name=name, buyer_siret=number, name=who, email=email),
            verdict=told(answer.verdict),
            estimate=told_estimate(answer),
            channel=Channel.DOOR,
            at=_at(since),
            follow=follow if by_mail else None,
            desk=f"{settings.SITE_URL}{reverse('desk')}",
            buyer=buyer.organisation if buyer else None,
            author=buyer.user if buyer else None,
        )


def _at(day: date) -> datetime:
    return datetime.combine(day, time(9, 30), tzinfo=UTC)


def _member(card: str, role: MemberRole, day: date) -> Membership:
    """The membership that a card of the first page enters by."""
    rows = Membership.objects.on(day).filter(user__email=f"{card}@demo.coclause.test", role=role)
    return rows.select_related("organisation", "user").earliest("pk")

"""The network: hosts, facilitators, their posts and territories, and who else belongs to it."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

from django.contrib.auth.hashers import make_password

from coclause.core.models import User
from coclause.demo.book import Book
from coclause.demo.names import MANAGERS
from coclause.demo.people_of_network import (
    FACILITATORS,
    HOSTS,
    SHARES,
    START,
    FacilitatorFact,
    PostFact,
)
from coclause.demo.places import DEPARTEMENTS, REGION, Map, Place
from coclause.demo.sirets import siret
from coclause.organisations.choices import BuyerKind, Funder, MemberRole, Role
from coclause.organisations.models import (
    FacilitatorPost,
    Membership,
    Organisation,
    PostFunding,
    TerritoryCharge,
)
from coclause.reference.keys import plain_words, search_key

PASSWORD = "demonstration-locale"  # noqa: S105  printed on the first page of the demonstration
NO_PASSWORD = "!"  # noqa: S105  Django's mark of an account that no password opens
UNCOVERED = {"70": 3, "89": 2}
"""EPCI, the least inhabited of a département, that no host ever covered."""
FUNDERS = (
    {Funder.STATE: 30, Funder.LOCAL: 70},
    {Funder.EUROPE: 50, Funder.LOCAL: 50},
    {Funder.STATE: 20, Funder.EUROPE: 30, Funder.OWN: 50},
    {Funder.LOCAL: 100},
)
"""Who pays a post, in percent, in turn."""


@dataclass(frozen=True)
class InPost:
    """A facilitator in charge of a part of a host's territory, for a period."""

    user: User
    host: Organisation
    share: int
    since: date
    until: date | None

    def holds_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass
class Network:
    """The hosts and who works there."""

    hosts: list[Organisation] = field(default_factory=list)
    managers: dict[int, User] = field(default_factory=dict)
    in_post: list[InPost] = field(default_factory=list)
    shares_by_epci: dict[str, tuple[int, int]] = field(default_factory=dict)
    coordination: Organisation | None = None

    def share_of(self, place: Place) -> tuple[int, int]:
        """(host number, share) of a place; the département's first host where nobody is."""
        if place.epci in self.shares_by_epci:
            return self.shares_by_epci[place.epci]
        return host_numbers(place.departement)[0], 0

    def terms(self, host: int, share: int) -> list[InPost]:
        """Who held that share, one after the other."""
        organisation = self.hosts[host]
        held = [p for p in self.in_post if p.host is organisation and p.share == share]
        return sorted(held, key=lambda post: post.since)

    def in_charge(self, host: int, share: int, day: date) -> User:
        """Who acts for that share on that day: its facilitator, a colleague, else the manager."""
        posts = [p for p in self.in_post if p.host is self.hosts[host] and p.holds_on(day)]
        posts.sort(key=lambda post: post.share != share)
        return posts[0].user if posts else self.managers[host]


def host_numbers(departement: str) -> list[int]:
    return [i for i, host in enumerate(HOSTS) if host.departement == departement]


def address(given: str, name: str, domain: str) -> str:
    """ "capucine.fictive@val-imagine.test"."""
    words = ["-".join(plain_words(part)) for part in (given, name)]
    return f"{'.'.join(words)}@{domain}.test"


def add_user(book: Book, email: str, given: str, name: str, *, since: date = START) -> User:
    return book.add(
        User(
            email=email,
            first_name=given,
            last_name=name,
            password=NO_PASSWORD,
            date_joined=datetime(since.year, since.month, since.day, 8, tzinfo=UTC),
        )
    )


def add_member(
    book: Book,
    user: User,
    organisation: Organisation,
    role: MemberRole,
    *,
    since: date = START,
    until: date | None = None,
) -> Membership:
    return book.add(
        Membership(user=user, organisation=organisation, role=role, starts_on=since, ends_on=until)
    )


def add_organisation(
    book: Book,
    name: str,
    roles: list[Role],
    place: Place,
    *,
    kind: BuyerKind | None = None,
) -> Organisation:
    """An organisation with the next fictitious SIRET."""
    number = len(book.rows(Organisation)) + 1
    return book.add(
        Organisation(
            name=name,
            name_key=search_key(name),
            siret=siret(number),
            roles=roles,
            buyer_kind=kind or "",
            region_id=REGION,
            commune_id=place.code,
        )
    )


def demo_password() -> str:
    """The demonstration's password, hashed with a fixed salt so that each build is the same."""
    return make_password(PASSWORD, salt="demonstration")


def build_network(book: Book, map_: Map, day: date) -> Network:
    """Hosts with their managers, facilitators in post up to that day, territories."""
    network = Network()
    for number, fact in enumerate(HOSTS):
        roles = [Role.HOST, Role.BUYER] if fact.also_buyer else [Role.HOST]
        host = add_organisation(
            book,
            fact.name,
            roles,
            map_.town(fact.departement, fact.town),
            kind=BuyerKind.MUNICIPAL if fact.also_buyer else None,
        )
        network.hosts.append(host)
        network.managers[number] = _add_manager(book, host, number)
    for someone in FACILITATORS:
        _add_facilitator(book, network, someone, day)
    _share_territory(book, network, map_)
    return network


def _add_manager(book: Book, host: Organisation, number: int) -> User:
    given, name = MANAGERS[number].split()
    user = add_user(book, address(given, name, f"structure{number + 1}"), given, name)
    add_member(book, user, host, MemberRole.HOST_MANAGER)
    if Role.BUYER in host.roles:
        add_member(book, user, host, MemberRole.BUYER)
    return user


def _add_facilitator(book: Book, network: Network, fact: FacilitatorFact, day: date) -> None:
    posts = [post for post in fact.posts if post.since <= day]
    if not posts:
        return
    user = add_user(
        book,
        address(fact.given, fact.name, f"structure{posts[0].host + 1}"),
        fact.given,
        fact.name,
        since=posts[0].since,
    )
    for host in dict.fromkeys(post.host for post in posts):
        here = [post for post in posts if post.host == host]
        until = _known(here[-1].until, day)
        membership = add_member(
            book,
            user,
            network.hosts[host],
            MemberRole.FACILITATOR,
            since=here[0].since,
            until=until,
        )
        network.in_post.append(
            InPost(user, network.hosts[host], here[0].share, here[0].since, until)
        )
        for post in here:
            _add_post(book, membership, post, day)


def _known(until: date | None, day: date) -> date | None:
    """A leaving that is still to come is not known yet."""
    return until if until and until <= day else None


def _add_post(book: Book, membership: Membership, fact: PostFact, day: date) -> None:
    post = book.add(
        FacilitatorPost(
            membership=membership,
            fte=Decimal(fact.fte) / 100,
            starts_on=fact.since,
            ends_on=_known(fact.until, day),
        )
    )
    parts = FUNDERS[len(book.rows(FacilitatorPost)) % len(FUNDERS)]
    for funder, percent in parts.items():
        fte = (Decimal(fact.fte * percent) / 10_000).quantize(Decimal("0.01"))
        book.add(PostFunding(post=post, funder=funder, fte=fte))


def _share_territory(book: Book, network: Network, map_: Map) -> None:
    """Each EPCI to a host of its département and, inside it, to a share."""
    for departement in DEPARTEMENTS:
        hosts = host_numbers(departement)
        slots = [(host, share) for share in (0, 1) for host in hosts if share < SHARES.get(host, 1)]
        epcis = map_.epcis(departement)
        covered = epcis[: len(epcis) - UNCOVERED.get(departement, 0)]
        for rank, epci in enumerate(covered):
            network.shares_by_epci.setdefault(epci, slots[rank % len(slots)])
    memberships = {
        (m.user_id, m.organisation_id): m
        for m in book.rows(Membership)
        if m.role == MemberRole.FACILITATOR
    }
    for post in network.in_post:
        membership = memberships[post.user.pk, post.host.pk]
        number = network.hosts.index(post.host)
        for epci, slot in network.shares_by_epci.items():
            if slot == (number, post.share):
                book.add(
                    TerritoryCharge(
                        membership=membership,
                        epci_id=epci,
                        starts_on=post.since,
                        ends_on=post.until,
                    )
                )

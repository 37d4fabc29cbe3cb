"""Buyers, companies, prescribers, the coordination, the observer, and their users."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from coclause.core.models import User
from coclause.demo.book import Book
from coclause.demo.chance import Chance
from coclause.demo.names import PLACES, given_name, of, surname
from coclause.demo.network import add_member, add_organisation, add_user, address
from coclause.demo.places import Map
from coclause.demo.trades import DEPARTEMENT_SHARE, MARKETS
from coclause.organisations.choices import BuyerKind, MemberRole, Role
from coclause.organisations.models import Organisation

LONG_NAME = "Groupement Charpente-Couverture-Zinguerie Chimères et Fils des Énigmes"
"""As long as names get: 70 characters."""

BUYER_NAMES: dict[BuyerKind, tuple[int, tuple[str, ...]]] = {
    BuyerKind.MUNICIPAL: (
        52,
        ("Commune {of}", "Communauté de communes {of}", "Syndicat intercommunal {of}"),
    ),
    BuyerKind.HOUSING: (15, ("Office de l’habitat {of}", "Logis {of}")),
    BuyerKind.HOSPITAL: (11, ("Centre hospitalier {of}", "Établissement de soins {of}")),
    BuyerKind.STATE: (8, ("Cité administrative {of}", "Direction des routes {of}")),
    BuyerKind.OPERATOR: (7, ("Université imaginaire {of}", "Agence fictive {of}")),
    BuyerKind.DEPARTEMENT: (6, ("Département {of}",)),
    BuyerKind.MIXED: (8, ("SPL d’aménagement {of}", "SEM des mobilités {of}")),
    BuyerKind.UTILITY: (5, ("Régie des eaux {of}",)),
    BuyerKind.PRIVATE: (6, ("Foncière {of}", "Promotion {of}")),
    BuyerKind.REGION: (1, ("Région Imaginaire",)),
    BuyerKind.UNKNOWN: (1, ("Groupement d’achat {of}",)),
}
"""How many buyers of each kind, and how they are called."""

_FAMILY = ("et Fils", "Frères", "et Associés", "et Compagnie", "Réunis", "Services")
INSERTION_NAMES = {
    "ETTI": (12, "ETTI Tremplin {of}"),
    "GEIQ": (8, "GEIQ Bâtiment {of}"),
    "AI": (10, "Association intermédiaire {of}"),
    "EI": (12, "Entreprise d’insertion {of}"),
}
"""Employers of the insertion sector, spread over the départements."""


@dataclass
class Partners:
    """Everybody outside the hosts."""

    buyers: dict[BuyerKind, list[Organisation]] = field(default_factory=lambda: defaultdict(list))
    companies: dict[str, list[Organisation]] = field(default_factory=lambda: defaultdict(list))
    insertion: dict[str, list[Organisation]] = field(default_factory=lambda: defaultdict(list))
    prescribers: list[Organisation] = field(default_factory=list)
    users: dict[int, User] = field(default_factory=dict)
    """By organisation: who declares for a company, who answers for a buyer."""


def departement_of(organisation: Organisation) -> str:
    return str(organisation.commune_id)[:2]


def build_partners(book: Book, dice: Chance, map_: Map, scale: float) -> Partners:
    """Buyers of each kind, companies of each trade, the insertion sector, prescribers."""
    partners = Partners()
    places = iter(dice.sample(PLACES, len(PLACES)) * 4)
    _add_buyers(book, dice, map_, partners, scale)
    _add_companies(book, dice, map_, partners, scale)
    for kind, (count, pattern) in INSERTION_NAMES.items():
        for rank in range(count):
            departement = list(DEPARTEMENT_SHARE)[rank % len(DEPARTEMENT_SHARE)]
            name = pattern.format(of=of(next(places)))
            made = add_organisation(book, name, [Role.COMPANY], map_.town(departement, rank // 4))
            partners.insertion[kind].append(made)
    for rank, departement in enumerate(DEPARTEMENT_SHARE):
        for pattern in ("Mission locale {of}", "Agence pour l’emploi {of}"):
            name = "Mission locale des Songes" if not rank else pattern.format(of=of(next(places)))
            if rank or pattern.startswith("Mission"):
                partners.prescribers.append(
                    add_organisation(book, name, [Role.PRESCRIBER], map_.town(departement, 0))
                )
    for organisation in _to_be_answered_for(partners):
        _add_user(book, dice, partners, organisation)
    return partners


def _add_buyers(book: Book, dice: Chance, map_: Map, partners: Partners, scale: float) -> None:
    for kind, (count, patterns) in BUYER_NAMES.items():
        kept = max(1, round(count * min(1, scale * 3)))
        places = dice.sample(PLACES[1:], kept)
        for rank, place in enumerate(places):
            departement = dice.pick(DEPARTEMENT_SHARE)
            name = patterns[rank % len(patterns)].format(of=of(place))
            if kind == BuyerKind.MUNICIPAL and not rank:
                name, departement = "Commune de Montfictif", "21"
            town = map_.town(departement, dice.randint(0, 11))
            partners.buyers[kind].append(
                add_organisation(book, name, [Role.BUYER], town, kind=kind)
            )
    both = [o for o in book.rows(Organisation) if Role.HOST in o.roles and Role.BUYER in o.roles]
    partners.buyers[BuyerKind.MUNICIPAL] += both


def _add_companies(book: Book, dice: Chance, map_: Map, partners: Partners, scale: float) -> None:
    words = list(dict.fromkeys(t.company for fact in MARKETS.values() for t in fact.trades))
    for word in words:
        for rank in range(max(2, round(8 * min(1, scale * 4)))):
            name = f"{word} {surname(dice)} {dice.choice(_FAMILY)}"
            if rank % 3 == 1:
                name = f"{word} {of(dice.choice(PLACES))}"
            if word == "Toitures" and not rank:
                name = LONG_NAME
            if word == "Nettoyage" and not rank:
                name = "Nettoyage Mirage"
            town = map_.town(dice.pick(DEPARTEMENT_SHARE), dice.randint(0, 11))
            partners.companies[word].append(add_organisation(book, name, [Role.COMPANY], town))


def _to_be_answered_for(partners: Partners) -> list[Organisation]:
    companies = [o for listed in partners.companies.values() for o in listed]
    insertion = [o for listed in partners.insertion.values() for o in listed]
    buyers = [o for listed in partners.buyers.values() for o in listed[::2]]
    return [*companies, *insertion, *buyers, *partners.prescribers]


ROLE = {
    Role.BUYER: MemberRole.BUYER,
    Role.COMPANY: MemberRole.COMPANY,
    Role.PRESCRIBER: MemberRole.PRESCRIBER,
}


def _add_user(book: Book, dice: Chance, partners: Partners, organisation: Organisation) -> None:
    given = given_name(dice, woman=dice.happens(0.45))
    name = surname(dice)
    user = add_user(book, address(given, name, f"organisation{organisation.pk}"), given, name)
    role = next(ROLE[Role(role)] for role in organisation.roles if role in ROLE)
    add_member(book, user, organisation, role, since=date(2020, 1, 1))
    partners.users[organisation.pk] = user

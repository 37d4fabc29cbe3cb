"""The users through whom the demonstration is entered: one for each role."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from coclause.clauses.choices import MemberPart
from coclause.clauses.models import Award, AwardMember
from coclause.core.models import User
from coclause.core.months import first_day, shift
from coclause.demo.book import Book
from coclause.demo.network import (
    add_member,
    add_organisation,
    add_user,
    address,
    demo_password,
)
from coclause.demo.operations import Scene
from coclause.demo.sites import Site
from coclause.hours.models import Assignment, Employment
from coclause.organisations.choices import BuyerKind, MemberRole, Role
from coclause.organisations.models import Membership, Organisation


@dataclass(frozen=True)
class Card:
    """A role's card on the first page of the demonstration."""

    email: str
    role: MemberRole
    what: str


CARDS = (
    Card(
        "facilitatrice@demo.coclause.test",
        MemberRole.FACILITATOR,
        "Les demandes à prendre, ses clauses, les mois à vérifier",
    ),
    Card(
        "responsable@demo.coclause.test",
        MemberRole.HOST_MANAGER,
        "Sa structure, ses facilitateurs, ses chiffres",
    ),
    Card(
        "coordination@demo.coclause.test",
        MemberRole.COORDINATOR,
        "Toute la région et sa porte d’entrée, sans les noms des personnes",
    ),
    Card(
        "acheteur@demo.coclause.test",
        MemberRole.BUYER,
        "Ses marchés, leurs pièces, le registre des dispenses",
    ),
    Card(
        "entreprise@demo.coclause.test",
        MemberRole.COMPANY,
        "Ses engagements et le mois à déclarer maintenant",
    ),
    Card(
        "agence@demo.coclause.test",
        MemberRole.COMPANY,
        "Une structure d’insertion : le mois de ses salariés, chez toutes ses clientes",
    ),
    Card(
        "prescriptrice@demo.coclause.test",
        MemberRole.PRESCRIBER,
        "Les chiffres publics de la région ; ses candidats, bientôt",
    ),
    Card(
        "observatrice@demo.coclause.test",
        MemberRole.OBSERVER,
        "Les chiffres de la région, petits effectifs masqués",
    ),
)
"""In the order of the first page."""


def cast(scene: Scene, sites: list[Site]) -> None:
    """Give each card its user: someone who has something to do today."""
    book, partners = scene.book, scene.partners
    password = demo_password()
    company = _late_company(scene, sites)
    coordination, observer = _region(scene)
    users = {
        "facilitatrice": scene.network.in_charge(0, 0, scene.day),
        "responsable": scene.network.managers[0],
        "coordination": coordination,
        "acheteur": partners.users[partners.buyers[BuyerKind.MUNICIPAL][0].pk],
        "entreprise": company,
        "agence": _busy_agency(scene),
        "prescriptrice": partners.users[partners.prescribers[0].pk],
        "observatrice": observer,
    }
    for card in CARDS:
        user = users[card.email.partition("@")[0]]
        user.email, user.password = card.email, password
    _second_contact(book, company)
    _several_memberships(book, company, scene)


def _busy_agency(scene: Scene) -> User:
    """Who declares for the structure that makes people available on the most awards today."""
    running = {row.pk for row in scene.book.rows(Award) if row.ends_on >= scene.day}
    parts = Counter(
        row.organisation_id
        for row in scene.book.rows(AwardMember)
        if row.part == MemberPart.AGENCY and row.award_id in running
    )
    [(agency, _)] = parts.most_common(1)
    return scene.partners.users[agency]


def _second_contact(book: Book, first: User) -> None:
    """A colleague who is warned when the first contact is silent."""
    [mine] = [row for row in book.rows(Membership) if row.user_id == first.pk]
    mine.rank = 1
    colleague = add_user(
        book,
        address("Marcel", "Chimérique", f"organisation{mine.organisation_id}"),
        "Marcel",
        "Chimérique",
    )
    since = date(2024, 1, 8)
    add_member(book, colleague, mine.organisation, MemberRole.COMPANY, since=since).rank = 2


def _late_company(scene: Scene, sites: list[Site]) -> User:
    """Who declares for a company of the followed facilitator, last month still to declare: one
    whose own people work there, if any does.
    """
    last = shift(first_day(scene.day), -1)
    late = [s for s in sites if (s.host, s.share) == (0, 0) and s.missing == {last}]
    mine = late or [s for s in sites if last in s.months]
    employing = _employing(scene.book, last)
    own = [s for s in mine if (s.award.pk, s.holder.pk) in employing]
    return (own or mine)[0].declared_by


def _employing(book: Book, month: date) -> set[tuple[int, int]]:
    """Award and employer of those at work in that month and in the one before."""
    employers = {row.pk: row.employer_id for row in book.rows(Employment)}
    return {
        (row.award_id, employers[row.employment_id])
        for row in book.rows(Assignment)
        if row.starts_on < month and (row.ends_on is None or row.ends_on >= month)
    }


def _region(scene: Scene) -> tuple[User, User]:
    """The coordination and the observer, who see the whole region."""
    book, town = scene.book, scene.map.town("21", 0)
    coordination = add_organisation(
        book, "Coordination régionale fictive des clauses", [Role.COORDINATION], town
    )
    observer = add_organisation(book, "Observatoire fictif de l’emploi", [Role.OBSERVER], town)
    ophelie = add_user(book, "coordination", "Élodie", "Utopique")
    agathe = add_user(book, "observatrice", "Agathe", "Conjecturé")
    add_member(book, ophelie, coordination, MemberRole.COORDINATOR)
    add_member(book, agathe, observer, MemberRole.OBSERVER)
    return ophelie, agathe


def _several_memberships(book: Book, company_user: User, scene: Scene) -> None:
    """Someone declares for two companies; a former member of a third one does no more."""
    mine = {m.organisation_id for m in book.rows(Membership) if m.user_id == company_user.pk}
    others = [o for o in book.rows(Organisation) if Role.COMPANY in o.roles and o.pk not in mine]
    second = next(user for user in book.rows(User) if _declares_elsewhere(book, user, mine))
    add_member(book, second, others[-1], MemberRole.COMPANY, since=date(2023, 1, 2))
    add_member(
        book,
        company_user,
        others[0],
        MemberRole.COMPANY,
        since=date(2020, 1, 1),
        until=date(2021, 6, 30),
    )


def _declares_elsewhere(book: Book, user: User, companies: set[int]) -> bool:
    return any(
        m.user_id == user.pk and m.role == MemberRole.COMPANY and m.organisation_id not in companies
        for m in book.rows(Membership)
    )

"""The contacts of a company: who is warned first, who joins, who leaves, who takes over.

A contact is a membership of the company, with an order. The company's own people and the hosts in
charge of its contracts keep the list. Each act raises `PermissionDenied`, or `Refused` with a
sentence; one transaction, journal inside. The company's row is locked first, so that of two acts
at once the second sees what the first did.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from coclause.clauses.models import AwardMember
from coclause.clauses.queries import handled_by
from coclause.clauses.states import LIVE
from coclause.core import throttle
from coclause.core.journal import record_act
from coclause.core.models import User
from coclause.core.outbox import SIGNATURE, plain_address, post
from coclause.core.parameters import parameter
from coclause.core.periods import on_day
from coclause.core.refusals import Conflict, Refused
from coclause.organisations.choices import MemberRole
from coclause.organisations.entering import enter_address
from coclause.organisations.models import Membership, Organisation
from coclause.organisations.scopes import Scope
from coclause.render.numbers import date_fr

INVITED = "contact.invited"
OPERATION = "award__lot__contract__operation__"
DAY = timedelta(hours=24)


@dataclass(frozen=True)
class Newcomer:
    """Who joins, as they are typed. An account of the same address is used as it is."""

    email: str
    first_name: str
    last_name: str


def contacts_of(company: Organisation, day: date) -> list[Membership]:
    """The contacts of that day, in the order in which they are warned. One query."""
    return contacts_by_company([company.pk], day)[company.pk]


def contacts_by_company(companies: Collection[int], day: date) -> dict[int, list[Membership]]:
    """The same of several companies. One query."""
    found: dict[int, list[Membership]] = defaultdict(list)
    rows = Membership.objects.filter(organisation__in=companies, role=MemberRole.COMPANY).on(day)
    for row in rows.select_related("user").order_by(
        "organisation", F("rank").asc(nulls_last=True), "starts_on", "pk"
    ):
        found[row.organisation_id].append(row)
    return found


def reached(contacts: Iterable[Membership], day: date) -> list[Membership]:
    """Those among them that a message is for: who can sign in, and is not leaving that day."""
    return [one for one in contacts if one.user.is_active and not _leaving(one, day)]


def companies_handled(scope: Scope) -> QuerySet[AwardMember]:
    """Parts of companies, held or to come, in operations that the user's hosts handle that day."""
    open_ones = Q(ends_on__isnull=True) | Q(ends_on__gte=scope.day)
    return AwardMember.objects.filter(open_ones, handled_by(OPERATION, scope))


def may_keep_contacts(company: Organisation, scope: Scope) -> bool:
    """The company's own people; the hosts in charge of an operation in which it takes part."""
    if company.pk in scope.companies:
        return True
    return bool(scope.hosts) and companies_handled(scope).filter(organisation=company).exists()


def in_execution(company: Organisation, day: date) -> bool:
    """Whether the company takes part that day in a contract whose clause is executed."""
    parts = AwardMember.objects.filter(on_day(day), organisation=company)
    return parts.filter(award__lot__clauses__state__in=LIVE).exists()


@transaction.atomic
def add_contact(
    scope: Scope, company: Organisation, newcomer: Newcomer, *, at: datetime | None = None
) -> Membership:
    """Somebody joins, warned after the others, and is invited by mail.

    Nothing tells whether they had an account already.
    """
    _lock(company)
    if not may_keep_contacts(company, scope):
        raise PermissionDenied
    staying = _staying(company, scope.day)
    member = _enrol(scope, company, newcomer, at or timezone.now())
    _number([*staying, member])
    _tell(scope, company, "contact.added", f"{member.user.email} devient contact.")
    return member


@transaction.atomic
def hand_over(
    scope: Scope, company: Organisation, newcomer: Newcomer, *, at: datetime | None = None
) -> Membership:
    """A colleague takes the user's own place, in the same order; the user's ends that day."""
    _lock(company)
    staying = _staying(company, scope.day)
    mine = next((one for one in staying if one.user_id == _pk(scope.user)), None)
    if mine is None:
        raise PermissionDenied
    email = plain_address(newcomer.email)
    colleague = next((one for one in staying if one.user.email.lower() == email.lower()), None)
    if colleague == mine:
        raise Refused("Cette adresse est la vôtre : donnez celle du collègue qui prend la suite.")
    if colleague is None:
        colleague = _enrol(scope, company, newcomer, at or timezone.now(), instead_of=mine.user)
    others = [one for one in staying if one != colleague]
    _number([colleague if one == mine else one for one in others])
    mine.ends_on, mine.rank = scope.day, None
    mine.save(update_fields=["ends_on", "rank"])
    told = f"{mine.user.email} passe la main à {colleague.user.email}."
    _tell(scope, company, "contact.handed_over", told)
    return colleague


@transaction.atomic
def move_up(scope: Scope, member: Membership, ahead_of: int) -> None:
    """Warn this contact just before that one, who was before them."""
    company = member.organisation
    _lock(company)
    if not may_keep_contacts(company, scope):
        raise PermissionDenied
    staying = _staying(company, scope.day)
    order = [one.pk for one in staying]
    if member.pk not in order or ahead_of not in order:
        raise Conflict("La liste des contacts a changé : relisez-la.")
    if order.index(member.pk) < order.index(ahead_of):
        return
    order.remove(member.pk)
    order.insert(order.index(ahead_of), member.pk)
    _number(sorted(staying, key=lambda one: order.index(one.pk)))
    place = order.index(member.pk) + 1
    told = f"{member.user.email} est prévenu en {place}{'er' if place == 1 else 'e'}."
    _tell(scope, company, "contact.moved", told)


@transaction.atomic
def end_contact(scope: Scope, member: Membership) -> None:
    """They no longer work there: they see nothing more from now on.

    The last contact of a company whose contracts are executed is not sent away by the company
    itself, which hands over; a host may, and then calls.
    """
    company = member.organisation
    _lock(company)
    if not may_keep_contacts(company, scope):
        raise PermissionDenied
    current = contacts_of(company, scope.day)
    found = next((one for one in current if one.pk == member.pk), None)
    if found is None:
        raise Conflict("Cette personne n’est déjà plus contact.")
    if must_hand_over(found, current, scope):
        raise Refused(
            f"{company} a des marchés en cours et n’aurait plus de contact : ajoutez d’abord un"
            " collègue, ou passez-lui la main."
        )
    others = [one for one in current if one != found and not _leaving(one, scope.day)]
    if found.starts_on == scope.day:
        # Added by mistake: the day before, they were nothing.
        found.delete()
    else:
        found.ends_on, found.rank = scope.day - timedelta(days=1), None
        found.save(update_fields=["ends_on", "rank"])
    _number(others)
    _tell(scope, company, "contact.ended", f"{found.user.email} n’est plus contact.")


def must_hand_over(member: Membership, contacts: Iterable[Membership], scope: Scope) -> bool:
    """Whether this one is the last to stay, and the company may not be left without any."""
    company = member.organisation
    others = [one for one in reached(contacts, scope.day) if one.pk != member.pk]
    if others or company.pk not in scope.companies:
        return False
    return in_execution(company, scope.day)


def _enrol(
    scope: Scope,
    company: Organisation,
    newcomer: Newcomer,
    at: datetime,
    instead_of: User | None = None,
) -> Membership:
    email = plain_address(newcomer.email)
    if scope.user and scope.user.email.lower() == email.lower():
        raise Refused("Cette adresse est la vôtre : un contact est quelqu’un de l’entreprise.")
    _must_not_flood(company, scope.day, at)
    account = User(email=email.lower())
    account.set_unusable_password()
    names = {"first_name": newcomer.first_name, "last_name": newcomer.last_name}
    user, _ = User.objects.get_or_create(
        email__iexact=email,
        defaults={"email": account.email, "password": account.password, **names},
    )
    running = Q(ends_on__isnull=True) | Q(ends_on__gte=scope.day)
    places = Membership.objects.filter(user=user, organisation=company, role=MemberRole.COMPANY)
    if places.filter(running).exists():
        raise Refused(f"{user.email} est déjà contact de {company}.")
    member = Membership(
        user=user, organisation=company, role=MemberRole.COMPANY, starts_on=scope.day
    )
    try:
        with transaction.atomic():
            member.save()
    except IntegrityError as error:
        raise Conflict(f"{user.email} vient d’être ajouté.") from error
    _invite(member, scope.day, at, instead_of)
    return member


def _invite(member: Membership, day: date, at: datetime, instead_of: User | None) -> None:
    company, user = member.organisation, member.user
    why = f"Depuis le {date_fr(day)}, vous êtes contact de l’entreprise {company}"
    if instead_of is not None:
        why = f"Depuis le {date_fr(day)}, {instead_of} vous passe la main pour {company}"
    mail = post(
        to=user.email,
        subject=f"{company} : vos heures d’insertion se déclarent ici",
        body=(
            "Bonjour,\n\n"
            f"{why}.\n\n"
            "Chaque mois, vous déclarez les heures d’insertion des marchés en cours : comptez deux"
            " minutes. Il n’y a pas de mot de passe : un code arrive dans votre messagerie.\n\n"
            f"Pour entrer :\n{enter_address(user, reverse('company-months'))}\n\n"
            "Ce message n’est pas pour vous ? Ne faites rien."
            f"{SIGNATURE}"
        ),
        kind=INVITED,
        key=f"{INVITED}:{member.pk}",
        about=[company],
        day=day,
        at=at,
        limited=True,
    )
    if mail is None:
        raise Refused(
            f"{user.email} a déjà reçu plusieurs messages aujourd’hui : ajoutez cette adresse"
            " demain."
        )


def _must_not_flood(company: Organisation, day: date, at: datetime) -> None:
    most = int(parameter("contacts_invited_per_day", day))
    counter = throttle.bucket("contact", str(company.pk))
    if not throttle.allow(counter, most=most, within=DAY, now=at):
        raise Refused(
            f"{most} contacts ont déjà été invités depuis hier pour {company} : continuez demain."
        )


def _lock(company: Organisation) -> None:
    """Acts on the contacts of a company come one after the other; nothing else waits."""
    list(Organisation.objects.select_for_update(no_key=True).filter(pk=company.pk))


def _staying(company: Organisation, day: date) -> list[Membership]:
    return [one for one in contacts_of(company, day) if not _leaving(one, day)]


def _leaving(member: Membership, day: date) -> bool:
    """Today is their last day: they handed over."""
    return member.ends_on is not None and member.ends_on <= day


def _number(members: Iterable[Membership]) -> None:
    for rank, member in enumerate(members, start=1):
        if member.rank != rank:
            member.rank = rank
            member.save(update_fields=["rank"])


def _tell(scope: Scope, company: Organisation, verb: str, sentence: str) -> None:
    record_act(scope.user, verb, sentence, company, day=scope.day)


def _pk(user: User | None) -> int | None:
    return user.pk if user else None

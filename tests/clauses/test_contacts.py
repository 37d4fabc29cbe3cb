"""The contacts of a company: who is warned first, who leaves, who takes over."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from tests import builders
from tests.builders import DAY, World, at

from coclause.clauses.contacts import (
    Newcomer,
    add_contact,
    contacts_of,
    end_contact,
    hand_over,
    may_keep_contacts,
    move_up,
)
from coclause.core.actor import acting_as
from coclause.core.models import JournalEntry, Mail, User
from coclause.core.outbox import mails_about
from coclause.core.refusals import Conflict, Refused
from coclause.organisations.choices import MemberRole, Role
from coclause.organisations.models import Membership
from coclause.organisations.scopes import Scope, scope_of

pytestmark = pytest.mark.django_db

NEW = Newcomer("Basile@Toitures.example", "Basile", "Supposé")
AFTER = DAY + timedelta(days=1)


@pytest.fixture
def world() -> World:
    return builders.world()


@pytest.fixture
def contact(world: World) -> User:
    with acting_as("test", day=DAY):
        return builders.member(world.company, MemberRole.COMPANY)


def add(world: World, scope: Scope, newcomer: Newcomer = NEW) -> Membership:
    assert scope.user
    with acting_as(scope.user, day=DAY):
        return add_contact(scope, world.company, newcomer, at=at(DAY))


def addresses(world: World, day: date = DAY) -> list[str]:
    return [one.user.email for one in contacts_of(world.company, day)]


def test_a_contact_added_is_warned_last_and_invited(world: World, contact: User) -> None:
    """A company that has only one person to write to loses its hours with them."""
    member = add(world, scope_of(contact, DAY))
    assert addresses(world) == [contact.email, "basile@toitures.example"]
    assert [one.rank for one in contacts_of(world.company, DAY)] == [1, 2]
    assert not member.user.has_usable_password()
    (mail,) = mails_about(world.company)
    assert mail.recipient == "basile@toitures.example"
    assert "/entrer/" in mail.body
    told = JournalEntry.objects.get(verb="contact.added")
    assert told.actor == contact


def test_an_account_that_existed_is_used_and_nothing_tells_it(world: World, contact: User) -> None:
    """Typing an address must not tell who has an account here."""
    before = world.facilitator
    member = add(world, scope_of(contact, DAY), Newcomer(before.email.upper(), "Autre", "Nom"))
    before.refresh_from_db()
    assert member.user == before
    assert str(before).startswith("Capucine")
    known, unknown = Mail.objects.get(), add(world, scope_of(contact, DAY))
    other = Mail.objects.get(recipient=unknown.user.email)
    assert known.subject == other.subject
    said = JournalEntry.objects.filter(verb="contact.added").values_list("sentence", flat=True)
    assert sorted(said) == sorted(f"{one} devient contact." for one in addresses(world)[1:])


def test_the_hosts_in_charge_keep_the_list_and_no_other(world: World, contact: User) -> None:
    """The facilitator who calls a company types the new contact at once; nobody else may."""
    with acting_as("test", day=DAY):
        neighbour = builders.world("Mont-Rêvé")
        stranger = builders.member(neighbour.company, MemberRole.COMPANY)
        of = builders.organisation("Coordination Inventée", Role.COORDINATION)
        coordinator = builders.member(of, MemberRole.COORDINATOR)
        buyer = builders.member(world.buyer, MemberRole.BUYER)
    assert may_keep_contacts(world.company, world.scope)
    add(world, world.scope)
    for user in (neighbour.facilitator, stranger, coordinator, buyer):
        scope = scope_of(user, DAY)
        member = contacts_of(world.company, DAY)[0]
        acts = (
            lambda scope=scope: add_contact(scope, world.company, NEW),
            lambda scope=scope: hand_over(scope, world.company, NEW),
            lambda scope=scope, member=member: move_up(scope, member, member.pk),
            lambda scope=scope, member=member: end_contact(scope, member),
        )
        for act in acts:
            with acting_as(user, day=DAY), pytest.raises(PermissionDenied):
                act()
    assert len(addresses(world)) == 2


def test_the_order_is_the_companys(world: World, contact: User) -> None:
    scope = scope_of(contact, DAY)
    second = add(world, scope)
    third = add(world, scope, Newcomer("rose@toitures.example", "Rose", "Sans-Nom"))
    with acting_as(contact, day=DAY):
        for _ in range(2):
            # Sent twice, done once.
            move_up(scope, third, second.pk)
    assert addresses(world) == [contact.email, "rose@toitures.example", "basile@toitures.example"]
    assert [one.rank for one in contacts_of(world.company, DAY)] == [1, 2, 3]


def test_who_leaves_sees_nothing_more_at_once(world: World, contact: User) -> None:
    """A former employee must not read the persons of their company for one more evening."""
    scope = scope_of(contact, DAY)
    first = contacts_of(world.company, DAY)[0]
    add(world, scope)
    with acting_as(contact, day=DAY):
        end_contact(scope, first)
    assert not scope_of(contact, DAY).companies
    assert addresses(world) == ["basile@toitures.example"]
    assert contacts_of(world.company, DAY)[0].rank == 1
    with acting_as(world.facilitator, day=DAY), pytest.raises(Conflict):
        end_contact(world.scope, first)


def test_an_address_added_by_mistake_is_taken_back(world: World, contact: User) -> None:
    scope = scope_of(contact, DAY)
    wrong = add(world, scope)
    with acting_as(contact, day=DAY):
        end_contact(scope, wrong)
    assert addresses(world) == [contact.email]
    assert add(world, scope).rank == 2


def test_several_added_by_mistake_are_taken_back_one_after_the_other(
    world: World, contact: User
) -> None:
    scope = scope_of(contact, DAY)
    wrong = [add(world, scope, Newcomer(f"{n}@toitures.example", "A", "B")) for n in "abc"]
    for left, member in zip((3, 2, 1), wrong, strict=True):
        with acting_as(contact, day=DAY):
            end_contact(scope, member)
        ranks = [one.rank for one in contacts_of(world.company, DAY)]
        assert ranks == list(range(1, left + 1))


def test_the_last_contact_does_not_leave_without_handing_over(world: World, contact: User) -> None:
    """A running contract that nobody declares is the field's first trouble."""
    scope = scope_of(contact, DAY)
    last = contacts_of(world.company, DAY)[0]
    with acting_as(contact, day=DAY), pytest.raises(Refused, match="passez-lui la main"):
        end_contact(scope, last)
    with acting_as("test", day=DAY):
        other = builders.organisation("Nettoyage Mirage", Role.COMPANY)
        idle = builders.member(other, MemberRole.COMPANY)
    with acting_as(idle, day=DAY):
        end_contact(scope_of(idle, DAY), contacts_of(other, DAY)[0])
    with acting_as(world.facilitator, day=DAY):
        end_contact(world.scope, last)
    assert addresses(world) == []


def test_handing_over_gives_ones_place_and_ends_it(world: World, contact: User) -> None:
    """Half of the contacts change during a contract: who leaves names who follows."""
    scope = scope_of(contact, DAY)
    add(world, scope, Newcomer("rose@toitures.example", "Rose", "Sans-Nom"))
    with acting_as(contact, day=DAY):
        hand_over(scope, world.company, NEW)
    assert addresses(world, AFTER) == ["basile@toitures.example", "rose@toitures.example"]
    assert addresses(world)[-1] == contact.email
    assert scope_of(contact, DAY).companies
    assert not scope_of(contact, AFTER).companies
    mail = Mail.objects.get(recipient="basile@toitures.example")
    assert "vous passe la main" in mail.body
    with acting_as(contact, day=DAY), pytest.raises(PermissionDenied):
        hand_over(scope, world.company, Newcomer("autre@toitures.example", "A", "B"))


def test_handing_over_to_a_contact_moves_them_up(world: World, contact: User) -> None:
    scope = scope_of(contact, DAY)
    add(world, scope)
    with acting_as(contact, day=DAY):
        hand_over(scope, world.company, NEW)
        with pytest.raises(PermissionDenied):
            hand_over(scope, world.company, NEW)
    assert addresses(world, AFTER) == ["basile@toitures.example"]
    assert Mail.objects.count() == 1


def test_nobody_is_a_contact_twice_nor_adds_themselves(world: World, contact: User) -> None:
    add(world, scope_of(contact, DAY))
    with pytest.raises(Refused, match="déjà contact"):
        add(world, scope_of(contact, DAY))
    own = Newcomer(world.facilitator.email, "Capucine", "Fictive")
    with pytest.raises(Refused, match="la vôtre"):
        add(world, world.scope, own)
    with acting_as(contact, day=DAY), pytest.raises(Refused, match="la vôtre"):
        hand_over(scope_of(contact, DAY), world.company, Newcomer(contact.email, "A", "B"))


def test_a_company_does_not_write_to_everybody_through_us(world: World, contact: User) -> None:
    scope = scope_of(contact, DAY)
    for number in range(10):
        add(world, scope, Newcomer(f"p{number}@toitures.example", "A", "B"))
    with pytest.raises(Refused, match="continuez demain"):
        add(world, scope)

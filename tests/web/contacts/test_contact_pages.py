"""The contacts of a company, on their pages."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests import builders
from tests.builders import DAY, World
from tests.web.conftest import As

from coclause.clauses.contacts import Newcomer, add_contact, contacts_of
from coclause.core.actor import acting_as
from coclause.core.models import Mail, User
from coclause.organisations.choices import MemberRole
from coclause.organisations.models import Membership
from coclause.organisations.scopes import scope_of

pytestmark = pytest.mark.django_db

TYPED = {
    "first_name": "Basile",
    "last_name": "Supposé",
    "email": "basile@toitures.example",
    "once": "essai",
}


def page(signed_in: As, user: User, path: str) -> str:
    answer = signed_in(user).get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def add(world: World, user: User, email: str) -> Membership:
    with acting_as(user, day=DAY):
        scope = scope_of(user, DAY)
        return add_contact(scope, world.company, Newcomer(email, "Basile", "Supposé"))


def test_a_company_adds_a_contact_and_the_host_sees_it(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    """A contact typed once is known to both sides."""
    company, path = people["company"], f"/organisations/{world.company.pk}/contacts/"
    client = signed_in(company)
    for _ in range(2):
        # A double click adds once.
        answer = client.post(f"{path}nouveau/", TYPED)
        assert answer["Location"] == "/contacts/"
    shown = client.get("/contacts/").content.decode()
    assert "basile@toitures.example" in shown
    assert "Invité, pas encore venu" in shown
    assert "Un message l’invite à entrer" in shown
    assert "basile@toitures.example" in page(signed_in, people["facilitator"], path)
    assert Mail.objects.count() == 1


def test_the_name_of_an_account_is_not_told_to_who_typed_its_address(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    """Else any company would learn who stands behind an address of the network."""
    buyer = people["buyer"]
    add(world, people["company"], buyer.email)
    shown = page(signed_in, people["company"], "/contacts/")
    assert buyer.email in shown
    assert str(buyer) not in shown
    for moment in (timezone.now() - timedelta(hours=1), timezone.now() + timedelta(hours=1)):
        # They enter every day for their own work: that tells nothing of the company's.
        User.objects.filter(pk=buyer.pk).update(last_login=moment)
        assert str(buyer) not in page(signed_in, people["company"], "/contacts/")
    path = f"/organisations/{world.company.pk}/contacts/"
    assert str(buyer) in page(signed_in, people["facilitator"], path)


def test_a_login_of_before_the_invitation_is_no_coming(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    company = people["company"]
    invited = add(world, company, "basile@toitures.example").user
    User.objects.filter(pk=invited.pk).update(last_login=timezone.now() - timedelta(minutes=5))
    assert "Invité, pas encore venu" in page(signed_in, company, "/contacts/")
    User.objects.filter(pk=invited.pk).update(last_login=timezone.now() + timedelta(minutes=5))
    shown = page(signed_in, company, "/contacts/")
    assert "pas encore venu" not in shown
    assert "Basile Supposé" in shown


def test_a_form_says_what_is_missing(people: dict[str, User], world: World, signed_in: As) -> None:
    path = f"/organisations/{world.company.pk}/contacts/nouveau/"
    answer = signed_in(people["company"]).post(path, {"email": "basile"})
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert "Donnez le prénom" in shown
    assert "prenom.nom@entreprise.fr" in shown


def test_the_second_may_be_warned_first(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    company = people["company"]
    second = add(world, company, "basile@toitures.example")
    first = contacts_of(world.company, DAY)[0]
    shown = page(signed_in, company, "/contacts/")
    assert shown.index("Prévenu en premier") < shown.index("Prévenu si le premier se tait")
    answer = signed_in(company).post(f"/contacts/{second.pk}/monter/", {"ahead_of": first.pk})
    assert answer["Location"] == "/contacts/"
    assert [one.pk for one in contacts_of(world.company, DAY)] == [second.pk, first.pk]


def test_who_leaves_hands_over(world: World, people: dict[str, User], signed_in: As) -> None:
    company, client = people["company"], signed_in(people["company"])
    mine = company.memberships.get()
    shown = client.get(f"/contacts/{mine.pk}/depart/").content.decode()
    assert "passez d’abord la main" in shown
    assert client.post(f"/contacts/{mine.pk}/depart/").status_code == 422
    answer = client.post(f"/organisations/{world.company.pk}/contacts/passer-la-main/", TYPED)
    assert answer["Location"] == "/contacts/"
    shown = client.get("/contacts/").content.decode()
    assert "jusqu’au 24/11/2026" in shown
    mine.refresh_from_db()
    assert mine.ends_on == DAY


def test_who_is_removed_sees_no_page_any_more(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    company = people["company"]
    client = signed_in(company)
    add(world, company, "basile@toitures.example")
    answer = client.post(f"/contacts/{company.memberships.get().pk}/depart/")
    assert answer["Location"] == "/"
    assert client.get("/contacts/").status_code == 403


def test_a_company_without_contact_is_told_to_the_host(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    path = f"/organisations/{world.company.pk}/contacts/"
    with acting_as("test", day=DAY):
        Membership.objects.filter(organisation=world.company).delete()
    assert "Aucun contact" in page(signed_in, people["facilitator"], path)


def test_the_page_of_the_company_leads_there(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    organisation = f"/organisations/{world.company.pk}/"
    for role, there in (("facilitator", True), ("company", True), ("other_host", False)):
        shown = page(signed_in, people[role], organisation)
        assert (f'href="{organisation}contacts/"' in shown) is there


def test_the_list_takes_as_many_queries_for_ten_contacts_as_for_two(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    client = signed_in(people["company"])

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get("/contacts/").status_code == 200
        return len(found)

    add(world, people["company"], "p0@toitures.example")
    few = queries()
    for number in range(1, 9):
        add(world, people["company"], f"p{number}@toitures.example")
    with acting_as("test", day=DAY):
        builders.member(world.company, MemberRole.COMPANY)
    assert queries() == few

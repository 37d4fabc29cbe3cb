"""Organisations: who finds whom, who changes what, and nothing changes when it is refused."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook
from tests import builders

from coclause.core.actor import acting_as
from coclause.core.journal import subject
from coclause.core.models import JournalEntry, User
from coclause.organisations.choices import MemberRole, Role
from coclause.organisations.models import FacilitatorPost, Membership, Organisation, TerritoryCharge

pytestmark = pytest.mark.django_db

FORMS = ("organisation-edit", "member-new", "post-new", "charge-new")


def coordinator(region: str = "27", name: str = "Bourgogne-Franche-Comté") -> User:
    with acting_as("test", day=builders.DAY):
        of = builders.region(region, name)
        house = builders.organisation(f"Coordination {region}", Role.COORDINATION, of=of)
        return builders.member(house, MemberRole.COORDINATOR)


def colleague(of: Organisation, role: MemberRole) -> User:
    with acting_as("test", day=builders.DAY):
        return builders.member(of, role)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, name: str, *args: Any, **data: Any) -> Any:
    return client.get(reverse(name, args=args), data)


@pytest.fixture
def world() -> builders.World:
    return builders.world()


def test_a_stranger_is_sent_to_the_door(client: Client, world: builders.World) -> None:
    for address in (
        reverse("organisations"),
        reverse("organisation-new"),
        reverse("communes"),
        *(reverse(name, args=[world.host.pk]) for name in ("organisation", *FORMS)),
    ):
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_login"))


def test_the_network_finds_an_organisation_by_a_piece_of_its_name(world: builders.World) -> None:
    client = signed_in(world.facilitator)
    html = page(client, "organisations", q="toitures", role=Role.COMPANY).content.decode()
    assert world.company.name in html
    assert world.buyer.name not in html


def test_a_company_reads_no_list_and_only_its_own_page(world: builders.World) -> None:
    client = signed_in(colleague(world.company, MemberRole.COMPANY))
    assert page(client, "organisations").status_code == 403
    assert page(client, "organisation", world.company.pk).status_code == 200
    assert page(client, "organisation", world.host.pk).status_code == 404


def test_an_observer_has_no_list(world: builders.World) -> None:
    with acting_as("test", day=builders.DAY):
        office = builders.organisation("Direction imaginée", Role.OBSERVER)
    client = signed_in(colleague(office, MemberRole.OBSERVER))
    assert page(client, "organisations").status_code == 403
    assert page(client, "organisation", world.host.pk).status_code == 404


def test_another_region_does_not_see_a_host(world: builders.World) -> None:
    client = signed_in(coordinator("84", "Auvergne-Rhône-Alpes"))
    for name in ("organisation", *FORMS):
        assert page(client, name, world.host.pk).status_code == 404


def test_members_are_read_by_their_own_and_the_coordination(world: builders.World) -> None:
    email = world.facilitator.email
    for user, read in (
        (world.facilitator, True),
        (coordinator(), True),
        (colleague(_other_host(), MemberRole.FACILITATOR), False),
    ):
        html = page(signed_in(user), "organisation", world.host.pk).content.decode()
        assert (email in html) is read


def _other_host() -> Organisation:
    with acting_as("test", day=builders.DAY):
        return builders.organisation("PLIE des Brumes", Role.HOST)


def test_a_facilitator_changes_partners_but_no_host(world: builders.World) -> None:
    client = signed_in(world.facilitator)
    assert page(client, "organisation-edit", world.company.pk).status_code == 200
    for name in FORMS:
        assert client.post(reverse(name, args=[world.host.pk]), {}).status_code == 403
    world.host.refresh_from_db()
    assert world.host.name == "Maison de l'emploi du Val-Imaginé"


def test_an_organisation_is_added_with_its_commune_and_journal(world: builders.World) -> None:
    siret = builders.siret()
    answer = signed_in(world.facilitator).post(
        reverse("organisation-new"),
        {"name": "Peintures Mirage", "siret": siret, "roles": [Role.COMPANY], "commune": "Montfi"},
    )
    made = Organisation.objects.get(siret=siret)
    assert answer["Location"] == reverse("organisation", args=[made.pk])
    assert (made.commune_id, made.region_id) == ("21231", "27")
    assert JournalEntry.objects.filter(subjects__contains=[subject(made)]).exists()


def test_a_known_siret_leads_to_the_one_already_there(world: builders.World) -> None:
    answer = signed_in(world.facilitator).post(
        reverse("organisation-new"),
        {"name": "Autre nom", "siret": world.company.siret, "roles": [Role.COMPANY]},
    )
    assert answer["Location"] == reverse("organisation", args=[world.company.pk])
    assert not Organisation.objects.filter(name="Autre nom").exists()


def test_a_wrong_siret_is_said_and_what_was_typed_stays(world: builders.World) -> None:
    answer = signed_in(world.facilitator).post(
        reverse("organisation-new"),
        {"name": "Peintures Mirage", "siret": "123", "roles": [Role.COMPANY]},
    )
    html = answer.content.decode()
    assert "n&#x27;est pas un SIRET" in html
    assert 'value="Peintures Mirage"' in html


def test_a_facilitator_may_not_open_a_host(world: builders.World) -> None:
    answer = signed_in(world.facilitator).post(
        reverse("organisation-new"), {"name": "Nouvelle structure", "roles": [Role.HOST]}
    )
    assert answer.status_code == 200
    assert not Organisation.objects.filter(name="Nouvelle structure").exists()


def test_a_manager_adds_and_ends_a_member_of_their_own_host(world: builders.World) -> None:
    manager = colleague(world.host, MemberRole.HOST_MANAGER)
    client = signed_in(manager)
    answer = client.post(
        reverse("member-new", args=[world.host.pk]),
        {
            "email": "Nouvelle@exemple.test",
            "first_name": "Odile",
            "last_name": "Chimérique",
            "role": MemberRole.FACILITATOR,
        },
    )
    assert answer.status_code == 302
    member = Membership.objects.get(user__email="nouvelle@exemple.test")
    assert not member.user.has_usable_password()
    last = member.starts_on + timedelta(days=30)
    client.post(reverse("member-end", args=[member.pk]), {"last_day": last.strftime("%d/%m/%Y")})
    member.refresh_from_db()
    assert member.ends_on == last


def test_a_role_is_held_once(world: builders.World) -> None:
    client = signed_in(coordinator())
    answer = client.post(
        reverse("member-new", args=[world.host.pk]),
        {
            "email": world.facilitator.email,
            "first_name": "Capucine",
            "last_name": "Fictive",
            "role": MemberRole.FACILITATOR,
        },
    )
    assert "tient déjà ce rôle" in answer.content.decode()
    assert world.facilitator.memberships.count() == 1


def test_a_new_working_time_ends_the_one_before(world: builders.World) -> None:
    member = world.facilitator.memberships.get()
    answer = signed_in(coordinator()).post(
        reverse("post-new", args=[world.host.pk]),
        {"membership": member.pk, "fte": "0,5", "starts_on": "01/06/2026", "by_etat": "0,3"},
    )
    assert answer.status_code == 302
    before, after = FacilitatorPost.objects.order_by("starts_on")
    assert before.ends_on == date(2026, 5, 31)
    assert (str(after.fte), str(after.fundings.get().fte)) == ("0.50", "0.30")


def test_funders_never_pay_more_than_the_post(world: builders.World) -> None:
    member = world.facilitator.memberships.get()
    answer = signed_in(coordinator()).post(
        reverse("post-new", args=[world.host.pk]),
        {"membership": member.pk, "fte": "0,5", "starts_on": "01/06/2026", "by_etat": "0,6"},
    )
    assert "dépassent le temps de travail" in answer.content.decode()
    assert FacilitatorPost.objects.get().ends_on is None


def test_a_territory_is_given_once_then_ended(world: builders.World) -> None:
    member = world.facilitator.memberships.get()
    client = signed_in(coordinator())
    typed = {"membership": member.pk, "place": "departement:21", "starts_on": "01/06/2026"}
    assert client.post(reverse("charge-new", args=[world.host.pk]), typed).status_code == 302
    again = client.post(reverse("charge-new", args=[world.host.pk]), typed)
    assert "suit déjà" in again.content.decode()
    charge = TerritoryCharge.objects.get()
    client.post(reverse("charge-end", args=[charge.pk]), {"last_day": "30/06/2026"})
    charge.refresh_from_db()
    assert charge.ends_on == date(2026, 6, 30)


def test_the_spreadsheet_holds_what_the_filters_keep(world: builders.World) -> None:
    client = signed_in(world.facilitator)
    answer = page(client, "organisations", role=Role.COMPANY, format="xlsx")
    book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
    names = [row[0] for row in book.get_sheet_by_index(0).to_python()[1:]]
    assert names == [world.company.name]


@pytest.mark.parametrize("many", [3, 40])
def test_the_list_asks_the_same_queries_whatever_its_length(
    world: builders.World, django_assert_num_queries: Any, many: int
) -> None:
    with acting_as("test", day=builders.DAY):
        for number in range(many):
            builders.organisation(f"Chimère {number}", Role.COMPANY)
    client = signed_in(world.facilitator)
    with django_assert_num_queries(14):
        page(client, "organisations")


@pytest.mark.parametrize("many", [1, 8])
def test_a_host_page_asks_the_same_queries_whatever_its_facilitators(
    world: builders.World, django_assert_num_queries: Any, many: int
) -> None:
    for _ in range(many):
        colleague(world.host, MemberRole.FACILITATOR)
    client = signed_in(coordinator())
    with django_assert_num_queries(16):
        page(client, "organisation", world.host.pk)


def test_communes_are_offered_as_one_types(world: builders.World) -> None:
    html = page(signed_in(world.facilitator), "communes", commune="montf").content.decode()
    assert "Montfictif (21)" in html

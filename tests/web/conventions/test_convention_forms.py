"""Typing a convention, putting contracts under it: what is refused is said, nothing is lost."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from tests import builders
from tests.builders import DAY, World
from tests.web.conventions.web_conventions import made, text

from coclause.clauses.models import Contract, Convention
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.organisations.choices import MemberRole
from coclause.reference.models import PriorityDistrict

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]


@pytest.fixture
def convention(world: World) -> Convention:
    return made(world)


TYPED = {
    "name": "Convention du Plateau-Rêvé",
    "programme": "npnru",
    "region": "27",
    "starts_on": "01/01/2024",
    "target_hours": "220 000 h",
    "district_share": "33,3",
}


def test_a_convention_is_recorded_with_districts_of_two_vintages(
    people: dict[str, User], signed_in: As
) -> None:
    place = builders.commune()
    rows = [
        PriorityDistrict.objects.create(
            code="QF021001", vintage=year, name="Hauts", search_key="hauts", commune=place
        )
        for year in ("2015", "2024")
    ]
    client = signed_in(people["facilitator"])
    form = text(client.get("/conventions/nouvelle/"))
    assert "Hauts, Montfictif (QF021001, millésime 2024)" in form
    assert "Hauts, Montfictif (QF021001, millésime 2015)" in form
    answer = client.post("/conventions/nouvelle/", TYPED | {"chosen": [row.pk for row in rows]})
    found = Convention.objects.get()
    assert answer["Location"] == f"/conventions/{found.pk}/"
    assert (found.target_hours, found.district_share) == (220_000, Decimal("33.3"))
    assert (found.ends_on, found.signed_on) == (None, None)
    assert set(found.districts.all()) == set(rows)
    page = text(client.get(f"/conventions/{found.pk}/"))
    assert page.index("millésime 2024") < page.index("millésime 2015")


def test_without_a_loaded_list_the_form_says_how_to_load_one(
    people: dict[str, User], signed_in: As
) -> None:
    page = text(signed_in(people["coordinator"]).get("/conventions/nouvelle/"))
    assert "Aucun quartier prioritaire n’est chargé" in page
    assert "coclause load-districts" in page


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", "", "obligatoire"),
        ("name", "x" * 201, "200"),
        ("starts_on", "31/02/2024", "n’existe pas"),
        ("ends_on", "31/12/2023", "précède le début"),
        ("target_hours", "0", "supérieure ou égale à 1"),
        ("target_hours", "12,5", "chiffre"),
        ("district_share", "101", "inférieure ou égale à 100"),
        ("region", "84", "choix"),
        ("chosen", "999", "choix"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    people: dict[str, User], signed_in: As, field: str, typed: str, said: str
) -> None:
    answer = signed_in(people["facilitator"]).post("/conventions/nouvelle/", TYPED | {field: typed})
    assert answer.status_code == 200
    assert said.lower() in text(answer).lower()
    assert "220 000 h" in answer.content.decode() or field == "target_hours"
    assert not Convention.objects.exists()


def test_a_form_sent_twice_records_once(people: dict[str, User], signed_in: As) -> None:
    client = signed_in(people["facilitator"])
    for _ in range(2):
        answer = client.post("/conventions/nouvelle/", TYPED | {"once": "essai"})
        assert answer.status_code == 302
    assert Convention.objects.count() == 1


def test_a_correction_keeps_the_region_and_what_is_not_touched(
    world: World, convention: Convention, people: dict[str, User], signed_in: As
) -> None:
    client = signed_in(people["facilitator"])
    page = client.get(f"/conventions/{convention.pk}/modifier/").content.decode()
    assert 'value="01/01/2024"' in page
    sent = TYPED | {"name": "Convention renommée", "region": "84", "target_hours": ""}
    assert client.post(f"/conventions/{convention.pk}/modifier/", sent).status_code == 302
    convention.refresh_from_db()
    assert (convention.name, convention.region_id) == ("Convention renommée", "27")
    assert convention.target_hours is None


def test_a_contract_is_put_under_a_convention_from_its_operation_and_taken_out(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    found = made()
    client = signed_in(people["facilitator"])
    contract = Contract.objects.get(operation=world.operation)
    address = f"/contrats/{contract.pk}/convention/"
    assert address in client.get(f"/operations/{world.operation.pk}/").content.decode()
    listed = client.get(f"/conventions/{found.pk}/contrats/?q=mediatheque").content.decode()
    assert f"{address}?convention={found.pk}" in listed
    page = client.get(f"{address}?convention={found.pk}").content.decode()
    assert f'<option value="{found.pk}" selected' in page
    answer = client.post(address, {"convention": found.pk, "seen": ""})
    assert answer["Location"] == f"/conventions/{found.pk}/"
    operation = text(client.get(f"/operations/{world.operation.pk}/"))
    assert f"Convention : {found.name}" in operation
    # An old page: the contract answers to something else by now.
    assert client.post(address, {"convention": "", "seen": ""}).status_code == 409
    answer = client.post(address, {"convention": "", "seen": found.pk})
    assert answer["Location"] == f"/operations/{world.operation.pk}/"
    contract.refresh_from_db()
    assert contract.convention is None


def test_a_coordinator_chooses_among_all_contracts_a_host_among_its_own(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    other = builders.world("Mont-Rêvé")
    found = made(other)
    path = f"/conventions/{found.pk}/contrats/"
    assert "Médiathèque de Val-Imaginé" in text(signed_in(people["coordinator"]).get(path))
    assert "Médiathèque de Val-Imaginé" not in text(signed_in(people["other_host"]).get(path))
    with acting_as("test", day=DAY):
        both = builders.member(other.host, MemberRole.FACILITATOR)
    # The contract that already answers to it is not offered again.
    assert "Aucun contrat à rattacher" in text(signed_in(both).get(path))


def test_nothing_is_told_of_a_convention_of_another_region(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    found = made(world)
    contract = Contract.objects.get(operation=world.operation)
    client = signed_in(people["far_host"])
    for path in (
        f"/conventions/{found.pk}/",
        f"/conventions/{found.pk}/modifier/",
        f"/conventions/{found.pk}/contrats/",
        f"/contrats/{contract.pk}/convention/",
    ):
        assert client.get(path).status_code == 404, path
    assert found.name not in text(client.get("/conventions/"))

"""Where a person works and lives: said at hiring, read on their line, changed by their host."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from tests import builders
from tests.builders import DAY, World

from coclause.core.actor import acting_as
from coclause.core.models import JournalEntry, User
from coclause.core.refusals import Conflict
from coclause.hours.hiring import set_place
from coclause.hours.models import Assignment, Employment
from coclause.reference.models import Commune, PriorityDistrict

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]


@pytest.fixture
def other_place() -> Commune:
    return builders.commune("21999", "Valbrume-les-Essais")


@pytest.fixture
def assignment(world: World) -> Assignment:
    return Assignment.objects.get(employment=world.employment)


@pytest.fixture
def host(world: World, signed_in: SignIn) -> Client:
    return signed_in(world.facilitator)


def district(code: str, vintage: str, commune: Commune) -> PriorityDistrict:
    return PriorityDistrict.objects.create(
        code=code, vintage=vintage, name="Les Chimères", search_key="chimeres", commune=commune
    )


def hired(world: World, **more: str) -> dict[str, str]:
    return {
        "birth_name": "Rêvée",
        "given_names": "Zoé",
        "born_on": "03/02/1990",
        "sex": "femme",
        "commune": "21231",
        "employer": str(world.company.pk),
        "type": "cdd",
        "way": "embauche_directe",
        "starts_on": "09/03/2026",
        "level": "inconnu",
        **more,
    }


def hire(world: World, host: Client, **more: str) -> Any:
    return host.post(f"/attributions/{world.award.pk}/personnes/", hired(world, **more))


def newest() -> Employment:
    return Employment.objects.latest("pk")


def test_a_place_of_work_is_said_at_hiring(
    world: World, host: Client, other_place: Commune
) -> None:
    assert hire(world, host, place="Valbrume-les-Essais").status_code == 302
    with acting_as(world.facilitator, day=DAY):
        assert newest().assignments.get().commune == other_place
    page = host.get(f"/clauses/{world.clause.pk}/?onglet=personnes").content.decode()
    assert "Valbrume-les-Essais" in page


def test_without_one_the_place_is_that_of_the_operation(world: World, host: Client) -> None:
    assert hire(world, host).status_code == 302
    with acting_as(world.facilitator, day=DAY):
        assert newest().assignments.get().commune is None


def test_the_host_sets_it_later_and_the_journal_names_nobody(
    world: World, host: Client, assignment: Assignment, other_place: Commune
) -> None:
    url = f"/affectations/{assignment.pk}/lieu/"
    assert "Nadia" in host.get(url).content.decode()
    sent = {"place": "Valbrume-les-Essais (21999)", "seen": "", "once": "essai"}
    assert host.post(url, sent).status_code == 302
    assert host.post(url, sent).status_code == 302
    assignment.refresh_from_db()
    assert assignment.commune == other_place
    told = JournalEntry.objects.filter(verb="employment.placed").get()
    assert told.sentence == "Lieu de travail d’une affectation : Valbrume-les-Essais."
    assert 'value="Valbrume-les-Essais (21999)"' in host.get(url).content.decode()
    assert host.post(url, {"place": "", "seen": "21999"}).status_code == 302
    assignment.refresh_from_db()
    assert assignment.commune is None


def test_a_place_changed_meanwhile_is_told(
    world: World, host: Client, assignment: Assignment, other_place: Commune
) -> None:
    with acting_as(world.facilitator, day=DAY):
        set_place(world.scope, assignment, other_place, seen="")
        with pytest.raises(Conflict):
            set_place(world.scope, assignment, None, seen="")
    url = f"/affectations/{assignment.pk}/lieu/"
    answer = host.post(url, {"place": "21231", "seen": ""})
    assert answer.status_code == 409
    assert 'value="21231"' in answer.content.decode()


def test_an_unknown_commune_is_told_at_the_field(host: Client, assignment: Assignment) -> None:
    url = f"/affectations/{assignment.pk}/lieu/"
    answer = host.post(url, {"place": "Nullepart-sur-Rien", "seen": ""})
    assert answer.status_code == 422
    assert 'value="Nullepart-sur-Rien"' in answer.content.decode()


def test_only_the_host_reads_where_somebody_works(
    world: World, people: dict[str, User], signed_in: SignIn
) -> None:
    page = f"/clauses/{world.clause.pk}/?onglet=personnes"
    assert "Lieu de travail" not in signed_in(people["company"]).get(page).content.decode()


def test_a_district_is_chosen_among_those_of_the_commune(
    world: World, host: Client, other_place: Commune
) -> None:
    home = world.employment.commune
    assert home is not None
    district("QN02199X", "2024", home)
    district("QN02199X", "2015", home)
    district("QN02188Y", "2024", other_place)
    page = host.get(f"/attributions/{world.award.pk}/personnes/").content.decode()
    assert "QN02188Y|2024" in page
    with acting_as(world.facilitator, day=DAY):
        world.person.commune = home
        world.person.save(update_fields=["commune"])
    known = f"/attributions/{world.award.pk}/personnes/?personne={world.person.pk}"
    page = host.get(known).content.decode()
    assert "QN02199X|2015" in page
    assert "QN02188Y|2024" not in page
    elsewhere = hire(world, host, known_district="QN02188Y|2024")
    assert elsewhere.status_code == 422
    assert "Ce quartier est à Valbrume-les-Essais" in elsewhere.content.decode()
    both = hire(
        world, host, known_district="QN02199X|2024", district="QN1", district_vintage="2024"
    )
    assert both.status_code == 422
    assert hire(world, host, known_district="QN02199X|2024").status_code == 302
    with acting_as(world.facilitator, day=DAY):
        assert (newest().district, newest().district_vintage) == ("QN02199X", "2024")


def test_without_any_loaded_a_code_is_typed_with_its_vintage(world: World, host: Client) -> None:
    page = host.get(f"/attributions/{world.award.pk}/personnes/").content.decode()
    assert "known_district" not in page
    assert hire(world, host, district="QN02199X").status_code == 422
    sent = hire(world, host, district="QN02199X", district_vintage="2024")
    assert sent.status_code == 302
    with acting_as(world.facilitator, day=DAY):
        assert newest().district == "QN02199X"
        assert newest().starts_on == date(2026, 3, 9)

"""What a clause shows to whom, what its buttons do, and who is hired on it."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook
from tests import builders
from tests.builders import DAY, World

from coclause.clauses.models import Clause
from coclause.core.actor import acting_as
from coclause.core.models import JournalEntry, PersonReading, User
from coclause.hours.declaring import Entry, declare_month
from coclause.hours.models import Assignment, Employment
from coclause.people.models import Person

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]
NAME = "Nadia Inventée"
CLAUSE_QUERIES = 66


def declare(world: World, month: date, hours: str) -> None:
    with acting_as(world.facilitator, day=DAY):
        entry = Entry(world.employment.pk, {"travail": Decimal(hours)})
        declare_month(world.scope, world.award, month, [entry], version=0)


def page(client: Client, world: World, tab: str = "heures") -> str:
    return client.get(f"/clauses/{world.clause.pk}/?onglet={tab}").content.decode()


@pytest.mark.parametrize(
    ("role", "named"),
    [
        ("facilitator", True),
        ("company", True),
        ("buyer", False),
        ("other_host", False),
        ("coordinator", False),
    ],
)
def test_names_go_to_the_host_in_charge_and_to_the_employer_alone(
    world: World, people: dict[str, User], signed_in: SignIn, role: str, named: bool
) -> None:
    declare(world, date(2026, 10, 1), "35")
    client = signed_in(people[role])
    for tab in ("heures", "personnes"):
        assert (NAME in page(client, world, tab)) is named
    content = client.get(f"/clauses/{world.clause.pk}/heures.xlsx").content
    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(1).to_python()
    assert (NAME in [row[0] for row in rows]) is named
    assert rows[-3][-1] == 35
    assert PersonReading.objects.exists() is named


def test_nobody_reads_a_criterion_on_a_clause(
    world: World, people: dict[str, User], signed_in: SignIn
) -> None:
    for role in ("company", "buyer"):
        for tab in ("heures", "personnes", "journal"):
            assert "DELD" not in page(signed_in(people[role]), world, tab)


def test_hours_are_summed_by_month_and_against_the_calendar(
    world: World, signed_in: SignIn
) -> None:
    declare(world, date(2026, 9, 1), "60")
    declare(world, date(2026, 10, 1), "90")
    shown = page(signed_in(world.facilitator), world)
    assert "À ce rythme, il manquera 565\u00a0h à la fin" in shown
    assert "Vérifier septembre" in shown
    table = signed_in(world.facilitator).get(f"/clauses/{world.clause.pk}/").context["table"]
    assert [c.reached for c in table.columns if c.declared] == [60, 150]
    # 244 days of 453, from 02/03/2026 to 31/10/2026.
    assert round(table.columns[7].expected) == 668


@pytest.mark.parametrize("months", [1, 6])
def test_queries_of_a_clause_do_not_grow_with_its_months(
    world: World, signed_in: SignIn, django_assert_num_queries: Any, months: int
) -> None:
    for month in range(months):
        declare(world, date(2026, 4 + month, 1), "35")
    client = signed_in(world.facilitator)
    client.get(f"/clauses/{world.clause.pk}/")
    with django_assert_num_queries(CLAUSE_QUERIES):
        client.get(f"/clauses/{world.clause.pk}/")


def test_a_state_changes_once_and_with_its_reason(
    world: World, people: dict[str, User], signed_in: SignIn
) -> None:
    client, url = signed_in(world.facilitator), f"/clauses/{world.clause.pk}/etat/"
    assert client.post(url, {"changement": "achever"}).status_code == 302
    assert client.post(url, {"changement": "rouvrir"}).status_code == 422
    sent = {"changement": "rouvrir", "motif": "Travaux repris"}
    assert signed_in(people["buyer"]).post(url, sent).status_code == 403
    assert client.post(url, sent).status_code == 302
    assert client.post(url, sent).status_code == 409
    assert client.post(url, {"changement": "inventer"}).status_code == 400
    assert Clause.objects.get().state == "en_execution"
    assert JournalEntry.objects.filter(verb="clause.rouvrir").count() == 1
    assert "Travaux repris" in page(client, world, "journal")


def hiring(world: World, **more: str) -> dict[str, str]:
    return {
        "birth_name": "Supposée",
        "given_names": "Awa",
        "born_on": "03/02/1990",
        "sex": "femme",
        "employer": str(world.company.pk),
        "type": "cdd",
        "way": "embauche_directe",
        "starts_on": "01/10/2026",
        "level": "inconnu",
        "criteria": "DELD",
        **more,
    }


def test_a_person_is_recorded_hired_and_assigned(world: World, signed_in: SignIn) -> None:
    client, url = signed_in(world.facilitator), f"/attributions/{world.award.pk}/personnes/"
    refused = client.post(url, hiring(world, born_on="hier"))
    assert refused.status_code == 422
    assert 'value="Supposée"' in refused.content.decode()
    assert client.post(url, hiring(world)).status_code == 302
    assert client.post(url, hiring(world)).status_code == 422
    with acting_as(world.facilitator, day=DAY):
        person = Person.objects.get(birth_name="Supposée")
        made = Employment.objects.get(identity=person.identity_id)
    assert (made.age, made.criteria, str(made.sex)) == (36, ["DELD"], "femme")
    assert Assignment.objects.filter(award=world.award, employment=made).count() == 1


def test_who_is_already_known_is_assigned_and_not_recorded_twice(
    world: World, signed_in: SignIn
) -> None:
    with acting_as("test", day=DAY):
        second = builders.award(builders.lot(world.operation, number=4), world.company)
    client, url = signed_in(world.facilitator), f"/attributions/{second.pk}/personnes/"
    assert "Choisir" in client.get(f"{url}?q=nadia").content.decode()
    assert "Affecter" in client.get(f"{url}?personne={world.person.pk}").content.decode()
    sent = {"personne": str(world.person.pk), "emploi": str(world.employment.pk)}
    assert client.post(url, sent).status_code == 302
    assert Assignment.objects.filter(employment=world.employment).count() == 2


def test_another_host_finds_none_of_its_persons(world: World, signed_in: SignIn) -> None:
    other = builders.world("Les Brumes")
    url = f"/attributions/{other.award.pk}/personnes/"
    with acting_as(world.facilitator, day=DAY):
        Person.objects.filter(pk=world.person.pk).update(used_name="Sans-Pareille")
    client = signed_in(other.facilitator)
    assert "Choisir</a>" not in client.get(f"{url}?q=Sans-Pareille").content.decode()
    assert client.get(f"{url}?personne={world.person.pk}").status_code == 404

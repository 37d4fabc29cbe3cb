"""What anybody may read without an account, and the doors of the demonstration."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook
from tests import builders

from coclause.clauses.states import TRANSITIONS
from coclause.core.actor import acting_as
from coclause.indicators.catalogue import CATALOGUE
from coclause.indicators.figures import figures
from coclause.indicators.perimeter import Perimeter, Period
from coclause.organisations.choices import MemberRole, Role
from coclause.reference.models import Dataset
from coclause.reports.key_figures import TILES
from coclause.web.public import home

pytestmark = pytest.mark.django_db

PUBLIC = (
    "home",
    "key-figures",
    "definitions",
    "accessibility",
    "personal-data",
    "sources",
    "states",
    "account_login",
    "account_reset_password",
    "account_signup",
)


@dataclass
class Persona:
    email: str
    role_label: str = "Facilitatrice"
    name: str = "Capucine Fictive"
    organisation: str = "Maison de l'emploi du Val-Imaginé"
    what: str = "Suit les clauses de sa structure."


@pytest.fixture(autouse=True)
def _region(db: None) -> None:
    with acting_as("test", day=builders.DAY):
        builders.region()


@pytest.fixture
def world() -> builders.World:
    return builders.world()


@pytest.fixture
def door(world: builders.World, monkeypatch: pytest.MonkeyPatch) -> Persona:
    """The demonstration has one persona: the facilitator of the small world."""
    persona = Persona(world.facilitator.email)
    monkeypatch.setattr(home, "personas", lambda: [persona])
    return persona


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_page_answers_without_an_account(client: Client, name: str) -> None:
    assert client.get(reverse(name)).status_code == 200


def test_nobody_opens_an_account_alone(client: Client) -> None:
    typed = {"email": "x@exemple.test", "password1": "a" * 20, "password2": "a" * 20}
    html = client.post(reverse("account_signup"), typed).content.decode()
    assert "sur invitation" in html


def test_a_persona_enters_in_one_click(client: Client, door: Persona) -> None:
    assert door.name in client.get(reverse("home")).content.decode()
    answer = client.post(reverse("demo-enter"), {"persona": door.email})
    assert answer["Location"] == reverse("desk")
    assert "_auth_user_id" in client.session


def test_nobody_else_enters_by_that_door(client: Client, door: Persona) -> None:
    with acting_as("test", day=builders.DAY):
        other = builders.member(
            builders.organisation("Autre structure", Role.HOST),
            MemberRole.FACILITATOR,
        )
    assert client.post(reverse("demo-enter"), {"persona": other.email}).status_code == 404
    assert "_auth_user_id" not in client.session


def test_outside_the_demonstration_there_is_no_door(
    client: Client, world: builders.World, settings: Any
) -> None:
    settings.DEMO = False
    answer = client.post(reverse("demo-enter"), {"persona": world.facilitator.email})
    assert answer.status_code == 404
    assert home.personas() == []


def test_the_door_is_protected_against_other_sites(door: Persona) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post(reverse("demo-enter"), {"persona": door.email})
    assert answer.status_code == 403
    assert "Ce formulaire a expiré" in answer.content.decode()
    assert client.get(reverse("demo-enter")).status_code == 405


def test_the_public_page_says_the_catalogue_s_figures(
    client: Client, world: builders.World
) -> None:
    page = client.get(reverse("key-figures"))
    year = page.context["year"]
    known = figures(Perimeter("27"), Period.year(year.year), None, TILES)
    assert [figure for figure, _, _ in year.tiles] == [known[code] for code in TILES]
    sheet = client.get(reverse("key-figures"), {"format": "xlsx"})
    book = CalamineWorkbook.from_filelike(BytesIO(sheet.content))
    rows = book.get_sheet_by_name("Chiffres clés").to_python()
    told = {row[0]: row[2] for row in rows if not row[1]}
    assert told["Facilitateurs"] == known["facilitators"].value


def test_a_year_that_is_not_there_falls_back_to_one_that_is(client: Client) -> None:
    answer = client.get(reverse("key-figures"), {"annee": "1804"})
    assert answer.status_code == 200


def test_every_figure_of_the_catalogue_is_defined_once(client: Client) -> None:
    html = client.get(reverse("definitions")).content.decode()
    for code in CATALOGUE:
        assert html.count(f'id="{code}"') == 1


def test_the_table_of_states_is_the_one_the_database_applies(client: Client) -> None:
    answer = client.get(reverse("states"))
    assert len(answer.context["changes"]) == sum(len(t.sources) for t in TRANSITIONS)


def test_sources_say_their_vintage_and_licence(client: Client) -> None:
    Dataset.objects.create(
        code="imagine",
        title="Communes imaginées",
        source="Institut des Brumes",
        vintage="2026",
        licence="Licence Ouverte 2.0",
        url="https://exemple.test/",
        loaded_at=builders.at(builders.DAY),
        rows=3,
    )
    html = client.get(reverse("sources")).content.decode()
    assert "Licence Ouverte 2.0" in html
    assert 'href="https://exemple.test/"' in html


def test_an_unknown_page_says_the_way_out(client: Client) -> None:
    answer = client.get("/nulle-part/")
    assert answer.status_code == 404
    assert "Revenir à l’accueil" in answer.content.decode()


def test_the_page_comes_as_a_pdf_for_the_years_that_have_hours(
    client: Client, world: builders.World
) -> None:
    year = client.get(reverse("key-figures")).context["year"].year
    answer = client.get(reverse("key-figures-pdf", args=[year]))
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert client.get(reverse("key-figures-pdf", args=[1804])).status_code == 404


@pytest.mark.parametrize("many", [0, 5])
def test_public_pages_ask_the_same_queries_whatever_the_rows(
    client: Client, world: builders.World, django_assert_num_queries: Any, many: int
) -> None:
    with acting_as("test", day=builders.DAY):
        for number in range(many):
            operation = builders.operation(
                f"École {number}", world.buyer, world.host, world.facilitator
            )
            builders.clause(builders.lot(operation))
    with django_assert_num_queries(19):
        client.get(reverse("home"))
    with django_assert_num_queries(23):
        client.get(reverse("key-figures"))

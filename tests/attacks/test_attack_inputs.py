"""What nobody should type, typed everywhere: a clear answer, never a crash, nothing written."""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client
from tests import builders
from tests.builders import DAY, World

from coclause.core.actor import acting_as
from coclause.core.refusals import Refused
from coclause.hours.models import Employment, Statement
from coclause.people.models import Person

pytestmark = pytest.mark.django_db
HUGE = "9" * 5000
Path = Callable[[World], str]


@pytest.fixture
def world() -> World:
    return builders.world()


@pytest.fixture
def facilitator(world: World, client: Client) -> Client:
    client.force_login(world.facilitator)
    return client


def hiring(world: World) -> str:
    return f"/attributions/{world.award.pk}/personnes/"


def month(world: World) -> str:
    return f"/attributions/{world.award.pk}/mois/2026-10/"


@pytest.mark.parametrize("field", ["q", "personne"])
def test_a_nul_character_is_refused_in_french(
    field: str, world: World, facilitator: Client
) -> None:
    for answer in (
        facilitator.get(hiring(world), {field: "a\0b"}),
        facilitator.post(hiring(world), {field: "a\0b"}),
    ):
        assert answer.status_code == 400
        assert "Cette demande ne peut pas être lue" in answer.content.decode()


@pytest.mark.parametrize(
    ("path", "data"),
    [
        (hiring, {"personne": HUGE}),
        (hiring, {"emploi": HUGE}),
        (lambda w: f"/operations/{w.operation.pk}/contrat/", {"ajouter_lot": "1",
            "lots-TOTAL_FORMS": HUGE, "lots-0-number": HUGE}),
        (lambda w: f"/clauses/{w.clause.pk}/valider/", {"ligne": HUGE}),
        (month, {"version": HUGE}),
    ],
)  # fmt: skip
def test_a_number_longer_than_any_id_is_no_crash(
    path: Path, data: dict[str, str], world: World, facilitator: Client
) -> None:
    assert facilitator.post(path(world), data).status_code < 500
    assert facilitator.get(path(world), data).status_code < 500


@pytest.mark.parametrize("typed", ["1e9999999", "1e99", "NaN", "Infinity", "--1", "1,2,3"])
def test_hours_that_are_no_number_are_told_at_the_line(
    typed: str, world: World, facilitator: Client
) -> None:
    sent = {"version": "0", f"h-{world.employment.pk}-travail": typed}
    answer = facilitator.post(month(world), sent)
    assert answer.status_code == 422
    assert "Écrivez un nombre d’heures" in answer.content.decode()
    assert not Statement.objects.exists()


@pytest.mark.parametrize("amount", ["1e9999999", "NaN", HUGE])
def test_an_impossible_amount_does_not_break_the_list(amount: str, facilitator: Client) -> None:
    assert facilitator.get("/marches-publies/", {"montant": amount}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [f"/clauses/{10**30}/", f"/operations/{HUGE}/", "/organisations/99999999999999999999/"]
    + [f"/attributions/1/mois/{slug}/" for slug in ("2026-13", "0000-01", "9999-12", "20٢٦-01")],
)
def test_an_address_of_nothing_is_a_page_not_found(path: str, facilitator: Client) -> None:
    assert facilitator.get(path).status_code == 404


def hired(**changed: str) -> dict[str, str]:
    return {
        "birth_name": "Imaginé",
        "given_names": "Basile",
        "born_on": "17/05/1995",
        "sex": "homme",
        "type": "cdd",
        "way": "embauche_directe",
        "starts_on": "09/03/2026",
        "level": "inconnu",
        **changed,
    }


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"born_on": "17/05/0202"}, "avant 1900"),
        ({"born_on": "17/05/1905"}, "plus de 99 ans"),
        ({"birth_name": "🙂 123"}, "avec des lettres"),
        ({"given_names": "٣ ?"}, "avec des lettres"),
        ({"starts_on": "31/02/2026"}, ""),
        ({"starts_on": "09/03/0202"}, "vérifiez l’année"),
    ],
)
def test_an_impossible_person_is_refused_in_a_sentence(
    changed: dict[str, str], told: str, world: World, facilitator: Client
) -> None:
    level = Employment._meta.get_field("level").default
    sent = hired(employer=str(world.company.pk), level=str(level), **changed)
    answer = facilitator.post(hiring(world), sent)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    with acting_as(world.facilitator, day=DAY):
        assert Person.objects.count() == 1


def test_a_name_never_becomes_markup_nor_a_formula(world: World, facilitator: Client) -> None:
    with acting_as(world.facilitator, day=DAY):
        world.person.used_name = "=1+1<script>alert(1)</script>"
        world.person.save()
    clause = f"/clauses/{world.clause.pk}/"
    declared = {"version": "0", f"h-{world.employment.pk}-travail": "35"}
    assert facilitator.post(month(world), declared).status_code == 302
    for path in (clause, f"{clause}?onglet=personnes", month(world), f"{month(world)}verifier/"):
        page = facilitator.get(path).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page
    with ZipFile(BytesIO(facilitator.get(f"{clause}heures.xlsx").content)) as book:
        sheets = [book.read(n).decode() for n in book.namelist() if "worksheets/" in n]
    assert not any("<f>" in sheet for sheet in sheets)
    assert any("=1+1&lt;script&gt;" in sheet for sheet in sheets)


def test_a_refusal_that_no_form_shows_is_a_page_and_undoes_everything(
    world: World, facilitator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        world.operation.name = "Écrit avant le refus"
        world.operation.save()
        raise Refused("Trop tard : le mois est clos.")

    monkeypatch.setattr("coclause.web.desk.pages.desks.due", refuse)
    answer = facilitator.get("/a-faire/")
    assert answer.status_code == 409
    assert "Trop tard" in answer.content.decode()
    world.operation.refresh_from_db()
    assert world.operation.name != "Écrit avant le refus"


@pytest.mark.parametrize("day", [date(2024, 2, 29), date(2025, 12, 31), date(2026, 3, 29)])
def test_days_at_the_edges_of_the_calendar_open_every_list(
    day: date, world: World, facilitator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coclause.web.middleware.timezone.localdate", lambda: day)
    for path in ("/a-faire/", "/operations/", "/tableau-de-bord/", f"/clauses/{world.clause.pk}/"):
        assert facilitator.get(path).status_code == 200

"""The library as the network reads it, and as its coordination keeps it."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook
from tests.builders import DAY
from tests.network import drafting_worlds as worlds
from tests.web.conftest import As

from coclause.core.actor import acting_as
from coclause.network.library.keeping import add_version, retire
from coclause.network.library.texts import models
from coclause.network.models import ClauseText

pytestmark = pytest.mark.django_db
CODE = "ccap-condition-execution-marche"


@pytest.fixture
def desk() -> worlds.Desk:
    return worlds.desk()


@pytest.fixture
def coordination(desk: worlds.Desk, signed_in: As) -> Client:
    return signed_in(desk.coordinator)


@pytest.fixture
def text(desk: worlds.Desk) -> ClauseText:
    return ClauseText.objects.get(region=desk.region, code=CODE)


def version(body: str, **said: str) -> dict[str, str]:
    return {"body": body, "starts_on": "24/11/2026", "seen": "1", "note": "", **said}


def test_the_list_is_filtered_sorted_and_paged_in_the_address(
    desk: worlds.Desk, coordination: Client, text: ClauseText
) -> None:
    first = coordination.get("/bibliotheque/").content.decode()
    assert f"1 à 25 sur {len(models())}" in first
    some = coordination.get("/bibliotheque/?piece=rc&instrument=reserve&tri=-titre")
    assert [row[0].code for row in some.context["rows"]] == [
        "rc-reserve-marche",
        "rc-reserve-concession",
    ]
    with acting_as(desk.coordinator, day=DAY):
        retire(desk.scope(desk.coordinator), text)
    assert (
        "condition d’exécution</a>"
        not in coordination.get(
            "/bibliotheque/?piece=ccap&contrat=marche&instrument=condition_execution"
        ).content.decode()
    )
    gone = coordination.get("/bibliotheque/?etat=retires")
    assert [row[0] for row in gone.context["rows"]] == [text]
    assert "Aucun texte ne correspond" in coordination.get("/bibliotheque/?q=zz").content.decode()


def test_the_list_is_a_spreadsheet_too(coordination: Client) -> None:
    answer = coordination.get("/bibliotheque/?piece=ae&format=xlsx")
    rows = (
        CalamineWorkbook.from_filelike(BytesIO(answer.content))
        .get_sheet_by_name("Bibliothèque")
        .to_python()
    )
    assert len([row for row in rows if str(row[0]).startswith("AE :")]) == 5


def test_the_list_costs_the_same_for_few_texts_and_many(
    coordination: Client,
) -> None:
    coordination.get("/bibliotheque/")
    counts = []
    for address in ("/bibliotheque/?q=annexe", "/bibliotheque/"):
        with CaptureQueriesContext(connection) as seen:
            coordination.get(address)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_a_text_shows_its_words_with_what_the_operation_fills(
    desk: worlds.Desk, signed_in: As, text: ClauseText
) -> None:
    page = signed_in(desk.facilitator).get(f"/bibliotheque/{text.pk}/").content.decode()
    assert '<span class="variable">objet du contrat</span>' in page
    assert "Seulement si connu : obligation de prévoir une condition sociale" in page
    assert "{{" not in page
    assert "Écrire une version" not in page, "the network reads, the coordination writes"


def test_a_version_is_written_and_told_paragraph_by_paragraph(
    coordination: Client, text: ClauseText
) -> None:
    old = text.versions.get().body
    new = old.replace("## Contrôle", "## Contrôle et visites") + "\n\nUn point annuel est fait."
    answer = coordination.post(
        f"/bibliotheque/{text.pk}/version/",
        version(new.replace("\n", "\r\n"), starts_on="01/12/2026", note="Un point par an."),
        follow=True,
    )
    page = answer.content.decode()
    assert "Les documents déjà préparés gardent la leur" in page
    assert "<del>Contrôle</del>" in page
    assert "<ins>Contrôle et visites</ins>" in page
    assert "<ins>Un point annuel est fait.</ins>" in page
    assert "À partir du 01/12/2026" in page
    assert "Le modèle livré avec CoClause dit autre chose" in page
    assert page.count("En vigueur") >= 1


def test_an_unknown_variable_is_refused_by_its_name_and_nothing_typed_is_lost(
    coordination: Client, text: ClauseText
) -> None:
    answer = coordination.post(
        f"/bibliotheque/{text.pk}/version/", version("Au moins {{ heure_insertion }} heures.")
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "La variable « heure_insertion » n’est pas connue" in page
    assert "vouliez-vous écrire « heures_insertion »" in page
    assert "Au moins {{ heure_insertion }} heures." in page
    assert text.versions.count() == 1


def test_a_day_gone_by_is_refused_at_its_field(coordination: Client, text: ClauseText) -> None:
    answer = coordination.post(
        f"/bibliotheque/{text.pk}/version/", version("Un texte.", starts_on="23/11/2026")
    )
    assert answer.status_code == 422
    assert "Ce jour est passé : donnez le 24/11/2026" in answer.content.decode()


def test_the_second_of_two_coordinators_is_told(
    desk: worlds.Desk, coordination: Client, text: ClauseText
) -> None:
    with acting_as(desk.coordinator, day=DAY):
        add_version(desk.scope(desk.coordinator), text, "Premier.", starts_on=DAY, seen=1)
    answer = coordination.post(f"/bibliotheque/{text.pk}/version/", version("Second."))
    assert answer.status_code == 422
    assert "vient d’être enregistrée par quelqu’un d’autre" in answer.content.decode()
    assert text.versions.count() == 2


def test_a_double_click_adds_one_text(coordination: Client) -> None:
    data = {
        "title": "CCAP : clause courte",
        "block": "ccap",
        "instrument": "condition_execution",
        "contract": "marche",
        "body": "Au moins {{ heures_insertion }} heures.",
        "starts_on": "24/11/2026",
        "region": "27",
        "once": "x" * 20,
    }
    for _ in range(2):
        answer = coordination.post("/bibliotheque/nouveau/", data)
        assert answer.status_code == 302
    assert ClauseText.objects.filter(title="CCAP : clause courte").count() == 1


def test_a_text_goes_to_the_region_that_one_coordinates_whatever_is_sent(
    coordination: Client,
) -> None:
    answer = coordination.post(
        "/bibliotheque/nouveau/",
        {
            "title": "X",
            "block": "rc",
            "instrument": "critere",
            "contract": "marche",
            "body": "Un texte.",
            "starts_on": "24/11/2026",
            "region": "84",
        },
    )
    assert answer.status_code == 302
    assert ClauseText.objects.get(title="X").region_id == "27"


def test_a_retired_text_is_read_but_gets_no_version(coordination: Client, text: ClauseText) -> None:
    answer = coordination.post(f"/bibliotheque/{text.pk}/retirer/", {}, follow=True)
    assert "il n’est plus proposé" in answer.content.decode()
    page = coordination.get(f"/bibliotheque/{text.pk}/").content.decode()
    assert "Écrire une version" not in page
    assert coordination.get(f"/bibliotheque/{text.pk}/version/").status_code == 302
    again = coordination.post(f"/bibliotheque/{text.pk}/retirer/", {})
    assert again.status_code == 422
    assert "déjà retiré" in again.content.decode()


def test_words_to_come_are_announced(
    desk: worlds.Desk, coordination: Client, text: ClauseText
) -> None:
    with acting_as(desk.coordinator, day=DAY):
        add_version(
            desk.scope(desk.coordinator), text, "Plus tard.", starts_on=DAY + timedelta(7), seen=1
        )
    page = coordination.get("/bibliotheque/?etat=a-venir").content.decode()
    assert "version 2 le 01/12/2026" in page


def test_markup_in_a_text_stays_words(coordination: Client, text: ClauseText) -> None:
    coordination.post(f"/bibliotheque/{text.pk}/version/", version("<script>alert(1)</script>"))
    page = coordination.get(f"/bibliotheque/{text.pk}/").content.decode()
    assert "<script>alert(1)</script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page

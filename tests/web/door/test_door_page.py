"""The front door: a few questions, answers kept in the address, what is known and what is not."""

from io import BytesIO

import pytest
from django.test import Client
from pypdf import PdfReader
from pytest_django.fixtures import DjangoAssertNumQueries
from tests import builders
from tests.builders import DAY, World
from tests.web.door.door_worlds import NEED, door, put_in_charge, text_of

from coclause.core.actor import acting_as
from coclause.network.models import BuyerRequest

pytestmark = pytest.mark.django_db


def test_the_first_page_holds_the_questions(client: Client, world: World) -> None:
    page = text_of(client.get("/"))
    assert "Décrivez votre marché" in page
    assert "Que voulez-vous acheter" in page


def test_the_answer_is_one_sentence_its_reasons_and_their_articles(
    client: Client, world: World
) -> None:
    put_in_charge(world)
    page = text_of(client.get(door()))
    assert "Oui, une condition sociale est obligatoire dans ce marché" in page
    assert "art. L2112-2-1, I" in page
    assert "Texte du code au 01/09/2026" in page
    assert "elle ne donne pas de conseil juridique" in page


def test_each_reason_bears_a_word_and_not_a_colour_alone(client: Client, world: World) -> None:
    page = text_of(client.get(door()))
    for sign in ("Oui : 6 200 000 € hors taxes", "Non : Un critère", "À vérifier : Dites si"):
        assert sign in page


def test_smaller_conditions_come_before_the_cases_of_the_code(client: Client, world: World) -> None:
    page = text_of(client.get(door()))
    assert page.index("Un volume plus petit") < page.index(
        "Les cas que prévoit le code, à examiner"
    )


def test_nothing_due_names_no_case_to_leave_it_out(client: Client, world: World) -> None:
    page = text_of(client.get(door(valeur="5 403 999")))
    assert "Non, aucune condition sociale n’est obligatoire dans ce marché" in page
    assert "Les cas que prévoit le code" not in page


def test_the_estimate_is_a_range_with_its_assumptions(client: Client, world: World) -> None:
    page = text_of(client.get(door()))
    assert "2 395 à 12 400 h d’insertion" in page
    assert "1,5 à 7,8 ETP d’insertion (1 600 h par ETP)" in page
    assert "Repères du terrain : 5 % le plus souvent" in page


def test_without_an_honest_range_the_page_says_why(client: Client, world: World) -> None:
    page = text_of(client.get(door(type="fournitures")))
    assert "aucune hypothèse honnête n’est possible" in page
    assert "h d’insertion" not in page


def test_the_object_alone_says_what_is_missing(client: Client, world: World) -> None:
    page = text_of(client.get("/porte/?objet=Piscine&type=travaux"))
    assert "On ne peut pas encore répondre" in page
    assert "la date d’envoi de l’avis" in page
    assert "la valeur totale hors taxes" in page


@pytest.mark.parametrize("typed", ["6 200 000", "6,2 M€", "6.200.000,00 €", "6 200 k€"])
def test_an_amount_is_typed_the_french_way(client: Client, world: World, typed: str) -> None:
    assert "Oui : 6 200 000 € hors taxes" in text_of(client.get(door(valeur=typed)))


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("objet", "", "Dites en quelques mots"),
        ("type", "", "Choisissez le type"),
        ("valeur", "douze", "ne se lit pas comme un montant"),
        ("valeur", "120 000 € TTC", "indiquez le montant HT"),
        ("mois", "longtemps", "Écrivez un nombre entier de mois"),
        ("mois", "0", "supérieure ou égale à 1"),
        ("avis", "32/01/2027", "Cette date n’existe pas"),
        ("commune", "Zzyzx", "Aucune commune ne correspond"),
        ("acheteur", "pirate", "Sélectionnez un choix valide"),
        ("objet", "a" * 1001, "1000"),
    ],
)
def test_what_cannot_be_read_is_told_at_the_field_and_kept(
    client: Client, world: World, field: str, typed: str, told: str
) -> None:
    answer = client.get(door(**{field: typed}))
    assert answer.status_code == 200
    page = text_of(answer)
    assert told in page
    assert "à corriger" in page
    assert "condition sociale est obligatoire" not in page
    assert NEED["avis" if field != "avis" else "valeur"] in answer.content.decode()


def test_the_facilitator_of_the_commune_is_named_with_the_promise(
    client: Client, world: World
) -> None:
    put_in_charge(world)
    page = text_of(client.get(door()))
    assert f"{world.facilitator}" in page
    assert world.host.name.replace("'", "&#x27;") in page
    assert "sous 5 jours ouvrés, promis ; délai réel pas encore mesuré" in page


def test_several_places_are_answered_by_the_coordination(client: Client, world: World) -> None:
    put_in_charge(world)
    page = text_of(client.get(door(plusieurs="on")))
    assert "Coordination Inventée" in page
    assert f"{world.facilitator}" not in page


def test_a_commune_of_another_region_is_answered_and_sending_is_not_offered(
    client: Client, world: World
) -> None:
    put_in_charge(world)
    with acting_as("test", day=DAY):
        builders.commune("69123", "Confluence-la-Rêvée", builders.region("84", "Région Inventée"))
    page = text_of(client.get(door(commune="Confluence-la-Rêvée")))
    assert "Oui, une condition sociale est obligatoire" in page
    assert "La région Région Inventée n’a pas encore de coordination" in page
    assert "Envoyer ma demande" not in page


def test_a_name_borne_twice_is_asked_and_the_choice_is_kept_in_the_address(
    client: Client, world: World
) -> None:
    put_in_charge(world)
    with acting_as("test", day=DAY):
        builders.commune("21400", "Montfictif")
    assert "Quelle commune ?" in text_of(client.get(door()))
    answer = client.get(door(commune_choice="21400"))
    assert "Oui, une condition sociale" in text_of(answer)
    assert "commune=Montfictif+%2821400%29" in answer.content.decode()
    assert 'value="Montfictif (21400)"' in answer.content.decode()


def test_reading_the_answer_records_nothing(client: Client, world: World) -> None:
    put_in_charge(world)
    client.get(door())
    assert not BuyerRequest.objects.exists()
    assert "sessionid" not in client.cookies


def test_the_page_asks_as_many_questions_of_the_database_whatever_was_received(
    client: Client, world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    put_in_charge(world)
    with django_assert_max_num_queries(20):
        client.get(door())


def test_the_answer_can_be_kept_on_paper(client: Client, world: World) -> None:
    put_in_charge(world)
    answer = client.get(door().replace("/porte/", "/porte/reponse.pdf"))
    assert answer["Content-Type"] == "application/pdf"
    pages = PdfReader(BytesIO(answer.content)).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert "Oui, une condition sociale est obligatoire dans ce marché" in text
    assert "L2112-2-1" in text
    assert "piscine des Nuages" in text


def test_an_answer_that_cannot_be_given_is_not_printed(client: Client, world: World) -> None:
    answer = client.get("/porte/reponse.pdf?objet=&type=travaux")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/porte/?objet=")


def test_who_answers_for_a_commune(client: Client, world: World) -> None:
    put_in_charge(world)
    page = text_of(client.get("/facilitateurs/?commune=Montfictif"))
    assert f"{world.facilitator}" in page
    with acting_as("test", day=DAY):
        builders.commune("21999", "Sans-Personne-la-Rêvée")
    page = text_of(client.get("/facilitateurs/?commune=Sans-Personne-la-Rêvée"))
    assert "Coordination Inventée" in page
    assert "Aucun facilitateur ne suit" in page


def test_who_answers_asks_for_a_commune(client: Client, world: World) -> None:
    assert "Écrivez le nom d’une commune" in text_of(client.get("/facilitateurs/?commune="))


def test_a_text_as_long_as_an_attack_is_refused_and_not_a_crash(
    client: Client, world: World
) -> None:
    answer = client.get(door(valeur="9" * 3000, commune="x" * 3000, mois="9" * 500))
    assert answer.status_code == 200
    assert "à corriger" in text_of(answer)

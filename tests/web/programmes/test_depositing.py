"""Sending a purchase programme without an account or with one: read or refused, never half kept."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests import builders
from tests.builders import DAY, World
from tests.network.programming_worlds import case_file, file_of
from tests.network.requests_worlds import coordinator
from tests.web.conftest import As
from tests.web.door.door_worlds import text_of, token_of

from coclause.core.actor import acting_as
from coclause.core.models import Mail, Parameter, StoredFile
from coclause.network import links
from coclause.network.models import Programme
from coclause.organisations.choices import MemberRole

pytestmark = pytest.mark.django_db

WHO = {
    "buyer_name": "Ville de Montfictif",
    "buyer_siret": "",
    "law_buyer": "collectivite",
    "commune": "",
    "year": "2027",
    "name": "Aliénor Fictive",
    "email": "alienor@exemple.test",
    "site_web": "",
}


@pytest.fixture(autouse=True)
def _region(world: World) -> None:
    coordinator()


def deposit(client: Client, content: bytes, *, name: str = "achats.xlsx", **facts: str) -> Any:
    data: dict[str, Any] = WHO | {"once": token_of(client, "/programmation/")} | facts
    return client.post("/programmation/", data | {"file": SimpleUploadedFile(name, content)})


def path_of(programme: Programme) -> str:
    return f"/programmation/{links.written(programme.link_key)}/"


def test_the_file_is_read_and_its_columns_proposed(client: Client) -> None:
    answer = deposit(client, case_file())
    made = Programme.objects.get()
    assert answer["Location"] == path_of(made)
    page = text_of(client.get(path_of(made)))
    assert "Feuille « Achats »" in page
    assert "en-têtes à la ligne 3" in page
    assert "La feuille « Notice »" in page
    assert "1,2 M€ · 6 200 k€ · 250 000 €" in page
    assert made.contact_email == "alienor@exemple.test"
    assert made.mapping["year"] == 2027


def test_the_mail_holds_the_link_and_nothing_that_was_typed(client: Client) -> None:
    deposit(client, case_file(), name="Achetez chez nous.xlsx", buyer_name="Gagnez un lot")
    mail = Mail.objects.get()
    assert path_of(Programme.objects.get()) in mail.body
    for typed in ("Achetez", "Gagnez", "Aliénor"):
        assert typed not in mail.body + mail.subject


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "Ce fichier est vide"),
        (b"%PDF-1.7 rien", "c’est un PDF"),
        (b"objet;montant\nhalle;3", "c’est un fichier CSV"),
        (b"PK\x03\x04 rien", "fichier"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "n’est pas un tableur"),
        (b"a" * (5 * 1024 * 1024 + 1), "plus de 5 Mo"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_beside_its_field(
    client: Client, content: bytes, why: str
) -> None:
    answer = deposit(client, content)
    assert answer.status_code == 200
    assert "file" in answer.context["form"].errors
    assert why in text_of(answer)
    assert not Programme.objects.exists()
    assert not StoredFile.objects.exists()
    assert not Mail.objects.exists()


def test_a_sheet_that_is_no_programme_is_refused_with_what_is_expected(client: Client) -> None:
    answer = deposit(client, file_of([("lundi", "8 h")], ("Jour", "Ouverture")))
    assert "Aucune feuille ne ressemble à un programme d’achats" in text_of(answer)
    assert not Programme.objects.exists()


def test_another_field_wrong_says_that_the_file_must_be_chosen_again(client: Client) -> None:
    page = text_of(deposit(client, case_file(), email="pas une adresse"))
    assert "Cette adresse n’est pas complète" in page
    assert "Choisissez de nouveau le fichier" in page
    assert not Programme.objects.exists()


def test_sent_twice_it_is_kept_once(client: Client) -> None:
    token = token_of(client, "/programmation/")
    first, second = (deposit(client, case_file(), once=token) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Programme.objects.count() == 1


def test_a_program_that_fills_every_field_goes_no_further(client: Client) -> None:
    assert "devait rester vide" in text_of(deposit(client, case_file(), site_web="x"))
    assert not Programme.objects.exists()


@pytest.mark.parametrize("content", [case_file(), b"%PDF-1.7"], ids=["good", "bad"])
def test_one_sender_opens_so_many_files_an_hour(client: Client, content: bytes) -> None:
    with acting_as("test", day=DAY):
        Parameter.objects.filter(code="front_door_per_hour").update(value=1)
    told = [text_of(deposit(client, content)) for _ in range(4)]
    assert "Trop de" in told[-1]
    assert Programme.objects.count() <= 1


def test_a_signed_in_buyer_types_nothing_that_is_known(signed_in: As, world: World) -> None:
    with acting_as("test", day=DAY):
        user = builders.member(world.buyer, MemberRole.BUYER)
    client = signed_in(user)
    page = client.get("/programmation/").content.decode()
    assert world.buyer.name in page
    assert user.email in page
    deposit(client, case_file())
    made = Programme.objects.get()
    assert (made.buyer, made.author) == (world.buyer, user)
    assert made.buyer_siret == world.buyer.siret
    assert made.file_name in text_of(client.get("/programmations/"))


def test_two_communes_of_the_same_name_are_asked_about(client: Client) -> None:
    with acting_as("test", day=DAY):
        for code in ("21001", "71001"):
            builders.commune(code, "Doublefictif")
    page = text_of(deposit(client, case_file(), commune="Doublefictif"))
    assert "Quelle commune" in page
    assert not Programme.objects.exists()

"""The list of requests, typing one in, and the coordination's list of regional buyers."""

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook
from tests import builders
from tests.builders import DAY, World
from tests.network.requests_worlds import request_of

from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.core.outbox import mails_about
from coclause.network.models import BuyerRequest, RegionalBuyer
from coclause.network.states import RequestState
from coclause.reference.models import Region

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]
S = RequestState
SIREN = "000000018"


@pytest.fixture
def client_of(signed_in: SignIn, people: dict[str, User]) -> Callable[[str], Client]:
    return lambda role: signed_in(people[role])


def names(client: Client, query: str = "") -> list[str]:
    answer = client.get(f"/demandes/{query}")
    assert answer.status_code == 200
    return [row["asked"].object for row in answer.context["rows"]]


@pytest.mark.parametrize("role", ["company", "observer", "prescriber"])
def test_who_has_no_request_is_refused(client_of: Callable[[str], Client], role: str) -> None:
    assert client_of(role).get("/demandes/").status_code == 403


def test_each_reader_has_its_own(world: World, client_of: Callable[[str], Client]) -> None:
    request_of(world.host, world.facilitator, object="À nous", buyer=world.buyer)
    request_of(None, object="À personne")
    assert names(client_of("facilitator")) == ["À nous"]
    assert names(client_of("buyer")) == ["À nous"]
    assert sorted(names(client_of("coordinator"))) == ["À nous", "À personne"]
    assert names(client_of("other_host")) == []
    assert names(client_of("far_host")) == []


def test_filters_and_tabs(world: World, client_of: Callable[[str], Client]) -> None:
    old = date(2026, 11, 2)
    request_of(world.host, world.facilitator, object="Halle tardive", received=old)
    request_of(world.host, world.facilitator, object="Halle neuve")
    request_of(None, object="Voirie")
    one = request_of(world.host, state=S.ANSWERED, object="Lycée", answered_on=DAY)
    client = client_of("coordinator")
    assert names(client) == ["Halle tardive", "Halle neuve", "Voirie"]
    assert names(client, "?retard=on") == ["Halle tardive"]
    assert names(client, "?q=halle neuve") == ["Halle neuve"]
    assert names(client, "?qui=personne") == ["Voirie"]
    assert names(client, f"?qui={world.host.pk}&tri=-promise") == ["Halle neuve", "Halle tardive"]
    assert names(client, "?onglet=en-cours") == ["Lycée"]
    assert names(client, f"?onglet=en-cours&q={one.reference}") == ["Lycée"]
    assert names(client, "?onglet=en-cours&etat=question") == []
    assert names(client, "?onglet=terminees") == []
    assert names(client_of("facilitator"), "?qui=moi") == ["Halle tardive", "Halle neuve"]


@pytest.mark.parametrize(
    "query",
    [
        "?qui=abc",
        "?qui=9999999999999999999999",
        "?etat=x&onglet=en-cours",
        "?q=D2026-" + "9" * 40,
        "?tri=x&page=x",
    ],
)
def test_what_does_not_hold_in_the_address_is_left_aside(
    world: World, client_of: Callable[[str], Client], query: str
) -> None:
    assert client_of("coordinator").get(f"/demandes/{query}").status_code == 200


def test_the_spreadsheet_holds_the_tab_as_text_and_no_contact(
    world: World, client_of: Callable[[str], Client]
) -> None:
    request_of(world.host, world.facilitator, object="=1+1", buyer_siret="00012345678901")
    answer = client_of("facilitator").get("/demandes/?format=xlsx")
    book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
    rows = book.get_sheet_by_name("Demandes").to_python()
    assert rows[1][1] == "=1+1"
    assert rows[1][3] == "00012345678901"
    assert "alienor" not in str(rows).lower()


def test_the_coordination_reads_how_long_buyers_wait(
    world: World, client_of: Callable[[str], Client]
) -> None:
    request_of(world.host, received=date(2026, 11, 2), answered_on=date(2026, 11, 4))
    request_of(world.host, received=date(2026, 11, 2), answered_on=date(2026, 11, 5))
    request_of(world.host, received=date(2026, 11, 2))
    text = client_of("coordinator").get("/demandes/").content.decode()
    assert "2,5 jours" in text
    assert "2 sur 3" in text
    assert "Promesse tenue" not in client_of("facilitator").get("/demandes/").content.decode()


@pytest.mark.parametrize("many", [1, 9])
@pytest.mark.parametrize(
    ("role", "queries"), [("facilitator", 15), ("coordinator", 15), ("buyer", 13)]
)
def test_queries_of_the_list_do_not_grow(
    *,
    world: World,
    client_of: Callable[[str], Client],
    django_assert_num_queries: Any,
    role: str,
    queries: int,
    many: int,
) -> None:
    for _ in range(many):
        request_of(world.host, world.facilitator, buyer=world.buyer)
    client = client_of(role)
    client.get("/demandes/")
    with django_assert_num_queries(queries):
        assert len(names(client)) == many


NEED = {
    "objet": "Toiture de l’école",
    "type": "travaux",
    "valeur": "6 200 000",
    "mois": "14",
    "avis": "12/01/2027",
    "acheteur": "collectivite",
    "buyer_name": "Ville de Val-Rêvé",
    "name": "Aliénor Fictive",
}


def test_a_call_typed_in_is_routed_promised_and_measured_as_any_other(
    world: World, client_of: Callable[[str], Client]
) -> None:
    client = client_of("coordinator")
    assert client.get("/demandes/nouvelle/").status_code == 200
    answer = client.post("/demandes/nouvelle/", NEED, follow=True)
    made = BuyerRequest.objects.get()
    assert answer.redirect_chain == [(f"/demandes/{made.pk}/", 302)]
    assert (made.channel, made.answer_by) == ("saisie", date(2026, 12, 1))
    assert made.verdict["duty"] == "due"
    assert not mails_about(made).filter(kind="request.received").exists()


def test_a_call_typed_in_by_a_facilitator_may_go_to_somebody_else(
    world: World, client_of: Callable[[str], Client]
) -> None:
    answer = client_of("facilitator").post(
        "/demandes/nouvelle/", NEED | {"email": "alienor@exemple.test"}, follow=True
    )
    assert answer.redirect_chain == [("/demandes/", 302)]
    made = BuyerRequest.objects.get()
    assert made.facilitator is None
    assert mails_about(made).get().recipient == "alienor@exemple.test"


def test_a_call_typed_in_twice_is_one_request(
    world: World, client_of: Callable[[str], Client]
) -> None:
    client = client_of("coordinator")
    for _ in range(2):
        client.post("/demandes/nouvelle/", NEED | {"once": "la-meme-saisie"})
    assert BuyerRequest.objects.count() == 1


def test_an_empty_form_says_what_is_missing(client_of: Callable[[str], Client]) -> None:
    answer = client_of("facilitator").post("/demandes/nouvelle/", {"objet": ""})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Dites en quelques mots ce que vous achetez." in text
    assert "Dites quelle organisation achète." in text


def add(client: Client, **data: str) -> Any:
    told = {
        "region": "27",
        "siren": SIREN,
        "name": "Région Supposée",
        "starts_on": "24/11/2026",
        **data,
    }
    return client.post("/acheteurs-regionaux/nouveau/", told)


def test_the_coordination_keeps_its_list(
    world: World, people: dict[str, User], client_of: Callable[[str], Client]
) -> None:
    client = client_of("coordinator")
    referent = world.facilitator.memberships.get()
    assert add(client, referent=str(referent.pk), reason="Toute la région").status_code == 302
    row = RegionalBuyer.objects.get()
    assert (row.siren, row.referent, row.region_id) == (SIREN, referent, "27")
    assert "Région Supposée" in client.get("/acheteurs-regionaux/").content.decode()
    address = f"/acheteurs-regionaux/{row.pk}/modifier/"
    assert client.post(address, {"ends_on": "31/12/2026"}).status_code == 302
    row.refresh_from_db()
    assert (row.ends_on, row.referent) == (date(2026, 12, 31), None)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"siren": "123456789"}, "Ce n’est pas un SIREN"),
        ({"siren": ""}, "Donnez le SIREN"),
        ({"ends_on": "01/01/2026"}, "elle ne peut pas finir avant"),
        ({"referent": "999999"}, "choix"),
        ({"region": "84"}, "choix"),
    ],
)
def test_what_a_line_of_the_list_may_not_be(
    client_of: Callable[[str], Client], data: dict[str, str], told: str
) -> None:
    with acting_as("test", day=DAY):
        builders.region()
    answer = add(client_of("coordinator"), **data)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not RegionalBuyer.objects.exists()


def test_the_same_buyer_is_on_the_list_once_at_a_time(
    world: World, client_of: Callable[[str], Client]
) -> None:
    client = client_of("coordinator")
    assert add(client, ends_on="31/12/2026").status_code == 302
    again = add(client, starts_on="01/12/2026")
    assert again.status_code == 422
    assert "déjà sur la liste" in again.content.decode()
    assert add(client, starts_on="01/01/2027").status_code == 302


def test_a_siret_gives_its_siren(world: World, client_of: Callable[[str], Client]) -> None:
    siret = builders.siret()
    assert add(client_of("coordinator"), siren=siret).status_code == 302
    assert RegionalBuyer.objects.get().siren == siret[:9]


def test_another_region_s_list_is_out_of_reach(
    world: World, client_of: Callable[[str], Client]
) -> None:
    client = client_of("coordinator")
    with acting_as("test", day=DAY):
        row = RegionalBuyer.objects.create(
            region=Region.objects.get(pk="84"),
            siren=SIREN,
            name="Région Lointaine",
            starts_on=DAY - timedelta(9),
        )
    assert client.get(f"/acheteurs-regionaux/{row.pk}/modifier/").status_code == 404
    assert "Région Lointaine" not in client.get("/acheteurs-regionaux/").content.decode()
    assert client_of("facilitator").get("/acheteurs-regionaux/").status_code == 403

"""The page of a programme: by its link alone, counts first, then lines, then requests."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django.fixtures import DjangoAssertNumQueries
from python_calamine import CalamineWorkbook
from tests import builders
from tests.builders import DAY, World
from tests.core.jobs_helper import waiting_jobs
from tests.network.programming_worlds import (
    AT,
    SMALL,
    WORKS,
    answering,
    case_file,
    confirmed,
    deposited,
    file_of,
    many,
)
from tests.network.requests_worlds import coordinator
from tests.web.conftest import As
from tests.web.door.door_worlds import text_of, token_of

from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.network import links
from coclause.network.choices import ProgrammeState
from coclause.network.models import BuyerRequest, Programme, ProgrammeLine
from coclause.network.programmes.analysis import analyse
from coclause.network.programmes.columns import columns_of
from coclause.network.programmes.receiving import sendable_lines
from coclause.network.programmes.sending import send
from coclause.organisations.choices import MemberRole

pytestmark = pytest.mark.django_db
SUFFIXES = ("", "colonnes/", "avancement/", "lignes.xlsx", "demandes/")
HTMX = {"HX-Request": "true"}


def analysed(content: bytes, **facts: Any) -> Programme:
    programme = confirmed(deposited(content, **facts))
    analyse(programme.pk, day=DAY)
    programme.refresh_from_db()
    return programme


def path_of(programme: Programme, suffix: str = "") -> str:
    return f"/programmation/{links.written(programme.link_key)}/{suffix}"


def ask(client: Client, path: str, suffix: str) -> Any:
    return (client.post if suffix in ("colonnes/", "demandes/") else client.get)(path)


def everything() -> list[object]:
    return [
        *Programme.objects.order_by("pk").values(),
        *ProgrammeLine.objects.order_by("pk").values(),
        *BuyerRequest.objects.order_by("pk").values(),
        *waiting_jobs(),
    ]


# --- who ---


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("change", ["signature", "number", "bare", "other key"])
def test_a_link_that_this_site_did_not_write_opens_nothing(
    client: Client, suffix: str, change: str
) -> None:
    answering()
    programme = analysed(file_of([WORKS]))
    key, _, signature = links.written(programme.link_key).partition(".")
    wrong = {
        "signature": f"{key}.{signature[:-1]}{'a' if signature[-1] != 'a' else 'b'}",
        "number": str(programme.pk),
        "bare": key,
        "other key": links.written(links.new_key()),
    }[change]
    before = everything()
    assert ask(client, f"/programmation/{wrong}/{suffix}", suffix).status_code == 404
    assert everything() == before


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_link_that_has_ended_is_closed_and_changes_nothing(client: Client, suffix: str) -> None:
    answering()
    programme = analysed(file_of([WORKS]))
    with acting_as("test", day=DAY):
        Programme.objects.update(link_until=DAY - timedelta(days=1))
    before = everything()
    answer = ask(client, path_of(programme, suffix), suffix)
    assert answer.status_code == 410
    assert "halle" not in text_of(answer)
    assert everything() == before


@pytest.mark.parametrize("suffix", ["colonnes/", "demandes/"])
def test_the_network_reads_and_does_not_act_for_the_buyer(
    signed_in: As, world: World, suffix: str
) -> None:
    programme = analysed(file_of([WORKS]))
    client = signed_in(world.facilitator)
    page = client.get(path_of(programme)).content.decode()
    assert "halle" in page
    assert 'type="checkbox"' not in page
    before = everything()
    assert client.post(path_of(programme, suffix)).status_code == 403
    assert everything() == before


def test_each_buyer_lists_its_own_and_the_coordination_those_of_its_region(
    signed_in: As, world: World
) -> None:
    _, coordinating = coordinator()
    with acting_as("test", day=DAY):
        other = builders.world("Mont-Rêvé")
        own = builders.member(world.buyer, MemberRole.BUYER)
        neighbour = builders.member(other.buyer, MemberRole.BUYER)
        far = builders.region("84", "Région Inventée")
    deposited(file_of([WORKS]), name="le-mien.xlsx", buyer=world.buyer, author=own)
    deposited(file_of([WORKS]), name="sans-compte.xlsx")
    deposited(file_of([WORKS]), name="lointain.xlsx", region=far)

    def listed(user: User) -> set[str]:
        page = text_of(signed_in(user).get("/programmations/"))
        return {one for one in ("le-mien", "sans-compte", "lointain") if one in page}

    assert listed(own) == {"le-mien"}
    assert listed(neighbour) == set()
    assert listed(coordinating) == {"le-mien", "sans-compte"}
    assert signed_in(world.facilitator).get("/programmations/").status_code == 403
    assert Client().get("/programmations/").status_code == 302


# --- columns and progress ---


def test_the_columns_are_confirmed_and_the_analysis_waits_for_its_worker(client: Client) -> None:
    answering()
    programme = deposited(case_file())
    path = path_of(programme)
    chosen = {field.value: str(column) for field, column in columns_of(programme).fields.items()}
    data = chosen | {"year": "2027", "once": token_of(client, path)}
    answer = client.post(path + "colonnes/", data, follow=True)
    assert "l’analyse commence" in text_of(answer)
    assert "en cours de lecture" in text_of(answer)
    assert waiting_jobs()[-1].endswith("analyse_programme")
    # Sent twice, it is queued once.
    client.post(path + "colonnes/", data)
    assert waiting_jobs().count(waiting_jobs()[-1]) == 1


def test_a_column_chosen_twice_is_said_at_its_field(client: Client) -> None:
    programme = deposited(case_file())
    answer = client.post(path_of(programme, "colonnes/"), {"objet": "0", "montant": "0"})
    assert "déjà choisie pour « Objet »" in text_of(answer)
    programme.refresh_from_db()
    assert programme.state == ProgrammeState.MAPPING


def test_without_the_column_of_objects_nothing_starts(client: Client) -> None:
    programme = deposited(case_file())
    answer = client.post(path_of(programme, "colonnes/"), {"montant": "2"})
    assert "Indiquez la colonne qui donne l’objet" in text_of(answer)


def test_progress_is_told_then_the_whole_page_is_asked_again(client: Client) -> None:
    answering()
    programme = confirmed(deposited(many(3)))
    with acting_as("test", day=DAY):
        Programme.objects.update(total=3, done=2)
    part = client.get(path_of(programme, "avancement/"), headers=HTMX)
    assert "2 sur 3" in text_of(part)
    assert "<html" not in part.content.decode()
    # Without a script, the page itself tells it, with a link to see it again.
    page = client.get(path_of(programme)).content.decode()
    assert "Actualiser la page" in page
    with acting_as("test", day=DAY):
        Programme.objects.update(total=0, done=0)
    analyse(programme.pk, day=DAY)
    assert client.get(path_of(programme, "avancement/"), headers=HTMX)["HX-Refresh"] == "true"


# --- the result ---


def test_counts_come_first_and_a_sum_says_what_it_leaves_out(client: Client) -> None:
    answering()
    programme = analysed(case_file())
    page = text_of(client.get(path_of(programme)))
    assert page.index("Sous l’obligation") < page.index("Calendrier des lancements")
    assert page.index("Calendrier des lancements") < page.index("Les lignes")
    assert "sans compter 1 ligne non estimée" in page
    assert "avec une autre ligne" in page
    assert "mars 2027" in page
    assert "T3 2027" in page
    assert "Date non connue" in page
    assert "l’objet est vide" in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("obligation=due", {6, 7, 8}),
        ("obligation=refusee", {9}),
        ("obligation=unknown", {10}),
        ("etat=a-envoyer", {4, 6, 7, 8, 10}),
        ("etat=envoyees", set()),
        ("obligation=n-importe-quoi&qui=zz&etat=1", {4, 6, 7, 8, 9, 10}),
    ],
)
def test_filters_hold_in_the_address(client: Client, query: str, expected: set[int]) -> None:
    answering()
    programme = analysed(case_file())
    answer = client.get(f"{path_of(programme)}?{query}")
    assert {row["line"].row for row in answer.context["rows"]} == expected


def test_lines_of_one_facilitator(client: Client) -> None:
    user = answering()
    programme = analysed(case_file())
    who = f"f{user.memberships.get().pk}"
    answer = client.get(f"{path_of(programme)}?qui={who}&tri=-valeur")
    assert [row["line"].row for row in answer.context["rows"]] == [6, 7, 4]


@pytest.mark.parametrize("count", [1, 60])
def test_the_page_asks_as_much_for_one_line_as_for_many(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    answering()
    programme = analysed(many(count))
    client.get(path_of(programme))
    with django_assert_num_queries(QUERIES):
        client.get(path_of(programme))


QUERIES = 10


def test_a_file_with_titles_alone_says_what_to_do(client: Client) -> None:
    programme = analysed(file_of([("TOTAL", None, 12, None, None, None)]))
    page = text_of(client.get(path_of(programme)))
    assert "Aucun achat sous les en-têtes" in page
    assert "Ligne 2 : total" in page


def test_the_spreadsheet_holds_every_line_in_words_and_no_formula(client: Client) -> None:
    answering()
    rows = [WORKS, ('=HYPERLINK("http://exemple.test")', *WORKS[1:]), SMALL]
    programme = analysed(file_of(rows))
    answer = client.get(path_of(programme, "lignes.xlsx"))
    book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
    table: list[list[Any]] = book.get_sheet_by_name("Lignes").to_python()
    lines = [dict(zip(table[0], row, strict=True)) for row in table[1:]]
    assert [one["Ligne"] for one in lines] == [2, 3, 4]
    assert lines[0]["Condition sociale obligatoire"] == "Oui"
    assert "la valeur atteint le seuil" in lines[0]["Pourquoi"]
    assert "L2112-2-1" in lines[0]["Articles"]
    assert lines[0]["Valeur HT"] == 6_200_000
    assert lines[1]["Objet"].startswith("=HYPERLINK")
    assert lines[2]["Heures, haut"] == ""


# --- requests ---


def tick(client: Client, programme: Programme, *lines: int, **facts: str) -> Any:
    data = {"what": "cochees", "line": [str(one) for one in lines]} | facts
    data.setdefault("once", token_of(client, path_of(programme)))
    return client.post(path_of(programme, "demandes/"), data, follow=True)


def test_ticked_lines_leave_once_even_clicked_twice(client: Client) -> None:
    answering()
    programme = analysed(case_file())
    chosen = [programme.lines.get(row=row).pk for row in (4, 6)]
    token = token_of(client, path_of(programme))
    page = text_of(tick(client, programme, *chosen, once=token))
    assert "2 demandes partent" in page
    assert "0 sur 2" in page
    again = text_of(tick(client, programme, *chosen, once=token))
    assert "déjà envoyé" in again
    assert [one for one in waiting_jobs() if one.endswith("send_programme_lines")] == [
        waiting_jobs()[-1]
    ]
    # Another page open meanwhile.
    other = text_of(tick(client, programme, *chosen, once="autre"))
    assert "Un envoi est déjà en cours" in other


def test_all_the_lines_under_the_duty_leave_in_one_action(client: Client) -> None:
    answering()
    programme = analysed(case_file())
    page = text_of(tick(client, programme, what="obligation"))
    assert "3 demandes partent" in page


def test_beyond_what_is_read_at_once_the_soonest_leave_first(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coclause.network.programmes.receiving.MOST_SENT_WITHOUT_ACCOUNT", 1)
    answering()
    later = (*WORKS[:4], "T4 2027", WORKS[5])
    programme = analysed(file_of([later, WORKS]))
    page = text_of(client.get(path_of(programme)))
    assert "Envoyer les 1 lignes sous l’obligation les plus proches" in page
    assert "1 demande part" in text_of(tick(client, programme, what="obligation"))
    job = ProcrastinateJob.objects.latest("pk")
    assert job.args["lines"] == [programme.lines.get(row=3).pk]


def test_nothing_ticked_says_so(client: Client) -> None:
    answering()
    programme = analysed(case_file())
    assert "Aucune ligne à envoyer" in text_of(tick(client, programme))
    assert "Cochez" in text_of(tick(client, programme, what="tout"))
    assert not [one for one in waiting_jobs() if one.endswith("send_programme_lines")]


def test_sent_lines_lead_to_their_request_and_close_the_columns(client: Client) -> None:
    answering()
    programme = analysed(case_file())
    lines = list(sendable_lines(programme).values_list("pk", flat=True))
    send(programme.pk, lines[:1], at=AT, by=None)
    page = client.get(path_of(programme)).content.decode()
    made = BuyerRequest.objects.get()
    assert f"/suivi/{links.written(made.link_key)}/" in page
    assert "Corriger les colonnes" not in page
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    answer = client.post(path_of(programme, "colonnes/"), {"objet": "0", "montant": "2"})
    assert "déjà parties" in text_of(answer)

"""The months to check in one list: what is plain is validated at once, what is not is opened."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from tests import builders
from tests.builders import DAY, World
from tests.hours.checks.check_worlds import agency, declare

from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.hours.checking import marks_of, waiting_of
from coclause.hours.models import Statement, StatementLine

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]
URL = "/a-verifier/"


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode().replace("\u00a0", " "))


def key(world: World, statement: Statement) -> str:
    return f"{statement.pk}:{marks_of(waiting_of([statement], world.scope))[statement.pk]}"


def test_a_month_tells_who_sent_it_from_what_and_what_is_doubtful(
    world: World, signed_in: SignIn
) -> None:
    _, temp, employed = agency(world)
    declare(world, "230", who=employed, by=temp)
    page = text(signed_in(world.facilitator).get(URL))
    assert "Saisie · Intérim des Songes" in page
    assert "1 à confirmer" in page
    assert "230 h" in page
    assert 'name="mois"' not in page


def test_plain_months_are_validated_in_one_act(world: World, signed_in: SignIn) -> None:
    plain = [declare(world, "35", date(2026, month, 1)) for month in (8, 9)]
    doubtful = declare(world, "230")
    client = signed_in(world.facilitator)
    assert "Valider ces 2 mois : 70 h" in text(client.get(URL))
    sent = {"acte": "simples", "simple": [key(world, one) for one in plain]}
    answer = client.post(URL, sent, follow=True)
    assert "2 mois validés : 70 h." in text(answer)
    assert StatementLine.objects.to_check().get().statement_id == doubtful.pk


def test_only_the_months_chosen_are_validated(world: World, signed_in: SignIn) -> None:
    first, second = (declare(world, "35", date(2026, month, 1)) for month in (8, 9))
    sent = {
        "acte": "choisis",
        "mois": key(world, first),
        "simple": [key(world, first), key(world, second)],
    }
    assert signed_in(world.facilitator).post(URL, sent).status_code == 302
    assert StatementLine.objects.to_check().get().statement_id == second.pk


def test_a_double_click_validates_once_and_says_nothing_wrong(
    world: World, signed_in: SignIn
) -> None:
    statement = declare(world, "35")
    client = signed_in(world.facilitator)
    sent = {"acte": "simples", "simple": key(world, statement), "once": "jeton"}
    assert client.post(URL, sent).status_code == 302
    again = client.post(URL, sent, follow=True)
    assert "déjà envoyé" in text(again)


def test_a_month_changed_since_it_was_read_is_told(world: World, signed_in: SignIn) -> None:
    first, second = (declare(world, "35", date(2026, month, 1)) for month in (8, 9))
    keys = [key(world, first), key(world, second)]
    declare(world, "40", date(2026, 9, 1))
    client = signed_in(world.facilitator)
    assert "1 mois a changé" in text(client.post(URL, {"mois": keys}, follow=True))
    answer = client.post(URL, {"mois": keys})
    assert answer.status_code == 409
    assert "rien n’a été validé" in text(answer)


def test_nothing_chosen_is_said(world: World, signed_in: SignIn) -> None:
    declare(world, "35")
    answer = signed_in(world.facilitator).post(URL, {"acte": "choisis"})
    assert answer.status_code == 422
    assert "Choisissez au moins un mois." in text(answer)


@pytest.mark.parametrize("value", ["", "12", "x:y", f"{'9' * 30}:a"])
def test_a_value_that_no_page_offers_is_no_error(
    world: World, signed_in: SignIn, value: str
) -> None:
    assert signed_in(world.facilitator).post(URL, {"mois": value}).status_code == 404


def test_months_of_another_region_do_not_exist(
    world: World, people: dict[str, User], signed_in: SignIn
) -> None:
    statement = declare(world, "35")
    sent = {"mois": key(world, statement)}
    assert signed_in(people["far_host"]).post(URL, sent).status_code == 404
    assert signed_in(people["other_host"]).post(URL, sent).status_code == 403
    assert not StatementLine.objects.validated().exists()


def test_the_list_is_filtered_and_sorted_in_the_address(world: World, signed_in: SignIn) -> None:
    declare(world, "35", date(2026, 8, 1))
    declare(world, "230", date(2026, 9, 1))
    client = signed_in(world.facilitator)
    page = text(client.get(f"{URL}?remarques=sans"))
    assert "août 2026" in page
    assert "septembre 2026" not in page
    page = text(client.get(f"{URL}?tri=-heures"))
    assert page.index("septembre 2026") < page.index("août 2026")
    page = text(client.get(f"{URL}?remarques=avec&tri=mois"))
    assert "août 2026" not in page


def test_an_empty_list_says_what_will_come(world: World, signed_in: SignIn) -> None:
    page = text(signed_in(world.facilitator).get(URL))
    assert "Rien à vérifier" in page


@pytest.mark.parametrize("months", [1, 6])
def test_queries_of_the_list_do_not_grow(
    world: World, signed_in: SignIn, django_assert_num_queries: Any, months: int
) -> None:
    with acting_as(world.facilitator, day=DAY):
        person = builders.person(world.host, "Rêvée", "Aline")
        other = builders.employment(person, world.company, world.award)
    for number in range(months):
        declare(world, "35", date(2026, 10 - number, 1))
        declare(world, "35", date(2026, 10 - number, 1), who=other)
    client = signed_in(world.facilitator)
    client.get(URL)
    with django_assert_num_queries(31):
        client.get(URL)


def test_the_table_of_checks_is_open_to_all(signed_in: SignIn) -> None:
    page = text(signed_in(None).get("/verifications/"))
    assert "beyond_days" in page
    assert "art. L3121-18" in page
    assert "<b>220</b>" in page

"""A company contests a line from a page that names nobody, and may take it back."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.builders import World
from tests.hours.checks.check_worlds import agency, declare, validate

from coclause.core.models import User
from coclause.hours.models import Contest, Statement

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode().replace("\u00a0", " "))


@pytest.fixture
def statement(world: World) -> Statement:
    _, temp, employed = agency(world)
    return declare(world, "96", who=employed, by=temp)


def url(statement: Statement) -> str:
    return f"/lignes/{statement.lines.get(corrected_at=None).pk}/contester/"


def test_the_page_names_nobody_and_shows_the_figure(
    statement: Statement, people: dict[str, User], signed_in: SignIn
) -> None:
    page = text(signed_in(people["company"]).get(url(statement)))
    assert "Une personne employée par Intérim des Songes" in page
    assert "96 h" in page
    assert "Rêvé" not in page
    assert "Basile" not in page


def test_a_line_is_contested_then_changed_then_left(
    statement: Statement, people: dict[str, User], signed_in: SignIn
) -> None:
    client = signed_in(people["company"])
    sent = {"hours": "60,5", "reason": "Absente dix jours", "once": "un"}
    answer = client.post(url(statement), sent)
    assert answer["Location"] == "/mon-mois/2026-10/"
    assert client.post(url(statement), sent).status_code == 302
    assert str(Contest.objects.get().hours) == "60.50"
    page = text(client.get(url(statement)))
    assert 'value="60,5"' in page
    assert "Absente dix jours" in page
    assert client.post(url(statement), {"reason": "Je ne sais pas"}).status_code == 302
    assert Contest.objects.get().hours is None
    assert client.post(f"{url(statement)}retirer/").status_code == 302
    assert not Contest.objects.exists()
    assert client.post(f"{url(statement)}retirer/").status_code == 409


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"hours": "60", "reason": ""}, "Dites pourquoi"),
        ({"hours": "beaucoup", "reason": "Trop"}, "Ce n’est pas un nombre"),
        ({"hours": "745", "reason": "Trop"}, "744"),
        ({"hours": "-3", "reason": "Trop"}, "négatives"),
        ({"hours": "96", "reason": "Trop"}, "rien à contester"),
    ],
)
def test_what_makes_no_contest_is_said_and_kept(
    statement: Statement,
    people: dict[str, User],
    signed_in: SignIn,
    sent: dict[str, str],
    why: str,
) -> None:
    answer = signed_in(people["company"]).post(url(statement), sent)
    assert answer.status_code == 422
    assert why in text(answer)
    assert f'value="{sent["hours"]}"' in text(answer)
    assert not Contest.objects.exists()


def test_a_line_checked_meanwhile_says_so(
    world: World, statement: Statement, people: dict[str, User], signed_in: SignIn
) -> None:
    client, page = signed_in(people["company"]), url(statement)
    validate(world, statement)
    assert "ne se conteste plus" in text(client.get(page))
    answer = client.post(page, {"hours": "60", "reason": "Trop"})
    assert answer.status_code == 422
    assert not Contest.objects.exists()


def test_who_told_the_line_and_its_readers_may_not(
    world: World, statement: Statement, people: dict[str, User], signed_in: SignIn
) -> None:
    sender = statement.declarations.get().declared_by
    for user in (sender, people["facilitator"], people["buyer"], people["coordinator"]):
        assert signed_in(user).get(url(statement)).status_code == 403
    for role in ("other_company", "far_host", "prescriber"):
        assert signed_in(people[role]).get(url(statement)).status_code == 404


def test_ones_own_line_or_an_unknown_one_is_no_error(
    world: World, people: dict[str, User], signed_in: SignIn
) -> None:
    own = declare(world, "35")
    client = signed_in(people["company"])
    assert client.get(url(own)).status_code == 403
    assert client.get("/lignes/999999999/contester/").status_code == 404

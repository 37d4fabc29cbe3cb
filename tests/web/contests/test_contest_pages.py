"""A company contests a line from a page that names nobody, and may take it back."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.builders import DAY, World
from tests.hours.checks.check_worlds import agency, declare, validate

from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.hours.checking import return_lines
from coclause.hours.models import Contest, Employment, Statement

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


def test_the_breadcrumb_says_the_month_and_the_employer(
    statement: Statement, people: dict[str, User], signed_in: SignIn
) -> None:
    page = text(signed_in(people["company"]).get(url(statement)))
    assert page.count("Contester des heures d’octobre 2026, Intérim des Songes") == 2
    assert "ligne n°" not in page


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


def contested(statement: Statement, client: Client) -> str:
    """Contest the line; the beginning of what is answered later."""
    client.post(url(statement), {"hours": "60,5", "reason": "Absente dix jours", "once": "un"})
    at = timezone.localtime(Contest.objects.get().at)
    return f"Votre contestation du {at:%d/%m} :"


def employed_in(world: World, statement: Statement) -> Employment:
    with acting_as(world.facilitator, day=DAY):
        return Employment.objects.get(pk=statement.lines.get().employment_id)


def month(client: Client) -> str:
    return text(client.get("/mon-mois/2026-10/"))


def test_a_contest_settled_as_it_was_is_answered_on_the_page_of_the_month(
    world: World, statement: Statement, people: dict[str, User], signed_in: SignIn
) -> None:
    client = signed_in(people["company"])
    about = contested(statement, client)
    assert about not in month(client)
    validate(world, statement)
    page = month(client)
    assert f"{about} le facilitateur a gardé 96 h." in page
    assert "Vous contestez" not in page


def test_a_line_sent_back_after_a_contest_says_so_and_not_why(
    world: World, statement: Statement, people: dict[str, User], signed_in: SignIn
) -> None:
    client = signed_in(people["company"])
    about = contested(statement, client)
    line = statement.lines.get()
    with acting_as(world.facilitator, day=DAY):
        return_lines(world.scope, statement, [line.pk], "Dite absente")
    page = month(client)
    assert f"{about} le facilitateur a renvoyé la ligne à l’employeur." in page
    assert "Dite absente" not in page


@pytest.mark.parametrize("hours", ["60", "0"])
@pytest.mark.parametrize("who", ["l’employeur", "le facilitateur"])
def test_a_line_corrected_after_a_contest_says_by_whom_and_to_what(
    *,
    world: World,
    statement: Statement,
    people: dict[str, User],
    signed_in: SignIn,
    who: str,
    hours: str,
) -> None:
    client = signed_in(people["company"])
    about = contested(statement, client)
    sender = statement.declarations.get().declared_by if who == "l’employeur" else None
    declare(world, hours, who=employed_in(world, statement), by=sender)
    corrected = f"{about} {who} a corrigé la ligne à {hours} h"
    assert f"{corrected}, à vérifier." in month(client)
    validate(world, statement)
    assert f"{corrected}, validées." in month(client)


def test_a_second_contest_takes_the_place_of_the_answer_to_the_first(
    world: World, statement: Statement, people: dict[str, User], signed_in: SignIn
) -> None:
    client = signed_in(people["company"])
    about = contested(statement, client)
    sender = statement.declarations.get().declared_by
    declare(world, "80", who=employed_in(world, statement), by=sender)
    client.post(url(statement), {"hours": "60,5", "reason": "Encore trop", "once": "deux"})
    page = month(client)
    assert "Vous contestez" in page
    assert about not in page


def test_the_employer_is_not_told_of_a_contest_as_its_own(
    world: World, statement: Statement, people: dict[str, User], signed_in: SignIn
) -> None:
    contested(statement, signed_in(people["company"]))
    validate(world, statement)
    page = month(signed_in(statement.declarations.get().declared_by))
    assert "Votre contestation" not in page

"""The check of a month: each line with what it was, who told it, and its own reason."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from tests import builders
from tests.builders import DAY, World
from tests.hours.checks.check_worlds import OCTOBER, agency, declare, validate

from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.hours.contesting import contest
from coclause.hours.declaring import Entry, Sending, declare_month
from coclause.hours.models import Employment, Statement, StatementLine
from coclause.organisations.choices import MemberRole
from coclause.organisations.scopes import scope_of

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]


def url(world: World) -> str:
    return f"/attributions/{world.award.pk}/mois/2026-10/verifier/"


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode().replace("\u00a0", " "))


def lines(statement: Statement) -> list[int]:
    return list(statement.lines.to_check().order_by("pk").values_list("pk", flat=True))


def states() -> dict[str, str]:
    rows = StatementLine.objects.filter(corrected_at=None)
    return dict(rows.values_list("kind", "state"))


def seen(page: str) -> str:
    found = re.search(r'name="vu" value="(\w*)"', page)
    assert found
    return found[1]


def test_lines_with_a_reason_go_back_and_the_others_are_validated(
    world: World, signed_in: SignIn
) -> None:
    statement = declare(world, {"travail": "35", "formation": "7"})
    work, training = statement.lines.order_by("-hours")
    sent = {"acte": "trier", "lue": lines(statement), f"motif-{training.pk}": "Attestation ?"}
    answer = signed_in(world.facilitator).post(url(world), sent, follow=True)
    assert states() == {"travail": "validee", "formation": "renvoyee"}
    assert "1 ligne d’octobre validée, 1 ligne renvoyée" in text(answer)
    assert StatementLine.objects.get(pk=training.pk).return_reason == "Attestation ?"
    assert work.pk != training.pk


def test_a_reason_at_a_line_is_not_lost_by_validating_all(world: World, signed_in: SignIn) -> None:
    statement = declare(world, {"travail": "35", "formation": "7"})
    first, second = lines(statement)
    for sent in ({"acte": "tout"}, {"acte": "valider", "ligne": first}):
        data = {**sent, "lue": [first, second], f"motif-{second}": "À revoir"}
        answer = signed_in(world.facilitator).post(url(world), data)
        assert answer.status_code == 422
        assert 'value="À revoir"' in text(answer)
    assert not StatementLine.objects.validated().exists()


def test_each_line_chosen_takes_its_reason_or_the_common_one(
    world: World, signed_in: SignIn
) -> None:
    statement = declare(world, {"travail": "35", "formation": "7"})
    first, second = lines(statement)
    sent = {
        "acte": "renvoyer",
        "lue": [first, second],
        "ligne": first,
        "motif": "Bulletin manquant",
        f"motif-{second}": "Attestation manquante",
    }
    assert signed_in(world.facilitator).post(url(world), sent).status_code == 302
    told = dict(statement.lines.values_list("pk", "return_reason"))
    assert told == {first: "Bulletin manquant", second: "Attestation manquante"}


def test_sorting_out_without_a_reason_is_refused(world: World, signed_in: SignIn) -> None:
    statement = declare(world, "35")
    answer = signed_in(world.facilitator).post(
        url(world), {"acte": "trier", "lue": lines(statement)}
    )
    assert answer.status_code == 422
    assert "Aucune ligne ne porte de motif" in text(answer)


def test_common_reasons_are_offered(world: World, signed_in: SignIn) -> None:
    declare(world, "35")
    page = text(signed_in(world.facilitator).get(url(world)))
    assert "La feuille d’heures ou le bulletin de paie manque." in page


def test_a_correction_shows_what_was_validated(world: World, signed_in: SignIn) -> None:
    validate(world, declare(world, "35"))
    declare(world, "28")
    page = text(signed_in(world.facilitator).get(url(world)))
    assert "35 h validées jusqu’ici" in page


def test_an_agency_s_line_names_it_and_its_invoice(world: World, signed_in: SignIn) -> None:
    _, temp, employed = agency(world)
    entry = Entry(employed.pk, {"travail": Decimal(96)})
    with acting_as(temp, day=DAY):
        declare_month(
            scope_of(temp, DAY),
            world.award,
            OCTOBER,
            [entry],
            version=0,
            sending=Sending("facture", "F-2026-118"),
        )
    page = text(signed_in(world.facilitator).get(url(world)))
    assert "Déclaré par Intérim des Songes" in page
    assert "Facture n° F-2026-118" in page
    assert "Relevé ou facture d’agence, n° F-2026-118" in page


def contested(world: World) -> tuple[Statement, User]:
    _, temp, employed = agency(world)
    with acting_as("test", day=DAY):
        holder = builders.member(world.company, MemberRole.COMPANY)
    return declare(world, "96", who=employed, by=temp), holder


def say_otherwise(statement: Statement, holder: User) -> None:
    with acting_as(holder, day=DAY):
        contest(scope_of(holder, DAY), statement.lines.get(), Decimal(60), "Absente dix jours")


def test_both_figures_of_a_contested_line_are_shown_with_the_reason(
    world: World, signed_in: SignIn
) -> None:
    say_otherwise(*contested(world))
    page = text(signed_in(world.facilitator).get(url(world)))
    assert "dit 60 h de travail, et 96 h sont déclarées" in page
    assert "Absente dix jours" in page


def test_a_contest_come_while_reading_stops_the_check(world: World, signed_in: SignIn) -> None:
    statement, holder = contested(world)
    client = signed_in(world.facilitator)
    read = {"acte": "tout", "lue": lines(statement), "vu": seen(text(client.get(url(world))))}
    say_otherwise(statement, holder)
    answer = client.post(url(world), read)
    assert answer.status_code == 409
    assert "a contesté une ligne" in text(answer)
    read["vu"] = seen(text(answer))
    assert client.post(url(world), read).status_code == 302
    assert StatementLine.objects.validated().get().hours == 96


def test_the_criterion_is_on_no_page(
    world: World, people: dict[str, User], signed_in: SignIn
) -> None:
    with acting_as(world.facilitator, day=DAY):
        Employment.objects.filter(pk=world.employment.pk).update(criteria=["PERIME"])
    declare(world, "35")
    page = text(signed_in(world.facilitator).get(url(world)))
    assert "Son éligibilité à l’embauche est à confirmer" in page
    assert "PERIME" not in page
    month = text(signed_in(people["company"]).get("/mon-mois/2026-10/"))
    assert "PERIME" not in month
    assert "éligibilité" not in month


@pytest.mark.parametrize("size", [1, 5])
def test_queries_of_the_check_do_not_grow(
    world: World, signed_in: SignIn, django_assert_num_queries: Any, size: int
) -> None:
    with acting_as(world.facilitator, day=DAY):
        crew = [
            builders.employment(
                builders.person(world.host, f"Rêvé{'abcdef'[number]}", "Basile"),
                world.company,
                world.award,
            )
            for number in range(size)
        ]
    for one in crew:
        declare(world, {"travail": "35", "formation": "7"}, who=one)
    client = signed_in(world.facilitator)
    client.get(url(world))
    with django_assert_num_queries(39):
        client.get(url(world))

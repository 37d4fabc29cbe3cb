"""The messages written about contracts and companies: who may see which."""

from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests import builders
from tests.builders import DAY, World
from tests.web.conftest import As

from coclause.core.actor import acting_as
from coclause.core.models import Mail, MailState, User
from coclause.core.outbox import post

pytestmark = pytest.mark.django_db

PAGE = "/courriels/"


def write(subject: str, to: str, about: list[Model], **facts: Any) -> Mail:
    with acting_as("test", day=DAY):
        mail = post(
            to=to,
            subject=subject,
            body=f"Corps de {subject}",
            about=about,
            day=DAY,
            **{"kind": "essai", "key": subject, **facts},
        )
    assert mail
    return mail


def abandon(mail: Mail) -> None:
    with acting_as("test", day=DAY):
        mail.state, mail.attempts = MailState.ABANDONED, 1
        mail.last_error = "Adresse refusée par le serveur (550)."
        mail.save()


def page(signed_in: As, user: User, path: str = PAGE) -> str:
    answer = signed_in(user).get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_each_sees_what_is_theirs(world: World, people: dict[str, User], signed_in: As) -> None:
    """A facilitator finds what was sent on their contracts; nobody reads the others' messages."""
    company = people["company"].email
    neighbour = builders.world("Mont-Rêvé")
    write("Rappel du mois", company, [world.company, world.award, world.operation])
    write("Lettre à l’acheteur", people["buyer"].email, [world.award, world.operation])
    write("Invitation", company, [world.company])
    write("Affaire du voisin", company, [world.company, neighbour.award, neighbour.operation])
    write("Code 1234-5678", company, [world.company], kind="login.code")
    host, own = page(signed_in, people["facilitator"]), page(signed_in, people["company"])
    far = page(signed_in, people["other_host"])
    seen = {
        "Rappel du mois": (True, True),
        "Lettre à l’acheteur": (True, False),
        "Invitation": (True, True),
        "Affaire du voisin": (False, True),
        "Code 1234-5678": (False, False),
    }
    assert {name: (name in host, name in own) for name in seen} == seen
    assert not any(name in far for name in seen)
    assert "Affaire du voisin" in page(signed_in, neighbour.facilitator)


def test_words_are_shown_to_whom_they_concern_entirely(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    """A message that lists another host's contracts is seen, not read."""
    company = people["company"].email
    neighbour = builders.world("Mont-Rêvé")
    write("À nous", company, [world.company, world.operation])
    write("À deux", company, [world.company, world.operation, neighbour.operation])
    shown = page(signed_in, people["facilitator"])
    assert "Corps de À nous" in shown
    assert "À deux" in shown
    assert "Corps de À deux" not in shown
    assert "Corps de À deux" in page(signed_in, people["company"])


def test_what_never_left_says_why_and_whom_to_mend(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    """An address that is dead must be seen before the year is over."""
    lost = write("Rappel perdu", "ancien@toitures.example", [world.company, world.operation])
    abandon(lost)
    sent = write("Rappel arrivé", people["company"].email, [world.company, world.operation])
    with acting_as("test", day=DAY):
        sent.state, sent.sent_at = MailState.SENT, timezone.now()
        sent.save()
    shown = page(signed_in, people["facilitator"])
    assert "1 adresse ne reçoit plus rien" in shown
    assert "Adresse refusée par le serveur (550)." in shown
    assert f'href="/organisations/{world.company.pk}/contacts/"' in shown
    shown = page(signed_in, people["facilitator"], f"{PAGE}?etat=envoye")
    assert "Rappel arrivé" in shown
    assert "Rappel perdu" not in shown
    assert "Rappel perdu" in page(signed_in, people["facilitator"], f"{PAGE}?q=ancien@")
    assert "Aucun courriel ne correspond" in page(signed_in, world.facilitator, f"{PAGE}?q=zzz")


def test_an_address_that_works_again_is_no_longer_pointed_at(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    abandon(write("Perdu", people["company"].email, [world.company, world.operation]))
    later = write("Arrivé", people["company"].email, [world.company, world.operation])
    with acting_as("test", day=DAY):
        later.state, later.sent_at = MailState.SENT, timezone.now()
        later.save()
    assert "ne reçoit plus rien" not in page(signed_in, people["facilitator"])


def test_the_list_comes_out_as_a_spreadsheet(world: World, signed_in: As) -> None:
    write("Rappel", "a@toitures.example", [world.operation])
    answer = signed_in(world.facilitator).get(f"{PAGE}?format=xlsx")
    assert answer["Content-Disposition"].endswith('"courriels.xlsx"')


def test_the_list_takes_as_many_queries_for_twenty_messages_as_for_two(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    client = signed_in(people["facilitator"])

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(PAGE).status_code == 200
        return len(found)

    for number in range(2):
        write(f"Rappel {number}", "a@toitures.example", [world.company, world.operation])
    few = queries()
    for number in range(2, 20):
        write(f"Rappel {number}", "a@toitures.example", [world.company, world.operation])
    assert queries() == few

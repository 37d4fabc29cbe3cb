"""The months a company is offered, and whom it tells that somebody is missing."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from django.test import Client
from tests import builders
from tests.builders import DAY, World

from coclause.clauses.models import Award, OperationHost
from coclause.clauses.states import ClauseState
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.hours.declaring import Entry, declare_month

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]


def old_award(world: World, state: ClauseState = ClauseState.RUNNING) -> Award:
    """Of the same company, over since the autumn of 2022."""
    with acting_as("test", day=DAY):
        operation = builders.operation("Lavoir", world.buyer, world.host, world.facilitator)
        lot = builders.lot(operation, number=1)
        builders.clause(lot, state)
        return builders.award(lot, world.company, date(2022, 8, 1), date(2022, 9, 30))


def say(world: World, award: Award, *months: date) -> None:
    """The month at zero for everybody."""
    with acting_as(world.facilitator, day=DAY):
        for month in months:
            declare_month(world.scope, award, month, [], version=0)


def bar(client: Client, month: str = "2026-10") -> tuple[list[str], list[str]]:
    """The months in sight, and the folded ones."""
    page = client.get(f"/mon-mois/{month}/").content.decode()
    nav = page[page.index('class="month-bar"') :].partition("</nav>")[0]
    shown, _, folded = nav.partition("<details")
    month_at = re.compile(r"/mon-mois/(\d{4}-\d{2})/")
    return month_at.findall(shown), month_at.findall(folded)


def test_months_of_years_ago_leave_the_sight_of_a_company(
    world: World, people: dict[str, User], signed_in: SignIn
) -> None:
    """« septembre 2022 » beside October, with nothing to do there."""
    old = old_award(world)
    say(world, old, date(2022, 8, 1), date(2022, 9, 1))
    with acting_as("test", day=DAY):
        builders.calendar(world.award, date(2026, 6, 1), date(2027, 5, 28))
    shown, folded = bar(signed_in(people["company"]))
    assert shown == ["2026-06", "2026-07", "2026-08", "2026-09", "2026-10"]
    assert folded == ["2022-08", "2022-09"], "an older one is still one click away"
    assert bar(signed_in(people["company"]), "2022-08")[0][0] == "2022-08"


def test_a_month_owed_stays_in_sight_however_old(
    world: World, people: dict[str, User], signed_in: SignIn
) -> None:
    old = old_award(world)
    say(world, old, date(2022, 9, 1))
    shown, folded = bar(signed_in(people["company"]))
    assert shown[0] == "2022-08"
    assert "2022-09" in folded


def test_months_owed_beyond_the_first_ones_are_folded_and_counted(
    world: World, people: dict[str, User], signed_in: SignIn
) -> None:
    with acting_as("test", day=DAY):
        builders.calendar(world.award, date(2025, 6, 2), date(2027, 5, 28))
        world.award.members.update(starts_on=date(2025, 6, 2))
    client = signed_in(people["company"])
    shown, folded = bar(client)
    owed = ["2025-06", "2025-07", "2025-08", "2025-09", "2025-10", "2025-11"]
    assert shown == [*owed, "2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10"]
    assert folded == ["2026-01", "2026-02", "2026-03", "2026-04", "2025-12"]
    assert "5 à déclarer" in client.get("/mon-mois/2026-10/").content.decode()


def test_no_month_that_does_not_open_is_offered(
    world: World, people: dict[str, User], signed_in: SignIn
) -> None:
    old = old_award(world, ClauseState.CLOSED)
    with acting_as(world.facilitator, day=DAY):
        assert not old.statements.exists()
    client = signed_in(people["company"])
    for months in bar(client):
        for month in months:
            assert client.get(f"/mon-mois/{month}/").status_code == 200, month


def test_a_company_whose_awards_are_over_is_led_to_a_page_that_opens(
    world: World, people: dict[str, User], signed_in: SignIn
) -> None:
    with acting_as(world.facilitator, day=DAY):
        entry = Entry(world.employment.pk, {"travail": Decimal(7)})
        declare_month(world.scope, world.award, date(2026, 4, 1), [entry], version=0)
    with acting_as("test", day=DAY):
        type(world.clause).objects.filter(pk=world.clause.pk).update(state=ClauseState.ENDED)
    client = signed_in(people["company"])
    answer = client.get("/mon-mois/")
    assert answer["Location"] == "/mon-mois/2026-04/"
    assert client.get(answer["Location"]).status_code == 200


def test_who_is_told_that_somebody_is_missing_has_a_name_and_an_address(
    world: World, people: dict[str, User], signed_in: SignIn
) -> None:
    """A company that sees nobody on its award would not know whom to ask."""
    client = signed_in(people["company"])
    page = client.get("/mon-mois/2026-10/").content.decode()
    who = world.facilitator
    assert f"Une personne manque ? Dites-le à {who}" in page
    assert f'href="mailto:{who.email}?subject=Une%20personne%20manque' in page
    assert (
        "Une personne manque"
        not in signed_in(who).get(f"/attributions/{world.award.pk}/mois/2026-10/").content.decode()
    )


def test_without_a_facilitator_the_host_is_named(
    world: World, people: dict[str, User], signed_in: SignIn
) -> None:
    with acting_as("test", day=DAY):
        OperationHost.objects.filter(operation=world.operation).update(facilitator=None)
    page = unescape(signed_in(people["company"]).get("/mon-mois/2026-10/").content.decode())
    assert f"Dites-le à {world.host.name}, qui l’ajoute." in page
    assert "mailto:" not in page

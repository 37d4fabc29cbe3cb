"""Many awards, many people: the page of a month asks the database no more for it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models import Sum
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests import builders
from tests.builders import DAY, World

from coclause.core.actor import acting_as
from coclause.hours.models import Assignment, Employment, StatementLine
from coclause.organisations.choices import MemberRole

pytestmark = pytest.mark.django_db
HERE = "/mon-mois/2026-10/"


@pytest.fixture(autouse=True)
def _today(day_of_the_builders: None) -> None:
    """Every test is of that day."""


def more_awards(world: World, count: int, first: int = 10) -> None:
    """Other lots of the same contract, on each of which Nadia and somebody else work."""
    for number in range(first, first + count):
        with acting_as("test", day=DAY):
            operation = builders.operation(
                f"Chantier {number}", world.buyer, world.host, world.facilitator
            )
            lot = builders.lot(operation, number=number)
            clause = builders.clause(lot)
            award = builders.award(lot, world.company)
            builders.commit(award, clause, Decimal(100))
        with acting_as(world.facilitator, day=DAY):
            Assignment.objects.create(
                employment=world.employment, award=award, host=world.host, starts_on="2026-03-09"
            )
            other = builders.person(
                world.host, f"Fictif{number}", "Luce", date(1950, 1, 1) + timedelta(days=number)
            )
            builders.employment(other, world.company, award)


@pytest.mark.parametrize("path", [HERE, f"{HERE}modele.xlsx", f"{HERE}fichier/"])
def test_queries_do_not_grow_with_the_awards(path: str) -> None:
    world = builders.world()
    with acting_as("test", day=DAY):
        user = builders.member(world.company, MemberRole.COMPANY)
    client = Client()
    client.force_login(user)
    counts = []
    for number, more in enumerate((1, 4, 15)):
        more_awards(world, more, first=10 + 20 * number)
        client.get(path)
        with CaptureQueriesContext(connection) as made:
            assert client.get(path).status_code == 200
        counts.append(len(made))
    assert counts[0] == counts[1] == counts[2]


def test_sending_three_hundred_people_asks_no_more_by_person(
    django_assert_max_num_queries: Any,
) -> None:
    world = builders.world()
    with acting_as("test", day=DAY):
        user = builders.member(world.company, MemberRole.COMPANY)
    with acting_as(world.facilitator, day=DAY):
        for rank in range(299):
            born = date(1960, 1, 1) + timedelta(days=rank)
            person = builders.person(world.host, "Inventée", "Camille", born)
            builders.employment(person, world.company, world.award)
        people = Employment.objects.filter(employer=world.company).values_list("pk", flat=True)
        section = f"m{world.award.pk}-"
        said = {f"{section}version": "0"}
        for pk in people:
            said |= {f"{section}h-{pk}-{kind}": "" for kind in ("formation", "stage")}
            said |= {f"{section}h-{pk}-travail": "35", f"{section}total-{pk}": ""}
    assert len(said) > 1000
    client = Client()
    client.force_login(user)
    with django_assert_max_num_queries(90):
        assert client.post(HERE, said).status_code == 302
    again = {name: "36" if told == "35" else told for name, told in said.items()}
    again[f"{section}version"] = "1"
    with django_assert_max_num_queries(90):
        assert client.post(HERE, again).status_code == 302
    declared = StatementLine.objects.declared().aggregate(total=Sum("hours"))["total"]
    assert declared == 300 * 36

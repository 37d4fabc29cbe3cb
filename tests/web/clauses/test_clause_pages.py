"""The clause, its months and its persons: who reaches which page."""

from collections.abc import Callable

import pytest
from django.test import Client
from tests.builders import World

from coclause.core.models import User

pytestmark = pytest.mark.django_db

READ = {
    "facilitator": 200,
    "manager": 200,
    "other_host": 200,
    "far_host": 404,
    "buyer": 200,
    "company": 200,
    "other_company": 404,
    "coordinator": 200,
    "observer": 404,
    "prescriber": 404,
    None: 302,
}
WRITE = READ | {"other_host": 403, "buyer": 403, "company": 403, "coordinator": 403}
DECLARE = WRITE | {"company": 302}


@pytest.mark.parametrize(("role", "status"), READ.items())
def test_who_reads_a_clause(
    world: World,
    people: dict[str, User],
    signed_in: Callable[[User | None], Client],
    role: str | None,
    status: int,
) -> None:
    client = signed_in(people[role] if role else None)
    for tab in ("heures", "personnes", "journal"):
        assert client.get(f"/clauses/{world.clause.pk}/?onglet={tab}").status_code == status
    assert client.get(f"/clauses/{world.clause.pk}/heures.xlsx").status_code == status


@pytest.mark.parametrize(("role", "status"), DECLARE.items())
def test_who_types_a_month(
    world: World,
    people: dict[str, User],
    signed_in: Callable[[User | None], Client],
    role: str | None,
    status: int,
) -> None:
    client = signed_in(people[role] if role else None)
    assert client.get(f"/attributions/{world.award.pk}/mois/2026-10/").status_code == status


@pytest.mark.parametrize(("role", "status"), WRITE.items())
def test_who_adds_a_person(
    world: World,
    people: dict[str, User],
    signed_in: Callable[[User | None], Client],
    role: str | None,
    status: int,
) -> None:
    client = signed_in(people[role] if role else None)
    assert client.get(f"/attributions/{world.award.pk}/personnes/").status_code == status


@pytest.mark.parametrize(
    "role", ["facilitator", "manager", "buyer", "company", "coordinator", "observer", "prescriber"]
)
def test_everybody_has_a_desk(
    people: dict[str, User], signed_in: Callable[[User | None], Client], role: str
) -> None:
    for tab in ("tour", "attente", "faites"):
        assert signed_in(people[role]).get(f"/a-faire/?onglet={tab}").status_code == 200

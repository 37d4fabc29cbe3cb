"""Lists: found, filtered, ordered, exported whole, in a number of queries that does not grow."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook
from tests import builders
from tests.builders import DAY, World
from tests.web.operations.web_operations import published_contract, signed_in

from coclause.clauses.states import ClauseState
from coclause.core.actor import acting_as
from coclause.organisations.choices import MemberRole, Role

pytestmark = pytest.mark.django_db

# Session, user, scope and savepoints included.
LIST_QUERIES = 20
PAGE_QUERIES = 39
PUBLISHED_QUERIES = 15


@pytest.fixture
def world() -> World:
    return builders.world()


def more(world: World, count: int, name: str = "Opération") -> None:
    with acting_as("test", day=DAY):
        for number in range(count):
            made = builders.operation(
                f"{name} {number:03d}", world.buyer, world.host, world.facilitator
            )
            lot = builders.lot(made)
            clause = builders.clause(lot)
            builders.commit(builders.award(lot, world.company), clause, Decimal(100))


def sheet(content: bytes, name: str) -> list[list[Any]]:
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return book.get_sheet_by_name(name).to_python()


def listed(world: World, query: str) -> str:
    return signed_in(world.facilitator).get(reverse("operations") + query).content.decode()


@pytest.mark.parametrize("rows", [1, 40])
def test_the_list_asks_the_same_queries_whatever_its_rows(
    world: World, rows: int, django_assert_num_queries: Any
) -> None:
    more(world, rows)
    client = signed_in(world.facilitator)
    client.get(reverse("operations"))
    with django_assert_num_queries(LIST_QUERIES):
        client.get(reverse("operations"))


@pytest.mark.parametrize("rows", [1, 20])
def test_an_operation_asks_the_same_queries_whatever_its_lots(
    world: World, rows: int, django_assert_num_queries: Any
) -> None:
    with acting_as("test", day=DAY):
        for number in range(rows):
            lot = builders.lot(world.operation, number=number + 10)
            clause = builders.clause(lot)
            builders.commit(builders.award(lot, world.company), clause, Decimal(100))
    client = signed_in(world.facilitator)
    address = reverse("operation", args=[world.operation.pk])
    client.get(address)
    with django_assert_num_queries(PAGE_QUERIES):
        client.get(address)


@pytest.mark.parametrize("rows", [1, 40])
def test_published_contracts_ask_the_same_queries_whatever_their_number(
    world: World, rows: int, django_assert_num_queries: Any
) -> None:
    for number in range(rows):
        published_contract(f"M-{number}")
    client = signed_in(world.facilitator)
    client.get(reverse("published"))
    with django_assert_num_queries(PUBLISHED_QUERIES):
        client.get(reverse("published"))


def test_a_facilitator_sees_first_what_they_follow_then_all_the_region(world: World) -> None:
    with acting_as("test", day=DAY):
        other = builders.organisation("PLIE voisin", Role.HOST)
        colleague = builders.member(other, MemberRole.FACILITATOR)
        builders.operation("Piscine voisine", world.buyer, other, colleague)
    assert "Piscine voisine" not in listed(world, "")
    assert "Piscine voisine" in listed(world, "?suivi=tous")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=mediatheque", True),
        ("?q=toitures+imagine", True),
        ("?q=introuvable", False),
        ("?etat=en_execution", True),
        ("?etat=close", False),
        ("?type=travaux", True),
        ("?type=services", False),
        ("?retard=on", True),
        ("?etat=nimporte", True),
    ],
)
def test_search_and_filters(world: World, query: str, found: bool) -> None:
    name = f'/operations/{world.operation.pk}/"'
    assert (name in listed(world, query)) is found


def test_an_operation_on_time_is_not_under_the_expected(world: World) -> None:
    with acting_as("test", day=DAY):
        made = builders.operation("À venir", world.buyer, world.host, world.facilitator)
        lot = builders.lot(made)
        clause = builders.clause(lot, ClauseState.AGREED)
        award = builders.award(lot, world.company, date(2027, 1, 4), date(2027, 12, 31))
        builders.commit(award, clause, Decimal(100))
    assert "À venir" not in listed(world, "?retard=on")


def test_the_spreadsheet_holds_every_row_and_formulas_stay_text(world: World) -> None:
    more(world, 60, name="=HYPERLINK(A1)")
    answer = signed_in(world.facilitator).get(reverse("operations") + "?format=xlsx")
    rows = sheet(answer.content, "Opérations")
    assert len(rows) == 1 + 61
    names = [row[0] for row in rows]
    assert "=HYPERLINK(A1) 000" in names
    by_name = {row[0]: row for row in rows}
    first = by_name[world.operation.name]
    assert first[2] == world.buyer.siret
    assert first[13] == 1240


def test_published_contracts_filter_and_export(world: World) -> None:
    published_contract("M-1", object="=1+1", social="yes", considerations=["Clause sociale"])
    published_contract("M-2", amount=None, departement="71")
    published_contract("M-3", region="84", departement="69")
    client = signed_in(world.facilitator)
    rows = sheet(client.get(reverse("published") + "?format=xlsx").content, "Marchés publiés")
    assert {row[0] for row in rows[1:]} == {"M-1", "M-2"}
    assert "=1+1" in {row[1] for row in rows}
    for query, expected in (
        ("?social=yes", {"M-1"}),
        ("?montant=100 000", {"M-1"}),
        ("?du=03/03/2026", set()),
        ("?q=imaginaire", {"M-1", "M-2"}),
        ("?libre=on", {"M-1", "M-2"}),
    ):
        found = client.get(f"{reverse('published')}{query}&format=xlsx").content
        assert {row[0] for row in sheet(found, "Marchés publiés")[1:]} == expected, query

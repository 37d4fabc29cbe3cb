"""What closed contracts achieved: a wrong quartile would make a facilitator ask for too much."""

from decimal import Decimal
from typing import Any

import pytest
from tests import builders
from tests.builders import DAY, World
from tests.hours.closed_contracts import closed

from coclause.clauses.choices import Instrument, MarketType, Measure, Theme
from coclause.clauses.models import Contract, Objective
from coclause.clauses.states import ClauseState
from coclause.core.actor import acting_as
from coclause.hours.achieved import Achieved, achieved, per_thousand

pytestmark = pytest.mark.django_db
QUERIES = 11


@pytest.fixture
def world() -> World:
    return builders.world()


def by_hand(values: list[Decimal]) -> list[float]:
    """Quartiles between the two nearest values, from the definition."""
    ordered = sorted(values)
    found = []
    for part in (Decimal("0.25"), Decimal("0.5"), Decimal("0.75")):
        rank = part * (len(ordered) - 1)
        low = int(rank)
        high = min(low + 1, len(ordered) - 1)
        found.append(float(ordered[low] + (ordered[high] - ordered[low]) * (rank - low)))
    return found


ROWS = (
    ("100", 120, 200_000),
    ("150.5", 120, 100_000),
    ("40", 60, 90_000),
    ("151.67", 300, 110_000),
    ("20", 20, 25_000),
    ("75", 90, 300_000),
)


def found(world: World, division: str = "45", **options: Any) -> Achieved | None:
    with acting_as(world.facilitator, day=DAY):
        return achieved(world.operation.region_id, division, DAY, **options)


def test_quartiles_are_those_of_a_recount_by_hand(world: World) -> None:
    for hours, committed, amount in ROWS:
        closed(world, hours, committed, amount)
    told = found(world)
    assert told is not None
    done = [Decimal(hours) * 1000 / amount for hours, _, amount in ROWS]
    owed = [Decimal(committed) * 1000 / amount for _, committed, amount in ROWS]
    assert [float(one) for one in told.done] == pytest.approx(by_hand(done), abs=1e-4)
    assert [float(one) for one in told.committed] == pytest.approx(by_hand(owed), abs=1e-4)
    assert (told.contracts, told.basis) == (6, "division")
    assert told.hours_done == sum(Decimal(hours) for hours, _, _ in ROWS)
    assert told.hours_committed == sum(committed for _, committed, _ in ROWS)


def test_under_five_contracts_nothing_is_told(world: World) -> None:
    for hours, committed, amount in ROWS[:4]:
        closed(world, hours, committed, amount)
    assert found(world) is None
    closed(world, *ROWS[4])
    told = found(world)
    assert told is not None
    assert told.contracts == 5


def test_contracts_without_cpv_or_amount_are_left_out_and_counted(world: World) -> None:
    for row in ROWS:
        closed(world, *row)
    closed(world, "90", 90, None)
    closed(world, "90", 90, 0)
    closed(world, "90", 90, 100_000, None)
    told = found(world)
    assert told is not None
    assert (told.contracts, told.without_amount, told.without_cpv) == (6, 2, 1)


@pytest.mark.parametrize(
    "other",
    [
        {"code": "90911200"},
        {"state": ClauseState.ENDED},
        {"state": ClauseState.RUNNING},
        {"theme": Theme.EQUALITY},
    ],
    ids=str,
)
def test_other_divisions_themes_and_clauses_not_closed_do_not_count(
    world: World, other: dict[str, Any]
) -> None:
    for row in ROWS:
        closed(world, *row)
    before = found(world)
    closed(world, "151", 10, 1000, **other)
    assert found(world) == before


def test_a_contract_with_one_clause_still_open_does_not_count(world: World) -> None:
    for row in ROWS:
        closed(world, *row)
    before = found(world)
    contract = closed(world, "151", 10, 1000)
    with acting_as("test", day=DAY):
        lot = contract.lots.create(number=9, title="autre lot")
        clause = builders.clause(lot, ClauseState.RUNNING)
        builders.commit(builders.award(lot, world.company), clause, Decimal(50))
    assert found(world) == before


def test_a_commitment_in_persons_adds_no_hour(world: World) -> None:
    for row in ROWS:
        closed(world, *row)
    before = found(world)
    closed(world, "151", 10, 1000)
    with acting_as("test", day=DAY):
        Objective.objects.filter(pk=Objective.objects.latest("pk").pk).update(
            measure=Measure.PERSONS
        )
    assert found(world) == before


def test_hours_of_an_award_under_two_clauses_count_once(world: World) -> None:
    for row in ROWS:
        closed(world, *row)
    before = found(world)
    contract = Contract.objects.filter(cpv__isnull=False).order_by("pk")[0]
    lot = contract.lots.get()
    with acting_as("test", day=DAY):
        second = builders.clause(lot, ClauseState.CLOSED, instrument=Instrument.CRITERION)
        builders.commit(lot.awards.get(), second, Decimal(30))
    told = found(world)
    assert told is not None
    assert before is not None
    assert told.done == before.done
    assert told.hours_committed == before.hours_committed + 30


def test_where_the_division_has_too_few_the_market_type_answers_and_says_so(world: World) -> None:
    for row in ROWS[:4]:
        closed(world, *row)
    closed(world, *ROWS[4], "71000000")
    closed(world, *ROWS[5], "90911200", market_type=MarketType.SERVICES)
    assert found(world) is None
    told = found(world, market_type=MarketType.WORKS)
    assert told is not None
    assert (told.basis, told.contracts) == ("market_type", 5)
    assert found(world, market_type=MarketType.SERVICES) is None


def test_another_region_tells_nothing(world: World) -> None:
    for row in ROWS:
        closed(world, *row)
    with acting_as(world.facilitator, day=DAY):
        assert achieved("84", "45", DAY) is None


def test_the_same_queries_for_five_contracts_or_more(
    world: World, django_assert_num_queries: Any
) -> None:
    for row in ROWS[:5]:
        closed(world, *row)
    with acting_as(world.facilitator, day=DAY), django_assert_num_queries(QUERIES):
        achieved("27", "45", DAY, market_type=MarketType.WORKS)
    for row in ROWS:
        closed(world, *row)
    with acting_as(world.facilitator, day=DAY), django_assert_num_queries(QUERIES):
        achieved("27", "45", DAY, market_type=MarketType.WORKS)


def test_hours_for_a_thousand_euros() -> None:
    assert per_thousand(835, Decimal(1_000_000)) == Decimal("0.8350")

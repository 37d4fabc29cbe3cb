"""A figure that a plain recount does not find again would be published wrong."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests import builders
from tests.builders import DAY, World, at
from tests.conftest import undone
from tests.contracts.comparing import disagreements
from tests.contracts.random_doors import random_door
from tests.contracts.random_worlds import random_world
from tests.contracts.recount import BREAKDOWNS, NUMBERS, Asked

from coclause.clauses.choices import EventKind, HostRole, Instrument
from coclause.clauses.models import Objective, ObjectiveEvent, OperationHost
from coclause.clauses.states import ClauseState
from coclause.core.actor import acting_as
from coclause.hours.checking import return_lines, validate_lines
from coclause.hours.choices import EmploymentType
from coclause.hours.declaring import Entry, declare_month
from coclause.hours.models import Statement
from coclause.indicators.catalogue import CATALOGUE, THEMES
from coclause.indicators.figures import figures
from coclause.indicators.indicator import Kind
from coclause.indicators.perimeter import Perimeter, Period
from coclause.organisations.models import PostFunding

pytestmark = pytest.mark.django_db
YEAR = Asked("27", date(2026, 1, 1), date(2026, 12, 31))


def test_every_indicator_has_its_recount_and_nothing_else() -> None:
    numbers = {code for code, one in CATALOGUE.items() if one.kind is Kind.NUMBER}
    assert numbers == set(NUMBERS)
    assert set(CATALOGUE) - numbers == set(BREAKDOWNS)


@pytest.fixture
def rich() -> World:
    """Two hosts in a region, another region, and everything that is easily counted twice."""
    first = builders.world("Val-Imaginé")
    second = builders.world("Mont-Inventé")
    elsewhere = builders.world("Lointain", of=builders.region("44", "Grand-Ailleurs"))
    for one in (first, second, elsewhere):
        work(one, {date(2025, 12, 1): "20", date(2026, 4, 1): "100", date(2026, 9, 1): "35.5"})
    with acting_as("test", day=DAY):
        enlarge(first)
    missions(first)
    correct(first)
    with acting_as("test", day=DAY):
        hand_over(first, second)
    return first


def work(world: World, months: dict[date, str]) -> None:
    """Declared and validated, each month by its own statement."""
    with acting_as("test", day=DAY):
        builders.calendar(world.award, date(2025, 11, 3), world.award.ends_on)
    with acting_as(world.facilitator, day=DAY):
        world.employment.assignments.update(starts_on=date(2025, 11, 3))
        for month, hours in months.items():
            entry = Entry(world.employment.pk, {"travail": Decimal(hours), "formation": Decimal(7)})
            statement = declare_month(
                world.scope, world.award, month, [entry], version=0, at=at(date(2026, 10, 1))
            )
            validate_lines(world.scope, statement, waiting(statement), at=at(date(2026, 10, 10)))


def waiting(statement: Statement) -> list[int]:
    return list(statement.lines.to_check().values_list("pk", flat=True))


def enlarge(world: World) -> None:
    """A second clause on the lot, an amendment, a closed clause, a place, who pays the post."""
    also = builders.clause(world.lot, instrument=Instrument.CRITERION, basis="charte_npnru")
    builders.commit(world.award, also, Decimal(300))
    ObjectiveEvent.objects.create(
        objective=Objective.objects.get(commitment__clause=world.clause),
        kind=EventKind.AMENDMENT,
        effective_on=date(2026, 7, 1),
        quantity=Decimal(-140),
    )
    lot = builders.lot(world.operation, number=9)
    closed = builders.clause(lot, ClauseState.CLOSED)
    builders.commit(builders.award(lot, world.company, ends=date(2026, 5, 1)), closed, Decimal(80))
    world.operation.commune = builders.commune()
    world.operation.save()
    post = world.facilitator.memberships.get().posts.get()
    PostFunding.objects.create(post=post, funder="etat", fte=Decimal("0.50"))


def missions(world: World) -> None:
    """Two successive missions of one person, and a person of their own."""
    with acting_as(world.facilitator, day=DAY):
        other = builders.person(world.host, "Imaginaire", "Solal")
        for start in (date(2026, 3, 2), date(2026, 5, 4)):
            builders.employment(
                world.person, world.company, world.award, starts=start, type=EmploymentType.MISSION
            )
        builders.employment(
            other, world.company, world.award, starts=date(2026, 6, 1), level="niveau_4"
        )


def correct(world: World) -> None:
    """A validated correction, one that waits, one sent back."""
    months = (("80", "validate"), ("90", "wait"), ("10", "return"))
    statements = world.award.statements.order_by("month")
    for statement, (hours, end) in zip(statements, months, strict=True):
        kinds = {"travail": Decimal(hours), "formation": Decimal(7)}
        entry = Entry(world.employment.pk, kinds)
        with acting_as(world.facilitator, day=DAY):
            made = declare_month(
                world.scope,
                world.award,
                statement.month,
                [entry],
                version=statement.version,
                at=at(date(2026, 11, 2)),
            )
            if end == "validate":
                validate_lines(world.scope, made, waiting(made), at=at(date(2026, 11, 9)))
            elif end == "return":
                moment = at(date(2026, 11, 10))
                return_lines(world.scope, made, waiting(made), "Illisible", at=moment)


def hand_over(world: World, to: World) -> None:
    """From one host to the other in the middle of a month."""
    OperationHost.objects.filter(operation=world.operation).update(ends_on=date(2026, 9, 14))
    OperationHost.objects.create(
        operation=world.operation,
        host=to.host,
        facilitator=to.facilitator,
        role=HostRole.REFERENT,
        starts_on=date(2026, 9, 15),
    )


def test_a_rich_region_is_counted_the_same_twice(rich: World) -> None:
    found = figures(Perimeter("27"), Period.year(2026), hide=False)
    # The person worked in two hosts; the operation changed hands between April and September.
    assert found["beneficiaries"].value == 1
    assert found["beneficiaries_by_host_sum"].value == 2
    assert found["employment_contracts"].value == 4
    assert found["missions"].value == 2
    assert disagreements(YEAR) == {}


@pytest.mark.parametrize(
    "change",
    [
        {"first": date(2025, 1, 1), "last": date(2025, 12, 31)},
        {"first": date(2026, 4, 1), "last": date(2026, 6, 30)},
        {"region": "44"},
        {"region": "93"},
        {"departement": "21"},
        {"departement": "58"},
        {"known": at(date(2026, 10, 5))},
        {"known": at(date(2026, 10, 20))},
        {"known": at(date(2026, 11, 5))},
        {"known": at(date(2026, 11, 15))},
    ],
    ids=str,
)
def test_other_perimeters_periods_and_moments_agree(rich: World, change: dict[str, Any]) -> None:
    assert disagreements(replace(YEAR, **change)) == {}


def test_the_figures_of_each_host_agree(rich: World) -> None:
    hosts = list(OperationHost.objects.order_by("host").values_list("host", flat=True).distinct())
    for host in hosts:
        assert disagreements(replace(YEAR, host=host)) == {}


def test_what_was_known_before_anything_was_validated_is_nothing(rich: World) -> None:
    before = figures(Perimeter("27"), Period.year(2026), at(date(2026, 10, 5)), hide=False)
    assert before["hours_validated"].value == 0
    assert before["hours_declared"].value == Decimal("299.0")


# A seed does not shrink: the world it makes is told by the seed alone.
@settings(
    max_examples=20,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    seed=st.integers(1, 2**32),
    known=st.none() | st.dates(date(2025, 5, 15), date(2025, 10, 1)),
    narrowed=st.sampled_from(["", "departement", "host"]),
)
def test_regions_made_at_random_are_counted_the_same_twice(
    seed: int, known: date | None, narrowed: str
) -> None:
    moment = at(known) if known else None
    year = Asked("27", date(2025, 1, 1), date(2025, 12, 31), moment)
    with undone():
        hosts = random_world(seed)
        places: dict[str, Any] = {"departement": "21", "host": hosts[0].pk}
        asked = replace(year, **{narrowed: places[narrowed]}) if narrowed else year
        assert disagreements(asked) == {}


DOOR = [one.code for one in THEMES["Porte d’entrée et obligation"]]


@settings(
    max_examples=40,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    seed=st.integers(1, 2**32),
    year=st.sampled_from([2026, 2027]),
    known=st.none() | st.dates(date(2026, 8, 22), date(2028, 3, 31)),
    narrowed=st.sampled_from(["", "", "departement", "host"]),
)
def test_doors_made_at_random_are_counted_the_same_twice(
    seed: int, year: int, known: date | None, narrowed: str
) -> None:
    moment = at(known) if known else None
    whole = Asked("27", date(year, 1, 1), date(year, 12, 31), moment)
    with undone():
        hosts = random_door(seed)
        places: dict[str, Any] = {"departement": "21", "host": hosts[0].pk}
        asked = replace(whole, **{narrowed: places[narrowed]}) if narrowed else whole
        assert disagreements(asked, DOOR) == {}

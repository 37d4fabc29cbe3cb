"""The figures a region reports: what they count, and everything said beside them."""

from datetime import date
from decimal import Decimal

import pytest
from tests import builders
from tests.builders import DAY, World, at

from coclause.core.actor import acting_as
from coclause.hours.checking import validate_lines
from coclause.hours.declaring import Entry, declare_month
from coclause.indicators.figures import figures
from coclause.indicators.perimeter import Perimeter, Period

pytestmark = pytest.mark.django_db
REGION = Perimeter("27")
YEAR = Period.year(2026)


@pytest.fixture
def world() -> World:
    return builders.world()


def work(world: World, month: date, hours: str, *, validated: bool = True) -> None:
    entry = Entry(world.employment.pk, {"travail": Decimal(hours)})
    with acting_as(world.facilitator, day=DAY):
        statement = declare_month(world.scope, world.award, month, [entry], version=0)
        if validated:
            pks = list(statement.lines.values_list("pk", flat=True))
            validate_lines(world.scope, statement, pks, at=at(date(2026, 11, 20)))


def test_a_year_counts_the_hours_worked_in_it(world: World) -> None:
    work(world, date(2026, 9, 1), "100")
    work(world, date(2026, 10, 1), "35.5", validated=False)
    found = figures(REGION, YEAR)
    assert found["hours_validated"].value == 100
    assert found["hours_declared"].value == Decimal("135.5")
    assert found["facilitators"].value == 1
    assert found["facilitators_fte"].value == Decimal("0.80")
    market_type = found["hours_by_market_type"].value
    assert isinstance(market_type, dict)
    assert market_type["travaux"] == 100
    assert market_type["services"] == 0

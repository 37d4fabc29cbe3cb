"""Early warnings: told while there is still time, and not for every clause."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests import builders
from tests.builders import DAY
from tests.hours.steering.steering_worlds import short_world

from coclause.core.actor import acting_as
from coclause.hours.models import PlannedHours
from coclause.hours.progress import Progress
from coclause.hours.steering.warnings import Alert, alert_on, early_warnings, foreseen_missing

ALERT = Alert(share=Decimal("0.10"), months=2, short=Decimal("0.85"))
END = date(2027, 5, 28)


def figures(projected: int | None, **facts: Any) -> Progress:
    """300 done of 1 000, 310 expected: on time today."""
    return Progress(
        **{
            "validated": Decimal(300),
            "waiting": Decimal(0),
            "committed": Decimal(1000),
            "expected": Decimal(310),
            "projected": None if projected is None else Decimal(projected),
            "months": 2,
            **facts,
        }
    )


@pytest.mark.parametrize(
    ("found", "ends_on", "missing"),
    [
        (figures(899), END, 101),
        (figures(900), END, None),
        (figures(1100), END, None),
        (figures(None), END, None),
        (figures(500, months=1), END, None),
        (figures(500, committed=None), END, None),
        (figures(500), date(2026, 11, 30), None),
        (figures(500), date(2026, 12, 1), 500),
        (figures(500), None, None),
        (figures(500, expected=Decimal(600)), END, None),
        (figures(500, expected=None), END, 500),
    ],
)
def test_a_warning_comes_when_it_helps(
    found: Progress, ends_on: date | None, missing: int | None
) -> None:
    assert foreseen_missing(found, ends_on, DAY, ALERT) == missing


@pytest.mark.django_db
def test_the_thresholds_are_dated_parameters() -> None:
    assert alert_on(DAY) == ALERT


@pytest.mark.django_db
def test_a_clause_on_time_today_is_spoken_of_before_it_is_late() -> None:
    world = short_world()
    with acting_as("test", day=DAY):
        builders.calendar(world.award, date(2026, 9, 1), date(2029, 12, 31))
    # On the long calendar little is expected yet, and the plan gives a third of what is owed.
    assert not early_warnings(world.scope)
    with acting_as(world.facilitator, day=DAY):
        PlannedHours.objects.create(
            award=world.award,
            way="embauche_directe",
            hours=Decimal(300),
            starts_on=date(2026, 12, 1),
            ends_on=date(2027, 12, 31),
        )
    (item,) = early_warnings(world.scope)
    assert item.what.replace("\u00a0", " ") == "Selon le plan, il manquera 790 h à la fin"
    assert "Toitures du Val-Imaginé" in item.about
    assert item.url_args == (world.clause.pk,)
    assert not early_warnings(builders.world("Mont-Rêvé").scope)
    assert not early_warnings(replace(world.scope, memberships=()))


@pytest.mark.django_db
def test_what_is_late_today_is_not_warned_of_twice() -> None:
    assert not early_warnings(short_world().scope)

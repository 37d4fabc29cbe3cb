"""Two people close the same year at the same moment: one does, the other is told."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from tests.builders import DAY
from tests.closing.past_year import CLOSED, OCTOBER, SEPTEMBER, YEAR, Past, past, worked

from coclause.closing.actions import close_year
from coclause.closing.models import FrozenFigure, YearClosure
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.core.refusals import Conflict, Refused
from coclause.indicators.catalogue import CATALOGUE

pytestmark = pytest.mark.usefixtures("committed_db")


def at_once(*acts: tuple[User, Callable[[], object]]) -> list[object]:
    """Run each act in that name, in a thread and a transaction of its own."""
    start = threading.Barrier(len(acts))
    answers: list[object] = [None] * len(acts)

    def run(number: int, user: User, act: Callable[[], object]) -> None:
        try:
            start.wait(timeout=20)
            with acting_as(user, day=DAY):
                answers[number] = act()
        except Exception as error:
            answers[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n, *pair)) for n, pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers


@pytest.fixture
def year() -> Past:
    made = past()
    worked(made, SEPTEMBER, "100")
    worked(made, OCTOBER, "60")
    return made


def test_of_two_closings_at_once_one_is_kept(year: Past) -> None:
    def close() -> object:
        return close_year(year.host_scope, year.region, YEAR, year.world.host, at=CLOSED)

    answers = at_once((year.manager, close), (year.manager, close))
    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "YearClosure"]
    assert YearClosure.objects.count() == 1
    assert FrozenFigure.objects.count() == len(CATALOGUE)


def test_a_host_and_its_region_at_once_never_leave_a_host_closed_after_it(year: Past) -> None:
    def close_host() -> object:
        return close_year(year.host_scope, year.region, YEAR, year.world.host, at=CLOSED)

    def close_region() -> object:
        return close_year(year.region_scope, year.region, YEAR, at=CLOSED, note="Délai passé.")

    answers = at_once((year.manager, close_host), (year.coordinator, close_region))
    failed = [one for one in answers if isinstance(one, Exception)]
    assert all(isinstance(one, Refused) and not isinstance(one, Conflict) for one in failed)
    region = YearClosure.objects.get(host=None)
    # Either the host closed first and no reason was needed, or the region closed without it.
    assert bool(region.note) == bool(failed)
    assert YearClosure.objects.count() == 2 - len(failed)

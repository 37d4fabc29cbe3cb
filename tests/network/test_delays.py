"""The delay of the first answer, on cases made by hand: 5 working days, holidays left out."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.builders import DAY
from tests.network.requests_worlds import request_of

from coclause.core.actor import acting_as
from coclause.network.models import BuyerRequest
from coclause.network.requests.delays import Case, FirstAnswers, first_answers, measure
from coclause.network.states import RequestState


def case(came: date, by: date, answered: date | None = None, ended: date | None = None) -> Case:
    return Case(came, by, answered, ended)


def test_a_holiday_and_a_week_end_are_no_delay() -> None:
    # Friday 30 October 2026, answered on Friday 6 November: five working days, none a holiday.
    friday = date(2026, 10, 30)
    plain = measure([case(friday, date(2026, 11, 6), date(2026, 11, 6))], DAY)
    assert (plain.median, plain.kept) == (Decimal(5), 1)
    # Friday 6 November to Friday 13: Wednesday 11 November is a holiday.
    armistice = measure([case(date(2026, 11, 6), date(2026, 11, 16), date(2026, 11, 13))], DAY)
    assert armistice.median == Decimal(4)


def test_one_day_after_the_promise_is_not_kept() -> None:
    came, by = date(2026, 11, 2), date(2026, 11, 9)
    assert measure([case(came, by, by)], DAY).share == 1
    assert measure([case(came, by, by + timedelta(1))], DAY).share == 0


def test_an_answer_of_the_same_day_waits_nothing() -> None:
    assert measure([case(DAY, DAY + timedelta(7), DAY)], DAY).median == 0


def test_the_median_of_an_even_number_is_the_middle() -> None:
    monday = date(2026, 11, 16)
    by = date(2026, 11, 23)
    found = measure(
        [case(monday, by, monday + timedelta(1)), case(monday, by, monday + timedelta(2))], DAY
    )
    assert found.median == Decimal("1.5")


def test_silence_past_the_promise_counts_against_it_and_before_does_not() -> None:
    came, by = date(2026, 11, 2), date(2026, 11, 9)
    silent = case(came, by)
    assert measure([silent], by) == FirstAnswers(1, 0, 0, 0, None)
    assert measure([silent], by).share is None
    assert measure([silent], by + timedelta(1)) == FirstAnswers(1, 0, 1, 0, None)


def test_a_request_withdrawn_in_time_is_not_judged_and_one_withdrawn_late_is() -> None:
    came, by = date(2026, 11, 2), date(2026, 11, 9)
    assert measure([case(came, by, ended=by)], DAY).judged == 0
    late = measure([case(came, by, ended=by + timedelta(1))], DAY)
    assert (late.judged, late.kept) == (1, 0)


@pytest.mark.django_db
def test_the_measure_reads_the_requests_of_the_period_and_region() -> None:
    request_of(received=date(2026, 11, 2), answered_on=date(2026, 11, 4))
    request_of(received=date(2026, 11, 2))
    request_of(received=date(2026, 11, 3), state=RequestState.CLOSED, state_since=date(2026, 11, 4))
    request_of(received=date(2025, 1, 6))
    found = first_answers("27", date(2026, 1, 1), DAY, day=DAY)
    assert found == FirstAnswers(received=3, answered=1, judged=2, kept=1, median=Decimal(2))
    assert found.share == Decimal("0.5")
    assert first_answers("84", date(2026, 1, 1), DAY, day=DAY).received == 0
    with acting_as("test", day=DAY):
        BuyerRequest.objects.all().delete()
    assert first_answers("27", date(2026, 1, 1), DAY, day=DAY).median is None

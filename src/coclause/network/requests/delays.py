"""How long buyers wait for a first answer, in working days, and how often the promise is kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from statistics import median

from coclause.core.working_days import working_days_between
from coclause.network.models import BuyerRequest
from coclause.network.states import RequestState


@dataclass(frozen=True)
class Case:
    """One request: when it came, the day promised, the first answer, its end without one."""

    received_on: date
    answer_by: date
    answered_on: date | None = None
    ended_on: date | None = None


@dataclass(frozen=True)
class FirstAnswers:
    """The first answers to the requests of a period.

    `kept` of `judged` were answered on the day promised or before. Those past their day without
    an answer are judged, and not kept. Those still within their time are not judged yet; nor are
    those that ended within it without an answer (withdrawn or closed): there was nothing left to
    answer.
    """

    received: int
    answered: int
    judged: int
    kept: int
    median: Decimal | None
    """Working days from the day it came to the first answer; 0 the same day. None: no answer."""

    @property
    def share(self) -> Decimal | None:
        """The share of `judged` that was kept, from 0 to 1; None when none may be judged."""
        return Decimal(self.kept) / self.judged if self.judged else None


def first_answers(region: str, since: date, until: date, *, day: date) -> FirstAnswers:
    """Measure the requests received in that region between two days, both included.

    `region` is its INSEE code; `day` the day on which one looks. One query.
    """
    rows = BuyerRequest.objects.filter(
        region=region, received_on__gte=since, received_on__lte=until
    ).order_by()
    facts = rows.values_list("received_on", "answer_by", "answered_on", "state", "state_since")
    return measure(
        (
            Case(came, by, answered, changed if state == RequestState.CLOSED else None)
            for came, by, answered, state, changed in facts
        ),
        day,
    )


def measure(cases: Iterable[Case], day: date) -> FirstAnswers:
    """The same on cases made by hand. Pure."""
    received = judged = kept = 0
    waited: list[int] = []
    for case in cases:
        received += 1
        if case.answered_on is not None:
            waited.append(_waited(case.received_on, case.answered_on))
            judged += 1
            kept += case.answered_on <= case.answer_by
        elif (case.ended_on or day) > case.answer_by:
            judged += 1
    middle = Decimal(str(median(waited))) if waited else None
    return FirstAnswers(received, len(waited), judged, kept, middle)


@lru_cache(maxsize=4096)
def _waited(first: date, last: date) -> int:
    return working_days_between(first, last)

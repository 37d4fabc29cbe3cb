"""Which months nobody said yet on awards in execution, and who is to say them."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from coclause.clauses.queries import AwardQuerySet
from coclause.clauses.states import Turn
from coclause.core.months import shift
from coclause.hours.owing import awards_of_company, owed, running
from coclause.organisations.scopes import Scope

Since = Mapping[Turn, date]
"""Since when each side is waited for."""


def awaited(
    awards: AwardQuerySet, scope: Scope, place: Callable[[Any], int]
) -> dict[int, dict[Turn, date]]:
    """By `place` of an award (its lot, its operation), since when months are waited for.

    A company is told of its own months alone, while it takes part. Six queries, whatever the number
    of awards.
    """
    alone = scope.only_companies
    if alone:
        awards = awards.filter(pk__in=awards_of_company(scope).values("pk"))
    found: dict[int, dict[Turn, date]] = {}
    for award, missing in owed(running(awards), scope.day):
        for company, months in missing.items():
            if alone and company not in scope.companies:
                continue
            # Months of a company replaced since are for the host to type.
            turn, since = Turn.COMPANY if company else Turn.FACILITATOR, shift(min(months), 1)
            waits = found.setdefault(place(award), {})
            waits[turn] = min(since, waits.get(turn, since))
    return found

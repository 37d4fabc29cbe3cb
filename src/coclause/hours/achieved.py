"""What closed contracts of a region achieved for 1 000 € of their amount, and what they committed.

A fact ("constaté"), not advice: what was achieved follows what had been asked. A contract counts
when its insertion clauses that carry a commitment in hours are all closed, and its amount is
known. Its hours are those that its clauses count, each award once; its amount is that of the whole
contract. Quartiles are interpolated between the two nearest contracts (PostgreSQL's
`percentile_cont`).
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from django.db import connection
from django.db.models import Exists, OuterRef

from coclause.clauses.choices import IN_HOURS, Theme
from coclause.clauses.models import Clause, Commitment, Contract, Objective
from coclause.clauses.states import ClauseState
from coclause.core.parameters import parameter
from coclause.hours.progress import progress_of_commitments

Basis = Literal["division", "market_type"]
Quartiles = tuple[Decimal, Decimal, Decimal]
THOUSAND = Decimal(1000)
PLACES = Decimal("0.0001")


@dataclass(frozen=True)
class Achieved:
    """First quartile, median and third quartile, in hours for 1 000 € without tax.

    `basis` says among which contracts: those of the CPV division, or of the market type where the
    division has too few. `without_cpv` and `without_amount` were left out: the closed contracts of
    the region whose division is not known, and those of `basis` without an amount.
    """

    basis: Basis
    contracts: int
    done: Quartiles
    committed: Quartiles
    hours_done: Decimal
    hours_committed: Decimal
    without_cpv: int
    without_amount: int


@dataclass(frozen=True)
class _Closed:
    pk: int
    division: str
    market_type: str
    amount: Decimal | None


def achieved(region: str, division: str, day: date, *, market_type: str = "") -> Achieved | None:
    """What the closed contracts of that CPV division (two digits) achieved, as known that day.

    Where they are fewer than the parameter `achieved_contracts_least`, those of `market_type` when
    one is given; None where they are too few as well. Eleven queries at most, whatever there is.
    """
    least = parameter("achieved_contracts_least", day)
    closed = _closed(region, day)
    of_division = [one for one in closed if division and one.division == division]
    of_type = [one for one in closed if market_type and one.market_type == market_type]
    asked: tuple[tuple[Basis, list[_Closed]], ...] = (
        ("division", of_division),
        ("market_type", of_type),
    )
    for basis, rows in asked:
        known = {one.pk: one.amount for one in rows if one.amount}
        if known and len(known) >= least:
            without_cpv = sum(not one.division for one in closed) if basis == "division" else 0
            return _told(basis, known, day, without_cpv, len(rows) - len(known))
    return None


def per_thousand(quantity: Decimal | int, amount: Decimal) -> Decimal:
    """Hours for 1 000 € of an amount above zero, at four decimals."""
    return (quantity * THOUSAND / amount).quantize(PLACES)


def _closed(region: str, day: date) -> list[_Closed]:
    clauses = Clause.objects.filter(_owing(), lot__contract=OuterRef("pk"), theme=Theme.INSERTION)
    running = clauses.exclude(state=ClauseState.CLOSED, state_since__lte=day)
    rows = Contract.objects.filter(
        Exists(clauses), ~Exists(running), operation__region=region
    ).order_by("pk")
    return [
        _Closed(pk, (cpv or "")[:2], market_type, amount)
        for pk, cpv, market_type, amount in rows.values_list(
            "pk", "cpv_id", "market_type", "amount"
        )
    ]


def _owing() -> Exists:
    """A clause under which something is owed in hours."""
    return Exists(
        Objective.objects.filter(commitment__clause=OuterRef("pk"), measure__in=IN_HOURS, public="")
    )


def _told(
    basis: Basis,
    amounts: Mapping[int, Decimal],
    day: date,
    without_cpv: int,
    without_amount: int,
) -> Achieved:
    done, committed = _hours(list(amounts), day)
    quartiles = [
        _quartiles([table.get(pk, Decimal(0)) * THOUSAND / amounts[pk] for pk in amounts])
        for table in (done, committed)
    ]
    return Achieved(
        basis=basis,
        contracts=len(amounts),
        done=quartiles[0],
        committed=quartiles[1],
        hours_done=sum(done.values(), Decimal(0)),
        hours_committed=sum(committed.values(), Decimal(0)),
        without_cpv=without_cpv,
        without_amount=without_amount,
    )


def _hours(contracts: Collection[int], day: date) -> tuple[dict[int, Decimal], dict[int, Decimal]]:
    """Hours validated and hours committed, by contract.

    The hours of an award under two insertion clauses count once, at the most that one counts.
    """
    in_hours = Objective.objects.filter(commitment=OuterRef("pk"), measure__in=IN_HOURS, public="")
    rows = Commitment.objects.filter(
        Exists(in_hours), clause__theme=Theme.INSERTION, award__lot__contract__in=contracts
    ).order_by("pk")
    found = list(rows.values_list("pk", "award_id", "award__lot__contract_id"))
    progress = progress_of_commitments([pk for pk, _, _ in found], day)
    of_award: dict[tuple[int, int], Decimal] = {}
    committed: dict[int, Decimal] = defaultdict(Decimal)
    for pk, award, contract in found:
        told = progress[pk]
        key = (contract, award)
        of_award[key] = max(of_award.get(key, Decimal(0)), told.validated)
        committed[contract] += told.committed or 0
    done: dict[int, Decimal] = defaultdict(Decimal)
    for (contract, _), validated in of_award.items():
        done[contract] += validated
    return dict(done), dict(committed)


def _quartiles(values: Sequence[Decimal]) -> Quartiles:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY value)"
            " FROM unnest(%s::numeric[]) AS value",
            [list(values)],
        )
        (found,) = cursor.fetchone()
    low, middle, high = (Decimal(repr(one)).quantize(PLACES) for one in found)
    return low, middle, high

"""Contracts that are over, with what they owed and did."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests import builders
from tests.builders import DAY, World, at

from coclause.clauses.choices import MarketType
from coclause.clauses.models import Contract
from coclause.clauses.states import ClauseState
from coclause.core.actor import acting_as
from coclause.hours.checking import validate_lines
from coclause.hours.declaring import Entry, declare_month
from coclause.reference.models import Cpv

OCTOBER = date(2026, 10, 1)


def cpv(code: str) -> Cpv:
    made, _ = Cpv.objects.get_or_create(
        code=code,
        defaults={
            "label_fr": f"Code {code}",
            "search_words": code,
            "division": code[:2],
            "level": 5,
        },
    )
    return made


def closed(
    world: World,
    hours: str,
    committed: int,
    amount: int | None,
    code: str | None = "45261000",
    *,
    state: ClauseState = ClauseState.CLOSED,
    market_type: MarketType = MarketType.WORKS,
    **facts: Any,
) -> Contract:
    """A contract of one lot whose clause is over, with hours validated in October."""
    with acting_as("test", day=DAY):
        lot = builders.lot(world.operation, market_type=market_type)
        contract = lot.contract
        contract.amount = None if amount is None else Decimal(amount)
        contract.cpv = cpv(code) if code else None
        contract.save()
        clause = builders.clause(lot, state, **facts)
        award = builders.award(lot, world.company)
        builders.commit(award, clause, Decimal(committed))
    with acting_as(world.facilitator, day=DAY):
        born_on = date(1970, 1, 1) + timedelta(award.pk)
        who = builders.person(world.host, "Inventée", "Nadia", born_on)
        made = builders.employment(who, world.company, award)
        statement = declare_month(
            world.scope, award, OCTOBER, [Entry(made.pk, {"travail": Decimal(hours)})], version=0
        )
        lines = list(statement.lines.values_list("pk", flat=True))
        validate_lines(world.scope, statement, lines, at=at(DAY))
    return contract

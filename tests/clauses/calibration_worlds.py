"""Drafts of calibrations for tests, and contracts of several lots."""

from decimal import Decimal
from typing import Any

from tests import builders
from tests.builders import DAY, World

from coclause.clauses.calibrating import Draft, DraftLine, calibrate
from coclause.clauses.choices import CalibrationMethod
from coclause.clauses.models import Calibration, Clause, Contract, Lot
from coclause.clauses.states import ClauseState
from coclause.core.actor import acting_as


def contract_of(world: World) -> Contract:
    return Contract.objects.select_related("operation__buyer").get(pk=world.lot.contract_id)


def by_amount(amount: str = "1000000", lot: Lot | None = None, **facts: Any) -> DraftLine:
    """1 000 000 € give 833.33 h with these values."""
    return DraftLine(
        **{
            "method": CalibrationMethod.AMOUNT,
            "lot": lot,
            "amount": Decimal(amount),
            "labour_share": Decimal("0.5"),
            "rate": Decimal("0.05"),
            "hourly_cost": Decimal(30),
            "sources": {"rate": "Usage inventé"},
            **facts,
        }
    )


def by_hours(worked: str, transferred: str = "0", lot: Lot | None = None) -> DraftLine:
    return DraftLine(
        method=CalibrationMethod.HOURS,
        lot=lot,
        hours_worked=Decimal(worked),
        transferred_hours=Decimal(transferred),
        rate=Decimal("0.05"),
    )


def draft(*lines: DraftLine, title: str = "Taux courant", step: int = 5) -> Draft:
    return Draft(title=title, step=step, lines=lines or (by_amount(),))


def kept(world: World, *lines: DraftLine, **facts: Any) -> Calibration:
    """A version kept by the world's facilitator."""
    with acting_as(world.facilitator, day=DAY):
        return calibrate(world.scope, contract_of(world), draft(*lines, **facts))


def more_lots(world: World, *amounts: int) -> list[Lot]:
    """Lots 4, 5… beside the world's lot 3."""
    with acting_as("test", day=DAY):
        return [
            Lot.objects.create(
                contract_id=world.lot.contract_id,
                number=number,
                title=f"lot inventé {number}",
                amount=Decimal(amount),
            )
            for number, amount in enumerate(amounts, 4)
        ]


def clause_in(lot: Lot, state: ClauseState = ClauseState.DRAFT, **facts: Any) -> Clause:
    with acting_as("test", day=DAY):
        return builders.clause(lot, state, **facts)

"""Contracts to draft for: a marché of two lots, a concession, a framework agreement."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tests import builders
from tests.builders import DAY

from coclause.clauses.choices import Ccag, ContractKind, Framework, HoursKind, MarketType
from coclause.clauses.models import Calibration, CalibrationLine, Clause, Contract, Lot
from coclause.clauses.states import ClauseState
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.network.library.keeping import install_models
from coclause.organisations.choices import MemberRole, Role
from coclause.organisations.models import Organisation
from coclause.organisations.scopes import Scope, scope_of
from coclause.reference.models import Region


@dataclass(frozen=True)
class Desk:
    """A host, its facilitator, a buyer and its agent, a coordination, in a region with texts."""

    region: Region
    host: Organisation
    facilitator: User
    buyer: Organisation
    agent: User
    coordinator: User

    def scope(self, user: User | None = None, day: date = DAY) -> Scope:
        return scope_of(user or self.facilitator, day)


def desk(name: str = "Val-Fictif") -> Desk:
    with acting_as("test", day=DAY):
        region = builders.region()
        host = builders.organisation(f"Maison de l’emploi du {name}", Role.HOST)
        facilitator = builders.member(host, MemberRole.FACILITATOR)
        buyer = builders.organisation(f"Commune de {name}", Role.BUYER)
        agent = builders.member(buyer, MemberRole.BUYER)
        coordination = builders.organisation(f"Coordination du {name}", Role.COORDINATION)
        coordinator = builders.member(coordination, MemberRole.COORDINATOR)
        install_models(region, DAY)
    return Desk(region, host, facilitator, buyer, agent, coordinator)


def contract(of: Desk, **facts: Any) -> Contract:
    """A contract whose notice is to come, in an operation placed at Montfictif."""
    with acting_as("test", day=DAY):
        operation = builders.operation(
            "Groupe scolaire des Tilleuls", of.buyer, of.host, of.facilitator
        )
        operation.commune = builders.commune()
        operation.save()
        return Contract.objects.create(
            operation=operation,
            **{
                "kind": ContractKind.MARCHE,
                "market_type": MarketType.WORKS,
                "object": "Rénovation du groupe scolaire des Tilleuls",
                "reference": "2026-T-014",
                "estimated_value": Decimal(6_000_000),
                "duration_months": 14,
                "notice_on": date(2026, 12, 14),
                "defense": False,
                "ccag": Ccag.WORKS,
                **facts,
            },
        )


def lot(of: Contract, number: int, title: str, **clause: Any) -> Lot:
    """A lot with its insertion clause, unless `hours` is None."""
    with acting_as("test", day=DAY):
        made = Lot.objects.create(contract=of, number=number, title=title)
        Clause.objects.create(
            lot=made,
            **{
                "state": ClauseState.DRAFT,
                "instrument": "condition_execution",
                "hour_kinds": [HoursKind.WORK, HoursKind.TRAINING],
                "publics": ["DELD", "RSA"],
                "state_since": DAY,
                **clause,
            },
        )
    return made


def calibrate(
    of: Contract, lines: dict[Lot | None, tuple[int, int]], author: User, *, number: int = 1
) -> Calibration:
    """A retained version: for each lot, (amount, hours); half of it labour, 5 %, 30 € an hour."""
    with acting_as("test", day=DAY):
        Calibration.objects.filter(contract=of).update(retained_on=None)
        version = Calibration.objects.create(
            contract=of,
            number=number,
            title="Version de travail",
            step=5,
            minimum=35,
            author=author,
            day=DAY,
            retained_on=DAY,
        )
        CalibrationLine.objects.bulk_create(
            CalibrationLine(
                calibration=version,
                lot=lot_,
                method="montant",
                amount=Decimal(amount),
                labour_share=Decimal("0.5"),
                hourly_cost=Decimal(30),
                rate=Decimal("0.05"),
                exact=Decimal(amount) * Decimal("0.025") / 30,
                hours=hours,
            )
            for lot_, (amount, hours) in lines.items()
        )
    return version


def works(of: Desk) -> Contract:
    """A marché de travaux of two lots, calibrated: 500 h and 535 h."""
    made = contract(of)
    first = lot(made, 1, "démolition", target_hours=500)
    second = lot(made, 2, "gros œuvre", target_hours=535)
    calibrate(made, {first: (600_000, 500), second: (640_000, 535)}, of.facilitator)
    return made


def concession(of: Desk) -> Contract:
    made = contract(
        of,
        kind=ContractKind.CONCESSION,
        market_type=MarketType.CONCESSION,
        object="Exploitation du réseau de chaleur de Val-Fictif",
        reference="2026-C-002",
        estimated_value=Decimal(9_000_000),
        duration_months=240,
        ccag=Ccag.NONE,
    )
    only = lot(made, 1, "Exploitation du réseau de chaleur", target_hours=4_800)
    calibrate(made, {only: (5_760_000, 4_800)}, of.facilitator)
    return made


def framework(of: Desk) -> Contract:
    made = contract(
        of,
        market_type=MarketType.SERVICES,
        object="Entretien des espaces verts",
        reference="2026-S-031",
        framework=Framework.ORDERS,
        maximum=Decimal(2_400_000),
        estimated_value=Decimal(2_400_000),
        duration_months=48,
        ccag=Ccag.SUPPLIES,
    )
    only = lot(made, 1, "Entretien des espaces verts")
    calibrate(made, {only: (2_400_000, 2_000)}, of.facilitator)
    return made

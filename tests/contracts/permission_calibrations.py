"""Rows of the permission table: what the law answers for a contract, its calibration."""

from tests.clauses.calibration_worlds import kept
from tests.contracts.permission_rows import HOST, NETWORK, NOT_REFERENT, Path, Row
from tests.contracts.permission_worlds import Cast

from coclause.clauses.models import Calibration

READERS = (*NETWORK, "buyer")
"""Companies are told nothing of what is prepared."""
NOT_WRITERS = tuple(role for role in NOT_REFERENT if role != "company")


def contract(suffix: str) -> Path:
    return lambda cast: f"/contrats/{cast.here.lot.contract_id}/{suffix}"


def calibrate_here(cast: Cast) -> None:
    kept(cast.here)


def retaining(_: Cast) -> str:
    return f"/calibrages/{Calibration.objects.get().pk}/retenir/"


CALIBRATIONS: tuple[Row, ...] = (
    Row("contract-duty", contract("obligation/"), READERS),
    Row("calibrations", contract("calibrages/"), READERS, prepare=calibrate_here),
    Row("calibration-note", contract("calibrages/note.pdf"), READERS, prepare=calibrate_here),
    Row("calibration-new", contract("calibrages/nouveau/"), HOST, NOT_WRITERS),
    Row(
        "calibration-new",
        contract("calibrages/nouveau/"),
        HOST,
        NOT_WRITERS,
        method="post",
        data=lambda _: {"calculer": "1"},
        note=" empty form",
    ),
    Row(
        "calibration-retain",
        retaining,
        HOST,
        NOT_WRITERS,
        method="post",
        data=lambda _: {"once": "essai", "seen": ""},
        success=302,
        prepare=calibrate_here,
    ),
)
PUBLIC_CALIBRATIONS: dict[str, tuple[str, tuple[int, ...]]] = {}

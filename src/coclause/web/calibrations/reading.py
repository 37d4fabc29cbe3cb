"""The versions of a contract's calibration, side by side, in the words and measures of a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.shortcuts import get_object_or_404

from coclause.clauses.calibrating import (
    WHOLE,
    Draft,
    DraftLine,
    as_draft,
    lots_named,
    together,
    worked_out,
)
from coclause.clauses.choices import CalibrationMethod, CostBasis
from coclause.clauses.models import Calibration, Contract
from coclause.clauses.queries import linked
from coclause.hours.achieved import Achieved, achieved, per_thousand
from coclause.law import calibration as law
from coclause.law.numbers import euros, hours_fr, percent
from coclause.organisations.scopes import Scope

ABREAST = 5
"""Versions shown side by side when the reader does not ask for all of them."""
NO_SOURCE = "source non indiquée"
LABELS = {
    "amount": "Montant HT",
    "labour_share": "Part de main-d’œuvre",
    "hourly_cost": "Coût horaire",
    "rate": "Taux d’insertion",
    "hours_worked": "Heures travaillées",
    "transferred_hours": "Heures du personnel repris",
}
WRITTEN: dict[str, Any] = {
    "amount": euros,
    "labour_share": percent,
    "hourly_cost": euros,
    "rate": percent,
    "hours_worked": hours_fr,
    "transferred_hours": hours_fr,
}


@dataclass(frozen=True)
class Input:
    """One value that a calculation starts from."""

    label: str
    value: str
    source: str


@dataclass(frozen=True)
class Cell:
    """One lot, or the whole, in one version."""

    line: DraftLine
    result: law.Calibration

    @property
    def name(self) -> str:
        return self.line.name

    @property
    def method(self) -> str:
        return CalibrationMethod(self.line.method).label

    @property
    def inputs(self) -> list[Input]:
        return [
            Input(
                self._label(name),
                WRITTEN[name](getattr(self.line, name)),
                self.line.sources.get(name, "") or NO_SOURCE,
            )
            for name in self.line.inputs
        ]

    @property
    def steps(self) -> tuple[str, ...]:
        return self.result.why

    def _label(self, name: str) -> str:
        if name == "hourly_cost" and self.line.cost_basis:
            return CostBasis(self.line.cost_basis).label
        return LABELS[name]


@dataclass(frozen=True)
class Result:
    """A version, kept or tried: its cells, their sum, what small lots give together."""

    cells: tuple[Cell, ...]
    step: int
    minimum: Decimal | int
    amount: Decimal | None
    quartiles: tuple[Decimal, Decimal, Decimal] | None

    @property
    def total(self) -> int:
        """Hours to ask, the lots too small left aside."""
        return sum(cell.result.hours or 0 for cell in self.cells)

    @property
    def small(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.result.hours is None]

    @property
    def together(self) -> law.Calibration | None:
        parts = ((cell.result.exact, cell.result.hours) for cell in self.cells)
        return together(parts, self.step, self.minimum)

    @property
    def ratio(self) -> Decimal | None:
        """Hours for 1 000 € of the contract; None when its amount is not known."""
        return per_thousand(self.total, self.amount) if self.amount else None

    @property
    def place(self) -> str:
        """Where `ratio` stands in what was achieved; empty when nothing is known of it."""
        if self.quartiles is None or self.ratio is None or not self.total:
            return ""
        return law.quartile_place(self.ratio, self.quartiles)

    @property
    def advice(self) -> str:
        """What to do of what is too small; empty when nothing is."""
        small = self.small
        if not small:
            return ""
        floor = f"le minimum utile de {hours_fr(self.minimum)}"
        found = self.together
        names = _names(small)
        if found is None:
            return (
                f"{names} : {hours_fr(small[0].result.exact)}, sous {floor}. Globalisez avec un"
                " autre lot ou un autre contrat, ou laissez."
            )
        if found.hours is None:
            return (
                f"{names} : trop petits, et {hours_fr(found.exact)} seulement mis en commun, sous"
                f" {floor}. Globalisez avec un autre contrat, ou laissez."
            )
        return (
            f"{names} : trop petits chacun, sous {floor}. Mis en commun ils donnent"
            f" {hours_fr(found.exact)}, soit {hours_fr(found.hours)} à demander : globalisez, ou"
            " laissez."
        )


@dataclass(frozen=True)
class Version:
    """A kept version and what it gives."""

    row: Calibration
    result: Result

    @property
    def name(self) -> str:
        return f"Version {self.row.number}"


@dataclass(frozen=True)
class Row:
    """One lot, or the whole, across the versions: a cell for each, None where it was left out."""

    name: str
    cells: list[tuple[Version, Cell | None]]


@dataclass(frozen=True)
class Measure:
    """What a result is set beside: the contract's amount, and what closed contracts achieved."""

    amount: Decimal | None
    amount_said: str
    achieved: Achieved | None
    division: str


def visible_contract(pk: int, scope: Scope) -> Contract:
    """The contract, for the network of its region and its buyer. Raises Http404 to others."""
    rows = Contract.objects.filter(linked("operation__", scope))
    return get_object_or_404(rows.select_related("operation__buyer", "cpv"), pk=pk)


def measure_of(contract: Contract, scope: Scope) -> Measure:
    """What closed contracts like this one achieved, that day."""
    amount, said = contract.amount, "montant du contrat"
    if not amount and contract.estimated_value:
        amount, said = contract.estimated_value, "valeur estimée du besoin"
    division = (contract.cpv_id or "")[:2]
    found = achieved(
        contract.operation.region_id, division, scope.day, market_type=contract.market_type
    )
    return Measure(amount or None, said, found, division)


def versions_of(contract: Contract, scope: Scope, measure: Measure) -> list[Version]:
    """Every version, the first one first. Two queries."""
    rows = (
        Calibration.objects.visible_to(scope)
        .filter(contract=contract)
        .select_related("author")
        .prefetch_related("lines__lot")
        .order_by("number")
    )
    return [Version(row, result_of(row, measure)) for row in rows]


def result_of(row: Calibration, measure: Measure) -> Result:
    lines = [as_draft(line) for line in row.lines.all()]
    cells = tuple(Cell(line, worked_out(line, row.step, row.minimum)) for line in lines)
    return _result(cells, row.step, row.minimum, measure)


def tried(
    draft: Draft, results: Sequence[law.Calibration], start: law.Defaults, measure: Measure
) -> Result:
    """A version not kept yet."""
    cells = tuple(Cell(line, one) for line, one in zip(draft.lines, results, strict=True))
    return _result(cells, draft.step, start.minimum.value, measure)


def shown(versions: list[Version], *, every: bool) -> list[Version]:
    """The last versions, with the one retained; all of them when asked."""
    if every or len(versions) <= ABREAST:
        return versions
    last = versions[-ABREAST:]
    retained = [one for one in versions[:-ABREAST] if one.row.retained_on]
    return [*retained, *(last[1:] if retained else last)]


def rows_of(versions: list[Version]) -> list[Row]:
    """The whole first, then each lot by its number, whichever versions hold them."""
    names: dict[int, tuple[int, str]] = {}
    by_version: list[dict[int, Cell]] = []
    for version in versions:
        cells = {}
        for cell in version.result.cells:
            lot = cell.line.lot
            key = lot.pk if lot else 0
            names[key] = (lot.number if lot else -1, cell.name)
            cells[key] = cell
        by_version.append(cells)
    return [
        Row(
            name,
            [(one, cells.get(key)) for one, cells in zip(versions, by_version, strict=True)],
        )
        for key, (_, name) in sorted(names.items(), key=lambda item: item[1])
    ]


def _result(cells: tuple[Cell, ...], step: int, minimum: Decimal | int, measure: Measure) -> Result:
    quartiles = measure.achieved.done if measure.achieved else None
    return Result(cells, step, minimum, measure.amount, quartiles)


def _names(cells: list[Cell]) -> str:
    """`Ensemble du contrat`, `Lot 2`, `Lots 2, 5 et 7`."""
    lots = [cell.line.lot for cell in cells if cell.line.lot]
    return lots_named(lots) if lots else WHOLE

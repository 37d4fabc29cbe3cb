"""The lots of one contract, put back together: the duty is judged on the value of the whole."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from coclause.network.programmes.reader.lines import ProgrammeLine
from coclause.network.programmes.reader.places import without_lot
from coclause.render.numbers import euros
from coclause.tables.cells import fold, shown

_ORDER_NUMBER: Final = re.compile(r"^\d{1,3}$")
"""A bare number may only count the lines of a section, and start again in the next."""


@dataclass(frozen=True, slots=True)
class Whole:
    """One contract: its lines in the order of the file, and the value of all of them."""

    lines: tuple[ProgrammeLine, ...]
    reference: str
    value: Decimal | None
    """Euros excluding tax; unknown as soon as one line's is."""
    doubts: tuple[str, ...] = ()

    @property
    def rows(self) -> tuple[int, ...]:
        return tuple(line.row for line in self.lines)


def wholes(lines: Sequence[ProgrammeLine]) -> tuple[Whole, ...]:
    """Groups accepted lines by merged cells, by reference, or by object before « lot ».

    A line alone is a whole of one. Refused lines belong to none; a contract that has one says so.
    """
    groups = _Groups(lines)
    for keys in (_merged_keys, _reference_keys, _lot_keys):
        for rows in keys(lines).values():
            groups.join(rows)
    return tuple(
        whole
        for positions in groups.lists()
        if (whole := _whole([lines[position] for position in positions])) is not None
    )


class _Groups:
    """Lines joined two by two, by position (a forest of sets)."""

    def __init__(self, lines: Sequence[ProgrammeLine]) -> None:
        self._over = list(range(len(lines)))

    def _root(self, position: int) -> int:
        while self._over[position] != position:
            self._over[position] = self._over[self._over[position]]
            position = self._over[position]
        return position

    def join(self, positions: Sequence[int]) -> None:
        for one in positions[1:]:
            first, second = sorted((self._root(positions[0]), self._root(one)))
            self._over[second] = first

    def lists(self) -> list[list[int]]:
        found: dict[int, list[int]] = {}
        for position in range(len(self._over)):
            found.setdefault(self._root(position), []).append(position)
        return list(found.values())


_Keys = dict[tuple[object, ...], list[int]]


def _merged_keys(lines: Sequence[ProgrammeLine]) -> _Keys:
    keys: _Keys = {}
    for position, line in enumerate(lines):
        if line.value_rows:
            keys.setdefault(("montant", line.value_rows), []).append(position)
        if line.reference_rows:
            keys.setdefault(("objet", line.reference_rows), []).append(position)
    return keys


def _reference_keys(lines: Sequence[ProgrammeLine]) -> _Keys:
    """Lines of one reference; a bare number joins only neighbours, or lots."""
    keys: _Keys = {}
    block = 0
    for position, line in enumerate(lines):
        reference = fold(line.reference)
        if not reference:
            continue
        before = lines[position - 1] if position else None
        if before is None or fold(before.reference) != reference:
            block += 1
        alone = _ORDER_NUMBER.match(reference) is not None
        keys.setdefault((reference, block if alone else 0), []).append(position)
    return keys


def _lot_keys(lines: Sequence[ProgrammeLine]) -> _Keys:
    """Neighbours without reference whose objects are the same up to « lot 2 »."""
    keys: _Keys = {}
    block = 0
    previous = ""
    for position, line in enumerate(lines):
        stem = without_lot(line.title) if line.lot and not line.reference else ""
        if stem != previous:
            block += 1
        previous = stem
        if len(stem) >= 5:
            keys.setdefault((stem, block), []).append(position)
    return keys


def _whole(lines: list[ProgrammeLine]) -> Whole | None:
    accepted = [line for line in lines if line.refused is None]
    if not accepted:
        return None
    reference = next((line.reference for line in accepted if line.reference), "")
    doubts: list[str] = []
    value = _value(accepted, doubts)
    if len(accepted) < len(lines):
        value = None
        rows = ", ".join(str(line.row) for line in lines if line.refused is not None)
        doubts.append(f"Ligne {rows} : refusée, la valeur de l’ensemble n’est donc pas connue.")
    if len(accepted) == 1 and accepted[0].lot:
        doubts.append(
            f"Ligne {accepted[0].row} : le lot {accepted[0].lot} est seul. Le seuil s’apprécie sur "
            "tous les lots : donnez-leur la même référence."
        )
    return Whole(tuple(accepted), reference, value, tuple(doubts))


def _value(lines: list[ProgrammeLine], doubts: list[str]) -> Decimal | None:
    """The sum, a merged amount counted once, the line that already totals its lots left out."""
    counted: dict[tuple[int, int], Decimal | None] = {}
    for line in lines:
        counted[line.value_rows or (line.row, line.row)] = line.value
    parents = [line for line in lines if not line.lot]
    lots = [line for line in lines if line.lot]
    if len(parents) == 1 and lots and parents[0].value is not None and not parents[0].value_rows:
        return _with_parent(parents[0], lots, doubts)
    known = [value for value in counted.values() if value is not None]
    if len(known) < len(counted):
        if len(lines) > 1:
            doubts.append(
                f"Lignes {', '.join(str(line.row) for line in lines[:10])} : un montant au moins "
                "n’est pas connu, la valeur de l’ensemble non plus."
            )
        return None
    return sum(known, Decimal(0))


def _with_parent(
    parent: ProgrammeLine, lots: list[ProgrammeLine], doubts: list[str]
) -> Decimal | None:
    values = [line.value for line in lots if line.value is not None]
    total = sum(values, Decimal(0))
    if parent.value is None:
        return None
    if len(values) < len(lots) or total == parent.value:
        doubts.append(
            f"Ligne {parent.row} : {euros(parent.value)} est pris pour le total de ses lots."
        )
        return parent.value
    whole = max(total, parent.value)
    doubts.append(
        f"Ligne {parent.row} : le montant de {shown(parent.title)} ({euros(parent.value)}) n’est "
        f"pas celui de ses lots ({euros(total)}). Le plus haut est retenu : corrigez l’un des deux."
    )
    return whole

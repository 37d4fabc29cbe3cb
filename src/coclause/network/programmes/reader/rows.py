"""Rows of a programme that are no purchase: blank, headers again, titles, totals. Each is said."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from coclause.network.programmes.reader.fields import Field
from coclause.network.programmes.reader.headers import ProgrammeLayout
from coclause.tables.cells import as_text, fold, shown
from coclause.tables.headers import repeats_headers
from coclause.tables.reading import Cell, Sheet

_TOTAL: Final = re.compile(
    r"^(?:sous[ -]?)?totaux?\b|^(?:sous[ -]?)?total(?: (?:general|ht|ttc|global|du|des|de la"
    r"|des lots|travaux|fournitures|services|annee|annuel)\b.*)?(?: ?\(?(?:en )?(?:k|m)?€?\)?)?"
    r" ?:?(?: \d{4})?$|^montant total\b|^total\b.{0,60}$"
)
_SECTION: Final = re.compile(
    r"^(?:direction|service|pole|section|chapitre|titre|partie|rubrique|secteur|departement"
    r"|travaux|fournitures|services|fournitures et services|prestations intellectuelles"
    r"|programme|annee|exercice|trimestre|budget|\d\W|[ivx]+\W|[a-d]\W)\b"
)


class Skip(StrEnum):
    """Why a row is not a purchase."""

    BLANK = "vide"
    HEADERS = "en_tetes"
    SECTION = "titre"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A row left aside, with its number as the user sees it and the reason."""

    row: int
    reason: Skip
    why: str


def skipped(
    sheet: Sheet, index: int, layout: ProgrammeLayout, mapping: Mapping[Field, int]
) -> SkippedRow | None:
    """The reason to leave a row aside; None when it must be read as a purchase."""
    cells = sheet.rows[index]
    filled = [column for column, cell in enumerate(cells) if cell is not None]
    row = index + 1
    if not filled:
        return SkippedRow(row, Skip.BLANK, f"Ligne {row} : vide.")
    if repeats_headers(cells, layout):
        return SkippedRow(row, Skip.HEADERS, f"Ligne {row} : en-têtes répétés.")
    first = as_text(cells[filled[0]])
    if _is_total(cells, filled, mapping):
        return SkippedRow(row, Skip.TOTAL, f"Ligne {row} : total ({shown(first)}), non compté.")
    if len(filled) == 1 and _is_section(cells[filled[0]], filled[0], mapping, sheet.spread(index)):
        return SkippedRow(row, Skip.SECTION, f"Ligne {row} : titre de partie ({shown(first)}).")
    return None


def _is_total(cells: tuple[Cell, ...], filled: list[int], mapping: Mapping[Field, int]) -> bool:
    """A label « total » where nothing but numbers goes with it."""
    texts = [column for column in filled if isinstance(cells[column], str)]
    if not texts or not _TOTAL.match(fold(as_text(cells[texts[0]])[:200])):
        return False
    described = {mapping.get(field) for field in (Field.KIND, Field.LAUNCH, Field.DURATION)}
    others = [column for column in filled if column != texts[0]]
    return not described & set(others)


def _is_section(
    cell: Cell, column: int, mapping: Mapping[Field, int], spread: frozenset[int]
) -> bool:
    """A lone text: merged across, outside the object's column, or worded as a title."""
    if not isinstance(cell, str):
        return False
    if column in spread or column != mapping.get(Field.OBJECT):
        return column not in (mapping.get(Field.AMOUNT), mapping.get(Field.LAUNCH))
    return bool(_SECTION.match(fold(cell))) and len(cell) <= 60

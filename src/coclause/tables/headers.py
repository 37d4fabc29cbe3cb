"""Finds the sheet and the row of headers, and proposes which column gives what.

Whoever sent the file corrects the proposal; headers have a fingerprint by which next time's file is
recognised, even with its columns moved.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final, Generic

from coclause.core.refusals import Refused
from coclause.tables.cells import as_text, shown
from coclause.tables.matching import (
    BY_CONTENT,
    LEAST,
    LONGEST_HEADER,
    F,
    Vocabulary,
    content_share,
    fit,
    folded_header,
    header_scores,
)
from coclause.tables.reading import Cell, Sheet, Workbook, listed
from coclause.tables.shapes import SEARCHED_ROWS, is_value, sample, top_of

_WORTH: Final = 70
"""Header score from which a cell counts in choosing the row of headers."""
_LEAST_WORTH: Final = 1.7
"""At least two fields named, and not both loosely, to take a row for the headers."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the chosen sheet: ``index`` from 0, ``letter`` as the spreadsheet shows it."""

    index: int
    letter: str
    header: str
    samples: tuple[str, ...]

    @property
    def name(self) -> str:
        """How sentences call it: its header, else its letter."""
        return self.header or self.letter


@dataclass(frozen=True, slots=True)
class Proposal(Generic[F]):
    """A column proposed for a field; ``score`` from 60 (perhaps) to 100 (certain)."""

    field: F
    column: Column
    score: int


@dataclass(frozen=True, slots=True)
class OtherSheet:
    """A sheet that was not chosen, and why, in one sentence."""

    name: str
    hidden: bool
    why: str


@dataclass(frozen=True, slots=True)
class Layout(Generic[F]):
    """Where the table is in the workbook, and what its columns seem to hold."""

    sheet: str
    hidden: bool
    header_row: int
    """The last row of headers, as the user sees it (from 1). Data start just under.

    With no header in any column, the row above the data, 0 when they start at once.
    """
    columns: tuple[Column, ...]
    proposals: tuple[Proposal[F], ...]
    unmapped: tuple[Column, ...]
    why: str
    others: tuple[OtherSheet, ...] = ()

    @property
    def mapping(self) -> dict[F, int]:
        """The proposed column of each field."""
        return {proposal.field: proposal.column.index for proposal in self.proposals}

    @property
    def headers(self) -> tuple[str, ...]:
        return tuple(column.header for column in self.columns)


@dataclass(frozen=True, slots=True)
class _Found:
    """A row of headers in a sheet: index of its last row, texts, and how many fields they name."""

    row: int
    headers: tuple[str, ...]
    worth: float


def find_layout(
    workbook: Workbook, vocabulary: Vocabulary[F], sheet: str | None = None
) -> Layout[F]:
    """The sheet named, else the one that most looks like such a table. Raises `Refused`."""
    if sheet is not None:
        return _asked(workbook, vocabulary, workbook.sheet(sheet))
    layouts, others = _fitting(workbook, vocabulary)
    if not layouts:
        raise _none_found(vocabulary, [other.why for other in others])
    chosen, *rest = layouts
    others += [
        OtherSheet(one.sheet, one.hidden, f"La feuille {shown(one.sheet)} se lit aussi.")
        for one in rest
    ]
    return _with(chosen, vocabulary, others)


def find_layouts(workbook: Workbook, vocabulary: Vocabulary[F]) -> list[Layout[F]]:
    """Every sheet that holds a table, the likeliest first: those whose headers name such a table,
    then the others, whatever their headers say.

    Raises `Refused` when none does.
    """
    layouts, _ = _fitting(workbook, vocabulary)
    known = {layout.sheet for layout in layouts}
    rest = [sheet for sheet in workbook.sheets if sheet.name not in known]
    shaped = [layout for sheet in rest if (layout := _shaped(sheet, vocabulary)) is not None]
    heights = {sheet.name: len(sheet.rows) for sheet in rest}
    shaped.sort(key=lambda one: (one.hidden, -_worth(one, vocabulary), -heights[one.sheet]))
    if not (layouts or shaped):
        raise _none_found(vocabulary, [_no_table(sheet) for sheet in rest])
    return layouts + shaped


def _fitting(
    workbook: Workbook, vocabulary: Vocabulary[F]
) -> tuple[list[Layout[F]], list[OtherSheet]]:
    """The sheets whose headers name such a table, the likeliest first; and why not the others."""
    layouts: list[Layout[F]] = []
    others: list[OtherSheet] = []
    for candidate in workbook.sheets:
        layout = _layout(candidate, vocabulary)
        why = _unfit(candidate, layout, vocabulary)
        if layout is None or why:
            others.append(OtherSheet(candidate.name, candidate.hidden, why))
        else:
            layouts.append(layout)
    layouts.sort(key=lambda layout: (layout.hidden, -_worth(layout, vocabulary)))
    return layouts, others


def _none_found(vocabulary: Vocabulary[F], reasons: Sequence[str]) -> Refused:
    return Refused(" ".join((vocabulary.not_found, *reasons[:5], vocabulary.expected)))


def _no_table(sheet: Sheet) -> str:
    if sheet.problem:
        return sheet.problem
    told = "est vide" if sheet.empty else "ne contient pas de tableau"
    return f"La feuille {shown(sheet.name)} {told}."


def _shaped(sheet: Sheet, vocabulary: Vocabulary[F]) -> Layout[F] | None:
    """The table whose headers are known in part, else the one that its shape tells: words of the
    data may be those of headers, and values above headers would not be read.
    """
    top, found = top_of(sheet), _find_headers(sheet, vocabulary)
    if top is None:
        return None
    if found is not None and found.row + 1 < len(sheet.rows):
        last = found.row + any(top.headers)
        if not any(map(is_value, chain(*sheet.rows[top.row + 1 : last]))):
            return _laid_out(sheet, vocabulary, found)
    return _laid_out(sheet, vocabulary, _Found(top.row, top.headers, 0))


def _asked(workbook: Workbook, vocabulary: Vocabulary[F], sheet: Sheet) -> Layout[F]:
    if sheet.problem:
        raise Refused(sheet.problem)
    layout = _layout(sheet, vocabulary)
    if layout is None:
        raise Refused(
            f"La feuille {shown(sheet.name)} n’a pas de ligne d’en-têtes reconnue."
            f" {vocabulary.expected}"
        )
    others = [
        OtherSheet(other.name, other.hidden, f"La feuille {shown(other.name)} n’est pas demandée.")
        for other in workbook.sheets
        if other.name != sheet.name
    ]
    return _with(layout, vocabulary, others)


def _with(layout: Layout[F], vocabulary: Vocabulary[F], others: Sequence[OtherSheet]) -> Layout[F]:
    found = listed(vocabulary.labels[proposal.field] for proposal in layout.proposals)
    why = (
        f"Feuille {shown(layout.sheet)}, en-têtes à la ligne {layout.header_row} : "
        f"colonnes reconnues {found or 'aucune'}."
    )
    return replace(layout, why=why, others=tuple(others))


def _unfit(sheet: Sheet, layout: Layout[F] | None, vocabulary: Vocabulary[F]) -> str:
    """Why a sheet is no such table, or nothing."""
    name = shown(sheet.name)
    if sheet.problem:
        return sheet.problem
    if sheet.empty:
        return f"La feuille {name} est vide."
    why = vocabulary.unfit(name, layout.mapping if layout else ())
    if why or layout is None:
        return why
    if layout.header_row >= len(sheet.rows):
        return f"La feuille {name} n’a aucune ligne sous ses en-têtes."
    return ""


def _worth(layout: Layout[F], vocabulary: Vocabulary[F]) -> int:
    return sum(
        proposal.score + vocabulary.worth.get(proposal.field, 0) for proposal in layout.proposals
    )


def _layout(sheet: Sheet, vocabulary: Vocabulary[F]) -> Layout[F] | None:
    found = _find_headers(sheet, vocabulary)
    return _laid_out(sheet, vocabulary, found) if found is not None else None


def _laid_out(sheet: Sheet, vocabulary: Vocabulary[F], found: _Found) -> Layout[F]:
    columns = _columns(sheet, found)
    proposals = _propose(sheet, vocabulary, found, columns)
    taken = {proposal.column.index for proposal in proposals}
    unmapped = tuple(column for column in columns if column.index not in taken)
    return Layout(sheet.name, sheet.hidden, found.row + 1, columns, proposals, unmapped, "")


def _find_headers(sheet: Sheet, vocabulary: Vocabulary[F]) -> _Found | None:
    filled = [
        index for index, row in enumerate(sheet.rows) if any(cell is not None for cell in row)
    ][:SEARCHED_ROWS]
    tops = {
        (row, column): (last, right)
        for row, column, last, right in sheet.regions
        if right > column and row <= (filled[-1] if filled else 0)
    }
    best: _Found | None = None
    for index in filled:
        for found in (
            _one_row(sheet, vocabulary, index),
            _two_rows(sheet, vocabulary, index, tops),
        ):
            if (
                found is not None
                and found.worth >= _LEAST_WORTH
                and (best is None or _better(found, best))
            ):
                best = found
    return best


def _better(found: _Found, best: _Found) -> bool:
    """More fields named; a second row must bring one more, since it might be data."""
    return found.worth > best.worth + 0.5


def _texts(sheet: Sheet, index: int) -> tuple[str, ...]:
    return tuple(
        re.sub(r"\s+", " ", cell) if isinstance(cell, str) else "" for cell in sheet.rows[index]
    )


def _one_row(sheet: Sheet, vocabulary: Vocabulary[F], index: int) -> _Found | None:
    texts = _texts(sheet, index)
    return _Found(index, texts, _count(vocabulary, texts))


def _two_rows(
    sheet: Sheet,
    vocabulary: Vocabulary[F],
    index: int,
    tops: Mapping[tuple[int, int], tuple[int, int]],
) -> _Found | None:
    """« Montant » over « HT » and « TTC »: the upper header spreads over its merged columns."""
    if index + 1 >= len(sheet.rows):
        return None
    under = sheet.rows[index + 1]
    if any(cell is not None and not isinstance(cell, str) for cell in under):
        return None
    if any(isinstance(cell, str) and len(cell) > LONGEST_HEADER for cell in under):
        return None
    upper = list(_texts(sheet, index))
    for column in range(len(upper)):
        _, right = tops.get((index, column), (index, column))
        for covered in range(column + 1, min(right + 1, len(upper))):
            upper[covered] = upper[column]
    lower = _texts(sheet, index + 1)
    joined = tuple(f"{top} {low}".strip() for top, low in zip(upper, lower, strict=True))
    return _Found(index + 1, joined, _count(vocabulary, joined))


def _count(vocabulary: Vocabulary[F], texts: Sequence[str]) -> float:
    """How many different fields a row of headers names, weighted by how surely."""
    best: dict[F, int] = {}
    for text in texts:
        scores = header_scores(vocabulary, text) if 0 < len(text) <= LONGEST_HEADER else {}
        if scores:
            field = max(scores, key=lambda one: scores[one])
            best[field] = max(best.get(field, 0), scores[field])
    return sum(score / 100 for score in best.values() if score >= _WORTH)


def _columns(sheet: Sheet, found: _Found) -> tuple[Column, ...]:
    columns = []
    for index, header in enumerate(found.headers):
        cells = sample(sheet, found.row, index)
        if not header and not cells:
            continue
        samples: list[str] = []
        for cell in cells:
            text = as_text(cell)[:80]
            if text not in samples:
                samples.append(text)
        columns.append(Column(index, letter(index), header[:200], tuple(samples[:3])))
    return tuple(columns)


def letter(index: int) -> str:
    """``0`` → ``A``, ``27`` → ``AB``."""
    letters = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _propose(
    sheet: Sheet, vocabulary: Vocabulary[F], found: _Found, columns: Sequence[Column]
) -> tuple[Proposal[F], ...]:
    """One column at most for a field and one field for a column, the surest first."""
    order = {field: rank for rank, field in enumerate(vocabulary.labels)}
    candidates: list[tuple[int, F, Column]] = []
    for column in columns:
        cells = sample(sheet, found.row, column.index)
        fits = {
            field: fit(vocabulary, field, score, content_share(vocabulary, field, cells))
            for field, score in header_scores(vocabulary, column.header).items()
        }
        alone = vocabulary.by_content(cells, column.header) if not fits else None
        if alone is not None:
            fits[alone] = BY_CONTENT
        candidates += [(score, field, column) for field, score in fits.items() if score >= LEAST]
    candidates.sort(key=lambda one: (-one[0], order[one[1]], one[2].index))
    chosen: dict[F, Proposal[F]] = {}
    taken: set[int] = set()
    for score, field, column in candidates:
        if field not in chosen and column.index not in taken:
            chosen[field] = Proposal(field, column, min(score, 100))
            taken.add(column.index)
    return tuple(chosen[field] for field in vocabulary.labels if field in chosen)


def fingerprint(headers: Sequence[str]) -> str:
    """The same for the same headers in any order, whatever their case, accents and spaces."""
    folded = sorted({folded_header(header) for header in headers} - {""})
    return hashlib.sha256("\n".join(folded).encode()).hexdigest()


def repeats_headers(cells: Sequence[Cell], layout: Layout[F]) -> bool:
    """Whether a row says the headers again, as at the top of a printed page."""
    headers = {column.index: folded_header(column.header) for column in layout.columns}
    filled = [column for column, cell in enumerate(cells) if cell is not None]
    same = sum(
        1
        for column in filled
        if headers.get(column) and folded_header(as_text(cells[column])) == headers[column]
    )
    return same >= 2 and same * 2 >= len(filled)

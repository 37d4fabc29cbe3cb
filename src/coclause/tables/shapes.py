"""Where a table begins, by its shape alone: for headers whose words mean nothing to us.

Headers are texts above columns of values. In doubt the higher row is taken: whatever stands under
the headers is read, and what stands above is not.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from coclause.tables.cells import as_text
from coclause.tables.matching import LONGEST_HEADER
from coclause.tables.reading import Cell, Sheet

SEARCHED_ROWS: Final = 40
"""Filled rows among which headers are looked for."""
MOST_LINES: Final = 3
"""Rows that one line of headers may be written over."""
SAMPLED: Final = 60
"""Filled cells of a column that are looked at."""
_LOOKED_AT: Final = 240
"""Rows under possible headers in which something is looked for."""
_LEAST_WIDE: Final = 3
"""One row in so many at least has two cells, in what is a table of texts alone."""
_VALUE: Final = re.compile(
    r"[-+]?\d[\d\s.,:/-]*(?:(?:h|hrs?|heures?|mn|min|minutes?|€|%)[\d\s]*(?:mn|min)?)?\.?",
    re.IGNORECASE,
)
_LONGEST_VALUE: Final = 40


@dataclass(frozen=True, slots=True)
class Top:
    """The last row of headers (from 0, -1 when the first row is data), and each column's header."""

    row: int
    headers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Rows that may be the headers, and how much there is under them (`_worth`)."""

    top: Top
    first: int
    worth: int


def top_of(sheet: Sheet) -> Top | None:
    """Where the table of this sheet begins; None when it holds none."""
    filled = [index for index, row in enumerate(sheet.rows) if _filled(row)]
    wide = [index for index in filled if len(_filled(sheet.rows[index])) > 1]
    if not wide:
        return None
    valued = any(is_value(cell) for index in wide for cell in sheet.rows[index])
    found = _chosen(sheet, filled[:SEARCHED_ROWS])
    if found is None:
        return Top(wide[0] - 1, ("",) * sheet.width) if valued else None
    under = sum(1 for index in filled if index > found.row)
    rows = sum(1 for index in wide if index > found.row)
    return found if valued or rows * _LEAST_WIDE >= max(under, 1) else None


def sample(sheet: Sheet, header_row: int, column: int) -> list[Cell]:
    """The first filled cells of a column, under a row (from 0)."""
    cells: list[Cell] = []
    for row in sheet.rows[header_row + 1 :]:
        if row[column] is not None:
            cells.append(row[column])
            if len(cells) == SAMPLED:
                break
    return cells


def is_value(cell: Cell) -> bool:
    """A number, a day, a truth, or a text that is one: « 35h30 », « 12/10/2026 »."""
    if not isinstance(cell, str):
        return cell is not None
    return len(cell) <= _LONGEST_VALUE and _VALUE.fullmatch(cell) is not None


def _chosen(sheet: Sheet, filled: Sequence[int]) -> Top | None:
    """The highest of the rows that may be headers, unless a lower one is surely them."""
    chosen: _Candidate | None = None
    for index in filled:
        one = _candidate(sheet, index)
        if one is not None and (chosen is None or _surer(sheet, chosen, one, filled)):
            chosen = one
    return chosen.top if chosen else None


def _surer(sheet: Sheet, above: _Candidate, below: _Candidate, filled: Sequence[int]) -> bool:
    """Whether the lower headers are those of the table, the higher ones labels about it.

    They name more columns, or as many after a blank row. Where values stand between, which would
    not be read, they are twice as wide as those, or wider after a blank row.
    """
    if below.first <= above.top.row:
        return False
    between = [sheet.rows[index] for index in filled if above.top.row < index < below.first]
    width = max((len(_filled(row)) for row in between if any(map(is_value, row))), default=0)
    parted = not _filled(sheet.rows[below.first - 1])
    if not width:
        return below.worth >= above.worth + (not parted)
    return below.worth > above.worth and below.worth >= (width + 1 if parted else 2 * width)


def _candidate(sheet: Sheet, index: int) -> _Candidate | None:
    row = sheet.rows[index]
    if len(_filled(row)) < 2 or not _may_head(row) or _among_data(sheet, index):
        return None
    best: _Candidate | None = None
    for last in range(index, min(index + MOST_LINES, len(sheet.rows))):
        if last > index and not _goes_on(sheet, last):
            break
        headers = _joined(sheet, index, last)
        worth = _worth(sheet, last, headers)
        if worth and (best is None or worth >= best.worth):
            best = _Candidate(Top(last, headers), index, worth)
    return best


def _may_head(row: tuple[Cell, ...]) -> bool:
    """Texts, or a run of numbers or days that count columns; no label beside what it tells."""
    texts = [cell for cell in row if isinstance(cell, str) and not is_value(cell)]
    values = [cell for cell in row if is_value(cell)]
    labels = sum(1 for text in texts if text.endswith(":"))
    return (
        bool(texts)
        and all(len(text) <= LONGEST_HEADER for text in texts)
        and labels in (0, len(texts))
        and (not values or _counts(values))
    )


def _counts(values: list[Cell]) -> bool:
    """1, 2, 3… or consecutive days."""
    steps = [_step(one, following) for one, following in pairwise(values)]
    return len(steps) > 1 and all(steps)


def _step(one: Cell, following: Cell) -> bool:
    if isinstance(one, date) and isinstance(following, date):
        return following - one == timedelta(days=1)
    told, then = as_text(one), as_text(following)
    return told.isascii() and told.isdigit() and then == str(int(told) + 1)


def _among_data(sheet: Sheet, index: int) -> bool:
    """Whether a row as wide, with a value in it, stands above without a blank: it is data too."""
    width, above = len(_filled(sheet.rows[index])), index - 1
    while above >= 0 and (filled := _filled(sheet.rows[above])):
        cells = sheet.rows[above]
        if len(filled) >= width and any(map(is_value, cells)) and not _may_head(cells):
            return True
        above -= 1
    return False


def _goes_on(sheet: Sheet, last: int) -> bool:
    """Whether a row goes on with the headers begun above: it details what is merged, or leaves a
    column to them, or none of its texts begins as a name does.
    """
    row = sheet.rows[last]
    if not _filled(row) or not _may_head(row):
        return False
    above = _filled(sheet.rows[last - 1])
    if sheet.spread(last - 1) or (above - _filled(row) and _filled(row) - above):
        return True
    return all(not cell[:1].isupper() for cell in row if isinstance(cell, str))


def _joined(sheet: Sheet, first: int, last: int) -> tuple[str, ...]:
    """The texts of each column, from top to bottom, a merged one in all its columns."""
    spread = {(top, left): right for top, left, _, right in sheet.regions if first <= top <= last}
    width = len(sheet.rows[last])
    texts: list[list[str]] = [[] for _ in range(width)]
    for index in range(first, last + 1):
        for column, cell in enumerate(sheet.rows[index]):
            if cell is None:
                continue
            right = spread.get((index, column), column) if index < last else column
            for covered in range(column, min(right, width - 1) + 1):
                texts[covered].append(re.sub(r"\s+", " ", as_text(cell)))
    return tuple(" ".join(told) for told in texts)


def _worth(sheet: Sheet, last: int, headers: tuple[str, ...]) -> int:
    """Columns named with something under them; none under two."""
    rows = sheet.rows[last + 1 : last + 1 + _LOOKED_AT]
    named = sum(
        1
        for column, header in enumerate(headers)
        if header and any(row[column] is not None for row in rows)
    )
    return named if named > 1 else 0


def _filled(row: Iterable[Cell]) -> set[int]:
    return {column for column, cell in enumerate(row) if cell is not None}

"""A company's spreadsheet opened: its rows, what its columns seem to say.

What looks like a social security number (NIR) is taken out before anything else is looked at.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any, Final

from coclause.core.refusals import Refused
from coclause.hours.sheets.fields import KEY, MONTH_TABLE, Field, unfit
from coclause.hours.sheets.values import month_of
from coclause.tables.apart import cell_of, open_workbook, told_cell
from coclause.tables.cells import as_code, shown
from coclause.tables.headers import Column, Layout, find_layouts, fingerprint, repeats_headers
from coclause.tables.matching import folded_header
from coclause.tables.reading import Cell, Sheet, Workbook
from coclause.tables.texts import is_text, read_text

Row = tuple[int, tuple[Cell, ...]]
"""Its number as the spreadsheet shows it, and its cells."""
_NIR: Final = re.compile(r"[1-478]\d{2}(?:0[1-9]|1[0-2]|[2-9]\d)(?:\d{2}|2[ABab])\d{6}(?:\d{2})?")
_NIR_HEADER: Final = re.compile(
    r"\bnir\b|secu(?:rite)? ?(?:sociale)?\b|\bn° ?ss\b|\binsee\b|\bnss\b"
)
NIR_FOUND: Final = (
    "Des numéros de sécurité sociale étaient dans ce fichier : ils n’ont pas été lus. Retirez-les"
    " de vos prochains envois."
)
CUT: Final = "Des textes très longs ont été coupés à la lecture."


@dataclass(frozen=True)
class Table:
    """A month's table: what the page of its columns shows, and the rows to be read."""

    sheet: str
    header_row: int
    """The last row of headers as the spreadsheet numbers it: what stands above is not read."""
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    proposed: dict[Field, int]
    fingerprint: str
    remarks: tuple[str, ...] = ()

    @property
    def is_template(self) -> bool:
        """Made by us: its columns need no confirmation."""
        return Field.KEY in self.proposed and Field.WORK in self.proposed

    @property
    def recognised(self) -> bool:
        """Whether its headers say whose hours they are, and how many."""
        return not unfit(self.sheet, self.proposed)

    @property
    def headed(self) -> bool:
        """Whether any of its columns has a header to be known by."""
        return any(one.header for one in self.columns)


def opened(content: bytes, name: str, month: date) -> tuple[Table, ...]:
    """The sheets that may be a month's table, the likeliest first: that of `month` where sheets are
    by month.

    Raises `Refused` with what to do.
    """
    book = read_text(content, name) if is_text(content) else open_workbook(content, name)
    book, hidden = _without_nir(book)
    layouts = find_layouts(book, MONTH_TABLE)
    tables = [_table(book.sheet(layout.sheet), layout, hidden=hidden) for layout in layouts]
    tables = [table for table in tables if len(table.columns) > 1]
    if not tables:
        raise Refused(f"{NIR_FOUND} {MONTH_TABLE.expected}")
    of_month = [table for table in tables if month_of(table.sheet, month) == month]
    if len(of_month) == 1:
        return (of_month[0], *(table for table in tables if table is not of_month[0]))
    return _with_others_told(tables)


def _table(sheet: Sheet, layout: Layout[Field], *, hidden: bool) -> Table:
    """`hidden`: NIR were taken out of the workbook."""
    columns = tuple(
        one for one in layout.columns if not _NIR_HEADER.search(folded_header(one.header))
    )
    left_out = {one.index for one in layout.columns} - {one.index for one in columns}
    mapping = {field: at for field, at in layout.mapping.items() if at not in left_out}
    remarks = [NIR_FOUND] * (hidden or bool(left_out)) + [CUT] * bool(sheet.cut)
    return Table(
        sheet=layout.sheet,
        header_row=layout.header_row,
        columns=columns,
        rows=tuple(_rows(sheet, layout, left_out)),
        proposed=_names_apart(mapping),
        fingerprint=fingerprint([one.header for one in columns]),
        remarks=tuple(remarks),
    )


def _with_others_told(tables: Sequence[Table]) -> tuple[Table, ...]:
    """Each says how many others name a month's hours as well."""
    known = [table for table in tables if table.recognised]
    return tuple(replace(one, remarks=(*one.remarks, *_told_beside(one, known))) for one in tables)


def _told_beside(table: Table, known: Sequence[Table]) -> Iterable[str]:
    others = sum(1 for one in known if one is not table)
    if others:
        yield (
            f"Seule la feuille {shown(table.sheet, 80)} est lue ; {others} autre"
            f"{'s' * (others > 1)} se lirai{'en' * (others > 1)}t aussi."
        )


def _names_apart(mapping: dict[Field, int]) -> dict[Field, int]:
    """« Nom du salarié » beside a column of first names is the family name alone."""
    if Field.FIRST in mapping and Field.LAST not in mapping and Field.NAME in mapping:
        return {Field.LAST if one == Field.NAME else one: at for one, at in mapping.items()}
    return mapping


def _rows(sheet: Sheet, layout: Layout[Field], left_out: set[int]) -> Iterable[Row]:
    """Rows under the headers that hold something; texts merged downwards stand in each row."""
    for index in range(layout.header_row, len(sheet.rows)):
        cells = [
            None if column in left_out else _with_merged(sheet, index, column, cell)
            for column, cell in enumerate(sheet.rows[index])
        ]
        own = any(cell is not None for cell in sheet.rows[index])
        if own and not repeats_headers(cells, layout):
            yield index + 1, tuple(cells)


def _with_merged(sheet: Sheet, row: int, column: int, cell: Cell) -> Cell:
    """Numbers are not repeated: one merged number counts once."""
    if cell is not None or (row, column) not in sheet.spans:
        return cell
    top = sheet.rows[sheet.spans[row, column][0]][column]
    return top if isinstance(top, str | date) else None


def _without_nir(book: Workbook) -> tuple[Workbook, bool]:
    """The workbook without any cell that looks like a NIR, and whether there was one."""
    found: list[bool] = []
    clean = partial(_clean, found)
    sheets = tuple(
        replace(sheet, rows=tuple(tuple(map(clean, row)) for row in sheet.rows))
        for sheet in book.sheets
    )
    return replace(book, sheets=sheets), bool(found)


def _clean(found: list[bool], cell: Cell) -> Cell:
    if cell is None or isinstance(cell, bool | date) or not looks_like_nir(cell):
        return cell
    found.append(True)
    return None


def looks_like_nir(cell: Cell) -> bool:
    """Thirteen digits made as a NIR, or fifteen with its key, right or mistyped.

    The key of a row of our own template has as many digits, once people and awards are thousands.
    """
    text = as_code(cell) if isinstance(cell, int | float) else str(cell)
    if KEY.fullmatch(text) or not 13 <= len(text) <= 30 or not text[:1].isdigit():
        return False
    return _NIR.fullmatch(re.sub(r"[\s.\-/]", "", text)) is not None


def told(table: Table) -> dict[str, Any]:
    """The table as JSON holds it."""
    return {
        "sheet": table.sheet,
        "header_row": table.header_row,
        "columns": [[one.index, one.letter, one.header, one.samples] for one in table.columns],
        "rows": [[number, [told_cell(cell) for cell in cells]] for number, cells in table.rows],
        "proposed": {field.value: column for field, column in table.proposed.items()},
        "fingerprint": table.fingerprint,
        "remarks": table.remarks,
    }


def table_of(told: dict[str, Any]) -> Table:
    """The table that `told` wrote."""
    return Table(
        sheet=told["sheet"],
        header_row=told["header_row"],
        columns=tuple(
            Column(at, letter, header, tuple(s)) for at, letter, header, s in told["columns"]
        ),
        rows=tuple((number, tuple(map(cell_of, cells))) for number, cells in told["rows"]),
        proposed={Field(name): column for name, column in told["proposed"].items()},
        fingerprint=told["fingerprint"],
        remarks=tuple(told["remarks"]),
    )

"""Tables written as an Excel workbook (.xlsx), ready to be read back without surprise.

Whatever comes from outside stays text: no formula, no link, no control character. Codes (SIRET,
INSEE, postcodes) are written as text too, since a spreadsheet would eat their leading zeros.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from io import BytesIO
from typing import Any, Final, Literal

import xlsxwriter

Kind = Literal["text", "integer", "decimal", "date", "hours", "euros", "percent"]
Cell = str | int | float | Decimal | date | None

_FORMATS: Final[dict[Kind, str]] = {
    "text": "@",
    "integer": "#,##0",
    "decimal": "#,##0.00",
    "date": "dd/mm/yyyy",
    "hours": '#,##0.00" h"',
    "euros": '#,##0.00" €"',
    "percent": "0.0%",
}
# A workbook holds XML 1.0, where these characters cannot be written at all.
_ILLEGAL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FORBIDDEN_IN_NAME: Final = re.compile(r"[\[\]:*?/\\]")
_NAME_LIMIT: Final = 31
_CELL_LIMIT: Final = 32_767
_ABOUT: Final = "À propos"


@dataclass(frozen=True)
class Column:
    """One column: its header, what its cells are, its width in characters.

    ``percent`` cells hold a ratio (0.601 shows as 60,1 %); ``hours`` and ``euros`` hold plain
    amounts. A cell that is text in a numeric column is written as it is ("< 5", "non connu").
    """

    header: str
    kind: Kind = "text"
    width: int = 16
    hidden: bool = False


@dataclass(frozen=True)
class Sheet:
    """One tab. ``rows`` may be a generator: it is read once and never held in memory."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]


def workbook(
    sheets: Sequence[Sheet],
    *,
    title: str,
    day: date,
    about: Sequence[tuple[str, str]] = (),
) -> bytes:
    """The .xlsx file of ``sheets``, after an "À propos" tab when ``about`` has lines.

    ``about`` holds what a reader needs to trust the figures: source, date, perimeter, definitions.
    ``day`` dates the file, so that the same data give the same bytes. Raises ``ValueError`` when
    there is no sheet or when a row has not the length of its columns.
    """
    if not sheets:
        raise ValueError("un classeur a au moins une feuille")
    buffer = BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        created = datetime.combine(day, time(), tzinfo=UTC)
        book.set_properties({"title": title, "author": "CoClause", "created": created})
        names: set[str] = set()
        if about:
            _write_about(book, _unique_name(_ABOUT, names), title, about)
        for sheet in sheets:
            _write_sheet(book, _unique_name(sheet.name, names), sheet)
    return buffer.getvalue()


def clean(text: str) -> str:
    """``text`` without the characters a workbook cannot hold, cut at what one cell can take."""
    return _ILLEGAL.sub("", text)[:_CELL_LIMIT]


def _write_about(book: Any, name: str, title: str, lines: Sequence[tuple[str, str]]) -> None:
    page = book.add_worksheet(name)
    page.hide_gridlines(2)
    page.set_column(0, 0, 24)
    page.set_column(1, 1, 90)
    page.write_string(0, 0, clean(title), book.add_format({"bold": True, "font_size": 16}))
    label_format = book.add_format({"bold": True, "valign": "top"})
    text_format = book.add_format({"text_wrap": True, "valign": "top"})
    for number, (label, text) in enumerate(lines, start=2):
        page.write_string(number, 0, clean(label), label_format)
        page.write_string(number, 1, clean(text), text_format)


def _write_sheet(book: Any, name: str, sheet: Sheet) -> None:
    page = book.add_worksheet(name)
    formats = [book.add_format({"num_format": _FORMATS[column.kind]}) for column in sheet.columns]
    header = book.add_format(
        {"bold": True, "bg_color": "#14532D", "font_color": "#FFFFFF", "text_wrap": True}
    )
    for index, column in enumerate(sheet.columns):
        page.set_column(index, index, column.width, None, {"hidden": column.hidden})
        page.write_string(0, index, clean(column.header), header)
    last = 0
    for last, row in enumerate(sheet.rows, start=1):
        if len(row) != len(sheet.columns):
            raise ValueError(f"ligne {last} de « {sheet.name} » : {len(row)} cellules")
        for index, cell in enumerate(row):
            _write_cell(page, (last, index), cell, sheet.columns[index].kind, formats[index])
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, last, len(sheet.columns) - 1)
    page.repeat_rows(0)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)


def _write_cell(page: Any, at: tuple[int, int], cell: Cell, kind: Kind, cell_format: Any) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, str) or kind == "text":
        page.write_string(*at, clean(str(cell)), cell_format)
    elif isinstance(cell, date):
        day = cell if isinstance(cell, datetime) else datetime.combine(cell, time())
        page.write_datetime(*at, day.replace(tzinfo=None), cell_format)
    else:
        page.write_number(*at, cell, cell_format)


def _unique_name(wanted: str, taken: set[str]) -> str:
    """A tab name Excel accepts: 31 characters, no reserved sign, unlike the others in any case."""
    base = clean(_FORBIDDEN_IN_NAME.sub(" ", wanted)).strip("' ") or "Feuille"
    name, number = base[:_NAME_LIMIT], 1
    while name.casefold() in taken:
        number += 1
        suffix = f" ({number})"
        name = base[: _NAME_LIMIT - len(suffix)] + suffix
    taken.add(name.casefold())
    return name

"""Workbooks built for the tests of purchase programmes."""

import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from io import BytesIO
from typing import Any

import xlsxwriter
from odf.opendocument import OpenDocumentSpreadsheet  # type: ignore[import-untyped]
from odf.table import (  # type: ignore[import-untyped]
    CoveredTableCell,
    Table,
    TableCell,
    TableRow,
)
from odf.text import P  # type: ignore[import-untyped]

from coclause.network.programmes.reader.headers import ProgrammeLayout, find_layout
from coclause.network.programmes.reader.lines import ProgrammeReading, read_lines
from coclause.tables.reading import Workbook, read_workbook

Rows = Sequence[Sequence[Any]]
HEADERS = ("Objet du marché", "Type", "Montant estimé HT", "Durée", "Date de lancement", "Lieu")


def xlsx(
    sheets: Mapping[str, Rows],
    *,
    merges: Mapping[str, Sequence[tuple[int, int, int, int]]] | None = None,
    hidden: Sequence[str] = (),
    options: Mapping[str, Any] | None = None,
) -> bytes:
    """A workbook; merged regions keep the value of their first cell."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"strings_to_formulas": False, **(options or {})}) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            if name in hidden:
                sheet.hide()
            else:
                sheet.activate()
            for region in (merges or {}).get(name, ()):
                sheet.merge_range(*region, "")
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    if isinstance(value, date):
                        sheet.write_datetime(number, column, value, day)
                    elif isinstance(value, str):
                        sheet.write_string(number, column, value)
                    elif value is not None:
                        sheet.write(number, column, value)
    return content.getvalue()


def ods(rows: Sequence[Sequence[Any]], name: str = "Achats") -> bytes:
    """An OpenDocument sheet; ``(text, rows, columns)`` is a merged cell, ``...`` a covered one."""
    document = OpenDocumentSpreadsheet()
    table = Table(name=name)
    document.spreadsheet.addElement(table)
    for row in rows:
        line = TableRow()
        table.addElement(line)
        for value in row:
            line.addElement(_ods_cell(value))
    content = BytesIO()
    document.save(content)
    return content.getvalue()


def _ods_cell(value: Any) -> Any:
    if value is ...:
        return CoveredTableCell()
    if value is None:
        return TableCell()
    if isinstance(value, int | float):
        return TableCell(valuetype="float", value=str(value))
    if isinstance(value, date):
        return TableCell(valuetype="date", datevalue=value.isoformat())
    spans = {}
    if isinstance(value, tuple):
        value, down, across = value
        spans = {"numberrowsspanned": down, "numbercolumnsspanned": across}
    cell = TableCell(valuetype="string", **spans)
    cell.addElement(P(text=value))
    return cell


def with_part(content: bytes, name: str, text: bytes) -> bytes:
    """The same archive with one part replaced."""
    changed = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(changed, "w", 8) as new:
        for entry in old.namelist():
            new.writestr(entry, text if entry == name else old.read(entry))
        if name not in old.namelist():
            new.writestr(name, text)
    return changed.getvalue()


def part(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return archive.read(name)


def read(
    content: bytes, sheet: str | None = None
) -> tuple[Workbook, ProgrammeLayout, ProgrammeReading]:
    """The whole way, from bytes to lines."""
    book = read_workbook(content, "programme.xlsx")
    layout = find_layout(book, sheet)
    return book, layout, read_lines(book.sheet(layout.sheet), layout)

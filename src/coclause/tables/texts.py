"""A table saved as text (CSV): its encoding, its separator, its rows. Every cell is a text."""

import csv
from itertools import islice
from typing import Final

from coclause.core.refusals import Refused
from coclause.tables import limits
from coclause.tables.reading import CHARACTERS_LEFT_OUT, Cell, Sheet, Workbook, too_large

SEPARATORS: Final = ";\t,|"
NAME: Final = "CSV"
LOOKED_AT: Final = 20
"""Rows by which the separator is known."""
LONGEST_CELL: Final = 131_072
"""Characters of a cell beyond which its quotes are not closed."""
_BINARY: Final = (b"PK", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8", b"{\\rtf")
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_ODD: Final = (
    "Ce fichier texte se lit mal : une cellule n’y est pas fermée. Ouvrez-le dans votre tableur,"
    " enregistrez-le en .xlsx, puis déposez-le."
)


def is_text(content: bytes) -> bool:
    """Whether it may be a table saved as text: what a spreadsheet exports, not a page nor a PDF."""
    start = content[:4096]
    if start.startswith(_UTF_16):
        return True
    bare = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    return bool(bare) and b"\0" not in start and not bare.startswith((b"<", *_BINARY))


def read_text(content: bytes, name: str) -> Workbook:
    """A workbook of one sheet. Raises `Refused`: too large, damaged, or empty."""
    if len(content) > limits.FILE_BYTES:
        raise Refused(
            f"Ce fichier pèse plus de {limits.FILE_BYTES // 1024 // 1024} Mo : gardez les seules"
            " lignes utiles, puis déposez-le."
        )
    text = _decoded(content)
    rows = _rows(text, _separator(text))
    width = max((len(row) for row in rows), default=0)
    if (problem := too_large(NAME, len(rows), width)) is not None:
        raise Refused(problem)
    cut: set[tuple[int, int]] = set()
    told = tuple(
        tuple(_cell(row, (number, column), cut) for column in range(width))
        for number, row in enumerate(rows)
    )
    sheet = Sheet(NAME, told, cut=frozenset(cut))
    if sheet.empty:
        raise Refused("Ce fichier ne contient aucune cellule remplie : déposez votre tableau.")
    return Workbook(name, (sheet,))


def _decoded(content: bytes) -> str:
    """UTF-8 when it is, else what Windows writes in France."""
    if content.startswith(_UTF_16):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _separator(text: str) -> str:
    """The sign that cuts the most of the first rows in the most cells, the same number in each."""
    first = [line for line in text.splitlines()[: LOOKED_AT * 2] if line.strip()][:LOOKED_AT]
    best, most = SEPARATORS[0], (0, 0)
    for sign in SEPARATORS:
        counts = [line.count(sign) for line in first]
        usual = max(set(counts), key=lambda count: (counts.count(count), count), default=0)
        worth = (counts.count(usual) if usual else 0, usual)
        if worth > most:
            best, most = sign, worth
    return best


def _rows(text: str, separator: str) -> list[list[str]]:
    """At most one row more than what is admitted: the rest changes nothing."""
    try:
        reader = csv.reader(text.splitlines(keepends=True), delimiter=separator)
        rows = list(islice(reader, limits.ROWS + 1))
    except csv.Error as error:
        raise Refused(_ODD) from error
    # The reader's own bound is the process's, which others may have moved.
    if any(len(cell) > LONGEST_CELL for row in rows for cell in row):
        raise Refused(_ODD)
    return rows


def _cell(row: list[str], place: tuple[int, int], cut: set[tuple[int, int]]) -> Cell:
    number, column = place
    if column >= len(row):
        return None
    text = row[column].translate(CHARACTERS_LEFT_OUT).strip()
    if len(text) > limits.CELL_CHARACTERS:
        cut.add((number, column))
        text = text[: limits.CELL_CHARACTERS].rstrip()
    return text or None

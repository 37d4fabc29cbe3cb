"""Measures a spreadsheet's XML before it is read: how far its cells reach, how much they say.

A few bytes can claim a cell in column XFD of row 1 048 576, or one long text in a million cells;
the reader would reserve the whole rectangle. Streamed by expat, a DTD is refused unread.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from coclause.core.refusals import Refused
from coclause.render.numbers import integer
from coclause.tables import limits
from coclause.tables.archives import CORRUPT, TOO_DENSE

Region = tuple[int, int, int, int]
"""First row, first column, last row, last column of merged cells, from 0, all included."""

HOSTILE: Final = (
    "Ce fichier contient une définition de document (DTD) qu’un tableur n’écrit pas : "
    "ouvrez-le dans votre tableur, enregistrez-le à nouveau en .xlsx, puis déposez-le."
)
_BEYOND: Final = 10_000_000
"""A column or a count larger than any sheet: enough to be refused, small enough to multiply."""


@dataclass(slots=True)
class Budget:
    """Characters still allowed in the whole workbook."""

    characters: int = limits.TEXT_CHARACTERS

    def spend(self, characters: int) -> None:
        self.characters -= characters
        if self.characters < 0:
            raise Refused(TOO_DENSE)


def check_area(rows: int, columns: int) -> None:
    """Refuses a rectangle that could not be held in memory."""
    if rows * columns > limits.AREA:
        raise Refused(
            f"Une feuille de ce classeur s’étend sur {integer(rows)} lignes et "
            f"{integer(columns)} colonnes, même presque vides ; {integer(limits.ROWS)} lignes et "
            f"{limits.COLUMNS} colonnes sont admises au plus : copiez le seul tableau "
            "utile dans un classeur neuf."
        )


def parse(
    content: bytes,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> None:
    """Streams an XML part to three handlers that get local names. Raises `Refused`."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = lambda name, found: start(_local(name), found)
    parser.EndElementHandler = lambda name: end(_local(name))
    parser.CharacterDataHandler = text
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Refused(CORRUPT) from error


def _refuse_doctype(*_: object) -> None:
    raise Refused(HOSTILE)


def _local(name: str) -> str:
    return name[name.rfind(":") + 1 :]


@dataclass(slots=True)
class OfficeSurvey:
    """The parts of an .xlsx: shared texts first, then each sheet."""

    budget: Budget = field(default_factory=Budget)
    lengths: list[int] = field(default_factory=list)
    rows: int = 0
    columns: int = 0
    _row: int = 0
    _column: int = 0
    _kind: str = ""
    _characters: int = 0
    _index: list[str] = field(default_factory=list)
    _reading: bool = False

    def measure(self, content: bytes) -> None:
        """Adds what a part holds. Raises `Refused` when it reaches too far or says too much."""
        self.rows = self.columns = self._row = self._column = 0
        parse(content, self._start, self._end, self._text)
        check_area(self.rows, self.columns)

    def _start(self, name: str, found: dict[str, str]) -> None:
        if name == "c":
            self._column = _column_of(found.get("r", "")) or self._column + 1
            self._kind = found.get("t", "")
        elif name == "row":
            self._row = _whole(found.get("r")) or self._row + 1
            self._column = 0
        elif name == "si":
            self._characters = 0
        elif name in ("v", "t", "f"):
            self.rows = max(self.rows, self._row)
            self.columns = max(self.columns, self._column)
            self._reading = True
            self._index.clear()

    def _text(self, text: str) -> None:
        if self._reading:
            self._characters += len(text)
            if self._kind == "s":
                self._index.append(text)

    def _end(self, name: str) -> None:
        if name == "si":
            self.lengths.append(self._characters)
            self.budget.spend(self._characters)
        elif name in ("v", "t", "f"):
            self._reading = False
            if name == "v" and self._kind == "s":
                index = _whole("".join(self._index)) or 0
                self.budget.spend(self.lengths[index] if index < len(self.lengths) else 0)
        elif name == "c":
            self.budget.spend(self._characters)
            self._characters = 0
            self._kind = ""


@dataclass(slots=True)
class OpenSurvey:
    """The content of an .ods: how far each table reaches, and its merged cells."""

    regions: list[list[Region]] = field(default_factory=list)
    budget: Budget = field(default_factory=Budget)
    _depth: int = 0
    _row: int = 0
    _column: int = 0
    _row_repeat: int = 1
    _cell_repeat: int = 1
    _characters: int = 0
    _filled: bool = False
    _last_filled: int = 0
    _row_characters: int = 0
    _rows: int = 0
    _columns: int = 0

    def measure(self, content: bytes) -> None:
        """Walks the whole content. Raises `Refused` when it reaches too far or says too much."""
        parse(content, self._start, self._end, self._text)

    def _start(self, name: str, found: dict[str, str]) -> None:
        if name == "table":
            self._depth += 1
            if self._depth == 1:
                self.regions.append([])
                self._row = self._rows = self._columns = 0
        elif self._depth != 1:
            return
        elif name == "table-row":
            self._row_repeat = _whole(found.get("table:number-rows-repeated")) or 1
            self._column = self._last_filled = self._row_characters = 0
        elif name in ("table-cell", "covered-table-cell"):
            self._cell_repeat = _whole(found.get("table:number-columns-repeated")) or 1
            self._filled = "office:value-type" in found
            self._characters = 0
            self._note_merge(found)

    def _note_merge(self, found: dict[str, str]) -> None:
        down = _whole(found.get("table:number-rows-spanned")) or 1
        across = _whole(found.get("table:number-columns-spanned")) or 1
        if down > 1 or across > 1:
            row, column = self._row, self._column
            self.regions[-1].append((row, column, row + down - 1, column + across - 1))

    def _text(self, text: str) -> None:
        self._characters += len(text)

    def _end(self, name: str) -> None:
        if name == "table":
            self._depth -= 1
            if self._depth == 0:
                check_area(self._rows, self._columns)
        elif self._depth != 1:
            return
        elif name == "p":
            self._filled = True
        elif name in ("table-cell", "covered-table-cell"):
            self._column += self._cell_repeat
            if self._filled:
                self._last_filled = self._column
                self._row_characters += self._characters * self._cell_repeat
        elif name == "table-row":
            self._row += self._row_repeat
            if self._last_filled:
                self._rows = self._row
                self._columns = max(self._columns, self._last_filled)
                self.budget.spend(self._row_characters * self._row_repeat)
                check_area(self._rows, self._columns)


def _whole(text: str | None) -> int | None:
    """A count as an attribute writes it, bounded; None when it is none."""
    if not text or not text.isascii() or not text.strip().isdigit():
        return None
    return min(int(text), _BEYOND) if len(text) < 12 else _BEYOND


def _column_of(reference: str) -> int:
    """``AB12`` → 28; 0 when there is no reference."""
    column = 0
    for letter in reference[:12]:
        if not ("A" <= letter <= "Z" or "a" <= letter <= "z"):
            break
        column = column * 26 + ord(letter.upper()) - 64
    return min(column, _BEYOND)

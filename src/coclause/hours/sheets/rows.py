"""Rows of a month's table → what each says, by the columns chosen; what cannot be read is said."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from coclause.hours.sheets.fields import KEY, KINDS, Field
from coclause.hours.sheets.reading import Row, Table
from coclause.hours.sheets.values import born_of, hours_of, month_of, text_of
from coclause.render import numbers
from coclause.tables.cells import fold, is_unknown, shown
from coclause.tables.reading import Cell

_TOTAL: Final = re.compile(r"(?:sous[ -]?)?totaux?\b|(?:sous[ -]?)?total\b")
_CIVILITY: Final = re.compile(
    r"^(?:m|mr|mme|mlle|monsieur|madame|mademoiselle)\.? +", re.IGNORECASE
)


@dataclass(frozen=True)
class Said:
    """One row: who, where, how many hours by kind."""

    number: int
    key: tuple[date, int, int] | None = None
    """Month, employment and award of a row of our template."""
    last: str = ""
    first: str = ""
    both: str = ""
    """The two names in one cell, in either order."""
    born: date | None = None
    contract: str = ""
    award: str = ""
    hours: Mapping[str, Decimal] = field(default_factory=dict)
    worked: Decimal | None = None
    invoice: str = ""


@dataclass
class Reading:
    """All the rows: read, and those that could not be, by their numbers."""

    rows: list[Said] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    months: dict[date, int] = field(default_factory=dict)
    """How many rows are of another month."""


def read_rows(table: Table, mapping: Mapping[Field, int], month: date) -> Reading:
    """Every row is read, told as unreadable, of another month, or holds nothing to be read."""
    reading = Reading()
    for row in table.rows:
        said = _Cells(row, mapping)
        if said.is_total():
            continue
        when = said.month(month)
        if when is not None and when != month:
            reading.months[when] = reading.months.get(when, 0) + 1
            continue
        try:
            read = said.read(month)
        except _UnreadError as problem:
            reading.unread.append(f"Ligne {row[0]} : {problem}")
            continue
        if read is not None:
            reading.rows.append(read)
    return reading


class _UnreadError(Exception):
    """The sentence goes after the number of the row."""


class _Cells:
    """The cells of a row, by what they say."""

    def __init__(self, row: Row, mapping: Mapping[Field, int]) -> None:
        self.number, self.cells = row
        self.mapping = mapping

    def at(self, one: Field) -> Cell:
        column = self.mapping.get(one)
        return self.cells[column] if column is not None and column < len(self.cells) else None

    def text(self, one: Field) -> str:
        told = text_of(self.at(one))
        return "" if is_unknown(fold(told)) else told

    def is_total(self) -> bool:
        """A row that adds others up: « Total » comes first, whatever the column."""
        if self.at(Field.KEY) is not None:
            return False
        words: Sequence[str] = [cell for cell in self.cells if isinstance(cell, str)]
        return bool(words) and _TOTAL.match(fold(words[0][:60])) is not None

    def month(self, month: date) -> date | None:
        """The month that the row says; None when it says none."""
        if (key := self.key()) is not None:
            return key[0]
        cell = self.at(Field.MONTH)
        return None if cell is None else month_of(cell, month)

    def key(self) -> tuple[date, int, int] | None:
        found = KEY.fullmatch(text_of(self.at(Field.KEY)))
        if found is None or not 1 <= int(found[1][5:]) <= 12:
            return None
        return date.fromisoformat(f"{found[1]}-01"), int(found[2]), int(found[3])

    def read(self, month: date) -> Said | None:
        """None when the row says no hours. Raises `_UnreadError`."""
        key = self.key()
        hours = {KINDS[one]: told for one in KINDS if (told := self.hours(one)) is not None}
        if key is not None:
            # A row of our own: a number taken off is a zero.
            hours = {KINDS[one]: Decimal(0) for one in KINDS if one in self.mapping} | hours
        if not hours:
            return None
        last, both = (_CIVILITY.sub("", self.text(one)) for one in (Field.LAST, Field.NAME))
        if self.at(Field.MONTH) is not None and self.month(month) is None and key is None:
            raise _UnreadError(f"{shown(self.text(Field.MONTH))} ne se lit pas comme un mois.")
        return Said(
            number=self.number,
            key=key,
            last=last,
            first=self.text(Field.FIRST),
            both=both,
            born=self.born(month),
            contract=self.text(Field.CONTRACT),
            award=self.text(Field.AWARD),
            hours=hours,
            worked=self.hours(Field.WORKED),
            invoice=self.text(Field.INVOICE),
        )

    def hours(self, one: Field) -> Decimal | None:
        cell = self.at(one)
        if cell is None or (isinstance(cell, str) and is_unknown(fold(cell))):
            return None
        told = hours_of(cell)
        if told is None:
            raise _UnreadError(
                f"{shown(text_of(cell))} ne se lit pas comme un nombre d’heures : écrivez par"
                " exemple 35,5 ou 35h30."
            )
        if told < 0:
            raise _UnreadError(f"{numbers.hours(told)} : des heures ne sont pas négatives.")
        return told

    def born(self, month: date) -> date | None:
        cell = self.at(Field.BORN)
        if cell is None or not self.text(Field.BORN):
            return None
        told = born_of(cell, month)
        if told is None:
            raise _UnreadError("la date de naissance ne se lit pas : écrivez-la 31/12/1999.")
        return told

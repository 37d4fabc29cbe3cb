"""Each row of the programme → a purchase read, with its doubts, or refused, with the reason.

Nothing is dropped: rows under the headers are lines (refused ones included) or skipped rows, and
together they are all the rows read.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final, TypeVar

from coclause.core.refusals import Refused
from coclause.network.programmes.reader import amounts, durations
from coclause.network.programmes.reader.fields import LABELS, Field
from coclause.network.programmes.reader.headers import ProgrammeLayout
from coclause.network.programmes.reader.kinds import (
    Kind,
    Nature,
    parse_framework,
    parse_kind,
    parse_nature,
    presumed_kind,
)
from coclause.network.programmes.reader.places import (
    Place,
    lot_in,
    parse_cpv,
    parse_lot,
    parse_place,
    parse_reference,
)
from coclause.network.programmes.reader.rows import SkippedRow, skipped
from coclause.tables import limits
from coclause.tables.cells import Parsed, as_text, is_unknown, shown
from coclause.tables.cells import fold as folded
from coclause.tables.headers import letter
from coclause.tables.reading import Cell, Sheet
from coclause.tables.windows import Window, parse_window

T = TypeVar("T")
LONGEST_TITLE: Final = 500
"""Characters kept of an object."""
_DEPENDS_ON_ROW: Final = (Field.AMOUNT, Field.PLACE, Field.POSTCODE)
"""Fields read with others of their row: a yearly amount with the duration, a place's postcode."""
_EVERY: Final = 100
"""Rows between two reports of progress."""


@dataclass(frozen=True, slots=True)
class ProgrammeLine:
    """One row. ``None`` is unknown; each doubt names the row and the column."""

    row: int
    """Its number as the spreadsheet shows it."""
    title: str
    """The object of the purchase."""
    value: Decimal | None = None
    """Euros excluding tax of the whole contract, or of the lot when ``lot`` is given."""
    value_rows: tuple[int, int] | None = None
    """First and last row that one merged amount covers: it counts once for all of them."""
    kind: Kind | None = None
    kind_presumed: bool = False
    nature: Nature | None = None
    months: int | None = None
    window: Window | None = None
    window_from: Field | None = None
    """Which date the window is: launch or, failing it, notification."""
    place: Place | None = None
    cpv: str | None = None
    framework: bool | None = None
    reference: str = ""
    reference_rows: tuple[int, int] | None = None
    """First and last row that one merged reference or object covers: one contract."""
    lot: str = ""
    procedure: str = ""
    buyer: str = ""
    notes: str = ""
    doubts: tuple[str, ...] = ()
    refused: str | None = None
    """Why the row cannot be analysed and what to do, when it cannot."""


@dataclass(frozen=True, slots=True)
class ProgrammeReading:
    """All the rows under the headers: ``len(lines) + len(skipped) == rows_read``."""

    lines: tuple[ProgrammeLine, ...]
    skipped: tuple[SkippedRow, ...]
    rows_read: int

    @property
    def accepted(self) -> tuple[ProgrammeLine, ...]:
        return tuple(line for line in self.lines if line.refused is None)

    @property
    def refused(self) -> tuple[ProgrammeLine, ...]:
        return tuple(line for line in self.lines if line.refused is not None)


def read_lines(
    sheet: Sheet,
    layout: ProgrammeLayout,
    mapping: Mapping[Field, int] | None = None,
    *,
    year: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> ProgrammeReading:
    """Reads every row under the headers, by the mapping proposed or corrected.

    ``mapping`` gives columns from 0; ``year`` is the programme's, for « T3 » alone; ``progress``
    is told rows read and rows to read. Raises `Refused` for a mapping that does not hold.
    """
    mapping = layout.mapping if mapping is None else mapping
    _check(sheet, mapping)
    reader = _Reader(sheet, layout, mapping, year)
    lines: list[ProgrammeLine] = []
    left: list[SkippedRow] = []
    first = layout.header_row
    total = max(len(sheet.rows) - first, 0)
    for count, index in enumerate(range(first, len(sheet.rows)), start=1):
        aside = skipped(sheet, index, layout, mapping)
        if aside is not None:
            left.append(aside)
        else:
            lines.append(reader.line(index))
        if progress is not None and (count % _EVERY == 0 or count == total):
            progress(count, total)
    return ProgrammeReading(tuple(lines), tuple(left), total)


def _check(sheet: Sheet, mapping: Mapping[Field, int]) -> None:
    if Field.OBJECT not in mapping:
        raise Refused("Indiquez la colonne qui donne l’objet de chaque achat.")
    used: dict[int, Field] = {}
    for which, column in mapping.items():
        if not 0 <= column < sheet.width:
            raise Refused(
                f"La colonne choisie pour « {LABELS[which]} » n’existe pas dans la feuille "
                f"{shown(sheet.name)} : choisissez-en une autre."
            )
        if column in used:
            raise Refused(
                f"La colonne {letter(column)} est choisie pour « {LABELS[used[column]]} » et pour "
                f"« {LABELS[which]} » : gardez-la pour un seul des deux."
            )
        used[column] = which


@dataclass(slots=True)
class _Reader:
    """Reads rows of one sheet under one mapping; what headers say of units is read once."""

    sheet: Sheet
    layout: ProgrammeLayout
    mapping: Mapping[Field, int]
    year: int | None
    names: dict[int, str] = field(init=False)
    amount_unit: amounts.AmountUnit = field(init=False)
    duration_unit: str | None = field(init=False)
    known: dict[tuple[Field, type, Cell], Parsed[Any]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.names = {column.index: column.name for column in self.layout.columns}
        self.amount_unit = amounts.unit_of_header(self._header(Field.AMOUNT))
        self.duration_unit = durations.unit_of_header(self._header(Field.DURATION))

    def line(self, index: int) -> ProgrammeLine:
        row = _Row(self, index)
        title = row.text(Field.OBJECT, LONGEST_TITLE)
        refused = None
        if not title or is_unknown(folded(title)):
            refused = (
                f"Ligne {row.number}, colonne {row.quoted(Field.OBJECT)} : l’objet est vide. "
                "Écrivez ce qui est acheté, ou supprimez la ligne."
            )
            title = ""
        months = row.read(
            Field.DURATION, lambda cell: durations.parse_duration(cell, self.duration_unit)
        )
        value = row.read(
            Field.AMOUNT,
            lambda cell: amounts.parse_amount(cell, self.amount_unit, months=months),
        )
        value_rows = row.rows_of(Field.AMOUNT) if value is not None else None
        if value_rows:
            row.doubt(
                Field.AMOUNT,
                f"montant commun aux lignes {value_rows[0]} à {value_rows[1]}, compté une fois.",
            )
        elif Field.AMOUNT in self.mapping and row.cell(Field.AMOUNT) is None:
            row.doubt(Field.AMOUNT, "le montant n’est pas écrit : indiquez une estimation HT.")
        return replace(
            self._rest(row, title, known=refused is None),
            value=value,
            value_rows=value_rows,
            months=months,
            doubts=tuple(row.doubts),
            refused=refused,
        )

    def _rest(self, row: "_Row", title: str, *, known: bool) -> ProgrammeLine:
        """Everything but the object, the amount and the duration, which `line` adds."""
        cpv = row.read(Field.CPV, parse_cpv)
        kind, presumed = row.kind(title, cpv, known=known)
        window, window_from = row.window(self.year)
        postcode = row.cell(Field.POSTCODE)
        place_field = Field.PLACE if Field.PLACE in self.mapping else Field.POSTCODE
        place = row.read(
            place_field,
            lambda cell: parse_place(None if place_field == Field.POSTCODE else cell, postcode),
        )
        reference = parse_reference(row.cell(Field.REFERENCE))
        form = self._header(Field.FRAMEWORK)
        framework = row.read(Field.FRAMEWORK, lambda cell: parse_framework(cell, form))
        return ProgrammeLine(
            row=row.number,
            title=title,
            kind=kind,
            kind_presumed=presumed,
            nature=row.read(Field.NATURE, parse_nature),
            window=window,
            window_from=window_from,
            place=place,
            cpv=cpv,
            framework=framework,
            reference=reference,
            reference_rows=row.rows_of(Field.REFERENCE) or row.rows_of(Field.OBJECT),
            lot=self._lot(row) or lot_in(title),
            procedure=row.text(Field.PROCEDURE),
            buyer=row.text(Field.BUYER),
            notes=row.text(Field.NOTES, 1_000),
        )

    def _lot(self, row: "_Row") -> str:
        """The lot of the line; a number under « Nombre de lots » is how many there are."""
        counts = re.search(r"\bnombre\b|\bnb\b|^lots$|allot", folded(self._header(Field.LOT)))
        cell = row.cell(Field.LOT)
        return lot_in(as_text(cell)) if counts else parse_lot(cell)

    def _header(self, which: Field) -> str:
        column = self.mapping.get(which)
        return "" if column is None else self.names.get(column, "")


@dataclass(slots=True)
class _Row:
    reader: _Reader
    index: int
    doubts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        for which, column in self.reader.mapping.items():
            top, _ = self.reader.sheet.spans.get((self.index, column), (self.index, 0))
            if (top, column) in self.reader.sheet.cut:
                self.doubt(
                    which,
                    f"le texte dépasse {limits.CELL_CHARACTERS} caractères, la suite n’est pas "
                    "lue.",
                )

    @property
    def number(self) -> int:
        return self.index + 1

    def cell(self, which: Field) -> Cell:
        """The cell of that field, that of the merged cell which covers it included."""
        column = self.reader.mapping.get(which)
        if column is None:
            return None
        top, _ = self.reader.sheet.spans.get((self.index, column), (self.index, self.index))
        return self.reader.sheet.rows[top][column]

    def text(self, which: Field, most: int = 300) -> str:
        return " ".join(as_text(self.cell(which)).split())[:most].rstrip()

    def rows_of(self, which: Field) -> tuple[int, int] | None:
        """The rows (as the user sees them) that the merged cell of that field covers."""
        column = self.reader.mapping.get(which)
        span = None if column is None else self.reader.sheet.spans.get((self.index, column))
        # A merge that starts in the headers is a matter of layout, not one contract.
        if span is None or span[0] < self.reader.layout.header_row:
            return None
        return span[0] + 1, span[1] + 1

    def quoted(self, which: Field) -> str:
        column = self.reader.mapping[which]
        return shown(self.reader.names.get(column) or letter(column))

    def doubt(self, which: Field, sentence: str) -> None:
        self.doubts.append(f"Ligne {self.number}, colonne {self.quoted(which)} : {sentence}")

    def read(self, which: Field, parse: Callable[[Cell], Parsed[T]]) -> T | None:
        if which not in self.reader.mapping:
            return None
        parsed = self.parsed(which, parse)
        for sentence in parsed.doubts:
            self.doubt(which, sentence)
        return parsed.value

    def parsed(self, which: Field, parse: Callable[[Cell], Parsed[T]]) -> Parsed[T]:
        """What the parser says; a type or a period comes back hundreds of times in a programme."""
        cell = self.cell(which)
        if which in _DEPENDS_ON_ROW:
            return parse(cell)
        # 1, 1.0 and True are one key to a dict, and three different cells.
        key = (which, type(cell), cell)
        if key not in self.reader.known:
            self.reader.known[key] = parse(cell)
        return self.reader.known[key]

    def kind(self, title: str, cpv: str | None, *, known: bool) -> tuple[Kind | None, bool]:
        """The type written, else presumed from the CPV code or the object; True if presumed."""
        written = self.read(Field.KIND, parse_kind)
        if written is not None or not known:
            return written, False
        presumed = presumed_kind(title, cpv)
        for sentence in presumed.doubts:
            self.doubt(Field.OBJECT, sentence)
        return presumed.value, presumed.value is not None

    def window(self, year: int | None) -> tuple[Window | None, Field | None]:
        """The launch, whose date the duty follows; failing it the notification, and it is said."""
        for which in (Field.LAUNCH, Field.NOTIFICATION):
            window = self.read(which, lambda cell: parse_window(cell, year=year))
            if window is None:
                continue
            if which == Field.NOTIFICATION:
                self.doubt(
                    which,
                    "cette date vient après l’envoi de l’avis, qui compte pour l’obligation : "
                    "indiquez la date d’envoi.",
                )
            return window, which
        return None, None

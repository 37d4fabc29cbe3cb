"""The bytes somebody sends → sheets of typed cells, each row with the number the user sees.

Nothing is interpreted here. Formulas give the value last computed; a text that looks like a
formula stays a text. What cannot be read is refused with one sentence that says what to do.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from io import BytesIO
from typing import Final

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from coclause.core.refusals import Refused
from coclause.render.numbers import integer
from coclause.tables import limits
from coclause.tables.archives import CORRUPT, LOCKED, parts_of, plain_archive
from coclause.tables.extents import OfficeSurvey, OpenSurvey, Region

Cell = str | int | float | bool | date | None
"""What a cell holds: a text without surrounding spaces, a number, a truth, a day, or nothing."""

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAVE_AS: Final = "ouvrez-le dans votre tableur, enregistrez-le en .xlsx ou .ods, puis déposez-le."
_UNUSED_PARTS: Final = ("xl/drawings/", "xl/charts/", "xl/media/", "xl/theme/", "docprops/")
CHARACTERS_LEFT_OUT: Final = {
    **dict.fromkeys([*range(9), *range(11, 32), 127], None),
    **dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"), None),
}
CHARACTERS_LEFT_OUT[9] = " "
CHARACTERS_LEFT_OUT[13] = "\n"


@dataclass(frozen=True)
class Sheet:
    """One sheet. ``rows[i]`` is the row numbered ``i + 1`` in the spreadsheet, blanks included."""

    name: str
    rows: tuple[tuple[Cell, ...], ...] = ()
    hidden: bool = False
    regions: tuple[Region, ...] = ()
    cut: frozenset[tuple[int, int]] = frozenset()
    """Row and column, from 0, of the cells whose text was too long and was cut."""
    problem: str | None = None
    """Why this sheet was not read, when it was not."""

    @property
    def width(self) -> int:
        return max((len(row) for row in self.rows), default=0)

    def spread(self, index: int) -> frozenset[int]:
        """Columns of row ``index`` (from 0) whose cell is merged with others on its right."""
        return self.spreads.get(index, frozenset())

    @cached_property
    def spreads(self) -> dict[int, frozenset[int]]:
        found: dict[int, set[int]] = {}
        for top, left, _, right in self.regions:
            if right > left:
                found.setdefault(top, set()).add(left)
        return {row: frozenset(columns) for row, columns in found.items()}

    @cached_property
    def spans(self) -> dict[tuple[int, int], tuple[int, int]]:
        """(row, column) → first and last row of the cell merged downwards that covers it."""
        found: dict[tuple[int, int], tuple[int, int]] = {}
        for top, left, bottom, _ in self.regions:
            last = min(bottom, len(self.rows) - 1)
            if last > top:
                for row in range(top, last + 1):
                    found[row, left] = (top, last)
        return found

    @property
    def empty(self) -> bool:
        return not any(cell is not None for row in self.rows for cell in row)


@dataclass(frozen=True, slots=True)
class Workbook:
    """A file as read; visible sheets first, then hidden ones, each in the file's order."""

    name: str
    sheets: tuple[Sheet, ...]

    def sheet(self, name: str) -> Sheet:
        """The sheet of that name. Raises `Refused`, naming those there are."""
        wanted = name.strip().casefold()
        for sheet in self.sheets:
            if sheet.name.strip().casefold() == wanted:
                return sheet
        raise Refused(
            f"Aucune feuille ne s’appelle « {name[:80]} » : choisissez parmi "
            f"{listed(sheet.name for sheet in self.sheets)}."
        )


def read_workbook(content: bytes, name: str) -> Workbook:
    """Reads an .xlsx, .xlsm, .xls or .ods by its content, whatever its name says.

    Raises `Refused`: not a spreadsheet, locked, damaged, too large, or empty.
    """
    if not content:
        raise Refused("Ce fichier est vide : déposez votre tableau en .xlsx, .xls ou .ods.")
    if len(content) > limits.FILE_BYTES:
        raise Refused(
            f"Ce fichier pèse plus de {limits.FILE_BYTES // 1024 // 1024} Mo : copiez le seul "
            "tableau utile dans un classeur neuf, sans image, puis déposez-le."
        )
    source, regions = _safe_source(content)
    sheets = _read(source, regions)
    if all(sheet.empty and sheet.problem is None for sheet in sheets):
        raise Refused(
            "Ce classeur ne contient aucune cellule remplie : déposez celui où le tableau "
            "est rempli."
        )
    ordered = sorted(sheets, key=lambda sheet: sheet.hidden)
    return Workbook(name, tuple(ordered))


def listed(names: Iterable[str]) -> str:
    """``« A », « B »``; at most ten, since a sentence must stay one."""
    quoted = [f"« {name[:80]} »" for name in names]
    more = f" et {len(quoted) - 10} autres" if len(quoted) > 10 else ""
    return ", ".join(quoted[:10]) + more


def _safe_source(content: bytes) -> tuple[BytesIO, list[list[Region]] | None]:
    """What the reader may open, and the merged cells of an .ods (it does not tell them)."""
    if content.startswith(b"PK"):
        return _safe_archive(parts_of(content))
    if content.startswith(_OLE):
        _check_ole(content)
        return BytesIO(content), None
    raise Refused(f"Ce fichier n’est pas un tableur : {_what_it_is(content)} {_SAVE_AS}")


def _safe_archive(parts: dict[str, bytes]) -> tuple[BytesIO, list[list[Region]] | None]:
    kind = parts.get("mimetype", b"").strip()
    names = {name.casefold() for name in parts}
    if kind.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        return _safe_open_document(parts)
    if "xl/workbook.xml" in names:
        return _safe_office(parts), None
    if "xl/workbook.bin" in names:
        raise Refused(f"Ce classeur est au format .xlsb : {_SAVE_AS}")
    if any(name.startswith("word/") for name in names) or b"opendocument.text" in kind:
        what = "c’est un document de traitement de texte ;"
    elif any(name.startswith("ppt/") for name in names) or b"presentation" in kind:
        what = "c’est une présentation ;"
    else:
        what = "c’est une archive ZIP ;"
    raise Refused(
        f"Ce fichier n’est pas un tableur : {what} copiez le tableau dans un tableur, "
        "enregistrez-le en .xlsx ou .ods, puis déposez-le."
    )


def _safe_open_document(parts: dict[str, bytes]) -> tuple[BytesIO, list[list[Region]]]:
    if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
        raise Refused(LOCKED)
    if "content.xml" not in parts:
        raise Refused(CORRUPT)
    survey = OpenSurvey()
    survey.measure(parts["content.xml"])
    kept = ("mimetype", "content.xml", "styles.xml", "META-INF/manifest.xml")
    return plain_archive({name: parts[name] for name in kept if name in parts}), survey.regions


def _safe_office(parts: dict[str, bytes]) -> BytesIO:
    kept = {
        name: content
        for name, content in parts.items()
        if name.casefold().endswith((".xml", ".rels"))
        and not name.casefold().startswith(_UNUSED_PARTS)
    }
    survey = OfficeSurvey()
    for name in sorted(kept, key=lambda name: "sharedstrings" not in name.casefold()):
        survey.measure(kept[name])
    return plain_archive(kept)


def _check_ole(content: bytes) -> None:
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise Refused(LOCKED)
    if not any(name.encode("utf-16-le") in content for name in ("Workbook", "Book")):
        raise Refused(
            "Ce fichier n’est pas un tableur (document Word, message ou autre) : copiez le "
            "tableau dans un tableur, enregistrez-le en .xlsx, puis déposez-le."
        )


def _what_it_is(content: bytes) -> str:
    start = content[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"%pdf"):
        return "c’est un PDF ; demandez le tableau d’origine à qui l’a produit, ou"
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<meta")):
        return "c’est une page web enregistrée sous un nom de tableur ;"
    if start.startswith(b"<?xml"):
        return "c’est un fichier XML ;"
    if b"\0" not in start and any(mark in start for mark in (b";", b",", b"\t")):
        return "c’est un fichier CSV ou du texte ;"
    return "son contenu n’est pas reconnu ;"


def _read(source: BytesIO, regions: list[list[Region]] | None) -> list[Sheet]:
    try:
        with CalamineWorkbook.from_filelike(source) as book:
            return _sheets(book, regions)
    except Refused:
        raise
    except PasswordError as error:
        raise Refused(LOCKED) from error
    except (CalamineError, ValueError, OSError, OverflowError) as error:
        raise Refused(CORRUPT) from error
    except BaseException as error:
        # The reader is in Rust: what it did not foresee comes as a panic, outside Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise Refused(CORRUPT) from error


@dataclass(slots=True)
class _Room:
    cells: int = limits.CELLS
    filled: int = limits.FILLED_BY_MERGES
    texts: dict[str, str] = field(default_factory=dict)


def _sheets(book: CalamineWorkbook, regions: list[list[Region]] | None) -> list[Sheet]:
    described = [
        (index, about)
        for index, about in enumerate(book.sheets_metadata)
        if about.typ == SheetTypeEnum.WorkSheet
    ]
    if not described:
        raise Refused(
            "Ce classeur ne contient que des graphiques : déposez celui où le tableau est rempli."
        )
    if len(described) > limits.SHEETS:
        raise Refused(
            f"Ce classeur contient plus de {limits.SHEETS} feuilles : copiez celle du tableau "
            "dans un classeur neuf, puis déposez-le."
        )
    room = _Room()
    found = []
    for index, about in described:
        sheet = book.get_sheet_by_index(index)
        hidden = about.visible != SheetVisibleEnum.Visible
        merged = regions[index] if regions and index < len(regions) else _regions(sheet)
        found.append(_sheet(sheet, about.name, hidden, merged, room))
    return found


def _regions(sheet: CalamineSheet) -> list[Region]:
    ranges = sheet.merged_cell_ranges or []
    return [(top, left, bottom, right) for (top, left), (bottom, right) in ranges]


def _sheet(
    sheet: CalamineSheet, name: str, hidden: bool, merged: list[Region], room: _Room
) -> Sheet:
    end = sheet.end
    if end is None:
        return Sheet(name, hidden=hidden)
    height, width = end[0] + 1, end[1] + 1
    room.filled -= sum(min(bottom, height) - top for top, _, bottom, _ in merged if bottom > top)
    problem = too_large(name, height, width)
    if problem is None and (height * width > room.cells or room.filled < 0):
        problem = (
            f"La feuille « {name} » n’est pas lue, car le classeur contient trop de cellules : "
            "copiez-la dans un classeur neuf."
        )
    if problem is not None:
        return Sheet(name, hidden=hidden, problem=problem)
    room.cells -= height * width
    cut: set[tuple[int, int]] = set()
    rows = tuple(
        tuple(_cell(value, (number, column), cut, room.texts) for column, value in enumerate(row))
        for number, row in enumerate(sheet.to_python(skip_empty_area=False))
    )
    return Sheet(name, rows, hidden, tuple(merged), frozenset(cut))


def too_large(name: str, height: int, width: int) -> str | None:
    if height > limits.ROWS:
        return (
            f"La feuille « {name} » compte {integer(height)} lignes ; {integer(limits.ROWS)} "
            "sont admises au plus : supprimez les lignes vides du bas ou partagez le tableau en "
            "plusieurs fichiers."
        )
    if width > limits.COLUMNS:
        return (
            f"La feuille « {name} » compte {width} colonnes ; {limits.COLUMNS} sont admises au "
            "plus : supprimez celles qui ne servent pas."
        )
    return None


def _cell(
    value: object, place: tuple[int, int], cut: set[tuple[int, int]], texts: dict[str, str]
) -> Cell:
    if isinstance(value, str):
        if value in texts:
            return texts[value] or None
        text = value.translate(CHARACTERS_LEFT_OUT).strip()
        if len(text) > limits.CELL_CHARACTERS:
            cut.add(place)
            return text[: limits.CELL_CHARACTERS].rstrip()
        texts[value] = text
        return text or None
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, bool | int | float | date):
        return value
    return _duration(value) if isinstance(value, timedelta) else str(value)


def _duration(value: timedelta) -> str:
    """A duration as a spreadsheet shows it, hours beyond a day included: ``151:40``."""
    minutes, rest = divmod(round(abs(value).total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    sign = "-" if value < timedelta() else ""
    return f"{sign}{hours}:{minutes:02d}" + (f":{rest:02d}" if rest else "")

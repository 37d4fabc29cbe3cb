"""When a purchase starts, as buyers write it: « T3 2027 », « mars-27 », « fin 2026 ».

A period is kept with both its ends: the duty depends on the first day, and a period that straddles
a date leaves the answer open. Nothing is guessed: without its year, a month is not a date.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from coclause.render.numbers import date_fr
from coclause.tables.cells import LONGEST, Parsed, as_text, fold, is_unknown
from coclause.tables.cells import shown as quoted
from coclause.tables.reading import Cell

FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2100
_EXCEL_EPOCH: Final = date(1899, 12, 30)
_EXCEL_DAYS: Final = (36_526, 73_415)
"""Days of 2000 to 2100 as a spreadsheet counts them."""
_MONTHS: Final = (
    "janv", "fev", "mars", "avr", "mai", "juin", "juil", "aou", "sep", "oct", "nov", "dec",
)  # fmt: skip
_MONTH: Final = (
    r"(?P<month>janv(?:ier)?|jan|fevr?(?:ier)?|mars|mar|avr(?:il)?|mai|juin|juil(?:let)?|jul"
    r"|aout?|sept?(?:embre)?|oct(?:obre)?|nov(?:embre)?|dec(?:embre)?)\b\.?"
)
_YEAR: Final = r"(?P<year>\d{4}|'?\d{2})"
_SEASONS: Final = {"printemps": (3, 6), "ete": (6, 9), "automne": (9, 12), "rentree": (9, 9)}
_ORDINALS: Final = {"premier": "1", "deuxieme": "2", "second": "2", "troisieme": "3",
                    "quatrieme": "4"}  # fmt: skip
_ORDINAL: Final = re.compile(rf"\b(?:{'|'.join(_ORDINALS)})\b")
_PARTS: Final = {"trimestre": 3, "semestre": 6, "quadrimestre": 4, "bimestre": 2}
_PART: Final = r"(?P<part>trimestre|trim|semestre|sem|quadrimestre|quadri|bimestre|tr|t|s|q)\b\.?"
_NTH: Final = r"(?P<nth>[1-6])"
_SEP: Final = r"[ /\-.]{0,3}(?:de |du |d')?"
_PATTERNS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"^{_NTH}(?:er|ere|e|eme|nd|nde|d)? ?{_PART}{_SEP}(?:l'annee )?{_YEAR}?$",
        rf"^(?P<part>trimestre|trim|semestre|sem|quadrimestre|tr|t|s|q)\.? ?{_NTH}{_SEP}{_YEAR}?$",
        rf"^(?P<year>\d{{4}}){_SEP}(?P<part>trimestre|semestre|t|s|q) ?{_NTH}$",
        rf"^(?P<year>\d{{4}}){_SEP}{_NTH}(?:er|e|eme)? ?{_PART}$",
    )
)
_OF_MONTH: Final = re.compile(
    rf"^(?:(?P<when>debut|mi|fin|courant)[ -]?(?:de |du |d')?(?:mois (?:de |d'))?)?"
    rf"(?:(?P<day>\d{{1,2}})(?:er)?[ -./]?)?{_MONTH}{_SEP}{_YEAR}?$"
)
_OF_YEAR: Final = re.compile(
    r"^(?:(?P<when>debut|mi|fin|courant|printemps|ete|automne|hiver|rentree|annee|exercice"
    r"|dans l'annee)[ -]?(?:de |d'|l'annee )?)?(?P<year>\d{4})$"
)
_DAY: Final = re.compile(r"^(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})(?: .*)?$")
_ISO: Final = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[t ].*)?$")
_MONTH_NUMBER: Final = re.compile(r"^(?P<month>\d{1,2}) ?[/.\-] ?(?P<year>\d{4})$")
_YEAR_MONTH: Final = re.compile(r"^(?P<year>\d{4}) ?[/.\-]? ?(?P<month>\d{2})$")
_WEEK: Final = re.compile(r"^(?:semaine|sem|s)\.? ?(?P<week>\d{1,2})[ /\-.]{0,3}(?P<year>\d{4})$")
_SPLITS: Final = (" au ", " a ", " et ", " ou ", " - ", " / ", "->", "→", "-", "/")


@dataclass(frozen=True, slots=True)
class Window:
    """From ``first`` to ``last``, both included, and how the programme wrote it."""

    first: date
    last: date
    written: str

    @property
    def exact(self) -> bool:
        return self.first == self.last

    def straddles(self, day: date) -> bool:
        """True when part of the window comes before ``day`` and part from it on."""
        return self.first < day <= self.last


_Ends = tuple[date, date]


def parse_window(cell: Cell, *, year: int | None = None) -> Parsed[Window]:
    """The first and the last day a cell may mean. ``year`` is the programme's, if it has one."""
    if cell is None:
        return Parsed()
    text = as_text(cell)
    if isinstance(cell, date):
        return _window((cell, cell), text, ())
    if isinstance(cell, bool):
        return _unread(text)
    if isinstance(cell, int | float):
        return _from_number(cell, text)
    return _from_text(cell, year)


def _from_number(cell: float, text: str) -> Parsed[Window]:
    if float(cell).is_integer() and FIRST_YEAR <= cell <= LAST_YEAR:
        return _window(_year(int(cell)), text, ())
    if _EXCEL_DAYS[0] <= cell <= _EXCEL_DAYS[1]:
        day = _EXCEL_EPOCH + timedelta(days=int(cell))
        said = f"le nombre {quoted(text)} est lu comme la date {date_fr(day)} du tableur."
        return _window((day, day), text, (said,))
    return _unread(text)


def _from_text(cell: str, year: int | None) -> Parsed[Window]:
    text = fold(cell[:LONGEST]).strip(" .,;")
    if not text:
        return Parsed()
    if is_unknown(text):
        return Parsed(None, (f"la date est inconnue ({quoted(cell)}) : indiquez-la.",))
    text = re.sub(r"(?<=.) ?\([^()0-9]*\)$", "", text)
    text, opened = _OPENED.subn("", text)
    text = re.sub(r"^(?:prevu\w*|vers|environ|env\.?|le|en) ", "", text)
    text = _ORDINAL.sub(lambda found: _ORDINALS[found[0]], text)
    try:
        ends = _single(text) or _span(text)
        doubts: tuple[str, ...] = ()
        if ends is None and year is not None:
            ends = _single(f"{text} {year}") or _span(f"{text} {year}")
            doubts = (f"{quoted(cell)} est sans année : lu en {year}, l’année du programme.",)
    except (ValueError, OverflowError):
        return _unread(cell)
    if ends is None:
        return _unread(cell)
    if opened or _VAGUE.search(text):
        said = f"{quoted(cell)} est lu du {date_fr(ends[0])} au {date_fr(ends[1])}."
        doubts = (*doubts, said)
    return _window(ends, cell, doubts)


_OPENED: Final = re.compile(r"^(?:a partir (?:de|du)|a compter (?:de|du)|des|avant|apres) ")
_VAGUE: Final = re.compile(r"\b(?:debut|mi|fin|ete|printemps|automne|hiver|rentree)\b")


def _window(ends: _Ends, written: str, doubts: tuple[str, ...]) -> Parsed[Window]:
    first, last = ends
    if not (FIRST_YEAR <= first.year <= LAST_YEAR and FIRST_YEAR <= last.year <= LAST_YEAR):
        return Parsed(
            None,
            (f"l’année de {quoted(written)} n’est pas possible : attendu de 2000 à 2100.",),
        )
    if first > last:
        return Parsed(None, (f"{quoted(written)} finit avant de commencer : corrigez-la.",))
    return Parsed(Window(first, last, re.sub(r"\s+", " ", written)[:LONGEST]), doubts)


def _unread(cell: str) -> Parsed[Window]:
    return Parsed(
        None,
        (
            f"{quoted(cell)} ne se lit pas comme une date : écrivez par exemple « 15/03/2027 », "
            "« mars 2027 » ou « T3 2027 ».",
        ),
    )


def _single(text: str) -> _Ends | None:
    """One day or one period. Raises ValueError for a day that does not exist."""
    text = re.sub(r"^(\d[tsq])(?=\d{2}(?:\d\d)?$)", r"\1 ", text)
    text = re.sub(r"^([tsq]\d)(?=\d{2}(?:\d\d)?$)", r"\1 ", text)
    for reader in (_day, _part, _month, _week, _of_year):
        if (ends := reader(text)) is not None:
            return ends
    return None


def _day(text: str) -> _Ends | None:
    if (found := _ISO.match(text)) is not None:
        day = date(int(found[1]), int(found[2]), int(found[3]))
    elif (found := _DAY.match(text)) is not None:
        day = date(_full_year(found[3]), int(found[2]), int(found[1]))
    else:
        return None
    return day, day


def _part(text: str) -> _Ends | None:
    for pattern in _PATTERNS:
        found = pattern.match(text)
        if found is None or not found["year"]:
            continue
        months = _part_months(found["part"])
        nth = int(found["nth"])
        if nth * months > 12:
            return None
        return _months(_full_year(found["year"]), (nth - 1) * months + 1, nth * months)
    return None


def _part_months(written: str) -> int:
    if written == "q":
        return 3
    return next(months for name, months in _PARTS.items() if name.startswith(written))


def _month(text: str) -> _Ends | None:
    found = _MONTH_NUMBER.match(text) or _YEAR_MONTH.match(text)
    if found is not None:
        month = int(found["month"])
        return _months(int(found["year"]), month, month)
    found = _OF_MONTH.match(text)
    if found is None or not found["year"]:
        return None
    year = _full_year(found["year"])
    month = _month_number(found["month"])
    if found["day"]:
        day = date(year, month, int(found["day"]))
        return day, day
    first, last = _months(year, month, month)
    if found["when"] == "debut":
        return first, first.replace(day=10)
    if found["when"] == "mi":
        return first.replace(day=11), first.replace(day=20)
    return (first.replace(day=21) if found["when"] == "fin" else first), last


def _month_number(written: str) -> int:
    if written in ("jul", "mar"):
        return 7 if written == "jul" else 3
    return 1 + next(
        index for index, name in enumerate(_MONTHS) if written.startswith(name[: len(written)])
    )


def _week(text: str) -> _Ends | None:
    if (found := _WEEK.match(text)) is None:
        return None
    monday = date.fromisocalendar(int(found["year"]), int(found["week"]), 1)
    return monday, monday + timedelta(days=6)


def _of_year(text: str) -> _Ends | None:
    if (found := _OF_YEAR.match(text)) is None:
        return None
    year, when = int(found["year"]), found["when"]
    if when in _SEASONS:
        return _months(year, *_SEASONS[when])
    if when == "debut":
        return _months(year, 1, 3)
    if when == "mi":
        return _months(year, 5, 8)
    if when == "fin":
        return _months(year, 10, 12)
    return _year(year)


def _span(text: str) -> _Ends | None:
    """« mars à juin 2027 », « T4 2026 / T1 2027 »: the left may borrow the right's year."""
    text = re.sub(r"^(?:du|de|entre) ", "", text)
    for mark in _SPLITS:
        left, found, right = text.partition(mark)
        if not found:
            continue
        left, right = left.strip(), right.strip()
        last = _single(right)
        if last is None or not left:
            continue
        first = _single(left) or _single(f"{left} {last[1].year}")
        if first is not None:
            return first[0], last[1]
    return None


def _year(year: int) -> _Ends:
    return date(year, 1, 1), date(year, 12, 31)


def _months(year: int, first: int, last: int) -> _Ends:
    return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])


def _full_year(written: str) -> int:
    number = int(written.lstrip("'"))
    return number + 2000 if number < 100 else number

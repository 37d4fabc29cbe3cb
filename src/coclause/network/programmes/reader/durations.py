"""Durations as buyers write them: « 12 mois », « 1 an renouvelable 3 fois », « 2 ans + 2 x 1 an ».

The answer is the whole duration in months, renewals included, since that is what the value of a
contract is counted on. Parts of months are rounded up, and it is said.
"""

import re
from datetime import date
from decimal import ROUND_CEILING, Decimal
from typing import Final

from coclause.tables.cells import (
    LONGEST,
    Parsed,
    as_text,
    exact,
    fold,
    is_unknown,
)
from coclause.tables.cells import shown as quoted
from coclause.tables.reading import Cell

LONGEST_MONTHS: Final = 99 * 12
MONTHS_PER: Final = {
    "an": Decimal(12),
    "mois": Decimal(1),
    "semaine": Decimal(12) * 7 / Decimal("365.25"),
    "jour": Decimal(12) / Decimal("365.25"),
}
"""Months in each unit, over an average year."""
_WORDS: Final = {
    "une": "1", "un": "1", "deux": "2", "trois": "3", "quatre": "4", "cinq": "5", "six": "6",
    "sept": "7", "huit": "8", "neuf": "9", "dix": "10", "douze": "12",
}  # fmt: skip
_WORD: Final = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b")
_UNIT: Final = r"(?P<unit>ans?\b|annees?\b|a\b|mois\b|m\b|semaines?\b|sem\b|s\b|jours?\b|j\b)"
_PIECE: Final = re.compile(
    r"(?:(?P<times>\d{1,3}) ?(?:x|×|\*|fois|periodes? (?:de|d')|reconductions? (?:de|d'))"
    r" ?(?:d'|de )?)?\(?(?P<count>\d{1,5}(?:[.,]\d{1,2})?) ?" + _UNIT
)
_RENEWALS: Final = re.compile(
    r"(?:renouvel\w*|reconduc\w*|reconduit\w*|prolong\w*|prorog\w*)[^\d+]{0,30}?"
    r"(?P<count>\d{1,2})(?! ?(?:an|mois|x))(?: ?fois)?"
    r"|(?:\+|puis|avec)? ?(?P<other>\d{1,2}) (?:reconductions?|renouvellements?|fois\b)"
)
_RENEWABLE: Final = re.compile(r"renouvel|reconduc|reconduit|prolong|tacite")
_WHOLE: Final = re.compile(r"(?:\bsoit|\btotale?|=|\bmax\w*)(?: \w+){0,2} ?:? (?P<rest>\d.*)$")
_DETAIL: Final = re.compile(r"^(?P<whole>[^(]*)\((?P<detail>[^+)][^)]*)\)?$")
_MONTH_SPAN: Final = re.compile(
    r"^(?:du |de )?(?:(?P<d1>\d{1,2})/)?(?P<m1>\d{1,2})/(?P<y1>20\d\d) ?(?:-|au|a|>|→) ?"
    r"(?:(?P<d2>\d{1,2})/)?(?P<m2>\d{1,2})/(?P<y2>20\d\d)$"
)


def unit_of_header(header: str) -> str | None:
    """``Durée (en années)`` → ``an``; None when the header names no unit or several."""
    text = fold(header)
    found = [
        unit
        for unit, pattern in (
            ("mois", r"\bmois\b"),
            ("an", r"\bans?\b|\bannees?\b"),
            ("semaine", r"\bsemaines?\b"),
            ("jour", r"\bjours?\b"),
        )
        if re.search(pattern, text)
    ]
    return found[0] if len(found) == 1 else None


def parse_duration(cell: Cell, unit: str | None = None) -> Parsed[int]:
    """Whole months, renewals included. ``unit`` is what the header says of bare numbers."""
    if isinstance(cell, str):
        return _of_text(cell, unit)
    if cell is None:
        return Parsed()
    number = None if isinstance(cell, bool | date) else exact(cell)
    return _unread(as_text(cell)) if number is None else _bare(number, as_text(cell), unit)


def _of_text(cell: str, unit: str | None) -> Parsed[int]:
    text = fold(cell[:LONGEST])
    text = _WORD.sub(lambda found: _WORDS[found[0]], text)
    text = re.sub(r"(?<=\d)(?=[a-z])", " ", text)
    text = re.sub(r"(?<=\d) x(?=\d)", " x ", text)
    if not text:
        return Parsed()
    if is_unknown(text):
        return Parsed(None, (f"la durée est inconnue ({quoted(cell)}) : indiquez-la en mois.",))
    if (span := _MONTH_SPAN.match(text)) is not None:
        return _span(span, cell)
    if re.fullmatch(r"\d{1,5}(?:[.,]\d{1,2})?", text):
        return _bare(Decimal(text.replace(",", ".")), cell, unit)
    return _from_text(text, cell)


def _from_text(text: str, cell: str) -> Parsed[int]:
    if (whole := _WHOLE.search(text)) is not None:
        total = _sum(whole["rest"])
        if total:
            return _judged(total, cell, ())
    # « 36 mois dont 12 de garantie », « 48 mois (12 mois reconductible 3 fois) »: a detail.
    text = text.partition(" dont ")[0]
    if (detail := _DETAIL.match(text)) is not None and _sum(detail["whole"]):
        inside = _repeated(detail["detail"])
        if inside is not None and inside[0] == _sum(detail["whole"]):
            return _judged(inside[0], cell, ())
    read = _repeated(text)
    return _unread(cell) if read is None else _judged(read[0], cell, _said(read[1], cell))


def _said(doubt: str, cell: str) -> tuple[str, ...]:
    return (doubt.format(quoted(cell).replace("{", "").replace("}", "")),) if doubt else ()


def _repeated(text: str) -> tuple[Decimal, str] | None:
    """Months with renewals, and what to say of it (``{}`` stands for the cell)."""
    total = _sum(text)
    if not total:
        return None
    doubt = ""
    pieces = list(_PIECE.finditer(text))
    # « 1 an renouvelable 3 fois » repeats its one period; « reconductible 3 fois 12 mois » says it.
    renewal = None if len(pieces) > 1 or pieces[0]["times"] else _RENEWALS.search(text)
    if renewal is not None:
        times = int(renewal["count"] or renewal["other"])
        total *= times + 1
        doubt = f"{{}} est compté avec ses {times} reconductions."
        if times == 1:
            doubt = "{} est compté avec sa reconduction."
    elif len(pieces) > 1:
        doubt = "{} est compté en entier, reconductions comprises."
    elif pieces[0]["times"] is None and _RENEWABLE.search(text):
        doubt = "le nombre de reconductions n’est pas écrit : seule la première durée est lue."
    elif re.search(r"\d", _PIECE.sub(" ", text)):
        doubt = "seule la première durée a été lue dans {}."
    return total, doubt


def _sum(text: str) -> Decimal:
    total = Decimal(0)
    for piece in _PIECE.finditer(text):
        count = Decimal(piece["count"].replace(",", ".")) * int(piece["times"] or 1)
        total += count * MONTHS_PER[_unit(piece["unit"])]
    return total


def _unit(written: str) -> str:
    for start, unit in (("a", "an"), ("m", "mois"), ("s", "semaine"), ("j", "jour")):
        if written.startswith(start):
            return unit
    raise ValueError(written)


def _bare(number: Decimal, cell: str, unit: str | None) -> Parsed[int]:
    if unit is not None:
        return _judged(number * MONTHS_PER[unit], cell, ())
    return _judged(number, cell, (f"{quoted(cell)} est sans unité : lu en mois.",))


def _span(span: re.Match[str], cell: str) -> Parsed[int]:
    try:
        first = date(int(span["y1"]), int(span["m1"]), int(span["d1"] or 1))
        last = date(int(span["y2"]), int(span["m2"]), int(span["d2"] or 1))
    except ValueError:
        return _unread(cell)
    months = Decimal((last.year - first.year) * 12 + last.month - first.month)
    if span["d1"] and span["d2"]:
        months += 1 if last.day >= first.day else 0
    else:
        months += 1
    return _judged(months, cell, ())


def _judged(months: Decimal, cell: str, doubts: tuple[str, ...]) -> Parsed[int]:
    if months <= 0 or months > LONGEST_MONTHS:
        return Parsed(
            None, (f"la durée {quoted(cell)} n’est pas possible : indiquez de 1 à 1 188 mois.",)
        )
    whole = months.to_integral_value(rounding=ROUND_CEILING)
    if whole != months:
        doubts = (*doubts, f"{quoted(cell)} est arrondi à {whole} mois entiers.")
    return Parsed(int(whole), doubts)


def _unread(cell: str) -> Parsed[int]:
    return Parsed(
        None, (f"{quoted(cell)} ne se lit pas comme une durée : écrivez par exemple « 24 mois ».",)
    )

"""Places, CPV codes, references and lots: texts whose zeros and numbers matter."""

import re
from dataclasses import dataclass
from typing import Final

from coclause.tables.cells import (
    LONGEST,
    Parsed,
    as_code,
    as_text,
    fold,
    is_unknown,
)
from coclause.tables.cells import shown as quoted
from coclause.tables.reading import Cell

_POSTCODE: Final = re.compile(r"(?<!\d)(\d{5})(?!\d)")
_DEPARTMENT: Final = re.compile(r"\(\s*(\d{2,3}|2[ab])\s*\)", re.IGNORECASE)
_SEVERAL: Final = re.compile(
    r"multi[- ]?sites?|plusieurs|divers|tous? les|toutes? les|ensemble d|tout le|toute la"
    r"|departement|region|territoire|metropole|agglomeration|communaute|\bsites\b|\bcommunes\b"
)
_CPV: Final = re.compile(r"(?<!\d)(\d{8})(?:[- ]\d)?(?!\d)")
_LOT: Final = re.compile(
    r"\b[Ll][Oo][Tt][Ss]?\b\s*(?:[Nn]\s*[°ºo]?\.?\s*|[Nn]um[ée]ro\s*)?"
    r"(?P<lot>\d{1,3}[a-zA-Z]?|[A-Z]|[IVX]{1,4})\b"
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the contract is carried out, as written, and what can be told of it without a list."""

    text: str
    commune: str = ""
    postcode: str = ""
    department: str = ""
    several: bool = False
    """Several sites, or a wide territory: no single commune decides."""


def parse_place(cell: Cell, postcode: Cell = None) -> Parsed[Place]:
    """« Dijon », « 21000 Dijon », « Montfictif (21) », « tout le département », « multi-sites »."""
    written = re.sub(r"\s+", " ", as_text(cell)).strip()[:LONGEST]
    code = as_code(postcode, 5)
    doubts: tuple[str, ...] = ()
    if code and not re.fullmatch(r"(?:\d{5}|2[abAB]\d{3})", code):
        doubts = (f"{quoted(code)} n’est pas un code postal : cinq chiffres sont attendus.",)
        code = ""
    if written.isdigit() and len(written) in (4, 5):
        code, written = code or written.zfill(5), written.zfill(5)
    folded = fold(written)
    if is_unknown(folded):
        return Parsed(None, (f"le lieu est inconnu ({quoted(written)}).",))
    if not written and not code:
        return Parsed(None, doubts)
    codes = _POSTCODE.findall(written)
    department = _DEPARTMENT.search(written)
    name = _POSTCODE.sub(" ", _DEPARTMENT.sub(" ", written))
    name = re.sub(r"\s+", " ", name).strip(" ,;-–()")
    listed = re.search(r"[,;/+\n]| et ", name) is not None
    several = bool(_SEVERAL.search(folded)) or listed or len(set(codes)) > 1
    if several:
        return Parsed(Place(written, several=True, department=_code(department)), doubts)
    return Parsed(
        Place(written or code, name, code or "".join(codes[:1]), _code(department)), doubts
    )


def _code(found: re.Match[str] | None) -> str:
    return found[1].upper() if found else ""


def parse_cpv(cell: Cell) -> Parsed[str]:
    """Eight digits, without the check digit: ``45000000-7``, ``45.00.00.00``, ``45``."""
    written = as_text(cell)[:LONGEST]
    folded = fold(written)
    if not folded or is_unknown(folded):
        return Parsed()
    codes = _CPV.findall(written)
    if codes:
        doubt = f"plusieurs codes CPV dans {quoted(written)} : seul {codes[0]} est lu."
        return Parsed(codes[0], (doubt,) if len(set(codes)) > 1 else ())
    digits = re.sub(r"[\s.]", "", re.split(r"[-:a-z(]", folded.removeprefix("cpv"))[0])
    if isinstance(cell, int | float) and len(digits) == 7:
        # A number loses its first zero: 03000000 is stored as 3000000.
        digits = digits.zfill(8)
    if digits.isascii() and digits.isdigit() and 2 <= len(digits) <= 8 and digits[:2] >= "03":
        doubt = f"{quoted(written)} est complété en {digits.ljust(8, '0')}."
        return Parsed(digits.ljust(8, "0"), (doubt,) if len(digits) < 8 else ())
    return Parsed(
        None, (f"{quoted(written)} n’est pas un code CPV : huit chiffres sont attendus.",)
    )


def parse_reference(cell: Cell) -> str:
    """A number or a reference, as text: ``12.0`` → ``12``."""
    text = re.sub(r"\s+", " ", as_text(cell)).strip()[:LONGEST]
    return "" if is_unknown(fold(text)) else text


def parse_lot(cell: Cell) -> str:
    """``Lot n° 02 : CVC``, ``2`` → ``2``. Empty for « 3 lots », « non », « sans objet »."""
    folded = fold(as_text(cell)[:LONGEST])
    if re.fullmatch(r"\d{1,3}[a-z]?|[a-z]", folded) and not is_unknown(folded):
        return _short(folded)
    return lot_in(as_text(cell))


def lot_in(title: str) -> str:
    """The lot that an object names: ``École - lot 2 : CVC`` → ``2``."""
    found = _LOT.search(title[:1000])
    return _short(found["lot"]) if found else ""


def without_lot(title: str) -> str:
    """What comes before the lot in an object: ``École - lot 2 : CVC`` → ``ecole``."""
    found = _LOT.search(title[:1000])
    return fold(title[: found.start()] if found else title[:1000]).strip(" -:,;.(")


def _short(lot: str) -> str:
    return lot.upper().lstrip("0") or "0"

"""What the parsers of cells share: what a parser answers, text put in one form, and codes."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final, Generic, TypeVar

from coclause.render.numbers import date_fr
from coclause.tables.reading import Cell

T = TypeVar("T")

LONGEST: Final = 200
"""Characters looked at in a cell that should hold a number, a day or a code."""
_UNKNOWN: Final = frozenset(
    {
        "-", "--", "---", "/", ".", "..", "...", "?", "??", "???", "x", "xx", "nc", "n.c", "n.c.",
        "n/c", "nr", "n.r.", "na", "n/a", "n.a.", "nd", "n.d.", "n/d", "tbd", "tbc", "#n/a",
        "neant", "inconnu", "inconnue", "vide", "sans objet", "so", "s.o.", "non connu",
        "non connue", "non communique", "non renseigne", "non determine", "indetermine",
        "non defini", "non definie", "a definir", "a determiner", "a preciser", "a confirmer",
        "a completer", "a venir", "a chiffrer", "en attente", "en cours", "non fixe",
        "en cours de definition", "en cours d'estimation", "en cours d'evaluation",
        "estimation en cours", "variable", "selon besoin", "selon besoins", "selon les besoins",
        "au besoin", "sur devis", "non estime", "—",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parsed(Generic[T]):
    """A value, or none; and what must be said of how it was read, in French sentences.

    ``value`` None without a doubt: the cell is blank. A doubt never starts with the row or the
    column, which `lines` adds.
    """

    value: T | None = None
    doubts: tuple[str, ...] = ()


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """Lower case, without accents, one ordinary space between words, straight apostrophes."""
    text = text.replace("’", "'").replace("`", "'").replace("\u2212", "-").replace("–", "-")
    decomposed = unicodedata.normalize("NFKD", text.replace("²", " 2 "))
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return re.sub(r"\s+", " ", bare.lower()).strip()


def as_text(cell: Cell) -> str:
    """A cell as its reader would copy it: ``21000.0`` → ``21000``, days 22/08/2026."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "oui" if cell else "non"
    if isinstance(cell, date):
        # strftime does not pad years under 1000 on every platform.
        return date_fr(cell) if cell.year >= 1000 else cell.isoformat()
    if isinstance(cell, float):
        if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        return repr(cell).replace(".", ",")
    return str(cell)


def as_code(cell: Cell, length: int = 0) -> str:
    """A code whose zeros count (postcode, INSEE, SIRET): ``1000.0`` → ``01000`` with length 5."""
    text = re.sub(r"\s+", "", as_text(cell))
    return text.zfill(length) if text.isascii() and text.isdigit() else text


def shown(text: str, most: int = 60) -> str:
    """A text quoted in a sentence: ``« NC »``, on one line, cut when it is long."""
    line = re.sub(r"\s+", " ", text).strip()
    return f"« {line if len(line) <= most else line[: most - 1].rstrip() + '…'} »"


def is_unknown(folded: str) -> bool:
    """True for the ways of writing that one does not know: NC, à définir, ?, -."""
    return folded.strip(" ()*") in _UNKNOWN or folded in _UNKNOWN


def exact(number: float) -> Decimal | None:
    """A spreadsheet's number through its shortest writing; None for infinities and NaN."""
    value = Decimal(repr(number))
    return value if value.is_finite() else None

"""How well a header and the cells under it fit each field of a programme."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz

from coclause.network.programmes.reader.amounts import parse_amount
from coclause.network.programmes.reader.cells import as_text, fold, is_unknown
from coclause.network.programmes.reader.durations import parse_duration
from coclause.network.programmes.reader.fields import SYNONYMS, Field
from coclause.network.programmes.reader.kinds import parse_kind, parse_nature
from coclause.network.programmes.reader.places import parse_cpv
from coclause.network.programmes.reader.reading import Cell
from coclause.network.programmes.reader.windows import parse_window

LONGEST_HEADER: Final = 90
LEAST: Final = 60
"""Score under which a column is not proposed for a field."""
BY_CONTENT: Final = 65
"""Score of a column recognised by its cells alone."""
_EXACT: Final = 95
_RIVAL: Final = 15
"""Points under the surest field at which another is no longer considered for a header."""
_KEPT: Final = frozenset({Field.OBJECT, Field.AMOUNT, Field.LAUNCH})
_PARTLY: Final = 0.92
"""A header that contains a synonym among other words is worth a little less."""
_NOISE: Final = re.compile(
    r"\b(?:k|m)?€|\(s\)|\b(?:ht|h\.t\.?|ttc|k?eur|keuros|euros?|en|previsionnel(?:le)?s?|prevue?s?"
    r"|estimee?s?|indicati(?:f|ve)|envisagee?s?|19\d\d|20\d\d)\b|[()\[\]:;*?!\"]|/ ?an\b|\bn\+\d"
)
_NUDGES: Final[dict[Field, tuple[tuple[str, int], ...]]] = {
    Field.AMOUNT: (
        (r"\bht\b|hors taxe", 4),
        (r"\bmax", 3),
        (r"\btotal|\bglobal", 2),
        (r"\bttc\b", -6),
        (r"\bmin", -8),
        (r"\bannuel|par an|/ ?an", -4),
        (r"realise|engage|paye|mandate|anterieur|precedent|actuel|n-1|consomme", -40),
    ),
    Field.LAUNCH: ((r"\bfin\b|limite|expiration|remise|precedent|actuel|commission|cao\b", -40),),
    Field.NOTIFICATION: ((r"\bfin\b|limite|expiration|precedent|actuel", -40),),
    Field.OBJECT: ((r"precedent|actuel|titulaire|type|nature|numero|montant|date", -25),),
}


def folded_header(text: str) -> str:
    """A header in the form in which it is compared and remembered."""
    return fold(text)[:200]


@lru_cache(maxsize=5_000)
def header_scores(header: str) -> dict[Field, int]:
    """0 to 100 for each field worth considering, by the words of the header alone."""
    text = folded_header(header)
    if not text or len(text) > LONGEST_HEADER or not re.search(r"[a-z]|n°", text):
        return {}
    bare = re.sub(r"\s+", " ", _NOISE.sub(" ", text)).strip(" -_/.,") or text
    scores = {}
    for field, synonyms in SYNONYMS.items():
        best = max(_likeness(bare, text, synonym) for synonym in synonyms)
        for pattern, nudge in _NUDGES.get(field, ()):
            if re.search(pattern, text):
                best += nudge
        if best >= LEAST:
            scores[field] = round(min(best, 104))
    # « Objet du marché » looks like « Forme du marché »; the surer one silences the other.
    surest = max(scores.values(), default=0)
    return {field: score for field, score in scores.items() if score >= surest - _RIVAL}


def _likeness(bare: str, text: str, synonym: str) -> float:
    if synonym in (bare, text):
        return 100
    exact = max(fuzz.ratio(bare, synonym), fuzz.token_sort_ratio(bare, synonym))
    if len(synonym) < 4 and synonym not in bare.split():
        return 0
    if len(synonym) < 4:
        return max(exact, 75)
    return max(exact if exact >= 75 else 0, _contained(bare, synonym) * _PARTLY)


def _contained(bare: str, synonym: str) -> float:
    """100 when every word of the synonym is in the header, less by words left over."""
    words, wanted = bare.split(), synonym.split()
    if not set(wanted) <= set(words):
        return 0
    return 100 - 2 * min(len(words) - len(wanted), 8)


def content_share(field: Field, cells: Sequence[Cell]) -> float | None:
    """Share of the filled cells that read as the field; None when content says nothing of it."""
    reads = _READERS.get(field)
    known = [cell for cell in cells if cell is not None and not is_unknown(fold(as_text(cell)))]
    if reads is None or not known:
        return None
    return sum(reads(cell) for cell in known) / len(known)


def _amount(cell: Cell) -> bool:
    if isinstance(cell, str):
        return parse_amount(cell, months=12).value is not None or "ttc" in cell.lower()
    return parse_amount(cell).value is not None


def _title(cell: Cell) -> bool:
    return isinstance(cell, str) and len(re.findall(r"[^\W\d_]", cell)) >= 3


_READERS: Final[dict[Field, Callable[[Cell], bool]]] = {
    Field.OBJECT: _title,
    Field.AMOUNT: _amount,
    Field.KIND: lambda cell: parse_kind(cell).value is not None,
    Field.NATURE: lambda cell: parse_nature(cell).value is not None,
    Field.DURATION: lambda cell: parse_duration(cell).value is not None,
    Field.LAUNCH: lambda cell: parse_window(cell, year=2000).value is not None,
    Field.NOTIFICATION: lambda cell: parse_window(cell, year=2000).value is not None,
    Field.CPV: lambda cell: parse_cpv(cell).value is not None,
    Field.POSTCODE: lambda cell: re.fullmatch(r"\d{4,5}", as_text(cell)) is not None,
}


def fit(field: Field, score: int, share: float | None) -> int:
    """The header's score, corrected by what the cells look like."""
    if share is None:
        return score
    if share >= 0.6:
        return min(score + 6, 110)
    if share >= 0.2:
        return score
    # An exact « Objet » stays, whatever is under it: its rows are refused one by one.
    return max(score - 35, LEAST if field in _KEPT and score >= _EXACT else 0)


def content_field(cells: Sequence[Cell], header: str) -> Field | None:
    """The field that cells alone give away under a header that says nothing; None mostly."""
    known = [cell for cell in cells if cell is not None]
    if len(known) < 3:
        return None
    texts = [as_text(cell) for cell in known]
    if _share(texts, lambda text: bool(re.fullmatch(r"\d{8}-\d", text))) >= 0.8:
        return Field.CPV
    if _share(texts, lambda text: "€" in text) >= 0.8:
        return Field.AMOUNT
    if _share(known, lambda cell: parse_kind(cell).value is not None) >= 0.9:
        return Field.KIND if all(len(text) <= 40 for text in texts) else None
    blank = not folded_header(header)
    if blank and _share(known, lambda cell: not isinstance(cell, str | int | float)) >= 0.8:
        return Field.LAUNCH
    return None


def _share(items: Sequence[Cell], reads: Callable[..., bool]) -> float:
    return sum(reads(item) for item in items) / len(items)

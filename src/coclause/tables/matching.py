"""How well a header and the cells under it fit each field of a kind of table."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final, Generic, TypeVar

from rapidfuzz import fuzz

from coclause.tables.cells import as_text, fold, is_unknown
from coclause.tables.reading import Cell

LONGEST_HEADER: Final = 90
LEAST: Final = 60
"""Score under which a column is not proposed for a field."""
BY_CONTENT: Final = 65
"""Score of a column recognised by its cells alone."""
_EXACT: Final = 95
_RIVAL: Final = 15
"""Points under the surest field at which another is no longer considered for a header."""
_PARTLY: Final = 0.92
"""A header that contains a synonym among other words is worth a little less."""

F = TypeVar("F", bound=StrEnum)


def _nothing(cells: Sequence[Cell], header: str) -> None:
    """Cells alone give nothing away."""


@dataclass(frozen=True, eq=False)
class Vocabulary(Generic[F]):
    """What the columns of a kind of table may hold, and the words people head them with."""

    labels: Mapping[F, str]
    """How a page names each field, in the order a page lists them."""
    synonyms: Mapping[F, tuple[str, ...]]
    """Folded headers of each field."""
    unfit: Callable[[str, Collection[F]], str]
    """Why a sheet, named in quotes, with these fields, is no such table; nothing when it is one."""
    expected: str
    """What the table must have, in a sentence."""
    not_found: str
    """No sheet looks like such a table, in a sentence."""
    readers: Mapping[F, Callable[[Cell], bool]] = field(default_factory=dict)
    """Whether a cell reads as the field, where content tells it."""
    nudges: Mapping[F, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    """Points that a pattern found in a header gives or takes."""
    kept: frozenset[F] = frozenset()
    """Fields that an exact header keeps, whatever is under it."""
    noise: re.Pattern[str] = re.compile(r"[()\[\]:;*?!\"]|\(s\)")
    """What a header may hold without meaning anything by it."""
    by_content: Callable[[Sequence[Cell], str], F | None] = _nothing
    """The field that cells alone give away under a header that says nothing."""
    worth: Mapping[F, int] = field(default_factory=dict)
    """Points that a field adds to a sheet, beside those of its header."""


def folded_header(text: str) -> str:
    """A header in the form in which it is compared and remembered."""
    return fold(text)[:200]


def header_scores(vocabulary: Vocabulary[F], header: str) -> dict[F, int]:
    """0 to 100 for each field worth considering, by the words of the header alone."""
    return _scores(vocabulary, header)


@lru_cache(maxsize=5_000)
def _scores(vocabulary: Vocabulary[Any], header: str) -> dict[Any, int]:
    text = folded_header(header)
    if not text or len(text) > LONGEST_HEADER or not re.search(r"[a-z]|n°", text):
        return {}
    bare = re.sub(r"\s+", " ", vocabulary.noise.sub(" ", text)).strip(" -_/.,") or text
    scores = {}
    for one, synonyms in vocabulary.synonyms.items():
        best = max(_likeness(bare, text, synonym) for synonym in synonyms)
        for pattern, nudge in vocabulary.nudges.get(one, ()):
            if re.search(pattern, text):
                best += nudge
        if best >= LEAST:
            scores[one] = round(min(best, 104))
    # « Objet du marché » looks like « Forme du marché »; the surer one silences the other.
    surest = max(scores.values(), default=0)
    return {one: score for one, score in scores.items() if score >= surest - _RIVAL}


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


def content_share(vocabulary: Vocabulary[F], one: F, cells: Sequence[Cell]) -> float | None:
    """Share of the filled cells that read as the field; None when content says nothing of it."""
    reads = vocabulary.readers.get(one)
    known = [cell for cell in cells if cell is not None and not is_unknown(fold(as_text(cell)))]
    if reads is None or not known:
        return None
    return sum(reads(cell) for cell in known) / len(known)


def fit(vocabulary: Vocabulary[F], one: F, score: int, share: float | None) -> int:
    """The header's score, corrected by what the cells look like."""
    if share is None:
        return score
    if share >= 0.6:
        return min(score + 6, 110)
    if share >= 0.2:
        return score
    # An exact « Objet » stays, whatever is under it: its rows are refused one by one.
    return max(score - 35, LEAST if one in vocabulary.kept and score >= _EXACT else 0)

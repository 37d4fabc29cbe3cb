"""A purchase programme, as a kind of table: its words, and what its cells look like."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

from coclause.network.programmes.reader.amounts import parse_amount
from coclause.network.programmes.reader.durations import parse_duration
from coclause.network.programmes.reader.fields import LABELS, SYNONYMS, Field
from coclause.network.programmes.reader.kinds import parse_kind, parse_nature
from coclause.network.programmes.reader.places import parse_cpv
from coclause.tables.cells import as_text
from coclause.tables.matching import Vocabulary, folded_header
from coclause.tables.reading import Cell
from coclause.tables.windows import parse_window

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
_USEFUL: Final = {Field.AMOUNT, Field.LAUNCH, Field.NOTIFICATION, Field.DURATION, Field.KIND}


def _unfit(name: str, fields: Collection[Field]) -> str:
    if Field.OBJECT not in fields:
        return f"La feuille {name} n’a pas de colonne donnant l’objet des achats."
    if not _USEFUL & set(fields):
        return f"La feuille {name} ne donne ni montant, ni date, ni durée, ni type."
    return ""


def _amount(cell: Cell) -> bool:
    if isinstance(cell, str):
        return parse_amount(cell, months=12).value is not None or "ttc" in cell.lower()
    return parse_amount(cell).value is not None


def _title(cell: Cell) -> bool:
    return isinstance(cell, str) and len(re.findall(r"[^\W\d_]", cell)) >= 3


_READERS: Final[Mapping[Field, Callable[[Cell], bool]]] = {
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


def _by_content(cells: Sequence[Cell], header: str) -> Field | None:
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


PROGRAMME: Final = Vocabulary(
    labels=LABELS,
    synonyms=SYNONYMS,
    unfit=_unfit,
    expected=(
        "Le programme doit avoir une ligne d’en-têtes, avec au moins l’objet de chaque achat et son"
        " montant, sa durée, sa date ou son type."
    ),
    not_found="Aucune feuille ne ressemble à un programme d’achats.",
    readers=_READERS,
    nudges=_NUDGES,
    kept=frozenset({Field.OBJECT, Field.AMOUNT, Field.LAUNCH}),
    noise=_NOISE,
    by_content=_by_content,
    worth={Field.AMOUNT: 100},
)

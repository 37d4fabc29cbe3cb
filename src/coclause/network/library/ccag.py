"""What an insertion clause states when the contract refers to a CCAG, and what is still missing.

Dated facts of ``data/ccag.toml``; an article that is not known here is said to be unknown.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final, Literal

from coclause.network.library.filling import Value, fill, used
from coclause.network.library.variables import DATA, VARIABLES
from coclause.render.numbers import date_fr

Certainty = Literal["known", "to_check", "unknown"]
BLOCK_LABELS: Final[Mapping[str, str]] = {
    "rc": "RC",
    "ccap": "CCAP",
    "ae": "AE",
    "cctp": "CCTP",
    "aapc": "AAPC",
}


@dataclass(frozen=True)
class CcagArticle:
    """Where a CCAG speaks of the insertion clause."""

    label: str
    full: str
    certainty: Certainty
    words: str
    """As a document cites it: ``article 16 du CCAG-FCS``; empty when unknown."""
    sentence: str
    reference: str


@dataclass(frozen=True)
class MissingPiece:
    """One thing that the clause should state and does not."""

    code: str
    label: str
    block: str
    """Code of the block where it belongs: rc, ccap, ae, cctp, aapc."""
    sentence: str
    reference: str


def articles() -> tuple[str, ...]:
    """Codes of the CCAG that are known here, in the order of the file."""
    return tuple(row["code"] for row in _read()["ccag"])


def article_of(ccag: str, day: date) -> CcagArticle | None:
    """What is known of ``ccag`` on ``day``; ``None`` for a code that is not one of ours."""
    row = next((one for one in _read()["ccag"] if one["code"] == ccag), None)
    if row is None:
        return None
    label, certainty = row["label"], row["certainty"]
    if day < row["from"]:
        certainty = "unknown"
        sentence = f"Avant le {date_fr(row['from'])}, l’article du {label} n’est pas connu ici."
    elif certainty == "unknown":
        sentence = f"L’article du {label} sur la clause d’insertion n’est pas connu ici : citez-le."
    elif certainty == "to_check":
        sentence = f"Article {row['article']} du {label} : à vérifier avant de le citer."
    else:
        sentence = f"La clause d’insertion est à l’article {row['article']} du {label}."
    return CcagArticle(
        label, row["full"], certainty, _words(row, certainty), sentence, row["reference"]
    )


def missing_pieces(
    texts: Mapping[str, str],
    values: Mapping[str, Value],
    ccag: str,
    *,
    has_facilitator: bool = True,
) -> list[MissingPiece]:
    """What the insertion clause should state and does not, with the block where it belongs.

    ``texts`` holds the text of each block, by its code. Nothing is asked when ``ccag`` is empty:
    the contract refers to none. A volume or a courriel written by hand counts as stated.
    """
    if not ccag:
        return []
    asked = [row for row in _read()["content"] if has_facilitator or row["code"] != "facilitateur"]
    found = [_missing(row, texts, values) for row in asked]
    return [piece for piece in found if piece]


def _missing(
    row: Mapping[str, str], texts: Mapping[str, str], values: Mapping[str, Value]
) -> MissingPiece | None:
    named = [
        (block, code)
        for block, text in texts.items()
        for code in used(text)
        if code in VARIABLES and VARIABLES[code].answers == row["code"]
    ]
    by_hand = row.get("by_hand")
    if by_hand and any(re.search(by_hand, _own_words(text)) for text in texts.values()):
        return None
    if any(_stated(code, values) for _, code in named):
        return None
    if named:
        blocks = [block for block, _ in named]
        block = row["block"] if row["block"] in blocks else blocks[0]
        start = f"À compléter dans le bloc {BLOCK_LABELS.get(block, block)} : {row['label']}"
    else:
        block = row["block"]
        start = f"Pas trouvé, à écrire dans le bloc {BLOCK_LABELS[block]} : {row['label']}"
    return MissingPiece(
        row["code"], row["label"], block, f"{start}. Pourquoi : {row['why']}.", row["reference"]
    )


def _own_words(text: str) -> str:
    """What the text itself says: no variable, and no placeholder, holds a number."""
    blocks = fill(text, {}).blocks
    return "\n".join(
        "".join(run.text for run in block.runs if run.kind == "text") for block in blocks
    )


def _stated(code: str, values: Mapping[str, Value]) -> bool:
    return not fill(f"{{{{ {code} }}}}", values).missing


def _words(row: Mapping[str, Any], certainty: Certainty) -> str:
    if certainty == "unknown":
        return ""
    words = f"article {row['article']} du {row['label']}"
    return f"{words} (à vérifier)" if certainty == "to_check" else words


@cache
def _read() -> dict[str, Any]:
    return tomllib.loads((DATA / "ccag.toml").read_text(encoding="utf-8"))

"""The library's first model texts, read from ``data/texts``: versioned, dated, to be checked.

A text is a list of pieces; a piece that begins with ``@`` is one that several texts share
(``data/parts.toml``), so that a sentence about personal data is corrected once.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final

from coclause.network.library.variables import DATA

NOTICE: Final = (
    "Modèle à faire vérifier par le juriste de l’acheteur. Il informe et ne vaut pas conseil "
    "juridique."
)
BLOCKS: Final = ("aapc", "rc", "ae", "ccap", "cctp")
"""In the order in which a consultation is written."""
INSTRUMENTS: Final = (
    "condition_execution",
    "critere",
    "condition_critere",
    "reserve",
    "marche_insertion",
)
CONTRACTS: Final = ("marche", "accord_cadre", "concession")
# Where no text was written for a case, the one that says the same thing. A concession never falls
# back on a marché: other articles govern it.
_SAME_INSTRUMENT: Final = {"condition_critere": "condition_execution"}
_SAME_CONTRACT: Final = {"accord_cadre": "marche"}


@dataclass(frozen=True)
class ModelText:
    """One model: what it is for, since when, and the articles it rests on."""

    code: str
    title: str
    block: str
    instrument: str
    contract: str
    version: int
    since: date
    articles: tuple[str, ...]
    advice: str
    """For whoever drafts: what to check or choose before using it. Not printed in the contract."""
    text: str


@cache
def models() -> tuple[ModelText, ...]:
    """Every model text, by block in the order of ``BLOCKS``."""
    parts = _read("parts.toml")["parts"]
    return tuple(
        _model(block, row, parts)
        for block in BLOCKS
        for row in _read(f"texts/{block}.toml")["text"]
    )


@cache
def articles() -> Mapping[str, str]:
    """Articles of the Code de la commande publique that texts may cite: number → what it says."""
    return {row["number"]: row["says"] for row in _read("articles.toml")["article"]}


def suited(block: str, instrument: str, contract: str) -> ModelText | None:
    """The model for this case, else the one that says the same; ``None`` where none was written."""
    by_case = {(one.block, one.instrument, one.contract): one for one in models()}
    for kind in (contract, _SAME_CONTRACT.get(contract)):
        for tool in (instrument, _SAME_INSTRUMENT.get(instrument)):
            if kind and tool and (block, tool, kind) in by_case:
                return by_case[block, tool, kind]
    return None


def _model(block: str, row: Mapping[str, Any], parts: Mapping[str, str]) -> ModelText:
    pieces = [parts[piece[1:]] if piece.startswith("@") else piece for piece in row["pieces"]]
    return ModelText(
        code=f"{block}-{row['instrument']}-{row['contract']}".replace("_", "-"),
        title=row["title"],
        block=block,
        instrument=row["instrument"],
        contract=row["contract"],
        version=row["version"],
        since=row["since"],
        articles=tuple(row["articles"]),
        advice=row.get("advice", ""),
        text="\n\n".join(piece.strip() for piece in pieces),
    )


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))

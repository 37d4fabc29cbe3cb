"""What a clause text may name between double braces, read from ``data/variables.toml``."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

DATA: Final = Path(__file__).with_name("data")


@dataclass(frozen=True)
class Variable:
    """One thing that a text asks the operation for."""

    code: str
    label: str
    """As it follows "à compléter :"."""
    example: str
    kind: str = "text"
    """text, number, date, list (one item a line) or table (alone in its paragraph)."""
    answers: str = ""
    """The content that a CCAG expects and that this variable states, if any."""


@cache
def variables() -> Mapping[str, Variable]:
    """Every known variable by code, in the order of the file."""
    read = tomllib.loads((DATA / "variables.toml").read_text(encoding="utf-8"))["variable"]
    return MappingProxyType({row["code"]: Variable(**row) for row in read})


VARIABLES: Final = variables()

"""A written text as documents receive it: blocks made of runs, with what is still to be completed.

Plain data: what a run says is always words, never markup.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

RunKind = Literal["text", "filled", "missing"]
BlockKind = Literal["heading", "paragraph", "bullet", "table"]

# XML 1.0 cannot write these characters at all.
_ILLEGAL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Run:
    """Some words: of the model, filled from what is known, or still missing."""

    text: str
    kind: RunKind = "text"


@dataclass(frozen=True)
class Table:
    """A table: one header row, and rows of as many cells. An empty cell is left to be written in.

    ``caption`` says what the table holds, for those who hear it read.
    """

    caption: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Block:
    """A sub-heading, a paragraph, one item of a list, or a table."""

    kind: BlockKind
    runs: tuple[Run, ...] = ()
    table: Table | None = None

    @property
    def words(self) -> str:
        """What its runs say, one after the other."""
        return "".join(run.text for run in self.runs)


def printable(text: str) -> str:
    """``text`` without the control characters that no document can hold."""
    return _ILLEGAL.sub("", text)

"""A text as it is typed, cut for the eye: paragraphs, and the variables in them."""

import re
from dataclasses import dataclass
from typing import Literal

from coclause.network.library.differences import paragraphs
from coclause.network.library.filling import VARIABLES, used
from coclause.render.numbers import NO_BREAK

_MARK = re.compile(r"(\{\{[^{}]*\}\})")
_HELD = re.compile(r" (?=[:;?»%€])|(?<=«) |(?<=\b[LRD]\.) ")
"""Spaces at which French never breaks a line."""
_CONDITION = re.compile(r"\{\{\s*si\s+[^{}]+\}\}\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Segment:
    """Some words, or a variable by its label."""

    words: str
    variable: bool = False


@dataclass(frozen=True)
class Shown:
    """One paragraph; `condition` is what must be known for it to be written, if anything."""

    kind: Literal["heading", "bullet", "paragraph"]
    segments: tuple[Segment, ...]
    condition: str = ""


def shown(body: str) -> list[Shown]:
    """The paragraphs of a text, each variable under its label."""
    return [_shown(typed) for typed in paragraphs(body)]


def segments(words: str) -> tuple[Segment, ...]:
    """Words and variables, in order; a condition is told as "si … :"."""
    parts = (part for part in _MARK.split(words) if part)
    return tuple(_segment(part) for part in parts)


def _shown(typed: str) -> Shown:
    kind: Literal["heading", "bullet", "paragraph"] = "paragraph"
    if typed.startswith("## "):
        kind, typed = "heading", typed[3:]
    elif typed.startswith("- "):
        kind, typed = "bullet", typed[2:]
    condition = _CONDITION.match(typed)
    words = typed[condition.end() :] if condition else typed
    return Shown(kind, segments(words), _label(condition[0]) if condition else "")


def _segment(part: str) -> Segment:
    if not _MARK.fullmatch(part):
        return Segment(_HELD.sub(NO_BREAK, part))
    told = f"si connu : {_label(part)}" if _CONDITION.fullmatch(part) else _label(part)
    return Segment(told, variable=True)


def _label(mark: str) -> str:
    codes = used(mark)
    return VARIABLES[codes[0]].label if codes and codes[0] in VARIABLES else mark.strip("{} ")

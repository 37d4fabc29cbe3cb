"""A clause text and what is known of an operation, made into blocks. Pure: text in, blocks out.

A text is typed plainly: paragraphs separated by an empty line, ``- `` before the item of a list,
``## `` before a sub-heading, ``{{ variable }}`` where the operation answers. ``{{ si variable }}``
at the start of a block keeps it only when that variable is known. The text is cut into blocks
**before** it is filled, so that a value is only ever words.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Final

from coclause.network.library.variables import VARIABLES
from coclause.render.blocks import Block, Run, Table, printable
from coclause.render.numbers import NO_BREAK, date_fr, decimal

__all__ = ["TEXT_LIMIT", "VARIABLES", "Filled", "Missing", "Value", "check", "fill", "used"]

Value = str | int | Decimal | date | Sequence[str] | Table | None
"""What is known: words, a number or a day written the French way, a list, a table. ``None``, an
empty string or an empty list: not known."""

TEXT_LIMIT: Final = 20_000
"""Characters of one text: about ten pages."""
_MARK: Final = re.compile(r"\{\{([^{}]*)\}\}")
_CONDITION: Final = re.compile(r"\{\{\s*si\s+([^{}]+)\}\}\s*", re.IGNORECASE)
_BRACES: Final = re.compile(r"\{\{|\}\}")
_HELD: Final = re.compile(r" (?=[:;?»%€])|(?<=«) |(?<=\b[LRD]\.) ")
"""Spaces at which French never breaks a line."""
_START: Final = "début du texte"
_EXCERPT: Final = 40


@dataclass(frozen=True)
class Missing:
    """A variable that the text names and that nobody knows yet."""

    code: str
    label: str
    where: str
    """The sub-heading above it, or the start of the text."""


@dataclass(frozen=True)
class Filled:
    """The text in blocks, and what is still to be completed in it, in reading order."""

    blocks: tuple[Block, ...]
    missing: tuple[Missing, ...]


def check(text: str) -> list[str]:
    """Why this text cannot be kept, in French sentences; an empty list when it can."""
    refusals: list[str] = []
    if not text.strip():
        return ["Le texte est vide : écrivez au moins un paragraphe."]
    if len(text) > TEXT_LIMIT:
        refusals.append(
            f"Le texte compte {decimal(len(text))} caractères, {decimal(TEXT_LIMIT)} au plus : "
            "partagez-le en plusieurs textes."
        )
    refusals.extend(_unclosed(text))
    names = dict.fromkeys(_name(match[0]) for match in _MARK.finditer(text))
    refusals.extend(_unknown(name) for name in names if _code(name) not in VARIABLES)
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if line in ("##", "-"):
            refusals.append(f"Ligne {number} : « {line} » n’est suivi d’aucun mot.")
    refusals.extend(_misplaced(text))
    return refusals


def used(text: str) -> tuple[str, ...]:
    """Codes of the variables that the text names, each once, in reading order."""
    return tuple(dict.fromkeys(_code(_name(match[0])) for match in _MARK.finditer(text)))


def fill(text: str, values: Mapping[str, Value]) -> Filled:
    """The text with everything that is known in its place, and the list of what is not.

    A variable without a value stays visible, "[à compléter : …]". A list alone in its item gives
    one item a line; elsewhere it is written after commas.
    """
    blocks: list[Block] = []
    missing: dict[tuple[str, str], Missing] = {}
    where = _START
    for kind, typed in _cut(text):
        condition = _CONDITION.match(typed)
        if condition and not _known(values.get(_code(condition[1]))):
            continue
        words = _CONDITION.sub("", typed, count=1) if condition else typed
        for block in _filled(kind, words, values):
            if block.kind == "heading":
                where = block.words
            blocks.append(block)
        for code in used(words):
            if not _writable(values.get(code)) and blocks[-1].kind != "table":
                missing.setdefault((code, where), Missing(code, _label(code), where))
    return Filled(tuple(blocks), tuple(missing.values()))


def _cut(text: str) -> Iterator[tuple[str, str]]:
    """(kind, words) of each block as it was typed."""
    kind, words = "paragraph", ""
    for raw in (*printable(text).splitlines(), ""):
        line = raw.strip()
        starts = line.startswith(("## ", "- "))
        if (not line or starts or kind == "heading") and words:
            yield kind, words
            words = ""
        if line.startswith("## "):
            kind, words = "heading", line[3:].strip()
        elif line.startswith("- "):
            kind, words = "bullet", line[2:].strip()
        elif line:
            if not words:
                kind = "paragraph"
            words = f"{words} {line}".strip()


def _filled(kind: str, words: str, values: Mapping[str, Value]) -> Iterator[Block]:
    alone = _MARK.fullmatch(words.rstrip(" .;,"))
    value = values.get(_code(alone[1])) if alone else None
    if isinstance(value, Table):
        yield Block("table", table=value)
    elif kind == "bullet" and _is_list(value) and _known(value):
        for item in _items(value):
            yield Block("bullet", (Run(item, "filled"),))
    elif kind == "bullet":
        yield Block("bullet", _runs(words, values))
    else:
        yield Block("heading" if kind == "heading" else "paragraph", _runs(words, values))


def _runs(words: str, values: Mapping[str, Value]) -> tuple[Run, ...]:
    runs: list[Run] = []
    end = 0
    for match in _MARK.finditer(words):
        if match.start() > end:
            runs.append(Run(_HELD.sub(NO_BREAK, words[end : match.start()])))
        runs.append(_run(_code(match[1]), values))
        end = match.end()
    if end < len(words):
        runs.append(Run(_HELD.sub(NO_BREAK, words[end:])))
    return tuple(runs)


def _run(code: str, values: Mapping[str, Value]) -> Run:
    value = values.get(code)
    if not _writable(value):
        return Run(f"[à compléter : {_label(code)}]", "missing")
    return Run(_written(value), "filled")


def _written(value: Value) -> str:
    if isinstance(value, str):
        return _one_line(value)
    if isinstance(value, date):
        return date_fr(value)
    if isinstance(value, int | Decimal):
        return decimal(value)
    return ", ".join(_items(value))


def _items(value: Value) -> list[str]:
    items = value if isinstance(value, Sequence) and not isinstance(value, str) else ()
    return [line for item in items if (line := _one_line(item))]


def _is_list(value: Value) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _one_line(text: str) -> str:
    return " ".join(printable(text).split(None)) if "\n" in text else printable(text).strip()


def _known(value: Value) -> bool:
    if isinstance(value, str):
        return bool(value.strip())
    if _is_list(value):
        return bool(_items(value))
    return value is not None


def _writable(value: Value) -> bool:
    """Known, and words: a table in the middle of a sentence cannot be written there."""
    return _known(value) and not isinstance(value, Table)


def _label(code: str) -> str:
    return VARIABLES[code].label if code in VARIABLES else code.replace("_", " ")


def _name(mark: str) -> str:
    """The variable that a mark, or a condition, names as it was typed."""
    condition = _CONDITION.fullmatch(mark)
    return (condition[1] if condition else mark.strip("{}")).strip()


def _code(name: str) -> str:
    """A variable as it is known, however it was typed: accents, capitals and spaces forgiven."""
    bare = unicodedata.normalize("NFKD", name.strip().casefold())
    ascii_only = "".join(sign for sign in bare if not unicodedata.combining(sign))
    return re.sub(r"[\s_’'-]+", "_", ascii_only)


def _unknown(name: str) -> str:
    close = get_close_matches(_code(name), VARIABLES, n=1)
    advice = (
        f"vouliez-vous écrire « {close[0]} » ?"
        if close
        else "choisissez un nom de la liste des variables."
    )
    shown = name or "sans nom"
    return f"La variable « {shown} » n’est pas connue : {advice}"


def _unclosed(text: str) -> Iterator[str]:
    """Braces that do not go by two, each with the words that follow or precede it."""
    rest = _MARK.sub("", text)
    for match in list(_BRACES.finditer(rest))[:3]:
        around = rest[max(match.start() - _EXCERPT, 0) : match.end() + _EXCERPT]
        shown = " ".join(around.split())
        yield (
            f"Des accolades sont ouvertes ou fermées seules près de « {shown} » : "
            "une variable s’écrit {{ nom_de_variable }}."
        )


def _misplaced(text: str) -> Iterator[str]:
    """Conditions that do not begin their block, tables that are not alone in theirs."""
    for _, typed in _cut(text):
        words = _CONDITION.sub("", typed, count=1) if _CONDITION.match(typed) else typed
        for condition in _CONDITION.finditer(words):
            yield (
                f"« {condition[0].strip()} » se place au début d’un paragraphe ou d’un point "
                "de liste."
            )
        for code in () if _MARK.fullmatch(words) else used(words):
            if code in VARIABLES and VARIABLES[code].kind == "table":
                yield (
                    f"La variable « {code} » est un tableau : "
                    "écrivez-la seule, entre deux lignes vides."
                )

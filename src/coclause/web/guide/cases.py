"""The guide's cases, read from `data/cases.toml`, and what of their text names the product itself.

Marks in the text: [button, link or tab], {field or choice}, <figure of the catalogue>.
"""

import re
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from coclause.reference.keys import plain_words

FILE = Path(__file__).with_name("data") / "cases.toml"
_HELD = re.compile(r" (?=[:;?»])|(?<=«) |(?<=\d) (?=\d{3}\b|[h€%])")
"""Spaces at which French never breaks a line."""
_MARKED = re.compile(r"\[([^]]+)\]|\{([^}]+)\}|<([^>]+)>")


class Kind(StrEnum):
    """What a piece of text is."""

    WORDS = "words"
    BUTTON = "button"
    FIELD = "field"
    FIGURE = "figure"


_KINDS = (Kind.BUTTON, Kind.FIELD, Kind.FIGURE)


@dataclass(frozen=True)
class Piece:
    """Some words, or a label as the screen writes it."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Case:
    """One thing to record: when, how, an example, what it changes, what stays unknown."""

    slug: str
    title: str
    """What follows "Comment saisir"."""
    when: str
    steps: tuple[str, ...]
    example: str
    changes: str
    unknown: str
    mistake: str
    see: tuple[str, ...]
    """Slugs of other cases."""
    words: str
    """Other words that people search it by; not shown."""

    @property
    def texts(self) -> tuple[str, ...]:
        """All that is read on its page, marks included."""
        return (self.when, *self.steps, self.example, self.changes, self.unknown, self.mistake)

    def answers(self, asked: Collection[str]) -> bool:
        """Whether each of these words, as `searched` gives them, begins one of its own."""
        own = plain_words(" ".join((self.title, self.words, *self.texts)))
        return all(any(word.startswith(one) for word in own) for one in asked)


@dataclass(frozen=True)
class Theme:
    """Cases that go together."""

    name: str
    cases: tuple[Case, ...]


@cache
def themes() -> tuple[Theme, ...]:
    """The whole guide, in the order of the file."""
    read = tomllib.loads(FILE.read_text(encoding="utf-8"))["theme"]
    return tuple(Theme(row["name"], tuple(_case(one) for one in row["case"])) for row in read)


def _case(row: dict[str, str | list[str]]) -> Case:
    return Case(**{name: tuple(v) if isinstance(v, list) else v for name, v in row.items()})  # type: ignore[arg-type]


@cache
def by_slug() -> dict[str, Case]:
    return {case.slug: case for theme in themes() for case in theme.cases}


def search(typed: str) -> list[Theme]:
    """The themes with the cases that answer all the words typed; all of them for none."""
    asked = searched(typed)
    kept = (
        Theme(theme.name, tuple(case for case in theme.cases if case.answers(asked)))
        for theme in themes()
    )
    return [theme for theme in kept if theme.cases]


def searched(typed: str) -> list[str]:
    """Words without accents, case or plural: "Tranches affermies" → tranche, affermie."""
    return [word.rstrip("sx") if len(word) > 3 else word for word in plain_words(typed)]


def pieces(text: str) -> list[Piece]:
    """The text cut where it names something of the product."""
    found, done = [], 0
    for match in _MARKED.finditer(text):
        if match.start() > done:
            found.append(_words(text[done : match.start()]))
        marked = next(place for place, group in enumerate(match.groups()) if group is not None)
        found.append(Piece(_KINDS[marked], str(match[marked + 1])))
        done = match.end()
    if done < len(text):
        found.append(_words(text[done:]))
    return found


def _words(text: str) -> Piece:
    return Piece(Kind.WORDS, _HELD.sub("\u00a0", text))

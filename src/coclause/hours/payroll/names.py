"""Whether a person of the file is one who is sought."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from coclause.hours.payroll.facts import Sought

# Letters that no decomposition takes apart.
LETTERS: Final = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "ı": "i"})
UNKNOWN_PARTS: Final = (b"00", b"99")


def fold(name: str) -> str:
    """The letters and digits of a name, without accents or case."""
    apart = unicodedata.normalize("NFKD", name.casefold().translate(LETTERS))
    return "".join(sign for sign in apart if sign.isalnum())


@dataclass(frozen=True)
class Key:
    """A sought person: their rank in what was asked, and their folded names."""

    rank: int
    names: frozenset[str]
    first_name: str

    def answers(self, names: Iterable[str], given_names: str) -> bool:
        """True for one of these names with this first given name."""
        return self.first_name in first_names(given_names) and not self.names.isdisjoint(
            map(fold, names)
        )


class Index:
    """Those sought, by birth date as the file writes it: no name is looked at without one."""

    def __init__(self, sought: Iterable[Sought]) -> None:
        self._by_birth: dict[bytes, list[Key]] = {}
        self._by_year: dict[bytes, list[Key]] = {}
        for rank, one in enumerate(sought):
            names = frozenset(filter(None, map(fold, (one.family_name, one.used_name))))
            key = Key(rank, names, fold(one.first_name))
            if names and key.first_name:
                born = f"{one.birth_date:%d%m}{one.birth_date.year:04d}".encode()
                self._by_birth.setdefault(born, []).append(key)
                self._by_year.setdefault(born[4:], []).append(key)

    def born(self, birth: bytes) -> list[Key]:
        """Those born on this very day."""
        return self._by_birth.get(birth, [])

    def perhaps_born(self, birth: bytes) -> list[Key]:
        """Those born in the year of a date whose day or month is not known."""
        if len(birth) == 8 and (birth[:2] in UNKNOWN_PARTS or birth[2:4] in UNKNOWN_PARTS):
            return self._by_year.get(birth[4:], [])
        return []


def first_names(given_names: str) -> set[str]:
    """What the first given name may be: the first word, or more when it is a compound name.

    « JEAN PIERRE PAUL » is Jean, or Jean-Pierre written without its hyphen.
    """
    words = [fold(word) for word in re.split(r"[\s,;]+", given_names)]
    found, begun = set(), ""
    for word in filter(None, words):
        begun += word
        found.add(begun)
    return found

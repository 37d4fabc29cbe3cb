"""Social considerations and market type, as far as the publisher says."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from coclause.watch.decp.values import text

CLAUSE = "Clause sociale"
CRITERION = "Critère social"
RESERVED_CONTRACT = "Marché réservé"
RESERVED_CONCESSION = "Concession réservée"
NONE = "Pas de considération sociale"
CARRIES_ONE = (CLAUSE, CRITERION, RESERVED_CONTRACT, RESERVED_CONCESSION)
_ORDER = {name: rank for rank, name in enumerate((*CARRIES_ONE, NONE))}
_STARTS = (
    ("clause", CLAUSE),
    ("critere", CRITERION),
    ("marche reserve", RESERVED_CONTRACT),
    ("concession reserve", RESERVED_CONCESSION),
    ("pas de consideration", NONE),
    # The tabular consolidation writes "Sans objet" where the publisher wrote the line above.
    ("sans objet", NONE),
)
_SEPARATORS = re.compile(r"[,;|]")


def plain(value: str) -> str:
    """Lower case, no accents, for comparing labels that people type."""
    decomposed = unicodedata.normalize("NFKD", value.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).strip()


def considerations(value: Any) -> tuple[str, ...]:
    """Every consideration said, in a fixed order, under its official name where it has one.

    Takes a list, `{"considerationSociale": …}`, or a text of values joined by commas.
    """
    return ordered(_named(part) for part in _parts(value))


def ordered(values: Iterable[str]) -> tuple[str, ...]:
    """Without repetition, official names first."""
    said = {v for v in values if v}
    return tuple(sorted(said, key=lambda v: (_ORDER.get(v, len(_ORDER)), v)))


def _parts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return _parts(value.get("considerationSociale"))
    if isinstance(value, list):
        return [part for item in value for part in _parts(item)]
    return _SEPARATORS.split(value.strip().strip("[]")) if isinstance(value, str) else []


def _named(part: str) -> str:
    label = plain(part.strip(" '\"")).removeprefix("inx ")
    for start, name in _STARTS:
        if label.startswith(start):
            return name
    return text(part, 100)


def social(values: Iterable[str]) -> str:
    """ "yes" as soon as one is said, "no" when none is said to be there, else "unknown".

    "Pas de considération sociale" beside another value: the other one says more, hence "yes".
    """
    said = set(values)
    if said.intersection(CARRIES_ONE):
        return "yes"
    return "no" if said == {NONE} else "unknown"


def market_type(published: str, cpv: str) -> str:
    """ "travaux", "fournitures", "services" or "inconnu": the publisher's word, else the CPV's."""
    label = plain(published)
    named = [name for name in ("travaux", "fournitures", "services") if name[:-1] in label]
    if len(named) == 1:
        return named[0]
    division = int(cpv[:2]) if cpv else 0
    if division == 45:
        return "travaux"
    if 1 <= division <= 44 or division == 48:
        return "fournitures"
    return "services" if 50 <= division <= 98 else "inconnu"

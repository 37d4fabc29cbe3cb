"""Names that nobody bears: surnames that say they are invented, places that are on no map."""

import tomllib
from pathlib import Path

from coclause.demo.chance import Chance

_NAMES: dict[str, list[str]] = tomllib.loads(
    (Path(__file__).with_name("data") / "names.toml").read_text()
)
WOMEN, MEN, SURNAMES = _NAMES["women"], _NAMES["men"], _NAMES["surnames"]
MANAGERS = _NAMES["managers"]
"""Given name and surname of the manager of each host, in the order of the hosts."""
PLACES = tuple(
    f"{start}{end}" for end in _NAMES["place_endings"] for start in _NAMES["place_beginnings"]
)
"""Invented communes: "Montfictif", "Valsonge"…"""


def surname(dice: Chance) -> str:
    """An invented surname; one in six is double."""
    name = dice.choice(SURNAMES)
    if dice.happens(1 / 6):
        return f"{name}-{dice.choice(SURNAMES)}"
    return name


def given_name(dice: Chance, *, woman: bool) -> str:
    return dice.choice(WOMEN if woman else MEN)


def of(place: str) -> str:
    """ "de Montfictif", "d'Utopie"."""
    return f"d'{place}" if place[0] in "AEÉIOUH" and place[:2] != "Ha" else f"de {place}"

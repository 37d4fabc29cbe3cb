"""Recognising a social security number in a text, to refuse it. It is never returned nor kept."""

import re
from typing import Final

from stdnum.fr import nir

_SPACE = r"[\s.\-]?"
_GROUPS: Final = re.compile(
    rf"(?<!\d)[1-478]{_SPACE}\d\d{_SPACE}\d\d{_SPACE}(?:\d\d|2[AB]){_SPACE}\d{{3}}{_SPACE}\d{{3}}"
    r"(?:[\s.\-/|:,;()]|cl[ée]){0,8}\d\d(?!\d)",
    re.IGNORECASE,
)
"""Fifteen characters as they are usually grouped, the key apart or not."""
_BOXES: Final = re.compile(
    r"(?<!\d)[1-478](?:[\s|]{1,3}\d){5}(?:[\s|]{1,3}[\dAB])(?:[\s|]{1,3}\d){8}(?!\d)"
)
"""The same, one character in each box."""
_NOISE: Final = re.compile(r"[^\dAB]", re.IGNORECASE)


def holds_nir(text: str) -> bool:
    """Whether a number whose key is right can be read in it."""
    found = (*_GROUPS.finditer(text), *_BOXES.finditer(text))
    return any(nir.is_valid(_NOISE.sub("", _without_key_word(one.group()))) for one in found)


def _without_key_word(text: str) -> str:
    return re.sub(r"cl[ée]", "", text, flags=re.IGNORECASE)

"""Which characters a font can draw, read in the font itself (OpenType ``cmap``, format 12)."""

import struct
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

_SUBSTITUTE: Final = "\u25a1"
_IGNORED: Final = frozenset({"Cf", "Cc", "Mn", "Cs"})
_FULL_UNICODE: Final = (3, 10)


@lru_cache(maxsize=4)
def drawable(font: Path) -> frozenset[int]:
    """Code points ``font`` has a glyph for. Raises ``ValueError`` when it has no full table."""
    content = font.read_bytes()
    (tables,) = struct.unpack_from(">H", content, 4)
    for number in range(tables):
        tag, _, start, _ = struct.unpack_from(">4sLLL", content, 12 + 16 * number)
        if tag == b"cmap":
            return _characters(content, start)
    raise ValueError(f"{font.name} : police sans table de caractères")


def _characters(content: bytes, start: int) -> frozenset[int]:
    _, subtables = struct.unpack_from(">HH", content, start)
    for number in range(subtables):
        platform, encoding, offset = struct.unpack_from(">HHL", content, start + 4 + 8 * number)
        if (platform, encoding) == _FULL_UNICODE:
            (groups,) = struct.unpack_from(">L", content, start + offset + 12)
            ranges = struct.iter_unpack(
                ">LLL", content[start + offset + 16 : start + offset + 16 + 12 * groups]
            )
            return frozenset(code for first, last, _ in ranges for code in range(first, last + 1))
    raise ValueError("police sans table de caractères complète")


def written(value: Any, font: Path) -> Any:
    """``value`` (as JSON holds it) with a square for each sign ``font`` lacks, such as an emoji.

    An accessible PDF may not hold a character that cannot be drawn. Invisible joiners are dropped.
    """
    if isinstance(value, str):
        known = drawable(font)
        text = unicodedata.normalize("NFC", value)
        return "".join(sign if ord(sign) in known else _stand_in(sign) for sign in text)
    if isinstance(value, dict):
        return {key: written(item, font) for key, item in value.items()}
    if isinstance(value, list):
        return [written(item, font) for item in value]
    return value


def _stand_in(sign: str) -> str:
    if sign in "\n\t":
        return sign
    return "" if unicodedata.category(sign) in _IGNORED else _SUBSTITUTE

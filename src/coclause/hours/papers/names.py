"""The name of a file as it is kept: shown, never used as a path, and never misleading."""

import re
import unicodedata
from typing import Final

from coclause.hours.papers.limits import NAME_CHARACTERS

UNNAMED: Final = "pièce"
_SPACES = re.compile(r"\s+")


def shown_name(name: str) -> str:
    """The last part of a path, without what turns text around or does not show."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(one for one in last if unicodedata.category(one)[0] != "C" or one in "\t ")
    plain = _SPACES.sub(" ", kept).strip(" .")
    return shortened(plain) or UNNAMED


def shortened(name: str) -> str:
    """Its end stays, where the extension is."""
    if len(name) <= NAME_CHARACTERS:
        return name
    return f"{name[: NAME_CHARACTERS - 13]}…{name[-12:]}"

"""What changed between two versions of a text, paragraph by paragraph. Pure."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Change = Literal["same", "added", "removed"]


@dataclass(frozen=True)
class Paragraph:
    """One paragraph, item or sub-heading as it was typed, and what became of it."""

    change: Change
    words: str


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text as it is typed; an item of a list stands by itself."""
    found: list[str] = []
    for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n")):
        current = ""
        for raw in part.split("\n"):
            line = raw.strip()
            if line.startswith(("- ", "## ")) and current:
                found.append(current)
                current = ""
            current = f"{current} {line}".strip()
        if current:
            found.append(current)
    return found


def differences(before: str, after: str) -> list[Paragraph]:
    """Every paragraph of both, in reading order: kept, removed, added. What is removed comes
    before what stands in its place.
    """
    old, new = paragraphs(before), paragraphs(after)
    told: list[Paragraph] = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if kind == "equal":
            told.extend(Paragraph("same", words) for words in old[i1:i2])
            continue
        told.extend(Paragraph("removed", words) for words in old[i1:i2])
        told.extend(Paragraph("added", words) for words in new[j1:j2])
    return told


def changed(before: str, after: str) -> list[Paragraph]:
    """Only what was removed and added; empty when both say the same."""
    return [one for one in differences(before, after) if one.change != "same"]

"""The draft of a letter to a company that misses hours: as a Word document, and as a PDF.

A draft for the buyer, who signs it, changes it or does not send it. What is still to be completed
stands out, on the screen and for a screen reader.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from coclause.render.blocks import Block
from coclause.render.numbers import NO_BREAK, date_fr
from coclause.render.pdf import TEMPLATES, pdf
from coclause.render.word import Section, document

NOTICE: Final = (
    "Projet préparé par le facilitateur. L’acheteur le relit, le complète et le signe, ou n’en fait"
    " rien : il décide."
)


@dataclass(frozen=True)
class Letter:
    """The draft, and what it is about: operation, buyer, company (label, value)."""

    operation: str
    about: Sequence[tuple[str, str]]
    blocks: Sequence[Block]
    day: date

    @property
    def title(self) -> str:
        return f"Projet de lettre{NO_BREAK}: {self.operation}"


def letter_in_word(letter: Letter) -> bytes:
    """The .docx: a page that says what it is, then the letter on a page of its own."""
    sections = [Section("Lettre à l’entreprise", letter.blocks)]
    return document(letter.title, letter.day, sections, about=letter.about, notice=NOTICE)


def letter_in_pdf(letter: Letter, *, fonts: Path) -> bytes:
    """The tagged PDF, dated by the report. Raises ``ValueError`` when refused."""
    return pdf(
        TEMPLATES / "shortfall_letter.typ",
        as_data(letter),
        fonts=fonts,
        title=letter.title,
        day=letter.day,
    )


def as_data(letter: Letter) -> dict[str, Any]:
    """``letter`` as the template reads it: paragraphs are lists of lines, each of runs."""
    return {
        "dated": date_fr(letter.day),
        "notice": NOTICE,
        "facts": [{"label": label, "value": value} for label, value in letter.about],
        "paragraphs": [
            [{"text": run.text, "missing": run.kind == "missing"} for run in block.runs]
            for block in letter.blocks
        ],
    }

"""The paper that a buyer keeps when it decides not to provide for a social condition.

The reasons are the buyer's own words, printed as they were typed: nothing is written for it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from coclause.render.numbers import NO_BREAK, date_fr
from coclause.render.pdf import TEMPLATES, pdf


@dataclass(frozen=True)
class OptOutDocument:
    """One version of a decision, whole."""

    buyer: str
    contract: str
    about: Sequence[tuple[str, str]]
    """Label and value: reference, kind, estimated value, date of the notice…"""
    case: str
    """The case that the buyer invokes, in words."""
    article: str
    """Where the case is written: ``article L. 2112-2-1, II, 3°``."""
    reasons: str
    """In the buyer's own words; an empty line begins a paragraph."""
    shown: Sequence[str]
    """Smaller or other social conditions that were shown before the decision."""
    author: str
    author_role: str
    decided_on: date
    version: int
    replaces: int | None
    """Number of the version that this one replaces, if any."""
    keep_where: str
    """The sentence that says where the paper is kept."""
    keep_article: str
    text_date: date
    """Day of the consolidated text that was read."""


def opt_out(document: OptOutDocument, *, fonts: Path) -> bytes:
    """The tagged PDF of ``document``, dated by its decision. Raises ``ValueError`` when refused."""
    return pdf(
        TEMPLATES / "opt_out.typ",
        as_data(document),
        fonts=fonts,
        title=title_of(document),
        day=document.decided_on,
    )


def title_of(document: OptOutDocument) -> str:
    """``Motifs de l’absence de condition sociale : Rénovation de l’école``."""
    return f"Motifs de l’absence de condition sociale{NO_BREAK}: {document.contract}"


def as_data(document: OptOutDocument) -> dict[str, Any]:
    """``document`` as the template reads it."""
    return {
        "dated": f"Version {document.version}, {date_fr(document.decided_on)}",
        "facts": [
            {"label": "Acheteur", "value": document.buyer},
            {"label": "Contrat", "value": document.contract},
            *({"label": label, "value": value} for label, value in document.about),
        ],
        "case": document.case,
        "article": document.article,
        "reasons": _paragraphs(document.reasons),
        "shown": list(document.shown),
        "signature": [
            {"label": "Auteur", "value": _author(document)},
            {"label": "Date", "value": date_fr(document.decided_on)},
            {"label": "Version", "value": _version(document)},
        ],
        "keep_where": document.keep_where,
        "keep_article": document.keep_article,
        "text_date": date_fr(document.text_date),
    }


def _paragraphs(words: str) -> list[str]:
    return [part for part in re.split(r"\n[^\S\n]*\n\s*", words.replace("\r\n", "\n")) if part]


def _author(document: OptOutDocument) -> str:
    return ", ".join(part for part in (document.author, document.author_role) if part)


def _version(document: OptOutDocument) -> str:
    if document.replaces is None:
        return str(document.version)
    return f"{document.version}, qui remplace la version {document.replaces}"

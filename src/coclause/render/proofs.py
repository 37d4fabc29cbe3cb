"""Numbered documents that anybody can verify: statements, certificates, control sheets.

The caller chooses the words and the figures; this module lays them out, with the number, the
verification code, where to type it, and the same as a QR code to be scanned.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import qrcode
from qrcode.image.svg import SvgPathFillImage

from coclause.render.numbers import NO_BREAK, date_fr
from coclause.render.pdf import TEMPLATES, pdf

NOTHING: Final = "Aucune ligne."


@dataclass(frozen=True)
class Table:
    """A table: the first `texts` columns hold words, the others figures already worded."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    texts: int = 1
    total: Sequence[str] = ()
    note: str = ""
    empty: str = NOTHING
    """Said in place of a table without rows."""

    @property
    def labelled(self) -> list[list[tuple[str, str]]]:
        """Each row, its cells with their column: on a phone a row is a card."""
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class Sentences:
    """A list of sentences under a title."""

    title: str
    sentences: Sequence[str]
    empty: str = NOTHING


@dataclass(frozen=True)
class Bar:
    """Hours drawn on one line; what is unknown is not drawn. The figures stand beside it."""

    validated: Decimal
    waiting: Decimal
    expected: Decimal | None
    committed: Decimal | None


@dataclass(frozen=True)
class ProofDocument:
    """One version of a document, whole."""

    kind: str
    """ "Bilan intermédiaire"."""
    about: str
    """What it is about: operation and lot."""
    facts: Sequence[tuple[str, str]]
    headline: str
    sentence: str
    parts: Sequence[Table | Sentences]
    notes: Sequence[str]
    """What the reader must know of these figures, at the end."""
    issuer: str
    author: str
    day: date
    bar: Bar | None = None
    number: str = ""
    """Empty while it is a preview."""
    code: str = ""
    address: str = ""
    """Where to verify it."""
    link: str = ""
    """The address that answers for this very document: what its QR code opens."""
    version: int = 1
    replaces: str = ""
    """ "n° CC-2026-000012 du 03/11/2026", for a version that replaces another one."""


def proof(document: ProofDocument, *, fonts: Path) -> bytes:
    """The tagged PDF of ``document``. Raises ``ValueError`` when Typst refuses it."""
    return pdf(
        TEMPLATES / "proofs.typ",
        as_data(document),
        fonts=fonts,
        title=title_of(document),
        day=document.day,
    )


def title_of(document: ProofDocument) -> str:
    """``Bilan final : Médiathèque, lot 3``."""
    return f"{document.kind}{NO_BREAK}: {document.about}"


def as_data(document: ProofDocument) -> dict[str, Any]:
    """``document`` as the template reads it."""
    return {
        "kind": document.kind,
        "dated": f"N°{NO_BREAK}{document.number}, {date_fr(document.day)}",
        "version": _version(document),
        "facts": [{"label": label, "value": value} for label, value in document.facts if value],
        "headline": document.headline,
        "sentence": document.sentence,
        "bar": _bar(document.bar) if document.bar else None,
        "parts": [_part(one) for one in document.parts],
        "notes": list(document.notes),
        "signature": [
            {"label": label, "value": value}
            for label, value in (
                ("Établi par", document.issuer),
                ("Signataire", document.author),
                ("Date", date_fr(document.day)),
                ("Numéro", document.number),
                ("Version", _version(document)),
            )
            if value
        ],
        "number": document.number,
        "code": document.code,
        "address": document.address,
        "link": document.link,
        "qr": qr_code(document.link),
    }


def qr_code(link: str) -> str:
    """``link`` as the SVG of a QR code, on white, with its quiet zone. A fold or a stain of 15 %
    leaves it readable (ISO/IEC 18004, level M).
    """
    code = qrcode.make(
        link, error_correction=qrcode.ERROR_CORRECT_M, image_factory=SvgPathFillImage
    )
    drawn: str = code.to_string(encoding="unicode")
    return drawn


def _version(document: ProofDocument) -> str:
    if not document.replaces:
        return str(document.version)
    return f"{document.version}, qui remplace le document {document.replaces}"


def _bar(bar: Bar) -> dict[str, float | None]:
    """Lengths between 0 and 1: the scale ends at what is largest."""
    done = bar.validated + bar.waiting
    whole = max(done, bar.committed or Decimal(0), bar.expected or Decimal(0)) or Decimal(1)
    return {
        "validated": float(bar.validated / whole),
        "reached": float(done / whole),
        "expected": float(bar.expected / whole) if bar.expected is not None else None,
        "committed": float(bar.committed / whole) if bar.committed is not None else None,
    }


def _part(part: Table | Sentences) -> dict[str, Any]:
    if isinstance(part, Sentences):
        return {
            "kind": "sentences",
            "title": part.title,
            "rows": list(part.sentences),
            "empty": part.empty,
        }
    return {
        "kind": "table",
        "title": part.title,
        "columns": list(part.columns),
        "rows": [list(row) for row in part.rows],
        "texts": part.texts,
        "total": list(part.total),
        "note": part.note,
        "empty": part.empty,
    }

"""The clause texts of a contract: prepared from the library, or changed by hand and kept.

A version never changes; the last one counts. The referent host drafts, and the buyer, whose
consultation it is. Each act raises `PermissionDenied` (nothing changed) or `Refused`.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify

from coclause.clauses.choices import Ccag
from coclause.clauses.models import Contract, Operation
from coclause.clauses.permissions import is_referent
from coclause.core.files import store
from coclause.core.journal import record_act
from coclause.core.models import StoredFile
from coclause.core.refusals import Refused
from coclause.network.choices import Block, DraftKind, TextInstrument
from coclause.network.drafting.changes import basis_of
from coclause.network.drafting.values import HOURS_MISSING, Facts, facts_of, values_from
from coclause.network.library.ccag import BLOCK_LABELS, MissingPiece, missing_pieces
from coclause.network.library.filling import Filled, Value, fill
from coclause.network.library.offered import Offered
from coclause.network.library.texts import BLOCKS, NOTICE
from coclause.network.models import ClauseText, ClauseTextVersion, Draft
from coclause.organisations.scopes import Scope
from coclause.render.blocks import Table
from coclause.render.numbers import date_fr
from coclause.render.word import Section, document
from coclause.render.word_reading import WordFileError, WordText, read

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LONGEST_NAME = 120
_UNSAFE = re.compile(r"[^\w .,()’'-]")


@dataclass(frozen=True)
class Piece:
    """One text filled with what is known of the contract."""

    text: ClauseText
    number: int
    filled: Filled


@dataclass(frozen=True)
class Gap:
    """One thing that somebody still has to write, and in which block."""

    block: str
    code: str
    label: str
    where: str = ""
    """The sub-heading above it."""
    sentence: str = ""

    @property
    def block_label(self) -> str:
        return BLOCK_LABELS.get(self.block, "")

    def stored(self) -> dict[str, str]:
        return {
            "block": self.block,
            "code": self.code,
            "label": self.label,
            "where": self.where,
            "sentence": self.sentence,
        }


@dataclass(frozen=True)
class Prospect:
    """What a version would say if it was prepared now."""

    instrument: str
    facts: Facts
    values: Mapping[str, Value]
    pieces: tuple[Piece, ...]
    gaps: tuple[Gap, ...]


def may_draft(operation: Operation, scope: Scope) -> bool:
    """The referent host of the day, and the buyer of the operation."""
    return operation.buyer_id in scope.buyers or is_referent(operation, scope)


def prospect_of(
    contract: Contract, scope: Scope, instrument: str, offered: Sequence[Offered]
) -> Prospect:
    """The texts filled, and what is missing in them. Nothing is written."""
    facts = facts_of(contract, scope.day, instrument)
    values = values_from(facts, scope.day, instrument)
    ordered = sorted(offered, key=lambda one: (BLOCKS.index(one.text.block), one.text.order))
    pieces = tuple(Piece(one.text, one.number, fill(one.body, values)) for one in ordered)
    asked = missing_pieces(
        _by_block(ordered),
        _stated(values),
        _ccag_asking(contract, instrument),
        has_facilitator=facts.host is not None and facts.host.facilitator is not None,
    )
    return Prospect(instrument, facts, values, pieces, _gaps(pieces, asked))


@transaction.atomic
def prepare(scope: Scope, contract: Contract, instrument: str, offered: Sequence[Offered]) -> Draft:
    """Fill the texts chosen and keep the document as the next version of the contract."""
    _must_draft(contract, scope)
    if not offered:
        raise Refused("Choisissez au moins un texte à préparer.")
    _lock(contract)
    found = prospect_of(contract, scope, instrument, offered)
    number = _next_number(contract)
    content = _document(contract, found, number, scope)
    name = file_name(contract, number)
    draft = _keep(
        scope,
        contract,
        number,
        DraftKind.GENERATED,
        store(content, name, DOCX, scope.user),
        instrument=instrument,
        blocks=list(dict.fromkeys(piece.text.block for piece in found.pieces)),
        missing=[gap.stored() for gap in found.gaps],
    )
    draft.texts.set(ClauseTextVersion.objects.filter(pk__in=[one.version_id for one in offered]))
    _tell(scope, contract, f"Pièces préparées, version {number} : {_told(draft)}.")
    return draft


@transaction.atomic
def keep_returned(
    scope: Scope, contract: Contract, content: bytes, name: str, *, note: str = ""
) -> Draft:
    """Keep a document changed by hand as the next version. Raises `Refused` when it is not a plain
    Word document, or says exactly what the last version says.
    """
    _must_draft(contract, scope)
    said = read_or_refuse(content)
    _lock(contract)
    last = contract.drafts.select_related("file").defer("file__content").order_by("-number").first()
    if last and last.file.sha256 == hashlib.sha256(content).hexdigest():
        raise Refused(
            f"Ce document est celui de la version {last.number}, sans changement : modifiez-le,"
            " enregistrez-le, puis déposez-le."
        )
    number = _next_number(contract)
    draft = _keep(
        scope,
        contract,
        number,
        DraftKind.RETURNED,
        store(content, clean_name(name, contract, number), DOCX, scope.user),
        instrument=last.instrument if last else "",
        blocks=last.blocks if last else [],
        missing=[gap.stored() for gap in left_in(said)],
        note=note.strip()[:300],
    )
    _tell(scope, contract, f"Pièces reprises à la main, version {number} : {_told(draft)}.")
    return draft


def read_or_refuse(content: bytes) -> WordText:
    """What the document says. Raises `Refused` with the reader's sentence; an empty one too."""
    try:
        said = read(content)
    except WordFileError as error:
        raise Refused(error.sentence) from error
    if not said.paragraphs:
        raise Refused("Ce document ne contient aucun texte : vérifiez que c’est le bon fichier.")
    return said


def left_in(said: WordText) -> list[Gap]:
    """What is still to be completed in a document read back."""
    marks = [re.sub(r"^\[\s*à\s+compléter\s*:?\s*|\]$", "", one) for one in said.to_complete]
    gaps = [Gap("", "", mark.strip() or "un passage entre crochets") for mark in marks]
    return gaps + [Gap("", "", f"la variable {one}, non remplie") for one in said.variables]


def clean_name(name: str, contract: Contract, number: int) -> str:
    """The name of a file as it is shown and kept: its last part, without odd signs."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    stem = _UNSAFE.sub("", last.removesuffix(".docx")).strip(" .")[:LONGEST_NAME]
    return f"{stem}.docx" if stem else file_name(contract, number)


def file_name(contract: Contract, number: int) -> str:
    """Plain ASCII, for downloads."""
    about = slugify(contract.reference or contract.object)[:60].strip("-") or f"{contract.pk}"
    return f"insertion-{about}-version-{number}.docx"


def last_draft(contract: Contract) -> Draft | None:
    """The version that counts."""
    return contract.drafts.order_by("-number").first()


def _ccag_asking(contract: Contract, instrument: str) -> str:
    """The CCAG that says what the clause states; a reserved contract is no insertion clause."""
    if contract.ccag == Ccag.NONE or instrument == TextInstrument.RESERVED:
        return ""
    return contract.ccag


def _stated(values: Mapping[str, Value]) -> dict[str, Value]:
    """A table with a cell to complete states no volume."""
    table = values.get("tableau_engagements")
    holed = isinstance(table, Table) and any(HOURS_MISSING in cell for cell in _cells(table))
    return {k: v for k, v in values.items() if not (holed and k == "tableau_engagements")}


def _by_block(offered: Sequence[Offered]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for one in offered:
        texts[one.text.block] = "\n\n".join(filter(None, (texts.get(one.text.block), one.body)))
    return texts


def _gaps(pieces: Sequence[Piece], asked: Sequence[MissingPiece]) -> tuple[Gap, ...]:
    """What texts ask for, then what the CCAG expects and no text asks for."""
    gaps: dict[tuple[str, str], Gap] = {}
    for piece in pieces:
        block = piece.text.block
        for one in piece.filled.missing:
            gaps.setdefault((block, one.code), Gap(block, one.code, one.label, one.where))
        tables = [block_.table for block_ in piece.filled.blocks if block_.table is not None]
        if any(HOURS_MISSING in cell for table in tables for cell in _cells(table)):
            gap = Gap(block, "heures_par_lot", "heures demandées d’un lot", "tableau")
            gaps.setdefault((block, gap.code), gap)
    for one_asked in asked:
        key = (one_asked.block, f"ccag-{one_asked.code}")
        gaps[key] = Gap(one_asked.block, key[1], one_asked.label, "", one_asked.sentence)
    return tuple(sorted(gaps.values(), key=lambda gap: BLOCKS.index(gap.block)))


def _cells(table: Table) -> list[str]:
    return [cell for row in table.rows for cell in row]


def _document(contract: Contract, found: Prospect, number: int, scope: Scope) -> bytes:
    about = [
        ("Version", f"{number}, préparée le {date_fr(scope.day)} par {scope.user}"),
        ("Instrument", TextInstrument(found.instrument).label),
        *basis_of(found.values),
    ]
    sections = [
        Section(
            piece.text.title,
            piece.filled.blocks,
            f"Texte de la bibliothèque régionale, version {piece.number}.",
        )
        for piece in found.pieces
    ]
    return document(
        f"Clauses d’insertion : {contract.object}",
        scope.day,
        sections,
        about=about,
        notice=NOTICE,
        to_complete=[(gap.label, _place(gap)) for gap in found.gaps],
    )


def _place(gap: Gap) -> str:
    return f"{gap.block_label}, {gap.where}" if gap.where else gap.sentence or gap.block_label


def _keep(
    scope: Scope,
    contract: Contract,
    number: int,
    kind: DraftKind,
    stored: StoredFile,
    **said: Any,
) -> Draft:
    if scope.user is None:
        raise PermissionDenied
    return Draft.objects.create(
        contract=contract,
        number=number,
        kind=kind,
        file=stored,
        author=scope.user,
        day=scope.day,
        **said,
    )


def _told(draft: Draft) -> str:
    blocks = ", ".join(BLOCK_LABELS[Block(block)] for block in draft.blocks)
    count = len(draft.missing)
    left = f"{count} élément{'s' * (count > 1)} à compléter" if count else "rien à compléter"
    return f"{blocks}, {left}" if blocks else left


def _tell(scope: Scope, contract: Contract, sentence: str) -> None:
    record_act(scope.user, "draft.kept", sentence, contract.operation, contract, day=scope.day)


def _lock(contract: Contract) -> None:
    """Of two versions at once, the second waits and gets the next number."""
    Contract.objects.select_for_update().get(pk=contract.pk)


def _next_number(contract: Contract) -> int:
    return (contract.drafts.aggregate(last=Max("number"))["last"] or 0) + 1


def _must_draft(contract: Contract, scope: Scope) -> None:
    if not may_draft(contract.operation, scope):
        raise PermissionDenied

"""One version: where it comes from, what is still to complete, what it says."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from coclause.core.files import content_of
from coclause.network.drafting.preparing import last_draft, may_draft
from coclause.network.models import ClauseText, Draft
from coclause.render.word_reading import read
from coclause.web.drafting.access import seen_draft
from coclause.web.drafting.showing import stored_lacks
from coclause.web.middleware import ScopedRequest

_TO_COMPLETE = re.compile(r"(\[\s*à\s+compléter[^\]\n]*\]?|\{\{[^{}\n]*\}\})", re.IGNORECASE)


@dataclass(frozen=True)
class Part:
    words: str
    missing: bool


def draft(request: ScopedRequest, pk: int) -> HttpResponse:
    """The network of the region and the buyer read every version."""
    row = seen_draft(pk, request.scope)
    last = last_draft(row.contract)
    said = read(content_of(row.file))
    titles = _titles(row.contract_id)
    context = {
        "draft": row,
        "contract": row.contract,
        "operation": row.contract.operation,
        "counts": last is not None and last.pk == row.pk,
        "last": last,
        "lacks": stored_lacks(row.missing),
        "tracked": said.tracked,
        "paragraphs": _shown(said.paragraphs, titles),
        "texts": row.texts.select_related("text").order_by("text__order", "pk"),
        "may": may_draft(row.contract.operation, request.scope),
    }
    return render(request, "drafting/draft.html", context)


def _titles(contract: int) -> set[str]:
    """Titles of the texts that the contract's documents were prepared from."""
    used = ClauseText.objects.filter(versions__in=_used(contract))
    return set(used.values_list("title", flat=True))


def _used(contract: int) -> Any:
    prepared = Draft.texts.through.objects.filter(draft__contract=contract)
    return prepared.values("clausetextversion")


def _shown(paragraphs: Sequence[str], titles: set[str]) -> list[tuple[bool, list[Part]]]:
    """Each paragraph, whether it is the title of a piece; the first page is told beside."""
    plain = [" ".join(words.split()) for words in paragraphs]
    start = next((place for place, words in enumerate(plain) if words in titles), 0)
    kept = zip(plain[start:], paragraphs[start:], strict=True)
    return [(words in titles, _parts(typed)) for words, typed in kept]


def _parts(words: str) -> list[Part]:
    """A paragraph, what is to be completed apart."""
    pieces = (piece for piece in _TO_COMPLETE.split(words) if piece)
    return [Part(piece, _TO_COMPLETE.fullmatch(piece) is not None) for piece in pieces]

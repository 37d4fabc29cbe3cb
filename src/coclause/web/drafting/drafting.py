"""From a contract to its clause texts: what misses, what is offered, the versions kept."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from coclause.clauses.models import Contract
from coclause.clauses.permissions import is_referent
from coclause.network.choices import DraftKind, TextInstrument
from coclause.network.drafting import preparing as acts
from coclause.network.drafting.changes import basis_of, changes_since, newer_texts
from coclause.network.drafting.preparing import Piece, Prospect, may_draft, prospect_of
from coclause.network.drafting.values import disagreements, instrument_of, text_contract_of
from coclause.network.library.offered import Offered, offered_for
from coclause.network.models import Draft
from coclause.organisations.scopes import Scope
from coclause.web.drafting.access import drafted_contract, seen_contract
from coclause.web.drafting.forms import InstrumentForm, PrepareForm
from coclause.web.drafting.showing import lacks_of, stored_lacks, to_say_first
from coclause.web.middleware import ScopedRequest
from coclause.web.once import sent
from coclause.web.pages import page_of


def drafting(request: ScopedRequest, pk: int) -> HttpResponse:
    """Everybody who sees the contract reads; the referent host and the buyer prepare (POST)."""
    scope, posted = request.scope, request.method == "POST"
    contract = drafted_contract(pk, scope) if posted else seen_contract(pk, scope)
    asked = (request.POST if posted else request.GET).get("instrument", "")
    instrument = asked if asked in TextInstrument.values else instrument_of(contract)
    kind = text_contract_of(contract)
    offered = offered_for(contract.operation.region_id, scope.day, instrument, kind) if kind else []
    initial = {"instrument": instrument, "texts": [str(one.version_id) for one in offered]}
    form = PrepareForm(offered, request.POST if posted else None, initial=initial)

    def act() -> str:
        made = acts.prepare(scope, contract, instrument, form.chosen)
        return reverse("draft", args=[made.pk])

    done = "Version préparée. Relisez-la, complétez-la dans Word, puis déposez-la si elle change."
    answer = sent(request, form, act, done)
    if answer is not None:
        return answer
    found = prospect_of(contract, scope, instrument, offered)
    context = {
        "contract": contract,
        "operation": contract.operation,
        "kind": kind,
        "form": form,
        "instrument_form": InstrumentForm(initial={"instrument": instrument}),
        "instrument": TextInstrument(instrument).label,
        "may": may_draft(contract.operation, scope),
        **_ready(contract, scope, found, offered),
        "texts": _texts(form, found, offered),
        **_versions(request, contract, found, offered),
    }
    return render(request, "drafting/drafting.html", context, status=422 if form.is_bound else 200)


def _ready(
    contract: Contract, scope: Scope, found: Prospect, offered: list[Offered]
) -> dict[str, Any]:
    """What is known, what is not, what does not agree."""
    referent = is_referent(contract.operation, scope)
    first = to_say_first(contract, referent=referent)
    lacks = lacks_of(found.gaps, contract, referent=referent) if offered else []
    recorded = [lack for lack in lacks if lack.url]
    return {
        "referent": referent,
        "first": [*first, *recorded],
        "to_write": [lack for lack in lacks if not lack.url],
        "basis": basis_of(found.values),
        "disagreements": disagreements(found.facts),
    }


def _texts(
    form: PrepareForm, found: Prospect, offered: list[Offered]
) -> list[tuple[Any, Offered, Piece]]:
    """Each box to tick with its text, and what is missing in it."""
    pieces = {piece.text.pk: piece for piece in found.pieces}
    boxes: Any = form["texts"]
    return [(box, one, pieces[one.text.pk]) for box, one in zip(boxes, offered, strict=True)]


def _versions(
    request: ScopedRequest, contract: Contract, found: Prospect, offered: list[Offered]
) -> dict[str, Any]:
    """The versions kept, the one that counts, and what changed since the last one prepared."""
    rows = contract.drafts.select_related("author", "file").defer("file__content")
    page = page_of(request, rows.order_by("-number"))
    last = contract.drafts.order_by("-number").first()
    prepared: Draft | None = (
        contract.drafts.filter(kind=DraftKind.GENERATED)
        .select_related("file")
        .prefetch_related("texts")
        .order_by("-number")
        .first()
    )
    same = prepared is not None and prepared.instrument == found.instrument
    return {
        "page": page,
        "versions": [
            (row, row.pk == (last and last.pk), stored_lacks(row.missing)) for row in page
        ],
        "last": last,
        "prepared": prepared,
        "changes": changes_since(prepared, found.values) if prepared and same else [],
        "newer": newer_texts(prepared, offered) if prepared else [],
    }

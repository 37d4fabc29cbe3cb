"""Trying and keeping a version of a calibration, choosing the one retained: the referent host."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from coclause.clauses.calibrating import Draft, Retained, calibrate, computed, retain
from coclause.clauses.models import Calibration, Contract, Lot
from coclause.core.refusals import Refused
from coclause.law.calibration import Defaults, defaults
from coclause.organisations.scopes import Scope
from coclause.web.calibrations.forms import MOST_OWN, CalibrationForms, fingerprint, forms_of
from coclause.web.calibrations.pages import RetainForm
from coclause.web.calibrations.reading import Result, measure_of, tried, visible_contract
from coclause.web.middleware import ScopedRequest
from coclause.web.once import once
from coclause.web.operations.contracts import must_be_referent
from coclause.web.pages import id_in

KEEP = "enregistrer"
"""Name of the button that keeps what was computed."""
WHOLE, BY_LOT = "ensemble", "lots"
OPEN_LOTS = 6
"""Up to that many lots, each is shown open."""

FOLDED = 10
"""Lots beyond which the detail of a result is folded, so that what comes next stays in sight."""


def calibration_new(request: ScopedRequest, pk: int) -> HttpResponse:
    """Try values, see the result, keep it. `?depuis=` starts from a version, `?portee=` says
    whether the whole is computed, or each lot.
    """
    scope = request.scope
    contract = visible_contract(pk, scope)
    must_be_referent(contract.operation, scope)
    base = _base(request, contract, scope)
    every = list(contract.lots.all())
    extent = _extent(request, every, base)
    start = defaults(scope.day)
    typed = forms_of(
        contract,
        every if extent == BY_LOT else [],
        start,
        data=request.POST or None,
        base=base,
    )
    result = None
    if request.method == "POST" and typed.is_valid():
        answer, result = _sent(request, contract, typed, start)
        if answer:
            return answer
    context = {
        "contract": contract,
        "operation": contract.operation,
        "forms": typed,
        "base": base,
        "extent": extent,
        "by_lot": extent == BY_LOT,
        "not_by_lot": extent != BY_LOT,
        "lots": every,
        "open": len(every) <= OPEN_LOTS,
        "own": len(every) <= MOST_OWN,
        "most_own": MOST_OWN,
        "result": result,
        "many": result is not None and len(result.cells) > FOLDED,
        "keep": KEEP,
    }
    return render(request, "calibrations/calibration_new.html", context)


@require_POST
def calibration_retain(request: ScopedRequest, pk: int) -> HttpResponse:
    """Choose the version that holds; its volume goes to the clauses still being written."""
    scope = request.scope
    rows = Calibration.objects.visible_to(scope).select_related("contract__operation")
    version = get_object_or_404(rows, pk=pk)
    must_be_referent(version.contract.operation, scope)
    home = reverse("calibrations", args=[version.contract_id])
    form = RetainForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Cette page n’est plus à jour : rechargez-la, puis recommencez.")
        return redirect(home)
    done: list[Retained] = []

    def act() -> str:
        done.append(retain(scope, version, seen=form.cleaned_data["seen"]))
        return home

    try:
        answer = once(request, form.cleaned_data["once"], act)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect(home)
    for told in done:
        _tell(request, version, told)
    return answer


def _tell(request: ScopedRequest, version: Calibration, told: Retained) -> None:
    written = len(told.written)
    after = {
        0: "Aucune clause n’a changé.",
        1: "Le volume est porté dans la clause en projet.",
    }.get(written, f"Les volumes sont portés dans {written} clauses en projet.")
    messages.success(request, f"Version {version.number} retenue. {after}")
    if told.left:
        messages.warning(request, " ".join(told.left))


def _sent(
    request: ScopedRequest, contract: Contract, typed: CalibrationForms, start: Defaults
) -> tuple[HttpResponse | None, Result | None]:
    """Where a kept version leads; else its result, to be read before it is kept."""
    scope = request.scope
    form = typed.shared
    try:
        draft = typed.draft()
        found = computed(draft, scope.day)
        if KEEP in request.POST and form.cleaned_data["computed"] == fingerprint(draft):
            return _kept(request, contract, draft, form.cleaned_data["once"]), None
    except Refused as refusal:
        form.add_error(None, refusal.sentence)
        return None, None
    if KEEP in request.POST:
        messages.warning(
            request,
            "Des valeurs ont changé depuis le calcul : relisez le résultat, puis enregistrez.",
        )
    typed.remember(fingerprint(draft))
    return None, tried(draft, found, start, measure_of(contract, scope))


def _kept(request: ScopedRequest, contract: Contract, draft: Draft, token: str) -> HttpResponse:
    def act() -> str:
        calibrate(request.scope, contract, draft)
        return reverse("calibrations", args=[contract.pk])

    answer = once(request, token, act)
    messages.success(
        request, "Version enregistrée. Comparez-la aux autres, puis retenez celle qui convient."
    )
    return answer


def _base(request: ScopedRequest, contract: Contract, scope: Scope) -> Calibration | None:
    """The version to start from, when the address names one of this contract's."""
    asked = id_in(request.GET.get("depuis", ""))
    if asked is None:
        return None
    rows = Calibration.objects.visible_to(scope).filter(contract=contract)
    return rows.prefetch_related("lines").filter(pk=asked).first()


def _extent(request: ScopedRequest, lots: list[Lot], base: Calibration | None) -> str:
    """Each lot when there are several, unless the address or the version at hand says the whole."""
    asked: Any = request.GET.get("portee")
    if asked in (WHOLE, BY_LOT):
        return str(asked)
    if base is not None:
        return WHOLE if any(line.lot_id is None for line in base.lines.all()) else BY_LOT
    return BY_LOT if len(lots) > 1 else WHOLE

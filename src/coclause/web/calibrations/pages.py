"""The versions of a contract's calibration side by side, with what was really achieved."""

from dataclasses import dataclass
from decimal import Decimal

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from coclause.clauses.choices import ContractKind
from coclause.clauses.models import Contract
from coclause.clauses.permissions import is_referent
from coclause.core.parameters import parameter
from coclause.render.numbers import percent
from coclause.web.calibrations.drawing import Drawing, draw
from coclause.web.calibrations.reading import (
    Measure,
    Version,
    measure_of,
    rows_of,
    shown,
    versions_of,
    visible_contract,
)
from coclause.web.middleware import ScopedRequest
from coclause.web.once import OnceForm

ALL = "toutes"


class RetainForm(OnceForm):
    """Choose a version; `seen` is the one retained when the page was read."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


@dataclass(frozen=True)
class Comparison:
    """What closed contracts achieved, drawn and in a table."""

    measure: Measure
    drawing: Drawing
    rate: str
    rows: list[tuple[str, Decimal, Decimal]]
    among: str


def calibrations(request: ScopedRequest, pk: int) -> HttpResponse:
    """Every version; the referent host adds others and chooses one."""
    scope = request.scope
    contract = visible_contract(pk, scope)
    measure = measure_of(contract, scope)
    versions = versions_of(contract, scope, measure)
    retained = next((one for one in versions if one.row.retained_on), None)
    every = request.GET.get("versions") == ALL
    abreast = shown(versions, every=every)
    referent = is_referent(contract.operation, scope)
    context = {
        "contract": contract,
        "operation": contract.operation,
        "referent": referent,
        "onward": onward(contract) if retained and referent else None,
        "versions": abreast,
        "hidden": len(versions) - len(abreast),
        "rows": rows_of(abreast),
        "retained": retained,
        "form": RetainForm(initial={"seen": retained.row.pk if retained else None}),
        "measure": measure,
        "comparison": comparison(
            contract, measure, retained or (versions[-1] if versions else None)
        ),
        "least": int(parameter("achieved_contracts_least", scope.day)),
    }
    return render(request, "calibrations/calibrations.html", context)


@dataclass(frozen=True)
class Onward:
    """The act that follows a retained version."""

    label: str
    url: str


def onward(contract: Contract) -> Onward | None:
    """The clause of the first lot without one, then the documents of the consultation."""
    bare = contract.lots.filter(clauses=None).order_by("number").first()
    if bare is not None:
        return Onward("Écrire la clause", reverse("clause-new", args=[bare.pk]))
    if contract.kind == ContractKind.PRIVATE:
        return None
    return Onward("Rédiger les pièces", reverse("drafting", args=[contract.pk]))


def comparison(contract: Contract, measure: Measure, version: Version | None) -> Comparison | None:
    """What was achieved, with the mark of that version; None where too few contracts are closed."""
    found = measure.achieved
    if found is None:
        return None
    ours = version.result.ratio if version and version.result.total else None
    names = ("Un quart en dessous de", "La moitié en dessous de (médiane)", "Un quart au-dessus de")
    return Comparison(
        measure=measure,
        drawing=draw(found.done, found.committed, ours, version.name if version else ""),
        rate=percent(found.hours_done, found.hours_committed),
        rows=list(zip(names, found.done, found.committed, strict=True)),
        among=among(contract, measure),
    )


def among(contract: Contract, measure: Measure) -> str:
    """Which contracts the figures are of."""
    if measure.achieved and measure.achieved.basis == "division":
        return f"division CPV {measure.division}"
    type_ = contract.get_market_type_display().lower()
    if measure.division:
        few = f"trop peu de contrats clos dans la division CPV {measure.division}"
        return f"type de marché {type_}, {few}"
    return f"type de marché {type_}, le code CPV du contrat n’étant pas connu"

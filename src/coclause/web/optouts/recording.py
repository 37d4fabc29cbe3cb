"""Writing in the register, in steps: the contract, the answer of the law and what could be asked
instead, the case and the reasons, the summary. Nothing is kept before the last one.

Reasons travel in the body of the form alone, never in an address.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.debug import sensitive_post_parameters

from coclause.clauses.duty import answer
from coclause.clauses.models import Contract, OptOut
from coclause.clauses.opting_out import record
from coclause.core.refusals import Conflict, Refused
from coclause.law.cases import Verdict
from coclause.law.exemptions import Exemption, planned
from coclause.law.smaller import SmallerCondition, smaller_conditions
from coclause.organisations.models import Organisation
from coclause.web.middleware import ScopedRequest
from coclause.web.once import once
from coclause.web.optouts.forms import DecisionForm, FactsForm, facts_of_contract, facts_of_entry
from coclause.web.pages import id_in

FACTS, LAW, CASE, SUMMARY, RECORD = "contrat", "loi", "cas", "relire", "inscrire"
STEPS = {
    FACTS: "Le contrat",
    LAW: "Ce que dit la loi",
    CASE: "Le cas et vos motifs",
    SUMMARY: "Relire",
}


@dataclass(frozen=True)
class Answered:
    """What the law says of the facts, and what it plans."""

    verdict: Verdict
    smaller: tuple[SmallerCondition, ...]
    opened: list[Exemption]
    closed: list[tuple[Exemption, str]]
    """Each with why this contract does not open it."""


@sensitive_post_parameters("reason")
def opt_out_new(request: ScopedRequest) -> HttpResponse:
    """Write an entry, for a contract followed here (`?contrat=`) or not."""
    scope = request.scope
    if not scope.buyers:
        raise PermissionDenied
    asked = id_in(request.GET.get("contrat", ""))
    initial = {}
    if asked is not None:
        rows = Contract.objects.filter(operation__buyer__in=scope.buyers)
        contract = get_object_or_404(rows.select_related("operation__buyer"), pk=asked)
        initial = facts_of_contract(contract)
    return _steps(request, initial, None)


@sensitive_post_parameters("reason")
def opt_out_correct(request: ScopedRequest, pk: int) -> HttpResponse:
    """Another entry that replaces this one: what was written stays readable."""
    scope = request.scope
    entry = get_object_or_404(OptOut.objects.visible_to(scope).select_related("buyer"), pk=pk)
    if entry.buyer_id not in scope.buyers:
        raise PermissionDenied
    return _steps(request, facts_of_entry(entry), entry)


def _steps(
    request: ScopedRequest, initial: dict[str, Any], replaced: OptOut | None
) -> HttpResponse:
    """The page of the step asked, or of the first one that is not filled yet."""
    scope = request.scope
    buyers = Organisation.objects.filter(pk__in=scope.buyers).order_by("name_key", "pk")
    if replaced is not None:
        buyers = buyers.filter(pk=replaced.buyer_id)
    step = request.POST.get("etape", FACTS)
    facts = FactsForm(buyers, request.POST or None, initial=initial)
    if not facts.is_valid() or step == FACTS:
        return _page(request, FACTS, facts, replaced)
    told = answered(facts)
    if told.verdict.duty != "due" or step == LAW:
        return _page(request, LAW, facts, replaced, told=told, help_url=_help(facts))
    written = None if step == CASE else request.POST
    decision = DecisionForm(told.opened, written, initial=_written(request, replaced))
    if not decision.is_valid():
        return _page(request, CASE, facts, replaced, told=told, decision=decision)
    status = 200
    if step == RECORD:
        try:
            return _recorded(request, facts, decision, replaced)
        except Refused as refusal:
            decision.add_error(None, refusal.sentence)
            status = 409 if isinstance(refusal, Conflict) else 200
    found = {one.code: one for one in told.opened}
    more = {"told": told, "decision": decision, "case": found[decision.cleaned_data["code"]]}
    return _page(request, SUMMARY, facts, replaced, status=status, **more)


def _recorded(
    request: ScopedRequest, facts: FactsForm, decision: DecisionForm, replaced: OptOut | None
) -> HttpResponse:
    scope, said = request.scope, decision.cleaned_data

    def act() -> str:
        entry = record(scope, facts.entry(said["code"], said["reason"]), replaces=replaced)
        return reverse("opt-out", args=[entry.pk])

    done = once(request, facts.cleaned_data["once"], act)
    what = "La correction est inscrite" if replaced else "L’inscription est faite"
    messages.success(request, f"{what}. Gardez le document avec votre dossier de marché.")
    return done


def answered(facts: FactsForm) -> Answered:
    """The answer for a valid form."""
    need = facts.need()
    case = need.case()
    every = planned(case)
    return Answered(
        verdict=answer(need),
        smaller=smaller_conditions(case),
        opened=[one for one in every if one.opened(case)],
        closed=[(one, why) for one in every if (why := one.closed_because(case))],
    )


def _written(request: ScopedRequest, replaced: OptOut | None) -> dict[str, str]:
    """What is already written: in this form, else in the buyer's own entry to be corrected."""
    if "reason" in request.POST:
        return {"code": request.POST.get("code", ""), "reason": request.POST["reason"]}
    return {"code": replaced.code, "reason": replaced.reason} if replaced else {}


def _help(facts: FactsForm) -> str:
    """The front door, filled with this contract; empty while there is none."""
    try:
        door = reverse("door")
    except NoReverseMatch:
        return ""
    said, contract = facts.cleaned_data, facts.cleaned_data["contract"]
    asked = {
        "objet": said["object"],
        "type": said["type"],
        "valeur": facts["value"].data,
        "mois": said["months"],
        "avis": f"{said['notice_on']:%d/%m/%Y}",
        "acheteur": said["law_buyer"],
        "defense": said["defense"],
    }
    if contract and contract.operation.commune:
        commune = contract.operation.commune
        asked["commune"] = f"{commune.name} ({commune.code})"
    return f"{door}?{urlencode({name: value for name, value in asked.items() if value})}"


def _page(
    request: ScopedRequest,
    step: str,
    facts: FactsForm,
    replaced: OptOut | None,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    names = list(STEPS)
    context = {
        "step": step,
        "step_title": STEPS[step],
        "step_number": names.index(step) + 1,
        "step_count": len(names),
        "facts": facts,
        "contract": facts.linked,
        "replaced": replaced,
        "back": reverse("opt-out", args=[replaced.pk]) if replaced else reverse("opt-outs"),
    }
    return render(request, f"optouts/{TEMPLATES[step]}.html", context | more, status=status)


TEMPLATES = {FACTS: "facts", LAW: "law", CASE: "case", SUMMARY: "summary"}

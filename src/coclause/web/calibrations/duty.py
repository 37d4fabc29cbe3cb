"""What the law answers for a contract already recorded, and where to go from there."""

from datetime import date
from decimal import Decimal

from django.http import HttpResponse
from django.shortcuts import render

from coclause.clauses.choices import ContractKind
from coclause.clauses.duty import FROM_AMOUNT, Need, answer, need_of
from coclause.clauses.models import Contract
from coclause.clauses.permissions import is_referent
from coclause.law import estimates, exemptions
from coclause.law.cases import Verdict
from coclause.law.instruments import Facts, Recommendation, recommend
from coclause.network.door import ESTIMATED_AS
from coclause.web.calibrations.reading import visible_contract
from coclause.web.calibrations.words import address_of
from coclause.web.middleware import ScopedRequest
from coclause.web.verdicts import verdict_title


def contract_duty(request: ScopedRequest, pk: int) -> HttpResponse:
    """The verdict with its reasons, the instrument to examine, the ways on."""
    scope = request.scope
    contract = visible_contract(pk, scope)
    need = need_of(contract)
    verdict = answer(need)
    retained = contract.calibrations.filter(retained_on__isnull=False).first()
    hours = sum((line.exact for line in retained.lines.all()), Decimal(0)) if retained else None
    recording = address_of("opt-out-new")
    theirs = contract.operation.buyer_id in scope.buyers and bool(verdict.exemptions)
    context = {
        "contract": contract,
        "operation": contract.operation,
        "referent": is_referent(contract.operation, scope),
        "need": need,
        "value_presumed": FROM_AMOUNT in need.presumed,
        "verdict": verdict,
        "title": verdict_title(verdict.duty, contract.kind),
        "opened": opened(need, verdict),
        "advised": advised(contract, hours, scope.day),
        "retained": retained,
        "estimate": _estimate(contract, need),
        "draft_url": address_of("drafting", contract.pk),
        # The register is private to the buyer and to the hosts that help it.
        "register_url": address_of("opt-outs") if scope.buyers or scope.hosts else "",
        "record_url": f"{recording}?contrat={contract.pk}" if recording and theirs else "",
    }
    return render(request, "calibrations/contract_duty.html", context)


def opened(need: Need, verdict: Verdict) -> list[exemptions.Exemption]:
    """The opt-outs that may be invoked in this case."""
    if not verdict.exemptions:
        return []
    return [one for one in exemptions.planned(need.case()) if one.code in verdict.exemptions]


def advised(contract: Contract, hours: Decimal | None, day: date) -> Recommendation | None:
    """What to examine first, for these exact hours; None where the marks of the day are unknown."""
    facts = Facts(
        contract=contract.kind,  # type: ignore[arg-type]  # Facts checks what it is given
        day=contract.notice_on or day,
        hours=hours,
        months=contract.duration_months,
    )
    try:
        return recommend(facts)
    except LookupError:
        return None


def _estimate(contract: Contract, need: Need) -> estimates.Range | None:
    """A first range of hours, before anybody calibrated."""
    type_ = ESTIMATED_AS.get(contract.market_type)
    if contract.kind == ContractKind.CONCESSION:
        type_ = "concession"
    if type_ is None or not need.days:
        return None
    try:
        return estimates.estimate(type_, need.value, need.months, need.days[0])
    except LookupError:
        return None

"""Everything that is frozen of a document when it is established."""

from datetime import date
from typing import Any

from coclause.clauses.calendars import off_in_words
from coclause.clauses.choices import HostRole
from coclause.clauses.models import OperationHost
from coclause.core.periods import on_day
from coclause.hours.choices import ProofKind
from coclause.hours.proofs.asking import Asked, companies
from coclause.hours.proofs.certificates import certificate_figures
from coclause.hours.proofs.controls import control_figures
from coclause.hours.proofs.facts import essence, facts_of
from coclause.hours.proofs.statements import statement_figures


def figures_of(asked: Asked, day: date) -> dict[str, Any]:
    """The figures of a document as JSON holds them: hours as texts, days as 2026-11-24.

    The same day, twice, without anything recorded meanwhile, they are the same.
    """
    head = {"head": _head(asked, day)}
    if asked.kind == ProofKind.CONTROL:
        return head | control_figures(asked, day)
    facts = facts_of([asked])
    found = head | {"essence": essence(asked, facts)}
    if asked.kind == ProofKind.CERTIFICATE:
        return found | certificate_figures(asked, facts)
    return found | statement_figures(asked, facts, day)


def _head(asked: Asked, day: date) -> dict[str, Any]:
    """Who, what, when: the names of that day."""
    lot, award = asked.award.lot, asked.award
    contract = lot.contract
    hosts = OperationHost.objects.filter(
        on_day(day), operation=contract.operation, role=HostRole.REFERENT
    ).select_related("host")
    host = hosts.first()
    held = companies(award, day)
    company = asked.company or (held[0] if held else None)
    return {
        "operation": contract.operation.name,
        "buyer": contract.operation.buyer.name,
        "contract": contract.object,
        "reference": contract.reference,
        "lot": str(lot),
        "lot_number": lot.number,
        "instrument": asked.clause.instrument,
        "company": company.name if company else "",
        "siret": (company.siret or "") if company else "",
        "holder": held[0].name if held else "",
        "starts_on": award.starts_on.isoformat(),
        "ends_on": award.ends_on.isoformat(),
        "off": off_in_words(award),
        "host": host.host.name if host else "",
    }

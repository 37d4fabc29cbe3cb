"""The figures of a certificate: what a company did for a clause, in hours."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from coclause.clauses.choices import ANSWERABLE
from coclause.hours.proofs.asking import Asked
from coclause.hours.proofs.facts import HourFacts

ZERO = Decimal(0)


def certificate_figures(asked: Asked, facts: HourFacts) -> dict[str, Any]:
    """What is frozen of a certificate, as JSON holds it: hours as texts with two decimals."""
    counted = facts.counted(asked)
    months: dict[str, Decimal] = defaultdict(Decimal)
    kinds: dict[str, Decimal] = defaultdict(Decimal)
    own = ZERO
    company = asked.company.pk if asked.company else None
    for cell in counted:
        months[f"{cell.month:%Y-%m}"] += cell.hours
        kinds[cell.kind] += cell.hours
        if cell.employment and facts.facts[cell.employment].employer_id == company:
            own += cell.hours
    held = [m for m in facts.members.get(asked.award.pk, []) if m.organisation_id == company]
    answers = [member for member in held if member.part in ANSWERABLE]
    part = (answers or held)[0]
    total = sum(kinds.values(), ZERO)
    return {
        "hours": {"validated": f"{total:.2f}", "own": f"{own:.2f}"},
        "months": [
            {"month": month, "validated": f"{hours:.2f}"} for month, hours in sorted(months.items())
        ],
        "kinds": {kind: f"{hours:.2f}" for kind, hours in sorted(kinds.items())},
        "part": part.part,
        "answers": bool(answers),
        "part_from": part.starts_on.isoformat(),
        "part_until": part.ends_on.isoformat() if part.ends_on else None,
    }

"""What anybody is told of a document by its code: whether it is valid, what it is, when."""

from dataclasses import dataclass
from datetime import date

from coclause.hours.choices import ProofKind
from coclause.hours.models import Proof
from coclause.hours.proofs.numbering import code_in


@dataclass(frozen=True)
class Verified:
    """A document that exists. Nothing else of it leaves: no number, no name, no hour."""

    kind: str
    day: date
    replaced_on: date | None
    """When a more recent version was established."""


def verified(typed: str) -> Verified | None:
    """The document of that code; None when there is none."""
    code = code_in(typed)
    if code is None:
        return None
    rows = Proof.objects.filter(code=code).values_list("kind", "day", "replaced_by__day")
    found = rows.first()
    if found is None:
        return None
    kind, day, replaced_on = found
    return Verified(ProofKind(kind).label, day, replaced_on)

"""Who is told that a document is there: the buyer of its statements, a company of its certificate.

The message says no figure: it leads to the document.
"""

from collections.abc import Iterable

from coclause.core.models import User
from coclause.core.outbox import post
from coclause.core.periods import on_day
from coclause.hours.choices import ProofKind
from coclause.hours.models import Proof
from coclause.hours.proofs.queries import STATEMENTS
from coclause.organisations.choices import MemberRole
from coclause.organisations.models import Membership, Organisation
from coclause.render.numbers import date_fr

SIGNATURE = "\n\nCoClause, le suivi des clauses sociales d’insertion"


def tell_issued(proof: Proof, address: str) -> None:
    """Write a message to each member of the buyer, or to the first contact of the company."""
    operation = proof.award.lot.contract.operation
    if proof.kind in STATEMENTS:
        whom, people = operation.buyer, _members(operation.buyer, MemberRole.BUYER, proof)
    elif proof.kind == ProofKind.CERTIFICATE and proof.company:
        whom, people = proof.company, _members(proof.company, MemberRole.COMPANY, proof)[:1]
    else:
        return
    for user in people:
        post(
            to=user.email,
            subject=f"{proof.get_kind_display()} n° {proof.number}",
            body=_body(proof, address),
            kind="proof.issued",
            key=f"proof.issued:{proof.number}:{user.pk}",
            about=[proof, proof.award, whom, operation],
            day=proof.day,
            at=proof.recorded_at,
        )


def _members(of: Organisation, role: MemberRole, proof: Proof) -> list[User]:
    rows: Iterable[Membership] = (
        Membership.objects.filter(on_day(proof.day), organisation=of, role=role)
        .filter(user__is_active=True)
        .select_related("user")
        .order_by("rank", "pk")
    )
    return list(dict.fromkeys(row.user for row in rows))


def _body(proof: Proof, address: str) -> str:
    lot = proof.award.lot
    replaced = (
        f"Il remplace le document n° {proof.replaces.number} du {date_fr(proof.replaces.day)},"
        " qui n’est plus en vigueur.\n\n"
        if proof.replaces
        else ""
    )
    return (
        "Bonjour,\n\n"
        f"Le document « {proof.get_kind_display()} » n° {proof.number} est établi pour"
        f" {lot.contract.operation}, lot {lot.number}, heures arrêtées au {date_fr(proof.until)}."
        f"\n\n{replaced}Pour le lire, avec votre compte :\n{address}{SIGNATURE}"
    )

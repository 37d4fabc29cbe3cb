"""Establishing a document: its figures are frozen, its PDF kept, its number and code given.

A version never changes. When hours were corrected since, a new one replaces it, and says so.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction

from coclause.clauses.models import Award, Clause
from coclause.clauses.permissions import is_referent
from coclause.core.addresses import address_of
from coclause.core.files import content_of, store
from coclause.core.journal import record_act
from coclause.core.refusals import Conflict, Refused
from coclause.hours.choices import ProofKind
from coclause.hours.models import EmploymentFact, Proof
from coclause.hours.proofs.asking import Asked, must_be_possible
from coclause.hours.proofs.controls import employments_in
from coclause.hours.proofs.gathering import figures_of
from coclause.hours.proofs.messages import tell_issued
from coclause.hours.proofs.numbering import new_code, next_number, one_at_a_time
from coclause.hours.proofs.wording import Signed, document_of
from coclause.organisations.models import Organisation
from coclause.organisations.scopes import Scope
from coclause.people.actions import names_of
from coclause.render.numbers import date_fr
from coclause.render.proofs import ProofDocument
from coclause.render.proofs import proof as paper

PDF = "application/pdf"
MOVED = (
    "Quelqu’un d’autre vient d’établir ce document. Rechargez la page : il n’est peut-être plus"
    " utile d’en établir un autre."
)
CHANGED = "Les chiffres ont changé pendant que vous les lisiez : relisez-les avant d’établir."


def digest_of(figures: Mapping[str, Any]) -> str:
    """What tells figures apart from others."""
    return hashlib.sha256(json.dumps(figures, sort_keys=True).encode()).hexdigest()


def may_issue(award: Award, scope: Scope) -> bool:
    """The referent host alone establishes documents."""
    return is_referent(award.lot.contract.operation, scope)


@transaction.atomic
def issue(
    scope: Scope,
    kind: ProofKind,
    clause: Clause,
    award: Award,
    *,
    company: Organisation | None = None,
    until: date | None = None,
    version: int | None = None,
    read: str | None = None,
) -> Proof:
    """Establish a document of hours worked up to `until` (the day, by default and at most).

    `version` is that of the last version as it was read (0: there was none), `read` the digest
    of the figures that were shown; None does not check. Raises PermissionDenied for who is not of
    the referent host, `Refused` when there is nothing to establish, `Conflict` when another
    version, or other figures, came meanwhile; in each case nothing is written.
    """
    if scope.user is None or not may_issue(award, scope):
        raise PermissionDenied
    final = kind == ProofKind.FINAL
    asked = Asked(kind, clause, award, company, scope.day if final else until or scope.day)
    must_be_possible(asked, scope.day)
    one_at_a_time()
    last = asked.last()
    if version is not None and version != (last.version if last else 0):
        raise Conflict(MOVED)
    figures = figures_of(asked, scope.day)
    if read is not None and read != digest_of(figures):
        raise Conflict(CHANGED)
    must_say_something(asked, figures, last)
    return _kept(scope, asked, figures, last)


def _kept(scope: Scope, asked: Asked, figures: dict[str, Any], last: Proof | None) -> Proof:
    """Number it, draw it, keep it, tell it."""
    proof = Proof(
        kind=asked.kind,
        number=next_number(scope.day),
        code=new_code(),
        award=asked.award,
        clause=asked.clause,
        company=asked.company,
        until=asked.until,
        day=scope.day,
        version=last.version + 1 if last else 1,
        replaces=last,
        figures=figures,
        author=scope.user,
    )
    drawn = paper(document(proof), fonts=settings.FONTS)
    proof.file = store(drawn, f"{proof.number}.pdf", PDF, scope.user)
    proof.save(force_insert=True)
    tell_issued(proof, address_of("proofs", asked.clause.pk))
    _record(scope, proof)
    return proof


def must_say_something(asked: Asked, figures: dict[str, Any], last: Proof | None) -> None:
    """Raises `Refused` when the last version already says it, or when there is nothing to say."""
    if last is not None and last.figures == figures:
        raise Refused(
            f"Rien n’a changé depuis le document n° {last.number} du {date_fr(last.day)} :"
            " téléchargez-le."
        )
    if asked.kind == ProofKind.CERTIFICATE and not figures["months"]:
        raise Refused(
            "Aucune heure validée pour cette entreprise à cette date : il n’y a rien à attester."
        )


def _record(scope: Scope, proof: Proof) -> None:
    """A control sheet is the host's own: the journal of the clause, that others read, is silent."""
    kind = ProofKind(proof.kind)
    replaced = f" Il remplace le n° {proof.replaces.number}." if proof.replaces else ""
    open_to_others = (proof.award.lot.contract.operation, proof.clause)
    record_act(
        scope.user,
        "proof.issued",
        f"{kind.label} n° {proof.number}, heures arrêtées au {date_fr(proof.until)}.{replaced}",
        proof,
        *(open_to_others if kind != ProofKind.CONTROL else ()),
        day=scope.day,
    )


def document(proof: Proof, names: Mapping[int, str] | None = None) -> ProofDocument:
    """A version in words, as it is printed."""
    signed = Signed(
        day=proof.day,
        until=proof.until,
        author=str(proof.author),
        number=proof.number,
        code=proof.code,
        address=address_of("verify"),
        link=address_of("verify-code", proof.code),
        version=proof.version,
        replaces=f"n° {proof.replaces.number} du {date_fr(proof.replaces.day)}"
        if proof.replaces
        else "",
    )
    return document_of(ProofKind(proof.kind), proof.figures, signed, names)


def content(proof: Proof, scope: Scope) -> bytes:
    """The PDF for who reads it: as it was kept, but for a control sheet, which is drawn again with
    the names that its reader may read; that reading is logged.
    """
    if proof.kind != ProofKind.CONTROL:
        return content_of(proof.file)
    names = names_in(scope, proof.figures, page=f"Fiche de contrôle {proof.number}")
    return paper(document(proof, names), fonts=settings.FONTS)


def names_in(scope: Scope, figures: Mapping[str, Any], *, page: str) -> dict[int, str]:
    """Names by employment of the persons that a control sheet speaks of."""
    facts = EmploymentFact.objects.filter(pk__in=employments_in(dict(figures)))
    identities = dict(facts.values_list("pk", "identity_id"))
    names = names_of(scope, identities.values(), page=page)
    return {pk: names[identity] for pk, identity in identities.items() if identity in names}

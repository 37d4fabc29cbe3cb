"""Rows of the permission table: numbered documents, and their verification."""

from datetime import date
from typing import Any

from tests.builders import DAY
from tests.contracts.permission_rows import HOST, Row, clause
from tests.contracts.permission_worlds import Cast
from tests.hours.proofs.proof_worlds import issued, validated

from coclause.core.actor import acting_as
from coclause.hours.choices import ProofKind
from coclause.hours.models import Proof
from coclause.hours.proofs.asking import Asked
from coclause.hours.proofs.gathering import figures_of
from coclause.hours.proofs.issuing import digest_of

READERS = (*HOST, "coordinator", "buyer", "company")
STATEMENT_READERS = (*HOST, "coordinator", "buyer")
ISSUE = "documents/etablir/?nature=bilan_intermediaire&jusqu=2026-11"


def statement(cast: Cast) -> None:
    issued(cast.here)


def certificate(cast: Cast) -> None:
    validated(cast.here, "35")
    issued(cast.here, ProofKind.CERTIFICATE, company=cast.here.company)


def control(cast: Cast) -> None:
    issued(cast.here, ProofKind.CONTROL)


def replaced(cast: Cast) -> None:
    """The first version of a statement, once another one replaced it."""
    issued(cast.here)
    validated(cast.here, "35", month=date(2026, 10, 1))
    issued(cast.here)


def first_pdf(_: Cast) -> str:
    return f"/documents/{Proof.objects.earliest('pk').number}.pdf"


def as_read(cast: Cast) -> dict[str, Any]:
    """The form as the page shows it."""
    with acting_as(cast.here.facilitator, day=DAY):
        asked = Asked(ProofKind.INTERIM, cast.here.clause, cast.here.award, None, DAY)
        return {"version": "0", "read": digest_of(figures_of(asked, DAY)), "once": "essai"}


PROOFS: tuple[Row, ...] = (
    Row("proofs", clause("documents/"), READERS, ("neighbour_facilitator",)),
    Row(
        "proofs",
        clause("documents/"),
        READERS,
        ("neighbour_facilitator",),
        note=" with one",
        prepare=statement,
    ),
    Row(
        "proof-issue",
        clause(ISSUE),
        HOST,
        ("neighbour_facilitator", "coordinator", "buyer", "company"),
    ),
    Row(
        "proof-issue",
        clause(ISSUE),
        HOST,
        ("neighbour_facilitator", "coordinator", "buyer", "company"),
        method="post",
        data=as_read,
        success=302,
    ),
    Row("proof-pdf", first_pdf, STATEMENT_READERS, note=" statement", prepare=statement),
    Row("proof-pdf", first_pdf, STATEMENT_READERS, note=" replaced", prepare=replaced),
    Row("proof-pdf", first_pdf, (*HOST, "company"), note=" certificate", prepare=certificate),
    Row("proof-pdf", first_pdf, HOST, note=" control", prepare=control),
)

PUBLIC_PROOFS: dict[str, tuple[str, tuple[int, ...]]] = {
    "verify": ("/verifier/", (200,)),
    "verify-code": ("/verifier/ABCD-EFGH-JKMN-PQRS/", (404,)),
}
"""The same for everybody: `tests/web/proofs` tries real and unknown codes."""

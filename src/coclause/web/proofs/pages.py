"""The documents of a clause, and handing one over."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from coclause.hours.choices import ProofKind
from coclause.hours.models import Proof
from coclause.hours.proofs.asking import is_over
from coclause.hours.proofs.facts import outdated
from coclause.hours.proofs.issuing import content
from coclause.web.clauses.access import frame
from coclause.web.door.links import private
from coclause.web.middleware import ScopedRequest
from coclause.web.pages import download
from coclause.web.proofs.access import Desk, desk_of

GROUPS = (
    ("Bilans pour l’acheteur", (ProofKind.INTERIM, ProofKind.FINAL)),
    ("Attestations pour les entreprises", (ProofKind.CERTIFICATE,)),
    ("Fiches de contrôle, internes à la structure", (ProofKind.CONTROL,)),
)
BUTTONS = {
    ProofKind.INTERIM: "Établir un bilan intermédiaire",
    ProofKind.FINAL: "Établir le bilan final",
    ProofKind.CERTIFICATE: "Établir une attestation",
    ProofKind.CONTROL: "Établir une fiche de contrôle",
}
RELATED = ("award", "clause", "company", "author", "replaces", "replaced_by")


@dataclass(frozen=True)
class Row:
    """One version of a document."""

    proof: Any
    outdated: bool
    """Hours it counts were corrected, or its commitment changed, since."""

    @property
    def company(self) -> str:
        """The name it was established under."""
        return self.proof.figures["head"]["company"] or "non connue"

    @property
    def replaced_by(self) -> Any:
        return getattr(self.proof, "replaced_by", None)

    @property
    def month(self) -> str:
        """As the address of the page that establishes it names its month."""
        return f"{self.proof.until:%Y-%m}"


@dataclass(frozen=True)
class Group:
    title: str
    rows: list[Row]
    buttons: list[tuple[str, str]]
    """Kind in the address, and label."""


def proofs(request: ScopedRequest, pk: int) -> HttpResponse:
    """What was established for this clause, the latest first, as far as the reader is given it."""
    desk = desk_of(pk, request.scope)
    context = {
        "frame": frame(request.scope),
        "desk": desk,
        "clause": desk.clause,
        "groups": groups_of(desk, request.scope.day, desk.rows(request.scope)),
        "several": len(desk.view.awards) > 1,
    }
    return render(request, "proofs/proofs.html", context)


def groups_of(desk: Desk, day: date, rows: Iterable[Any]) -> list[Group]:
    """Every version, by kind; the same number of queries for any number."""
    found = list(_related(rows))
    stale = outdated([row for row in found if not hasattr(row, "replaced_by")], day)
    shown = [Row(row, row.pk in stale) for row in found]
    return [
        Group(
            title,
            [row for row in shown if row.proof.kind in kinds],
            [(kind.value, BUTTONS[kind]) for kind in kinds if _may(desk, kind, day)],
        )
        for title, kinds in GROUPS
        if set(kinds) & set(desk.kinds)
    ]


def _related(rows: Any) -> Any:
    return rows.select_related(*RELATED).defer("file__content").order_by("-pk")


def _may(desk: Desk, kind: ProofKind, day: date) -> bool:
    if not (desk.issues and desk.view.awards):
        return False
    if kind != ProofKind.FINAL:
        return True
    return any(is_over(desk.clause, award, day) for award in desk.view.awards)


def proof_pdf(request: ScopedRequest, number: str) -> HttpResponse:
    """The PDF of a version, replaced or not, for who is given it."""
    rows = Proof.objects.visible_to(request.scope).select_related("file", "author", "replaces")
    proof = get_object_or_404(rows, number=number)
    drawn = content(proof, request.scope)
    return private(download(drawn, f"{proof.number}.pdf", "application/pdf"))

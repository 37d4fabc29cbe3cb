"""Final statements whose figures moved since: a new version is the referent's to establish."""

from collections.abc import Sequence
from typing import Any

from django.db.models import DateTimeField, Exists, Min, OuterRef, Q, Subquery

from coclause.clauses.choices import HostRole
from coclause.clauses.due import DueItem, followed
from coclause.clauses.models import CountingChange, ObjectiveEvent, OperationHost
from coclause.clauses.states import Turn
from coclause.core.periods import on_day
from coclause.hours.choices import ProofKind
from coclause.hours.models import Proof, StatementLine
from coclause.hours.proofs.asking import is_over
from coclause.hours.proofs.facts import outdated
from coclause.hours.proofs.queries import OPERATION
from coclause.organisations.scopes import Scope


def proofs_due(scope: Scope) -> list[DueItem]:
    """Final statements that the user, referent, has to establish again. No query for others."""
    return [_item(proof) for proof in _stale(scope)]


def count_proofs_due(scope: Scope) -> int:
    """How many. One query, six more when something was recorded after one of them."""
    return len(_stale(scope))


def _stale(scope: Scope) -> Sequence[Any]:
    """Read only those that something was recorded after: there are more of them each year."""
    if not scope.hosts:
        return []
    referent = OperationHost.objects.filter(
        on_day(scope.day), host__in=scope.hosts, role=HostRole.REFERENT
    )
    rows: Any = (
        Proof.objects.in_force()
        .filter(followed(OPERATION, scope), kind=ProofKind.FINAL)
        .filter(**{f"{OPERATION}__in": referent.values("operation")})
        .annotate(corrected=_corrected())
        .filter(Q(corrected__isnull=False) | _terms_moved())
        .select_related("clause", f"{OPERATION}__buyer")
        .order_by("pk")
    )
    found = [proof for proof in rows if is_over(proof.clause, proof.award, scope.day)]
    stale = outdated(found, scope.day)
    return [proof for proof in found if proof.pk in stale]


def _corrected() -> Subquery:
    """When hours of the award were first validated after the statement."""
    lines = StatementLine.objects.validated().filter(
        statement__award=OuterRef("award"), validated_at__gt=OuterRef("recorded_at")
    )
    first = lines.order_by().values("statement__award").annotate(first=Min("validated_at"))
    return Subquery(first.values("first"), output_field=DateTimeField())


def _terms_moved() -> Q:
    """What is committed, or which hours count, was recorded or took effect after the statement."""
    path = "objective__commitment__"
    events = ObjectiveEvent.objects.filter(
        Q(recorded_at__gt=OuterRef("recorded_at")) | Q(effective_on__gt=OuterRef("until")),
        **{f"{path}award": OuterRef("award"), f"{path}clause": OuterRef("clause")},
    )
    changes = CountingChange.objects.filter(
        clause=OuterRef("clause"), recorded_at__gt=OuterRef("recorded_at")
    )
    return Q(Exists(events)) | Q(Exists(changes))


def _item(proof: Any) -> DueItem:
    lot = proof.award.lot
    moved = "des heures ont été corrigées" if proof.corrected else "ce qui est engagé a changé"
    return DueItem(
        kind="proof",
        what=f"Établir une nouvelle version du bilan final n° {proof.number} : {moved} depuis",
        about=f"{lot.contract.operation}, lot {lot.number} · {lot.contract.operation.buyer}",
        url_name="proofs",
        url_args=(proof.clause_id,),
        action="Établir",
        turn=Turn.FACILITATOR,
        since=proof.corrected.date() if proof.corrected else proof.day,
    )

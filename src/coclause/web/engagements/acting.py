"""What the pages of commitments share: finding a thing to change, sending a form once."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse

from coclause.clauses.models import Clause, Commitment, Objective
from coclause.clauses.promises import promise
from coclause.organisations.scopes import Scope
from coclause.people.models import Criterion
from coclause.web.operations.contracts import must_be_referent
from coclause.web.operations.forms import criteria_of

WOMEN = ("FEMMES", "Femmes")
"""A public told by sex, beside the region's criteria."""


def clause_to_change(pk: int, scope: Scope) -> Clause:
    """404 out of the scope, 403 without the right to change."""
    clause: Clause = get_object_or_404(Clause.objects.visible_to(scope).with_context(), pk=pk)
    must_be_referent(clause.lot.contract.operation, scope)
    return clause


def objective_to_change(pk: int, scope: Scope) -> Objective:
    """The same, with its award and its events."""
    objective: Objective = get_object_or_404(
        Objective.objects.filter(commitment__clause__in=Clause.objects.visible_to(scope))
        .select_related("commitment__award", "commitment__clause__lot__contract__operation__buyer")
        .prefetch_related("events__order"),
        pk=pk,
    )
    must_be_referent(objective.commitment.clause.lot.contract.operation, scope)
    return objective


def commitment_to_change(pk: int, scope: Scope) -> Commitment:
    commitment: Commitment = get_object_or_404(
        Commitment.objects.filter(clause__in=Clause.objects.visible_to(scope))
        .select_related("award", "clause__lot__contract__operation__buyer")
        .prefetch_related("objectives__events"),
        pk=pk,
    )
    must_be_referent(commitment.clause.lot.contract.operation, scope)
    return commitment


def tab_of(clause: Clause) -> str:
    """The address of the clause's commitment."""
    return f"{reverse('clause', args=[clause.pk])}?onglet=engagement"


def publics_of(clause: Clause, scope: Scope) -> list[tuple[str, str]]:
    """Publics that a share may be reserved to, in the words of the region."""
    return [WOMEN, *criteria_of(clause.lot.contract.operation.region_id, scope)]


def public_labels(clause: Clause, scope: Scope, codes: set[str]) -> dict[str, str]:
    """The words of these publics. One query, none without a public to name."""
    if not codes - {WOMEN[0]}:
        return dict([WOMEN])
    region = clause.lot.contract.operation.region_id
    rows = Criterion.objects.on(scope.day).filter(code__in=codes).order_by("code", "pk")
    found = {row.code: row.label for row in rows if row.region_id is None}
    found |= {row.code: row.label for row in rows if row.region_id == region}
    return {**{code: code for code in codes}, **found, **dict([WOMEN])}


def frame_of(objective: Objective, form: Any, scope: Scope, **more: Any) -> dict[str, Any]:
    """What every page about one objective shows above its form."""
    clause = objective.commitment.clause
    return {
        "form": form,
        "objective": objective,
        "promise": promise(objective, scope.day),
        "clause": clause,
        "operation": clause.lot.contract.operation,
        "back": tab_of(clause),
        **more,
    }

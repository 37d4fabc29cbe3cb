"""The line of journal of a paper: its nature, never its name nor whom it is about."""

from coclause.core.journal import record_act
from coclause.hours.models import SupportingPaper
from coclause.organisations.scopes import Scope


def tell(scope: Scope, paper: SupportingPaper, verb: str, done: str) -> None:
    """Under the operation and its clauses, as other acts on an award."""
    label = paper.get_kind_display().split(",")[0]
    record_act(
        scope.user,
        verb,
        f"Pièce {done} : {label.lower()} ({paper.organisation}).",
        paper.award.lot.contract.operation,
        *paper.award.lot.clauses.all(),
        day=scope.day,
    )

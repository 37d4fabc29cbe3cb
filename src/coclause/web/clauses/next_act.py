"""The act that a clause waits for from its reader: the main button of its page."""

from dataclasses import dataclass

from django.urls import reverse

from coclause.clauses.choices import Instrument
from coclause.clauses.states import LIVE, ClauseState, Transition
from coclause.hours.models import Assignment
from coclause.web.clauses.access import ClauseView


@dataclass(frozen=True)
class Act:
    """A button: it leads to `url`, or makes the change of state named `change`."""

    label: str
    url: str = ""
    change: str = ""


def next_act(view: ClauseView, changes: list[Transition], *, referent: bool) -> Act | None:
    """What this reader does next, whatever the months say; None when it is somebody else's turn."""
    if not referent:
        return next((Act(c.label, change=c.name) for c in changes if c.name == "accepter"), None)
    match view.clause.state:
        case ClauseState.DRAFT:
            return _write(view, changes)
        case ClauseState.AGREED:
            return _start(view, changes)
        case ClauseState.ENDED:
            return _change(changes, "clore")
        case state if state in LIVE:
            return _hire(view)
    return None


def _write(view: ClauseView, changes: list[Transition]) -> Act | None:
    """A clause that asks for no volume yet is not proposed: it is completed first."""
    if view.clause.target_hours is None:
        return Act("Compléter la clause", reverse("clause-edit", args=[view.clause.pk]))
    return _change(changes, "proposer")


def _start(view: ClauseView, changes: list[Transition]) -> Act | None:
    if not view.awards:
        return Act("Enregistrer l’attribution", reverse("award-new", args=[view.clause.lot_id]))
    reserved = view.clause.instrument == Instrument.RESERVED
    if not reserved and not view.clause.commitments.exists():
        return Act("Enregistrer l’engagement", reverse("commitment-new", args=[view.clause.pk]))
    return _change(changes, "demarrer")


def _hire(view: ClauseView) -> Act | None:
    """Until somebody works on an award, its company has no hours to declare."""
    staffed = set(Assignment.objects.filter(award__in=view.awards).values_list("award", flat=True))
    for award in view.awards:
        if award.pk not in staffed:
            return Act("Ajouter une personne", reverse("employment-new", args=[award.pk]))
    return None


def _change(changes: list[Transition], name: str) -> Act | None:
    return next((Act(c.label, change=c.name) for c in changes if c.name == name), None)

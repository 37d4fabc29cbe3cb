"""Changing the state of a clause: one button, one reason when it is needed."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from coclause.clauses.actions import change_state
from coclause.clauses.states import RESUME, SUSPEND, ClauseState, transition
from coclause.core.refusals import Conflict, Refused
from coclause.web.clauses import clause
from coclause.web.clauses.access import clause_view
from coclause.web.middleware import ScopedRequest

NEXT: dict[str, str] = {
    ClauseState.DRAFT: "Corrigez-la, puis proposez-la de nouveau.",
    ClauseState.PROPOSED: "L’acheteur la trouvera dans ce qu’il a à faire.",
    ClauseState.AGREED: "Reste à enregistrer l’attribution et l’engagement de l’entreprise.",
    ClauseState.RUNNING: "L’entreprise déclare ses heures chaque mois.",
    ClauseState.ENDED: "Relisez ses chiffres, puis choisissez « Clore la clause ».",
}
"""What comes after each state, said once it is reached."""

ASKED = {SUSPEND: "execution-suspend", RESUME: "execution-resume"}
"""Changes that need a day: their own pages ask for it, and show the effect first."""


@require_POST
def change(request: ScopedRequest, pk: int) -> HttpResponse:
    view = clause_view(pk, request.scope)
    name, reason = request.POST.get("changement", ""), request.POST.get("motif", "")
    try:
        wanted = transition(name)
    except KeyError as error:
        raise BadRequest(name) from error
    if name in ASKED:
        return redirect(ASKED[name], pk=pk)
    try:
        changed = change_state(request.scope, view.clause, name, reason=reason)
    except Refused as refusal:
        asked = {"refusal": refusal.sentence, "asked": name, "reason": reason}
        status = 409 if isinstance(refusal, Conflict) else 422
        fresh = clause_view(pk, request.scope)
        return render(
            request, "clauses/clause.html", clause.context(request, fresh, **asked), status=status
        )
    told = f"{wanted.label} : c’est fait. La clause est « {changed.get_state_display()} »."
    messages.success(request, f"{told} {NEXT.get(changed.state, '')}".strip())
    return redirect("clause", pk=pk)

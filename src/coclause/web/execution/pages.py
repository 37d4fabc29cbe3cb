"""The acts on a calendar: each page asks the day and the reason, then shows the effect to confirm.

A first sending shows what would change, computed for good and taken back; the second one acts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from coclause.clauses.actions import change_state
from coclause.clauses.choices import EventKind
from coclause.clauses.execution import (
    awards_of,
    extend,
    last_change,
    must_be_going,
    removable,
    resume,
    terminate,
    undo,
)
from coclause.clauses.models import Award, Clause, Objective
from coclause.clauses.states import LIVE, RESUME, SUSPEND, ClauseState
from coclause.core.refusals import Refused
from coclause.organisations.scopes import Scope
from coclause.render.numbers import amount, date_fr
from coclause.web.engagements.acting import clause_to_change, tab_of
from coclause.web.execution.forms import (
    PARTIAL,
    ExtendForm,
    ResumeForm,
    SuspendForm,
    TerminateForm,
    UndoForm,
)
from coclause.web.execution.preview import Line, preview, validated_from
from coclause.web.execution.section import in_words
from coclause.web.middleware import ScopedRequest
from coclause.web.once import once
from coclause.web.operations.contracts import must_be_referent
from coclause.web.operations.finding import TypedForm

CONFIRM, CHANGE = "confirmer", "modifier"
"""Names of the buttons of the second step."""


@dataclass
class Page:
    """What one page asks and does."""

    title: str
    button: str
    done: str
    clause: Any
    awards: Sequence[Any]
    form: Any
    act: Callable[[dict[str, Any]], object]
    warn: Callable[[dict[str, Any]], str] = field(default=lambda said: "")
    refusal: str = ""
    """Why nothing can be asked here at all."""
    lead: str = ""


def suspend_clause(request: ScopedRequest, pk: int) -> HttpResponse:
    """Suspend every award of a clause, and the clause with them."""
    scope = request.scope
    clause = clause_to_change(pk, scope)
    awards = list(awards_of(clause).with_holder(scope.day))

    def act(said: dict[str, Any]) -> None:
        change_state(scope, _fresh(clause), SUSPEND, reason=said["reason"], on=said["on"])

    return _answer(
        request,
        Page(
            title="Suspendre l’exécution",
            button="Enregistrer la suspension",
            done="La suspension est enregistrée : aucun mois n’est demandé tant qu’elle dure.",
            clause=clause,
            awards=awards,
            form=SuspendForm(request.POST or None, initial={"on": scope.day}),
            act=act,
            warn=lambda said: validated_from(awards, said["on"], scope.day),
            refusal=_not_running(clause),
            lead="L’engagement ne change pas ; l’attendu s’arrête à la veille de la suspension.",
        ),
    )


def resume_clause(request: ScopedRequest, pk: int) -> HttpResponse:
    """Resume what is suspended of a clause, to a new end when there is one."""
    scope = request.scope
    clause = clause_to_change(pk, scope)
    awards = list(awards_of(clause).with_holder(scope.day))
    held = [award for award in awards if award.suspended_on]
    ends_on = max((award.ends_on for award in held), default=None)
    form = ResumeForm(request.POST or None, initial={"on": scope.day, "ends_on": ends_on})
    if ends_on is None:
        del form.fields["ends_on"]
    else:
        off = scope.day - min(award.suspended_on for award in held if award.suspended_on)
        moved = ends_on + max(off, timedelta())
        form.fields["ends_on"].help_text = (
            f"Prévue le {date_fr(ends_on)}. Décalée de la durée de la suspension, elle serait le"
            f" {date_fr(moved)}."
        )

    def act(said: dict[str, Any]) -> None:
        asked = said.get("ends_on")
        end = asked if asked != ends_on else None
        kept = {"on": said["on"], "ends_on": end, "reason": said["reason"]}
        fresh = _fresh(clause)
        if fresh.state == ClauseState.SUSPENDED:
            change_state(scope, fresh, RESUME, **kept)
            return
        for award in held:
            resume(scope, award, **kept)

    return _answer(
        request,
        Page(
            title="Reprendre l’exécution",
            button="Enregistrer la reprise",
            done="La reprise est enregistrée : les mois travaillés sont demandés de nouveau.",
            clause=clause,
            awards=awards,
            form=form,
            act=act,
            refusal=_not_suspended(clause, held),
            lead="Les jours de suspension ne comptent pas dans l’attendu.",
        ),
    )


def extend_award(request: ScopedRequest, pk: int) -> HttpResponse:
    """Move the end of an award to a later day."""
    scope = request.scope
    award, clause = _award_to_change(pk, scope)
    form = ExtendForm(request.POST or None, initial={"effective_on": scope.day})
    form.fields["ends_on"].help_text = f"Elle est prévue le {date_fr(award.ends_on)}."
    return _answer(
        request,
        Page(
            title="Prolonger l’exécution",
            button="Enregistrer la prolongation",
            done="La prolongation est enregistrée.",
            clause=clause,
            awards=[award],
            form=form,
            act=lambda said: extend(
                scope,
                award,
                ends_on=said["ends_on"],
                effective_on=said["effective_on"],
                reason=said["reason"],
            ),
            refusal=_refusal(lambda: must_be_going(award)),
            lead="L’engagement ne change pas : il se répartit sur plus de jours.",
        ),
    )


def terminate_award(request: ScopedRequest, pk: int) -> HttpResponse:
    """End an award, or take part of it off."""
    scope = request.scope
    award, clause = _award_to_change(pk, scope)
    rows = Objective.objects.filter(commitment__award=award, share__isnull=True)
    owed = {
        row: quantity
        for row in rows.prefetch_related("events").order_by("pk")
        if (quantity := removable(row, scope.day))
    }
    form = TerminateForm(owed, request.POST or None)

    def act(said: dict[str, Any]) -> None:
        terminate(
            scope,
            award,
            on=said["on"],
            partial=said["extent"] == PARTIAL,
            removed=form.removed,
            reason=said["reason"],
        )

    def warn(said: dict[str, Any]) -> str:
        if said["extent"] == PARTIAL:
            return ""
        return validated_from([award], said["on"] + timedelta(days=1), scope.day)

    return _answer(
        request,
        Page(
            title="Résilier",
            button="Enregistrer la résiliation",
            done="La résiliation est enregistrée.",
            clause=clause,
            awards=[award],
            form=form,
            act=act,
            warn=warn,
            refusal=_refusal(lambda: must_be_going(award)),
            lead="Dites ce qui n’est plus dû : sans cela, tout l’engagement le reste.",
        ),
    )


def undo_last(request: ScopedRequest, pk: int) -> HttpResponse:
    """Take back the last change of a calendar, recorded by mistake."""
    scope = request.scope
    award, clause = _award_to_change(pk, scope)

    def possible() -> None:
        must_be_going(award)
        last_change(award)

    refusal = _refusal(possible)
    lead = ""
    if not refusal:
        last, before = last_change(award)
        calendar = in_words(before)
        taken = ""
        if _took_off(award, last.recorded_at):
            taken = " Ce qui avait été retiré de l’engagement est dû de nouveau."
        lead = (
            f"{last.get_kind_display()} du {date_fr(last.effective_on)}. Le calendrier d’avant"
            f" revient : {calendar}.{taken}"
        )
    return _answer(
        request,
        Page(
            title="Annuler le dernier changement",
            button="Enregistrer la correction",
            done="Le calendrier d’avant est revenu.",
            clause=clause,
            awards=[award],
            form=UndoForm(request.POST or None),
            act=lambda said: undo(scope, award, reason=said["reason"]),
            refusal=refusal,
            lead=lead,
        ),
    )


def _answer(request: ScopedRequest, page: Page) -> HttpResponse:
    """Ask, then show the effect, then act once."""
    form: TypedForm = page.form
    effect, warning = None, ""
    # What is confirmed goes through even where nothing can be asked: it may be a second sending.
    asked = not page.refusal or CONFIRM in request.POST
    if request.method == "POST" and CHANGE not in request.POST and asked and form.is_valid():
        said = form.cleaned_data

        def act() -> str:
            page.act(said)
            return tab_of(page.clause)

        try:
            if CONFIRM in request.POST:
                answer = once(request, said["once"], act)
                messages.success(request, page.done)
                return answer
            effect = [*_typed(form), *preview(page.clause.pk, request.scope.day, act)]
            warning = page.warn(said)
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
    context = {
        "page": page,
        "form": form,
        "clause": page.clause,
        "operation": page.clause.lot.contract.operation,
        "back": tab_of(page.clause),
        "calendars": [(award, in_words(award)) for award in page.awards],
        "effect": effect,
        "warning": warning,
        "confirm": CONFIRM,
        "change": CHANGE,
    }
    return render(request, "execution/act.html", context)


def _typed(form: TypedForm) -> list[Line]:
    """What was asked, as it was understood."""
    lines = []
    for bound in form.visible_fields():
        value = form.cleaned_data[bound.name]
        if value in (None, ""):
            continue
        if isinstance(value, date):
            said = date_fr(value)
        elif isinstance(value, Decimal):
            said = amount(value, getattr(bound.field, "unit", ""))
        else:
            said = str(dict(getattr(bound.field, "choices", ())).get(value, value))
        lines.append(Line(str(bound.label), said))
    return lines


def _award_to_change(pk: int, scope: Scope) -> tuple[Any, Any]:
    """The award with a clause to come back to: 404 out of the scope, 403 without the right."""
    rows = Award.objects.visible_to(scope).with_holder(scope.day)
    award = get_object_or_404(rows.select_related("lot__contract__operation__buyer"), pk=pk)
    must_be_referent(award.lot.contract.operation, scope)
    clauses = Clause.objects.filter(lot=award.lot_id).with_context()
    own = clauses.filter(commitments__award=award)
    live = [row for row in own.order_by("pk") if row.state in LIVE]
    clause = live[0] if live else own.first() or clauses.first()
    return award, clause or get_object_or_404(clauses, pk=0)


def _fresh(clause: Clause) -> Clause:
    """Another copy: an act that is taken back must not leave its trace on the page's own."""
    return Clause.objects.with_context().get(pk=clause.pk)


def _not_running(clause: Clause) -> str:
    if clause.state == ClauseState.SUSPENDED:
        return "La clause est déjà suspendue."
    if clause.state != ClauseState.RUNNING:
        return f"La clause est « {clause.get_state_display()} » : il n’y a rien à suspendre."
    return ""


def _not_suspended(clause: Clause, held: Sequence[Award]) -> str:
    going = clause.state == ClauseState.SUSPENDED or (clause.state == ClauseState.RUNNING and held)
    return "" if going else "L’exécution n’est pas suspendue : il n’y a rien à reprendre."


def _refusal(check: Callable[[], object]) -> str:
    try:
        check()
    except Refused as refusal:
        return refusal.sentence
    return ""


def _took_off(award: Award, at: Any) -> bool:
    return Objective.objects.filter(
        commitment__award=award, events__kind=EventKind.TERMINATION, events__recorded_at=at
    ).exists()

"""The plan of an award: what is to be done by when, and how the hours will be."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render

from coclause.clauses.models import Award, Clause
from coclause.clauses.permissions import is_referent
from coclause.clauses.states import EXECUTED, LIVE, Turn
from coclause.hours.models import PlanStep
from coclause.hours.planning import OVER, by_way, left_to_plan
from coclause.hours.progress import Progress, progress_of_awards
from coclause.organisations.scopes import Scope
from coclause.render.numbers import hours
from coclause.web.clauses.access import frame
from coclause.web.middleware import ScopedRequest
from coclause.web.once import OnceForm
from coclause.web.plans.access import read_award

WHO = {
    Turn.COMPANY: "l’entreprise",
    Turn.FACILITATOR: "le facilitateur",
    Turn.BUYER: "l’acheteur",
}


@dataclass(frozen=True)
class StepLine:
    """A step, ready to be drawn."""

    step: PlanStep
    who: str
    late: bool
    finish: bool
    """The reader may say that it is done."""


def plan(request: ScopedRequest, pk: int) -> HttpResponse:
    """Read by the network, the buyer and the companies of the award; written by the referent.

    Who only employs people there reads the steps, and the hours planned with it.
    """
    scope = request.scope
    award = read_award(pk, scope)
    operation = award.lot.contract.operation
    clauses = list(Clause.objects.filter(lot=award.lot_id).order_by("pk"))
    writes = is_referent(operation, scope) and any(c.state not in OVER for c in clauses)
    whole = Award.objects.told_whole(scope).filter(pk=award.pk).exists()
    planned = award.planned if whole else award.planned.filter(partner__in=scope.companies)
    lines = list(planned.select_related("partner"))
    figures = progress_of_awards([award.pk], scope.day)[award.pk] if whole else None
    steps = list(award.steps.select_related("meeting", "done_by"))
    own = frozenset(Turn) if writes else _own_turns(award, scope)
    context = {
        "frame": frame(scope),
        "award": award,
        "operation": operation,
        "clause": _clause_of(clauses, scope),
        "writes": writes,
        "lines": lines,
        "ways": by_way(lines),
        "total": sum((line.hours for line in lines), 0) if lines else None,
        "progress": figures,
        "left": left_to_plan(figures, has_lines=bool(lines)) if figures else None,
        "finding": finding(figures, has_lines=bool(lines)) if figures else "",
        "ends_early": max((line.ends_on for line in lines), default=award.ends_on) < award.ends_on,
        "waiting": [_line(s, scope, own) for s in steps if _waits(s)],
        "over": [_line(s, scope, own) for s in steps if not _waits(s)],
        "form": OnceForm(),
    }
    return render(request, "plans/plan.html", context)


def finding(figures: Progress, *, has_lines: bool) -> str:
    """What the plan gives, in one sentence."""
    if not has_lines:
        return "Aucune heure n’est encore prévue"
    left = left_to_plan(figures, has_lines=True)
    if figures.committed is None:
        return "L’engagement n’est pas connu : le plan ne peut pas lui être comparé"
    if left is None:
        return "L’exécution est suspendue ou finie : le plan ne dit plus la fin"
    if left:
        return f"Selon le plan, il manquera {hours(left)} à la fin"
    return "Selon le plan, l’engagement sera tenu"


def _clause_of(clauses: list[Clause], scope: Scope) -> Clause | None:
    """The clause that the page leads back to: one in execution first; none shown to nobody."""
    shown = [c for c in clauses if c.state in EXECUTED or scope.working_regions or scope.buyers]
    live = [clause for clause in shown if clause.state in LIVE]
    return next(iter(live or shown), None)


def _waits(step: PlanStep) -> bool:
    return step.done_on is None and not step.dropped


def _line(step: PlanStep, scope: Scope, own: frozenset[Turn]) -> StepLine:
    return StepLine(
        step=step,
        who=WHO[Turn(step.turn)],
        late=_waits(step) and step.by < scope.day,
        finish=_waits(step) and step.turn in own,
    )


def _own_turns(award: Award, scope: Scope) -> frozenset[Turn]:
    """The sides whose steps the reader may finish, the referent host apart: as `may_finish`."""
    answered = Award.objects.answered_by(scope.companies, scope.day).filter(pk=award.pk)
    held = {
        Turn.BUYER: award.lot.contract.operation.buyer_id in scope.buyers,
        Turn.COMPANY: bool(scope.companies) and answered.exists(),
    }
    return frozenset(turn for turn, here in held.items() if here)

"""The plan of an award: hours by way, and steps with dates agreed at a meeting.

The referent host writes it; the network, the buyer and the companies of the award read it. A step
is said done by those whose turn it is, or by the referent host.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Q

from coclause.clauses.choices import ANSWERABLE, MeetingKind
from coclause.clauses.models import Award, AwardMember, Clause, Meeting
from coclause.clauses.permissions import is_referent
from coclause.clauses.queries import AwardQuerySet
from coclause.clauses.states import ClauseState, Turn
from coclause.core.journal import record_act
from coclause.core.periods import on_day
from coclause.core.refusals import Conflict, Refused
from coclause.hours.choices import Way
from coclause.hours.models import PlannedHours, PlanStep
from coclause.hours.progress import Progress
from coclause.organisations.scopes import Scope
from coclause.render.numbers import date_fr, hours

OVER = (ClauseState.CLOSED, ClauseState.DROPPED)
LINE_FIELDS = ("way", "partner", "hours", "starts_on", "ends_on", "note")
STEP_FIELDS = ("label", "turn", "by", "meeting", "agreed_on")


@dataclass(frozen=True)
class WaySum:
    """Hours planned in one way."""

    label: str
    hours: Decimal


def by_way(lines: Iterable[PlannedHours]) -> list[WaySum]:
    """Hours planned in each way that the plan uses, in the order of the ways."""
    held = list(lines)
    sums = [
        WaySum(way.label, sum((row.hours for row in held if row.way == way), Decimal(0)))
        for way in Way
    ]
    return [one for one in sums if one.hours]


def left_to_plan(figures: Progress, *, has_lines: bool) -> Decimal | None:
    """Committed hours neither done nor planned; None where that cannot be told.

    `figures` are those of the award, declared hours counted as done.
    """
    if figures.committed is None:
        return None
    if not has_lines:
        return max(figures.committed - figures.reached, Decimal(0))
    if not figures.by_plan or figures.missing_at_end is None:
        return None
    return max(figures.missing_at_end, Decimal(0))


def readable(scope: Scope) -> AwardQuerySet:
    """Awards whose plan the user reads. A company that was replaced does not read what follows."""
    rows: AwardQuerySet = Award.objects.visible_to(scope)
    if scope.working_regions or scope.buyers or not scope.companies:
        return rows
    parts = AwardMember.objects.filter(organisation__in=scope.companies)
    held = parts.filter(
        Q(ends_on__isnull=True)
        | Q(ends_on__gte=scope.day)
        | Q(ends_on__gte=models.F("award__ends_on"))
    )
    return rows.filter(pk__in=held.values("award"))


def may_finish(step: PlanStep, scope: Scope) -> bool:
    """Those whose turn the step is, on the day; the referent host for everybody."""
    operation = step.award.lot.contract.operation
    if is_referent(operation, scope):
        return True
    if step.turn == Turn.BUYER:
        return operation.buyer_id in scope.buyers
    if step.turn != Turn.COMPANY or not scope.companies:
        return False
    parts = step.award.members.filter(on_day(scope.day), part__in=ANSWERABLE)
    return parts.filter(organisation__in=scope.companies).exists()


def kick_offs(award: Award) -> models.QuerySet[Meeting]:
    """Meetings at which a step may have been agreed: the kick-offs first, the latest first."""
    rows = Meeting.objects.filter(operation=award.lot.contract.operation_id, cancelled="")
    first = models.Case(models.When(kind=MeetingKind.KICK_OFF, then=0), default=1)
    return rows.order_by(first, "-on", "-pk")


def read_as(row: PlannedHours | PlanStep) -> str:
    """A mark of what a line or a step says; it changes with each change."""
    fields = LINE_FIELDS if isinstance(row, PlannedHours) else (*STEP_FIELDS, "done_on", "dropped")
    said = tuple(str(getattr(row, row._meta.get_field(name).attname)) for name in fields)  # type: ignore[union-attr]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


@transaction.atomic
def plan_hours(scope: Scope, line: PlannedHours, *, seen: str | None = None) -> PlannedHours:
    """Add a line to the plan, or change it. `seen` is `read_as` when the user opened it.

    Raises `Refused` for dates out of the execution, a partner where nobody else takes part;
    `Conflict` when the line was changed or taken away meanwhile.
    """
    award = _held(scope, line.award)
    _must_fit(line, award)
    changed = line.pk is not None
    if changed:
        _must_be_as_seen(PlannedHours, line.pk, seen)
        line.save(update_fields=LINE_FIELDS)
    else:
        line.save(force_insert=True)
    verb = "modifiées" if changed else "prévues"
    _record(scope, award, "plan.hours", f"{_in_words(line)} {verb}.")
    return line


@transaction.atomic
def drop_hours(scope: Scope, line: PlannedHours) -> None:
    """Take a line away; the history keeps it. Raises `Conflict` when it already was."""
    award = _held(scope, line.award)
    if not PlannedHours.objects.filter(pk=line.pk).delete()[0]:
        raise Conflict("Cette ligne vient d’être retirée du plan : rien de plus à faire.")
    _record(scope, award, "plan.hours_dropped", f"{_in_words(line)} retirées du plan.")


@transaction.atomic
def agree_step(scope: Scope, step: PlanStep, *, seen: str | None = None) -> PlanStep:
    """Add a step, or change one that still waits.

    Raises `Refused` for a step due before it was agreed, or a meeting of another operation;
    `Conflict` when it was changed, done or given up meanwhile.
    """
    award = _held(scope, step.award)
    if step.agreed_on > scope.day:
        raise Refused("Une étape se note une fois convenue : donnez un jour passé, ou aujourd’hui.")
    if step.by < step.agreed_on:
        raise Refused(
            f"L’étape est convenue le {date_fr(step.agreed_on)} : elle est due ce jour-là ou après."
        )
    if step.meeting and step.meeting.operation_id != award.lot.contract.operation_id:
        raise Refused("Cette réunion est celle d’une autre opération : choisissez-en une d’ici.")
    changed = step.pk is not None
    if changed:
        found = _must_be_as_seen(PlanStep, step.pk, seen)
        _must_wait(found)
        step.save(update_fields=STEP_FIELDS)
    else:
        step.save(force_insert=True)
    verb = "modifiée" if changed else "convenue"
    _record(scope, award, "plan.step", f"Étape {verb} pour le {date_fr(step.by)} : {step.label}.")
    return step


@transaction.atomic
def finish_step(scope: Scope, step: PlanStep) -> PlanStep:
    """Say that a step is done, today. Raises `Conflict` when somebody said it first."""
    if not may_finish(step, scope):
        raise PermissionDenied
    waits = PlanStep.objects.filter(pk=step.pk, done_on=None, dropped="")
    if not waits.update(done_on=scope.day, done_by=scope.user):
        raise Conflict("Cette étape est déjà faite ou abandonnée : rien de plus à faire.")
    step.refresh_from_db()
    _record(scope, step.award, "plan.step_done", f"Étape faite : {step.label}.")
    return step


@transaction.atomic
def reopen_step(scope: Scope, step: PlanStep) -> PlanStep:
    """The step waits again: it was said done, or given up, by mistake. The referent's alone."""
    award = _held(scope, step.award)
    over = PlanStep.objects.filter(pk=step.pk).exclude(done_on=None, dropped="")
    if not over.update(done_on=None, done_by=None, dropped=""):
        raise Conflict("Cette étape est déjà à faire : rien de plus à changer.")
    step.refresh_from_db()
    _record(scope, award, "plan.step_reopened", f"Étape à faire de nouveau : {step.label}.")
    return step


@transaction.atomic
def drop_step(scope: Scope, step: PlanStep, reason: str) -> PlanStep:
    """Give a step up; the reason is kept. Raises `Refused` without one, `Conflict` once over."""
    award = _held(scope, step.award)
    reason = reason.strip().rstrip(".").strip()[:300]
    if not reason:
        raise Refused("Donnez le motif : l’entreprise et l’acheteur le liront.")
    waits = PlanStep.objects.filter(pk=step.pk, done_on=None, dropped="")
    if not waits.update(dropped=reason):
        raise Conflict("Cette étape est déjà faite ou abandonnée : rien de plus à faire.")
    step.refresh_from_db()
    _record(
        scope, award, "plan.step_dropped", f"Étape abandonnée : {step.label}. Motif : {reason}."
    )
    return step


def _held(scope: Scope, award: Award) -> Award:
    """The award, locked, for the referent host; refused once all its clauses are over."""
    rows = Award.objects.select_for_update(of=("self",), no_key=True)
    held = rows.select_related("lot__contract__operation").get(pk=award.pk)
    if not is_referent(held.lot.contract.operation, scope):
        raise PermissionDenied
    clauses = Clause.objects.filter(lot=held.lot_id)
    if clauses.exists() and not clauses.exclude(state__in=OVER).exists():
        raise Refused("Toutes les clauses de ce lot sont closes : leur plan ne change plus.")
    return held


def _must_fit(line: PlannedHours, award: Award) -> None:
    if line.ends_on < line.starts_on:
        raise Refused("La période finit avant de commencer : corrigez les dates.")
    if line.starts_on < award.starts_on or line.ends_on > award.ends_on:
        raise Refused(
            f"L’exécution va du {date_fr(award.starts_on)} au {date_fr(award.ends_on)} :"
            " choisissez des dates dans cette période."
        )
    if line.hours <= 0:
        raise Refused("Le nombre d’heures est plus grand que zéro : corrigez-le.")
    if line.way == Way.DIRECT and line.partner_id is not None:
        raise Refused(
            "Une embauche directe se fait sans autre structure : retirez-la, ou changez la"
            " modalité."
        )


def _must_be_as_seen(
    model: type[PlannedHours] | type[PlanStep], pk: int, seen: str | None
) -> PlannedHours | PlanStep:
    """The row, locked: of two people at once, the second is told what the first did."""
    found: PlannedHours | PlanStep | None
    found = model._default_manager.select_for_update(of=("self",)).filter(pk=pk).first()
    if found is None:
        raise Conflict("Cette ligne vient d’être retirée du plan : relisez-le.")
    if seen and read_as(found) != seen:
        raise Conflict("Ce plan vient d’être modifié ici : relisez-le, puis recommencez.")
    return found


def _must_wait(step: PlannedHours | PlanStep) -> None:
    assert isinstance(step, PlanStep)  # noqa: S101
    if step.done_on or step.dropped:
        raise Conflict("Cette étape est déjà faite ou abandonnée : rouvrez-la pour la changer.")


def _in_words(line: PlannedHours) -> str:
    way = line.get_way_display()
    partner = f" ({line.partner})" if line.partner else ""
    dates = f"du {date_fr(line.starts_on)} au {date_fr(line.ends_on)}"
    return f"{way}{partner} : {hours(line.hours)} {dates}"


def _record(scope: Scope, award: Award, verb: str, sentence: str) -> None:
    """Where other companies execute the lot too, the journal of its clauses is not theirs alone."""
    shared = Award.objects.filter(lot=award.lot_id).exclude(pk=award.pk).exists()
    clauses = [] if shared else list(Clause.objects.filter(lot=award.lot_id).order_by("pk"))
    record_act(
        scope.user, verb, sentence, award.lot.contract.operation, *clauses, award, day=scope.day
    )

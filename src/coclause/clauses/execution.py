"""Suspending, resuming, extending and ending the execution of an award: dated acts, with a reason.

Each act adds a version to the calendar of the award, never changes one. What is due stays as it
is, except what a termination takes off. A clause is suspended when all its awards still going are.
Days are arguments; `at` is the moment of recording, now when it is not said.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from coclause.clauses.choices import EventKind, ExecutionChange
from coclause.clauses.debts import follows_another, must_be_whole
from coclause.clauses.models import Award, Clause, Execution, Objective, ObjectiveEvent
from coclause.clauses.owed import in_words
from coclause.clauses.permissions import is_referent
from coclause.clauses.queries import AwardQuerySet
from coclause.clauses.states import LIVE, ClauseState
from coclause.core.journal import record_act
from coclause.core.refusals import Conflict, Refused
from coclause.organisations.scopes import Scope
from coclause.render.numbers import date_fr

ZERO = Decimal(0)
LAST_DAY = date(2100, 12, 31)
"""The latest end that the database accepts."""
RESUMED = "Reprise de l’exécution"
"""The reason of a resumption when none is said: the table of states asks for none."""


def awards_of(clause: Clause) -> AwardQuerySet:
    """Awards committed under the clause; all those of its lot when none is."""
    of_lot: AwardQuerySet = Award.objects.filter(lot=clause.lot_id)
    committed = of_lot.filter(commitments__clause=clause)
    return (committed if committed.exists() else of_lot).order_by("pk")


@transaction.atomic
def suspend(
    scope: Scope, award: Award, *, on: date, reason: str, at: datetime | None = None
) -> Execution:
    """Stop the execution of an award from that day, the first without work."""
    held = _held(scope, award)
    reason = _given(reason, "Donnez le motif de la suspension.")
    version = _suspend(held, on, reason, scope.day, at)
    told = f"Exécution suspendue depuis le {date_fr(on)} : {reason}."
    _record(scope, held, "award.suspended", told, on)
    return version


@transaction.atomic
def resume(
    scope: Scope,
    award: Award,
    *,
    on: date,
    ends_on: date | None = None,
    reason: str = "",
    at: datetime | None = None,
) -> Execution:
    """Take the execution up again on that day, to a new end when there is one."""
    held = _held(scope, award)
    reason = reason.strip() or RESUMED
    version = _resume(held, on, ends_on, reason, at)
    told = f"Exécution reprise le {date_fr(on)}, jusqu’au {date_fr(version.ends_on)} : {reason}."
    _record(scope, held, "award.resumed", told, on)
    return version


@transaction.atomic
def extend(
    scope: Scope,
    award: Award,
    *,
    ends_on: date,
    effective_on: date,
    reason: str,
    at: datetime | None = None,
) -> Execution:
    """Move the end of an award to a later day; what is due stays, spread over more days."""
    held = _held(scope, award)
    reason = _given(reason, "Donnez le motif de la prolongation.")
    if ends_on <= held.ends_on:
        raise Refused(
            f"L’exécution finit déjà le {date_fr(held.ends_on)} : donnez un jour plus tardif."
        )
    _must_be_possible(ends_on)
    if not held.notified_on <= effective_on <= ends_on:
        raise Refused(
            f"La prolongation prend effet entre la notification ({date_fr(held.notified_on)}) et"
            f" la nouvelle fin ({date_fr(ends_on)}) : corrigez la date."
        )
    before = held.ends_on
    version = _new_version(
        held, ExecutionChange.EXTENSION, effective_on, reason, at, ends_on=ends_on
    )
    told = f"Exécution prolongée du {date_fr(before)} au {date_fr(ends_on)} : {reason}."
    _record(scope, held, "award.extended", told, effective_on, follows=False)
    return version


@transaction.atomic
def terminate(
    scope: Scope,
    award: Award,
    *,
    on: date,
    partial: bool,
    removed: Mapping[int, Decimal],
    reason: str,
    at: datetime | None = None,
) -> Execution:
    """End an award on that day, its last one, or only part of it.

    `removed` says by objective what is no longer owed from that day, in the unit of its measure.
    A partial termination leaves the end as it is, and takes something off.
    """
    held = _held(scope, award)
    reason = _given(reason, "Donnez le motif de la résiliation.")
    _must_end_within(held, on, scope.day)
    removed = {pk: quantity for pk, quantity in removed.items() if quantity}
    if partial and not removed:
        raise Refused(
            "Une résiliation partielle retire quelque chose : dites ce qui n’est plus dû."
        )
    at = at or timezone.now()
    told = _take_off(held, removed, on, reason, at)
    if partial:
        version = _new_version(held, ExecutionChange.PARTIAL, on, reason, at)
        what, verb = f"Résiliation partielle au {date_fr(on)}", "award.partly_terminated"
    else:
        version = _end(held, on, reason, at)
        what, verb = f"Résiliation : l’exécution s’arrête le {date_fr(on)}", "award.terminated"
    no_more = f" ; {', '.join(told)} en moins" if told else ""
    _record(scope, held, verb, f"{what}{no_more} : {reason}.", on, follows=not partial)
    return version


@transaction.atomic
def undo(scope: Scope, award: Award, *, reason: str, at: datetime | None = None) -> Execution:
    """Take back the last change of a calendar, recorded by mistake.

    The calendar before it comes back as a correction; what a termination took off is due again.
    """
    held = _held(scope, award)
    reason = _given(reason, "Dites ce qui est corrigé.")
    last, before = last_change(held)
    at = at or timezone.now()
    _give_back(held, last, reason, at)
    version = _new_version(
        held,
        ExecutionChange.CORRECTION,
        last.effective_on,
        reason,
        at,
        starts_on=before.starts_on,
        ends_on=before.ends_on,
        suspensions=before.suspensions,
        suspended_on=before.suspended_on,
    )
    told = f"Annulé : {last.get_kind_display().lower()} du {date_fr(last.effective_on)} : {reason}."
    _record(scope, held, "award.corrected", told, last.effective_on)
    return version


def last_change(award: Award) -> tuple[Execution, Execution]:
    """The version in force, which may be taken back, and the one before. Raises Refused."""
    versions = list(award.executions.order_by("-pk")[:2])
    if len(versions) < 2:
        raise Refused("Le calendrier n’a pas changé depuis l’attribution : rien à annuler.")
    if versions[0].kind == ExecutionChange.CORRECTION:
        raise Refused(
            "Le dernier changement est déjà une correction : enregistrez plutôt l’acte voulu"
            " (suspension, reprise, prolongation ou résiliation)."
        )
    return versions[0], versions[1]


def removable(objective: Objective, on: date) -> Decimal:
    """The most that may be taken off an objective from that day: its debt never falls below 0."""
    by_day: dict[date, Decimal] = {}
    for event in objective.events.all():
        by_day[event.effective_on] = by_day.get(event.effective_on, ZERO) + event.quantity
    total = sum((quantity for day, quantity in by_day.items() if day <= on), ZERO)
    least = total
    for day in sorted(day for day in by_day if day > on):
        total += by_day[day]
        least = min(least, total)
    return max(least, ZERO)


def lock_awards(clause: Clause) -> list[Award]:
    """The awards of a clause, locked in order: two acts at once never wait in a ring."""
    found = list(awards_of(clause).values_list("pk", flat=True))
    rows = Award.objects.select_for_update(of=("self",), no_key=True)
    return list(rows.filter(pk__in=found).select_related("lot").order_by("pk"))


def suspend_locked(awards: Sequence[Award], *, on: date, reason: str, day: date) -> None:
    """Suspend those of these locked awards that are going; journal and rights are the caller's.

    Refused when none of them can be: nothing would be suspended.
    """
    refusals, done = [], not awards
    for award in awards:
        try:
            if award.suspended_on is None:
                _suspend(award, on, reason, day, None)
            done = True
        except Refused as refusal:
            refusals.append(refusal)
    if refusals and not done:
        raise refusals[0]


def resume_locked(awards: Sequence[Award], *, on: date, ends_on: date | None, reason: str) -> None:
    """Resume those of these locked awards that are suspended; journal and rights: the caller's."""
    for award in awards:
        if award.suspended_on is not None:
            _resume(award, on, ends_on, reason.strip() or RESUMED, None)


def follow(
    awards: Iterable[Award], on: date, day: date, *, but: Clause | None = None
) -> list[Clause]:
    """Bring the clauses of these awards to the state that their calendars say. Those changed.

    A clause is suspended when an award is and every other one is too, or is over.
    """
    changed = []
    lots = {award.lot_id for award in awards}
    rows = Clause.objects.filter(lot__in=lots, state__in=LIVE).order_by("pk")
    for clause in rows.exclude(pk=but.pk) if but else rows:
        going = [row for row in awards_of(clause) if row.suspended_on or row.ends_on >= day]
        held = [row.suspended_on for row in going if row.suspended_on]
        wanted = ClauseState.SUSPENDED if held and len(held) == len(going) else ClauseState.RUNNING
        if clause.state == wanted:
            continue
        since = max(held) if wanted == ClauseState.SUSPENDED else min(on, day)
        same = Clause.objects.filter(pk=clause.pk, state=clause.state)
        if not same.update(state=wanted, state_since=since, act_by=None):
            raise Conflict("L’état de la clause vient de changer : relisez-la, puis recommencez.")
        clause.state = wanted
        changed.append(clause)
    return changed


def _held(scope: Scope, award: Award) -> Award:
    """The award, locked, for the referent host; refused once no clause of it is in execution."""
    rows = Award.objects.select_for_update(of=("self",), no_key=True)
    held = rows.select_related("lot__contract__operation").get(pk=award.pk)
    if not is_referent(held.lot.contract.operation, scope):
        raise PermissionDenied
    must_be_going(held)
    return held


def must_be_going(award: Award) -> None:
    """Refuse a change of calendar while no clause of the award is in execution."""
    states = set(Clause.objects.filter(lot=award.lot_id).values_list("state", flat=True))
    if states.intersection(LIVE):
        return
    if ClauseState.ENDED in states:
        raise Refused("L’exécution est achevée : rouvrez-la d’abord, depuis la page de la clause.")
    raise Refused("Aucune clause de ce lot n’est en exécution : démarrez-la d’abord.")


def _suspend(award: Award, on: date, reason: str, day: date, at: datetime | None) -> Execution:
    if award.suspended_on is not None:
        raise Conflict(
            f"L’exécution est déjà suspendue depuis le {date_fr(award.suspended_on)} :"
            " enregistrez d’abord la reprise."
        )
    _must_be_within(award, on)
    if on > day:
        raise Refused(
            "Une suspension s’enregistre à partir du jour où elle commence : donnez un jour passé,"
            " ou aujourd’hui."
        )
    later = [period for period in award.suspensions if period.upper > on]
    if later:
        raise Refused(
            f"L’exécution était déjà suspendue jusqu’au {date_fr(later[-1].upper)} : donnez un"
            " jour à partir de celui-là, ou annulez le dernier changement."
        )
    return _new_version(award, ExecutionChange.SUSPENSION, on, reason, at, suspended_on=on)


def _resume(
    award: Award, on: date, ends_on: date | None, reason: str, at: datetime | None
) -> Execution:
    since = award.suspended_on
    if since is None:
        raise Conflict("L’exécution n’est pas suspendue : il n’y a rien à reprendre.")
    if on <= since:
        raise Refused(
            f"L’exécution est suspendue depuis le {date_fr(since)} : elle reprend un jour plus"
            " tardif. Pour retirer une suspension saisie par erreur, annulez-la."
        )
    end = ends_on or award.ends_on
    if end < award.ends_on:
        raise Refused(
            f"La fin prévue est le {date_fr(award.ends_on)} : une reprise ne l’avance pas."
            " Laissez-la, ou enregistrez une résiliation."
        )
    _must_be_possible(end)
    if on > end:
        raise Refused(
            f"L’exécution reprendrait le {date_fr(on)}, après sa fin ({date_fr(end)}) : donnez la"
            " nouvelle fin."
        )
    return _new_version(
        award,
        ExecutionChange.RESUMPTION,
        on,
        reason,
        at,
        ends_on=end,
        suspensions=[*award.suspensions, DateRange(since, on)],
        suspended_on=None,
    )


def _end(award: Award, on: date, reason: str, at: datetime) -> Execution:
    """The calendar that ends on that day; a suspension that runs is over with it."""
    past = [
        DateRange(period.lower, min(period.upper, _next(on)))
        for period in award.suspensions
        if period.lower <= on
    ]
    if award.suspended_on is not None and award.suspended_on <= on:
        past.append(DateRange(award.suspended_on, _next(on)))
    return _new_version(
        award,
        ExecutionChange.TERMINATION,
        on,
        reason,
        at,
        ends_on=on,
        suspensions=past,
        suspended_on=None,
    )


def _take_off(
    award: Award, removed: Mapping[int, Decimal], on: date, reason: str, at: datetime
) -> list[str]:
    """Take these quantities off from that day; what was taken, in words."""
    mine = Objective.objects.select_for_update().filter(commitment__award=award)
    rows = {row.pk: row for row in mine.filter(pk__in=removed).order_by("pk")}
    if set(removed) - set(rows):
        raise Refused("Ce qui est retiré ne fait pas partie de l’engagement de cette entreprise.")
    told = []
    for pk, objective in rows.items():
        if removed[pk] < 0:
            raise Refused("Une résiliation retire : écrivez un nombre sans signe.")
        if follows_another(objective):
            raise Refused("Cette part suit l’objectif dont elle est prise : c’est lui qui change.")
        must_be_whole(objective.measure, removed[pk])
        most = removable(objective, on)
        if removed[pk] > most:
            raise Refused(
                f"Au {date_fr(on)}, {in_words(objective.measure, most)} au plus peuvent être"
                " retirées de l’engagement : corrigez le nombre."
            )
        _event(objective, -removed[pk], on, reason, at)
        if not objective.public:
            told.append(in_words(objective.measure, removed[pk]))
    return told


def _give_back(award: Award, last: Execution, reason: str, at: datetime) -> None:
    """What this version took off the debt, due again from the same day."""
    if last.kind not in (ExecutionChange.TERMINATION, ExecutionChange.PARTIAL):
        return
    taken = ObjectiveEvent.objects.filter(
        objective__commitment__award=award,
        kind=EventKind.TERMINATION,
        recorded_at=last.recorded_at,
    )
    for event in taken.select_related("objective"):
        _event(event.objective, -event.quantity, event.effective_on, reason, at)


def _event(objective: Objective, quantity: Decimal, on: date, reason: str, at: datetime) -> None:
    ObjectiveEvent.objects.create(
        objective=objective,
        kind=EventKind.TERMINATION,
        effective_on=on,
        quantity=quantity,
        due_from=objective.starts_on,
        due_until=objective.ends_on,
        reason=reason,
        recorded_at=at,
    )


def _new_version(
    award: Award,
    kind: ExecutionChange,
    effective_on: date,
    reason: str,
    at: datetime | None,
    **changed: Any,
) -> Execution:
    """A version of the calendar that changes this, and keeps the rest of the one in force."""
    calendar = {
        "starts_on": award.starts_on,
        "ends_on": award.ends_on,
        "suspensions": award.suspensions,
        "suspended_on": award.suspended_on,
        **changed,
    }
    version = Execution.objects.create(
        award=award,
        kind=kind,
        effective_on=effective_on,
        reason=reason,
        recorded_at=at or timezone.now(),
        **calendar,
    )
    award.refresh_from_db(fields=list(calendar))
    return version


def _record(
    scope: Scope, award: Award, verb: str, sentence: str, on: date, *, follows: bool = True
) -> None:
    """The line of journal, and the state of the clauses that the calendar now says."""
    changed = follow([award], on, scope.day) if follows else []
    states = {f"La clause est « {clause.get_state_display()} »." for clause in changed}
    record_act(
        scope.user,
        verb,
        " ".join([sentence, *sorted(states)]),
        award.lot.contract.operation,
        *Clause.objects.filter(lot=award.lot_id),
        award,
        day=on,
    )


def _given(reason: str, asked: str) -> str:
    """The reason, without the full stop that the sentence will put. Refused when there is none."""
    kept = reason.strip().rstrip(".").strip()
    if not kept:
        raise Refused(f"{asked} Il sera inscrit au journal.")
    return kept[:300]


def _must_be_within(award: Award, on: date) -> None:
    if on < award.starts_on:
        raise Refused(
            f"L’exécution commence le {date_fr(award.starts_on)} : donnez un jour à partir de là."
        )
    if on > award.ends_on:
        raise Refused(
            f"L’exécution finit le {date_fr(award.ends_on)} : donnez un jour avant, ou prolongez-la"
            " d’abord."
        )


def _must_end_within(award: Award, on: date, day: date) -> None:
    _must_be_within(award, on)
    if on > day:
        raise Refused(
            "Une résiliation s’enregistre une fois qu’elle a pris effet : donnez un jour passé, ou"
            " aujourd’hui."
        )


def _must_be_possible(ends_on: date) -> None:
    if ends_on > LAST_DAY:
        raise Refused("L’exécution finit au plus tard en 2100 : corrigez la date.")


def _next(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)

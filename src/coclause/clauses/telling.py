"""How each dated fact of a clause is said: after "Le 12/05/2026, ", with figures, without persons.

Each function reads rows at hand and makes no query.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from coclause.clauses.calendars import off_in_words
from coclause.clauses.choices import (
    ANSWERABLE,
    IN_HOURS,
    EventKind,
    ExecutionChange,
    Group,
    HostRole,
    HoursKind,
    Measure,
    MemberPart,
    Trigger,
)
from coclause.clauses.execution import RESUMED
from coclause.clauses.models import (
    AwardMember,
    CountingChange,
    Execution,
    Objective,
    ObjectiveEvent,
    OperationHost,
    Order,
    Split,
)
from coclause.clauses.owed import in_words, rate_in_words
from coclause.render.numbers import NARROW, date_fr, decimal, euros, hours

Said = tuple[date, str]
"""A day and what is said of it."""

STATES = {
    "proposer": "clause proposée à l’acheteur",
    "reprendre": "rédaction de la clause reprise",
    "accepter": "clause acceptée par l’acheteur",
    "demarrer": "exécution démarrée",
    "suspendre": "exécution suspendue",
    "relancer": "exécution reprise",
    "achever": "fin de l’exécution constatée",
    "rouvrir": "exécution rouverte",
    "clore": "clause close",
    "abandonner": "clause abandonnée",
}
TRIGGERED = {
    Trigger.NOTIFICATION: "objectif engagé",
    Trigger.YEAR: "année engagée",
    Trigger.TRANCHE: "tranche optionnelle affermie",
    Trigger.ORDER: "bon de commande",
    Trigger.CALL_OFF: "marché subséquent",
}
PLANNED = {
    Trigger.YEAR: "pour chaque année engagée",
    Trigger.TRANCHE: "si la tranche optionnelle est affermie",
    Trigger.ORDER: "à chaque bon de commande",
    Trigger.CALL_OFF: "à chaque marché subséquent",
}
ENTERS = {
    MemberPart.COCONTRACTOR: "entre dans le groupement comme cotraitant",
    MemberPart.SUBCONTRACTOR: "entre comme sous-traitant",
    MemberPart.AGENCY: "met des personnes à disposition",
}
LED = {
    Group.JOINT: "au groupement conjoint mené par",
    Group.SEVERAL: "au groupement solidaire mené par",
}


def state_change(name: str, sentence: str) -> str:
    """A change of state, with the reason that its line of journal keeps; empty for other acts."""
    if name not in STATES:
        return ""
    told, _, _ = sentence.partition(". La clause est «")
    _, _, reason = told.partition(" : ")
    return _because(f"{STATES[name]}.", reason)


def companies(award: Any, members: Sequence[AwardMember]) -> tuple[str, list[Said]]:
    """The award itself, then who entered, replaced or left."""
    answering = [member for member in members if member.part in ANSWERABLE]
    holder = answering[0].organisation if answering else "une entreprise non connue"
    versions = list(award.executions.all())
    opened = versions[0] if versions else award
    first = (
        f"lot attribué {LED.get(Group(award.group), 'à')} {holder}, exécution du"
        f" {date_fr(opened.starts_on)} au {date_fr(opened.ends_on)}."
    )
    told: list[Said] = []
    for before, member in pairwise(answering):
        why = f" ({before.get_departure_display().lower()})" if before.departure else ""
        text = f"{member.organisation} remplace {before.organisation}{why}."
        told.append((member.starts_on, text))
    for member in members:
        if member.part in ANSWERABLE:
            continue
        told.append((member.starts_on, f"{member.organisation} {ENTERS[MemberPart(member.part)]}."))
        if member.ends_on and member.departure:
            why = member.get_departure_display().lower()
            told.append((member.ends_on, f"{member.organisation} quitte le marché ({why})."))
    return first, told


def calendar_change(version: Execution, before: Execution) -> str:
    """What a version of the calendar changes of the one before."""
    moved = f"la fin passe du {date_fr(before.ends_on)} au {date_fr(version.ends_on)}"
    match version.kind:
        case ExecutionChange.SUSPENSION:
            said = "exécution suspendue"
        case ExecutionChange.RESUMPTION:
            said = f"exécution reprise{_after(version, before)}"
            if version.ends_on != before.ends_on:
                said += f", {moved}"
        case ExecutionChange.EXTENSION:
            said = f"prolongation : {moved}"
        case ExecutionChange.TERMINATION:
            said = (
                "résiliation : l’exécution s’arrête ce jour-là, au lieu du"
                f" {date_fr(before.ends_on)}"
            )
        case ExecutionChange.PARTIAL:
            said = "résiliation partielle"
        case _:
            dates = f"exécution du {date_fr(version.starts_on)} au {date_fr(version.ends_on)}"
            said = f"calendrier corrigé : {', '.join([dates, *off_in_words(version)])}"
    return _because(f"{said}.", "" if version.reason == RESUMED else version.reason)


def _after(version: Execution, before: Execution) -> str:
    if before.suspended_on is None:
        return ""
    days = (version.effective_on - before.suspended_on).days
    return f" après {days} jour{'s' * (days > 1)} de suspension"


def objectives(award: Any, rows: Sequence[Objective]) -> Iterator[Said]:
    """What was promised, then each event with what it brings the commitment to."""
    for row in rows:
        if row.share is not None:
            yield award.notified_on, f"dont {decimal(row.share)}{NARROW}% réservés à un public."
        elif not _promised(row):
            yield award.notified_on, _planned(row)
    known = sorted(
        ((event, row) for row in rows for event in row.events.all()),
        key=lambda pair: (pair[0].effective_on, pair[0].pk),
    )
    totals: dict[object, Decimal] = {}
    rated: set[int] = set()
    for event, row in known:
        key = _counted_with(row)
        totals[key] = totals.get(key, Decimal(0)) + event.quantity
        total = "" if event.kind == EventKind.RATE else _comes_to(row, totals[key])
        yield event.effective_on, _event(event, row, total, first=row.pk not in rated)
        if event.kind == EventKind.RATE:
            rated.add(row.pk)


def _promised(objective: Objective) -> bool:
    first = (EventKind.INITIAL, EventKind.RATE)
    return any(event.kind in first for event in objective.events.all())


def _planned(objective: Objective) -> str:
    when = PLANNED.get(Trigger(objective.trigger), "une fois engagé")
    more = in_words(objective.measure, objective.planned) if objective.planned else "un volume"
    return f"prévu{_label(objective)} : {more} de plus {when}."


def _counted_with(objective: Objective) -> object:
    """Whole objectives in hours make one commitment; each other one is counted by itself."""
    return "heures" if objective.measure in IN_HOURS and not objective.public else objective.pk


def _comes_to(objective: Objective, total: Decimal) -> str:
    what = "l’engagement" if objective.measure in IN_HOURS else "l’objectif"
    return f"{'la part' if objective.public else what} passe à {in_words(objective.measure, total)}"


def _event(event: ObjectiveEvent, row: Objective, total: str, *, first: bool) -> str:
    added = in_words(row.measure, abs(event.quantity))
    sign = "de plus" if event.quantity >= 0 else "de moins"
    label = _label(row)
    match event.kind:
        case EventKind.INITIAL:
            said = f"engagement{label} : {_in_full(row, added)}{_period(event)}"
        case EventKind.RATE:
            assert event.rate is not None and event.per is not None  # noqa: S101, PT018
            verb = "taux convenu" if first else "nouveau taux"
            said = f"{verb}{label} : {rate_in_words(row.measure, event.rate, event.per)}"
        case EventKind.TRIGGER:
            what = _order(event.order) if event.order else TRIGGERED[Trigger(row.trigger)]
            said = f"{what}{label}{_period(event)} : {added} {sign}, {total}"
        case EventKind.BASE:
            said = f"{_base(event, row)}{label} : {added} {sign}, {total}"
        case EventKind.TERMINATION if event.quantity > 0:
            said = f"résiliation annulée{label} : {added} de nouveau, {total}"
        case EventKind.TERMINATION:
            said = f"résiliation{label} : {added} de moins, {total}"
        case _:
            said = f"avenant{label} : {added} {sign}, {total}"
    return _because(f"{said}.", event.reason)


def _base(event: ObjectiveEvent, row: Objective) -> str:
    if row.measure == Measure.SHARE:
        period = f" du {date_fr(event.due_from)} au {date_fr(event.due_until)}"
        return f"{hours(event.base)} travaillées{period if event.due_until else ''}"
    return _order(event.order) if event.order else f"{euros(event.base)} HT commandés"


def _in_full(objective: Objective, added: str) -> str:
    if objective.public:
        return f"dont {added} pour un public réservé"
    if objective.hour_kind:
        return f"{added} de {HoursKind(objective.hour_kind).label.lower()}"
    return added


def _label(objective: Objective) -> str:
    return f" ({objective.label})" if objective.label else ""


def _period(event: ObjectiveEvent) -> str:
    if event.due_from is None or event.due_until is None:
        return ""
    return f", du {date_fr(event.due_from)} au {date_fr(event.due_until)}"


def orders(rows: Iterable[Order], about: Collection[Objective]) -> Iterator[Said]:
    """Orders that no event of these objectives already tells."""
    told = {event.order_id for row in about for event in row.events.all()}
    for order in rows:
        if order.pk not in told:
            yield order.ordered_on, f"{_order(order)}."


def _order(order: Order) -> str:
    kind = order.get_kind_display().lower()
    amount = f" ({euros(order.amount)} HT)" if order.amount is not None else ""
    return f"{kind} {order.number}{amount}"


def counting(change: CountingChange) -> str:
    """Which hours count from that day on, and up to how much of them."""
    caps = {
        HoursKind.TRAINING: change.training_cap,
        HoursKind.INTERNSHIP: change.internship_cap,
    }
    named = []
    for kind in map(HoursKind, change.hour_kinds):
        cap = caps.get(kind)
        most = f" (au plus {cap}{NARROW}% de l’engagement)" if cap else ""
        named.append(f"{kind.label.lower()}{most}")
    return _because(f"les heures qui comptent changent : {', '.join(named)}.", change.reason)


def splits(row: Split) -> str:
    """How the companies of a group share the commitment."""
    parts = ", ".join(f"{part.organisation} {hours(part.quantity)}" for part in row.parts.all())
    return _because(f"engagement réparti : {parts}.", row.reason)


def globalised(member: Any) -> Iterator[Said]:
    """Entering a pooled debt, and leaving it. `others` counts the other commitments."""
    many = "s" * (member.others > 1)
    yield (
        member.starts_on,
        f"engagement globalisé avec {member.others} autre{many} marché{many} de"
        f" {member.globalisation.company}.",
    )
    if member.ends_on:
        yield member.ends_on, "dernier jour de la globalisation de l’engagement."


def hosts(rows: Iterable[OperationHost]) -> Iterator[Said]:
    """Who follows the clause over time; facilitators are not named."""
    referent: OperationHost | None = None
    for row in rows:
        if row.role == HostRole.ASSOCIATED:
            yield row.starts_on, f"{row.host} est associée au suivi."
            if row.ends_on:
                yield row.ends_on, f"{row.host} n’est plus associée au suivi."
        elif referent is None:
            yield row.starts_on, f"opération suivie par {row.host}."
        elif referent.host_id != row.host_id:
            yield row.starts_on, f"{referent.host} passe la main à {row.host}."
        elif referent.facilitator_id != row.facilitator_id:
            yield row.starts_on, f"le suivi change de mains à {row.host}."
        if row.role == HostRole.REFERENT:
            referent = row


def _because(said: str, reason: str) -> str:
    reason = reason.strip().rstrip(".")
    return f"{said} Motif : {reason}." if reason else said

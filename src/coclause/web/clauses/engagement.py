"""The tab "Engagement" of a clause: what is promised, due, done and left, by award.

Other sections of the tab (companies, calendar and story) come from the folders of their acts.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef
from django.urls import reverse

from coclause.clauses.choices import IN_HOURS, RATED, EventKind, Measure, Trigger
from coclause.clauses.counting import Rule, counting_of
from coclause.clauses.debts import OVER
from coclause.clauses.engaging import counted_in_words
from coclause.clauses.models import Commitment, Objective, ObjectiveEvent, Order
from coclause.clauses.owed import Owed, in_words, owed_by_objective
from coclause.clauses.permissions import is_referent
from coclause.clauses.promises import promise
from coclause.clauses.states import ClauseState
from coclause.hours.objectives import done_by_objective
from coclause.render.numbers import hours
from coclause.web.clauses.access import ClauseView
from coclause.web.engagements.acting import public_labels
from coclause.web.engagements.breakdown import Line, lines_of
from coclause.web.execution import section as execution
from coclause.web.groups.section import groups_section
from coclause.web.middleware import ScopedRequest

BEFORE = (ClauseState.DRAFT, ClauseState.PROPOSED)
ZERO = Decimal(0)


@dataclass(frozen=True)
class Link:
    """An act that the reader may record next."""

    label: str
    url: str


@dataclass(frozen=True)
class Row:
    """One objective, in words."""

    name: str
    promised: str
    due: str
    undetermined: str
    lines: list[Line]
    done: str
    left: str
    links: list[Link]
    is_part: bool = False


@dataclass
class Block:
    """What one award commits to."""

    award: Any
    rows: list[Row]
    total: Row | None
    orders: int
    links: list[Link] = field(default_factory=list)


@dataclass(frozen=True)
class CountingLine:
    """A rule of what counts, in words; `since` is None for the one that came with the clause."""

    since: date | None
    words: list[str]


def engagement_of(request: ScopedRequest, view: ClauseView) -> dict[str, Any]:
    """What the tab shows: each section adds its own names."""
    shown: dict[str, Any] = _objectives(request, view)
    referent = is_referent(view.clause.lot.contract.operation, request.scope)
    shown["groups"] = groups_section(view, request.scope, referent=referent)
    shown |= execution.section(view, request.scope, referent=referent)
    return shown


def undetermined_of(view: ClauseView, day: date) -> list[str]:
    """Why nothing can be said of the debt in hours yet, without repeating; empty when it can."""
    rows = [row for commitment in _commitments(view) for row in commitment.objectives.all()]
    owed = owed_by_objective([row for row in rows if row.measure in IN_HOURS], day)
    found = [told.undetermined for told in owed.values() if not told.objective.public]
    return list(dict.fromkeys(reason for reason in found if reason))


def part_undetermined(view: ClauseView, day: date) -> bool:
    """Whether an objective that follows a rate has no known base yet: its debt is not in the sum.

    An optional tranche is not asked for: it is not due before it is affirmed.
    """
    known = ObjectiveEvent.objects.filter(
        objective=OuterRef("pk"), kind=EventKind.BASE, effective_on__lte=day
    )
    rated = Objective.objects.filter(
        commitment__clause=view.clause,
        commitment__award__in=view.awards,
        measure__in=RATED,
        public="",
    )
    return rated.exclude(Exists(known)).exists()


def _objectives(request: ScopedRequest, view: ClauseView) -> dict[str, Any]:
    scope, clause = request.scope, view.clause
    referent = is_referent(clause.lot.contract.operation, scope)
    acting = referent and clause.state not in (*BEFORE, *OVER)
    commitments = {row.award_id: row for row in _commitments(view)}
    objectives = [row for c in commitments.values() for row in c.objectives.all()]
    owed = owed_by_objective(objectives, scope.day)
    done = done_by_objective(objectives, scope.day)
    labels = public_labels(clause, scope, {row.public for row in objectives if row.public})
    orders = _orders([award.pk for award in view.awards])
    told = _Told(
        owed,
        done,
        labels,
        scope.day,
        acting=acting,
        handled=view.handled,
        framework=bool(clause.lot.contract.framework),
        left=view.sight.until is not None,
    )
    blocks = [
        _block(award, commitments.get(award.pk), told, orders.get(award.pk, 0))
        for award in view.awards
    ]
    return {
        "blocks": blocks,
        "counting": _counting(clause),
        "counting_url": reverse("counting-new", args=[clause.pk]) if acting else "",
        "to_commit": acting and any(award.pk not in commitments for award in view.awards),
    }


def _commitments(view: ClauseView) -> list[Commitment]:
    rows = Commitment.objects.filter(clause=view.clause, award__in=view.awards)
    rows = rows.prefetch_related("objectives__events__order").order_by("pk")
    found = list(rows)
    for commitment in found:
        for objective in commitment.objectives.all():
            objective.commitment = commitment
            commitment.award = next(a for a in view.awards if a.pk == commitment.award_id)
    return found


def _orders(awards: Collection[int]) -> dict[int, int]:
    rows = Order.objects.filter(award__in=awards).order_by().values("award")
    return dict(rows.annotate(count=Count("pk")).values_list("award", "count"))


def _counting(clause: Any) -> list[CountingLine]:
    (rules,) = counting_of([clause.pk])[clause.pk].rules
    return [
        CountingLine(None if place == 0 else rule.starts_on, _counted(rule))
        for place, rule in enumerate(rules)
    ]


def _counted(rule: Rule) -> list[str]:
    return [counted_in_words(kind, rule.caps.get(kind)) for kind in sorted(rule.kinds)][::-1]


@dataclass(frozen=True)
class _Told:
    """What the rows are written from."""

    owed: dict[int, Owed]
    done: dict[int, Decimal]
    labels: dict[str, str]
    day: date
    acting: bool
    handled: bool
    framework: bool
    left: bool
    """The reader left the award, and is told of no order."""


def _block(award: Any, commitment: Commitment | None, told: _Told, orders: int) -> Block:
    if commitment is None:
        return Block(award, [], None, orders)
    objectives = list(commitment.objectives.all())
    wholes = [row for row in objectives if not row.public]
    shared = [row for row in wholes if row.measure in IN_HOURS and not row.hour_kind]
    together = len([row for row in wholes if row.measure in IN_HOURS]) > 1
    rows = []
    for whole in wholes:
        rows.append(_row(whole, told, alone=not (together and whole in shared)))
        rows += [_row(part, told) for part in objectives if part.part_of_id == whole.pk]
    links = []
    if told.acting:
        links.append(Link("Ajouter un objectif", reverse("objective-new", args=[commitment.pk])))
    ordered = orders or told.framework or any(_by_order(row) for row in wholes)
    if ordered and not told.left:
        links.append(Link("Voir les commandes", reverse("orders", args=[award.pk])))
    total = _total(wholes, told) if together else None
    return Block(award, rows, total, orders, links)


def _row(objective: Objective, told: _Told, *, alone: bool = True) -> Row:
    """`alone`: its hours are not shared with another objective of the commitment."""
    owed = told.owed[objective.pk]
    words = promise(objective, told.day)
    name = objective.label or str(objective.get_measure_display())
    if objective.public:
        name = f"dont {told.labels[objective.public]}"
    done = told.done[objective.pk] if alone else None
    if objective.public and not told.handled:
        # What was done of a share could tell a few persons apart: only the hosts in charge.
        done = None
    return Row(
        name=name,
        promised=words,
        due=owed.words,
        undetermined=owed.undetermined,
        lines=[] if objective.share is not None else lines_of(objective, told.day),
        done="" if done is None else in_words(objective.measure, done),
        left=""
        if done is None or owed.quantity is None
        else in_words(objective.measure, max(owed.quantity - done, ZERO)),
        links=_links(objective, owed) if told.acting else [],
        is_part=bool(objective.public),
    )


def _total(wholes: list[Objective], told: _Told) -> Row:
    """The hours of several objectives together: nobody tells which hour answers which."""
    in_hours = [row for row in wholes if row.measure in IN_HOURS]
    known = [told.owed[row.pk].quantity for row in in_hours]
    due = sum((quantity for quantity in known if quantity is not None), ZERO)
    general = [told.done[row.pk] for row in in_hours if not row.hour_kind]
    done = max(general) if general else sum((told.done[row.pk] for row in in_hours), ZERO)
    settled = any(quantity is not None for quantity in known)
    return Row(
        name="Heures, ensemble",
        promised="",
        due=hours(due) if settled else "pas encore déterminable",
        undetermined="",
        lines=[],
        done=hours(done),
        left=hours(max(due - done, ZERO)) if settled else "",
        links=[],
    )


def _by_order(objective: Objective) -> bool:
    return objective.measure == Measure.PER_EURO or objective.trigger in (
        Trigger.ORDER,
        Trigger.CALL_OFF,
    )


def _links(objective: Objective, owed: Owed) -> list[Link]:
    """The events to record next: what would make it due, then what changes it."""
    if objective.share is not None:
        return []
    found: list[Link] = []

    def add(label: str, name: str) -> None:
        found.append(Link(label, reverse(name, args=[objective.pk])))

    if objective.measure == Measure.SHARE:
        add("Enregistrer les heures travaillées", "worked-new")
    elif objective.trigger == Trigger.TRANCHE and owed.quantity is None:
        add("Affermir la tranche", "trigger-new")
    elif objective.trigger == Trigger.YEAR and owed.undetermined:
        add("Engager l’année", "trigger-new")
    elif _by_order(objective):
        award = objective.commitment.award_id
        found.append(Link("Enregistrer une commande", reverse("order-new", args=[award])))
    if objective.measure in RATED:
        add("Changer le taux", "rate-new")
    if owed.quantity is not None:
        add("Avenant", "amendment-new")
    return found

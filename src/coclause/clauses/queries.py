"""Querysets of contracts and clauses: who sees which, what is committed and expected on a day."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import (
    Exists,
    F,
    FilteredRelation,
    Func,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce, Least

from coclause.clauses.choices import ANSWERABLE, EMPLOYING, IN_HOURS, EventKind, HostRole
from coclause.clauses.states import EXECUTED
from coclause.core.periods import on_day
from coclause.organisations.scopes import Scope
from coclause.reference.keys import search_key

if TYPE_CHECKING:
    from coclause.clauses.models import (  # noqa: F401
        Award,
        Calibration,
        Clause,
        Convention,
        Execution,
        ObjectiveEvent,
        Operation,
        OptOut,
    )

AWARD = "objective__commitment__award__"
QUANTITY = models.DecimalField(max_digits=14, decimal_places=2)


class DueShare(Func):
    """The part of an execution that falls within [first, last], days of suspension left out.

    The agreed calendar is linear by default: a commitment falls due evenly over its execution.
    """

    function = "coclause_due_share"
    output_field = models.DecimalField(max_digits=14, decimal_places=10)


def linked(path: str, scope: Scope) -> Q:
    """Operations, at `path` ("" or "lot__contract__operation__"), open to network and buyers."""
    return Q(**{f"{path}region__in": scope.working_regions}) | Q(
        **{f"{path}buyer__in": scope.buyers}
    )


def awarded(path: str, scope: Scope) -> Q:
    """Awards, at `path` ("" or "lot__awards__"), of the companies of the scope, now or before."""
    begun = _begun(f"{path}members__", path, scope)
    return Q(**{f"{path}members__organisation__in": scope.companies}) & begun


def _begun(part: str, award: str, scope: Scope) -> Q:
    """Parts, at `part`, of an award, at `award`, that are told of on the day: one to come is not
    before its first day, unless it comes with the award itself.
    """
    told = f"{part}starts_on__lte"
    return Q(**{told: scope.day}) | Q(**{told: F(f"{award}starts_on")})


def handled_by(path: str, scope: Scope) -> Q:
    """Operations, at `path`, whose referent or associated host on the day is the scope's."""
    return Q(**{f"{path}hosts__host__in": scope.hosts}) & on_day(scope.day, f"{path}hosts__")


class OperationQuerySet(models.QuerySet["Operation"]):
    def visible_to(self, scope: Scope) -> "OperationQuerySet":
        """The network reads its region; a buyer its own; a company those it was awarded."""
        mine = self.filter(awarded("contracts__lots__awards__", scope))
        return self.filter(linked("", scope) | Q(pk__in=mine.values("pk")))

    def editable_by(self, scope: Scope) -> "OperationQuerySet":
        """Only the host in charge that day, referent or associated, changes an operation."""
        return self.filter(pk__in=self.model._default_manager.filter(handled_by("", scope)))

    def matching(self, text: str, scope: Scope) -> "OperationQuerySet":
        """Every word in the operation's name, the buyer's or a company's, accents ignored.

        A company is found by its own name, and by others' on the awards that it is told whole.
        """
        members = _members()
        if not (scope.working_regions or scope.buyers):
            told = apps.get_model("clauses", "Award")._default_manager.told_whole(scope)
            members = members.filter(
                Q(organisation__in=scope.companies) | Q(award__in=told.values("pk"))
            )
        found = self
        for word in search_key(text).split():
            company = self.model._default_manager.filter(
                contracts__lots__awards__members__in=members.filter(
                    organisation__name_key__contains=word
                ).values("pk")
            )
            found = found.filter(
                Q(name_key__contains=word)
                | Q(buyer__name_key__contains=word)
                | Q(pk__in=company.values("pk"))
            )
        return found


class CalibrationQuerySet(models.QuerySet["Calibration"]):
    def visible_to(self, scope: Scope) -> "CalibrationQuerySet":
        """As operations, companies apart: what is prepared is the network's and the buyer's."""
        return self.filter(linked("contract__operation__", scope))


class OptOutQuerySet(models.QuerySet["OptOut"]):
    def visible_to(self, scope: Scope) -> "OptOutQuerySet":
        """The buyer, and the host that handles that day the operation it is about."""
        mine = self.model._default_manager.filter(handled_by("contract__operation__", scope))
        return self.filter(Q(buyer__in=scope.buyers) | Q(pk__in=mine.values("pk")))

    def in_force(self) -> "OptOutQuerySet":
        """The last entry of each, unless the buyer took it back."""
        return self.filter(replaced_by__isnull=True, withdrawn_on__isnull=True)


class ClauseQuerySet(models.QuerySet["Clause"]):
    def visible_to(self, scope: Scope) -> "ClauseQuerySet":
        """As operations; a company sees a clause once it was awarded the lot."""
        mine = self.model._default_manager.filter(
            awarded("lot__awards__", scope), state__in=EXECUTED
        )
        return self.filter(
            linked("lot__contract__operation__", scope) | Q(pk__in=mine.values("pk"))
        )

    def editable_by(self, scope: Scope) -> "ClauseQuerySet":
        mine = self.model._default_manager.filter(handled_by("lot__contract__operation__", scope))
        return self.filter(pk__in=mine.values("pk"))

    def with_context(self) -> "ClauseQuerySet":
        """Everything a line about a clause names, in one query."""
        return self.select_related("lot__contract__operation__buyer")

    def with_referent(self, day: date) -> "ClauseQuerySet":
        """Adds `referent_host`, `referent_host_id`, `facilitator_id` of the day."""
        return self.annotate(
            referent_host_id=referent("lot__contract__operation", day, "host"),
            referent_host=referent("lot__contract__operation", day, "host__name"),
            facilitator_id=referent("lot__contract__operation", day, "facilitator"),
        )

    def with_holder(self, day: date) -> "ClauseQuerySet":
        """Adds `holder`, the company that answers for the latest award of the lot, or None."""
        from_lot = _members().filter(award__lot=OuterRef("lot"), part__in=ANSWERABLE)
        newest = from_lot.filter(starts_on__lte=day).order_by("-award__pk", "-starts_on")
        return self.annotate(holder=Subquery(newest.values("organisation__name")[:1]))

    def with_committed(self, day: date, known_on: datetime | None = None) -> "ClauseQuerySet":
        """Adds `committed` (hours; None when no commitment in hours is known) and `expected`."""
        group = "objective__commitment__clause"
        events = _hour_events().filter(**{group: OuterRef("pk")})
        return self.annotate(
            committed=committed_subquery(events, day, group, known_on),
            expected=expected_subquery(events, day, group, known_on),
        )


class AwardQuerySet(models.QuerySet["Award"]):
    def visible_to(self, scope: Scope) -> "AwardQuerySet":
        mine = self.model._default_manager.filter(awarded("", scope))
        return self.filter(
            linked("lot__contract__operation__", scope) | Q(pk__in=mine.values("pk"))
        )

    def told_whole(self, scope: Scope) -> "AwardQuerySet":
        """Those of which the reader is told what is owed and done: for a company, not those on
        which it only employs people, nor those that it left.
        """
        seen = self.visible_to(scope)
        if not scope.companies:
            return seen
        stays = (
            Q(ends_on__isnull=True)
            | Q(ends_on__gte=scope.day)
            | Q(ends_on__gte=F("award__ends_on"))
        )
        part = _members().filter(award=OuterRef("pk"), organisation__in=scope.companies)
        owing = Exists(part.filter(_begun("", "award__", scope), stays).exclude(part__in=EMPLOYING))
        return seen.filter(linked("lot__contract__operation__", scope) | owing)

    def editable_by(self, scope: Scope) -> "AwardQuerySet":
        mine = self.model._default_manager.filter(handled_by("lot__contract__operation__", scope))
        return self.filter(pk__in=mine.values("pk"))

    def answered_by(self, companies: frozenset[int], day: date) -> "AwardQuerySet":
        """Awards for which one of these companies answers on that day."""
        part = _members().filter(
            on_day(day), award=OuterRef("pk"), part__in=ANSWERABLE, organisation__in=companies
        )
        return self.filter(Exists(part))

    def with_holder(self, day: date) -> "AwardQuerySet":
        """Adds `holder` and `holder_id`, the company that answers on that day (or the last one)."""
        newest = (
            _members()
            .filter(award=OuterRef("pk"), part__in=ANSWERABLE, starts_on__lte=day)
            .order_by("-starts_on")
        )
        return self.annotate(
            holder=Subquery(newest.values("organisation__name")[:1]),
            holder_id=Subquery(newest.values("organisation_id")[:1]),
        )


class ExecutionQuerySet(models.QuerySet["Execution"]):
    def known(self, known_on: datetime | None = None) -> "ExecutionQuerySet":
        """The calendar of each award, now or as it was known at that moment."""
        if known_on is None:
            return self.filter(superseded_at__isnull=True)
        return self.filter(
            Q(superseded_at__isnull=True) | Q(superseded_at__gt=known_on),
            recorded_at__lte=known_on,
        )


class ConventionQuerySet(models.QuerySet["Convention"]):
    def visible_to(self, scope: Scope) -> "ConventionQuerySet":
        """The network reads those of its region; a buyer those that its contracts answer to."""
        bought = self.filter(contracts__operation__buyer__in=scope.buyers)
        return self.filter(Q(region__in=scope.working_regions) | Q(pk__in=bought.values("pk")))


class ObjectiveEventQuerySet(models.QuerySet["ObjectiveEvent"]):
    def in_hours(self) -> "ObjectiveEventQuerySet":
        """Events of whole objectives in hours; shares reserved to a public are part of them.

        An agreed rate is no hour yet: it adds some once its base is known.
        """
        return self.filter(objective__measure__in=IN_HOURS, objective__public="").exclude(
            kind=EventKind.RATE
        )

    def known(self, known_on: datetime | None) -> "ObjectiveEventQuerySet":
        """Those recorded by that moment; all of them without one."""
        return self if known_on is None else self.filter(recorded_at__lte=known_on)

    def with_share(
        self, first: date, last: date, known_on: datetime | None = None
    ) -> "ObjectiveEventQuerySet":
        """Adds `due`: the hours of each event that fall due from `first` to `last`.

        With `known_on`, by the calendar as it was known at that moment.
        """
        rows = self if known_on is None else self.alias(calendar=_calendar(known_on))
        return rows.annotate(due=F("quantity") * due_share(first, last, known_on))


def _members() -> "models.QuerySet[models.Model]":
    return _model("AwardMember")


def _hour_events() -> ObjectiveEventQuerySet:
    events: ObjectiveEventQuerySet = _model("ObjectiveEvent").in_hours()  # type: ignore[attr-defined]
    return events


def _model(name: str) -> "models.QuerySet[models.Model]":
    rows: models.QuerySet[models.Model] = apps.get_model("clauses", name)._default_manager.all()
    return rows


def _calendar(known_on: datetime) -> FilteredRelation:
    """The version of the award's calendar in force at that moment."""
    versions = f"{AWARD}executions"
    return FilteredRelation(
        versions,
        condition=Q(**{f"{versions}__recorded_at__lte": known_on})
        & (
            Q(**{f"{versions}__superseded_at__isnull": True})
            | Q(**{f"{versions}__superseded_at__gt": known_on})
        ),
    )


def due_share(first: date, last: date, known_on: datetime | None = None) -> DueShare:
    """By the calendar in force; by the one at `calendar` when asked as known at a moment."""
    path = AWARD if known_on is None else "calendar__"
    return DueShare(
        Value(first),
        Value(last),
        Coalesce(F("due_from"), F(f"{path}starts_on")),
        Least(F("due_until"), F(f"{path}ends_on")),
        F("effective_on"),
        F(f"{path}suspensions"),
        F(f"{path}suspended_on"),
    )


def committed_subquery(
    events: ObjectiveEventQuerySet, day: date, group: str, known_on: datetime | None = None
) -> Subquery:
    """What is committed on that day: the sum of events in effect, None when there is none."""
    total = (
        events.known(known_on)
        .filter(effective_on__lte=day)
        .order_by()
        .values(group)
        .annotate(total=Sum("quantity"))
        .values("total")
    )
    return Subquery(total, output_field=QUANTITY)


def expected_subquery(
    events: ObjectiveEventQuerySet, day: date, group: str, known_on: datetime | None = None
) -> Subquery:
    """What is expected by that day, by the calendar of each award and of each event."""
    total = (
        events.known(known_on)
        .filter(effective_on__lte=day)
        .with_share(date.min, day, known_on)
        .order_by()
        .values(group)
        .annotate(total=Sum("due"))
        .values("total")
    )
    return Subquery(total, output_field=QUANTITY)


def referent(operation: str, day: date, field: str) -> Subquery:
    """A field of the referent host of the operation at `operation`, on that day."""
    hosts = _model("OperationHost").filter(
        on_day(day), operation=OuterRef(operation), role=HostRole.REFERENT
    )
    return Subquery(hosts.values(field)[:1])

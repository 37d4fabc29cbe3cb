"""Querysets of contracts and clauses: who sees which, what is committed and expected on a day."""

from datetime import date
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Subquery, Sum, Value

from coclause.clauses.choices import ANSWERABLE, HostRole, Measure
from coclause.clauses.states import EXECUTED
from coclause.core.periods import on_day
from coclause.organisations.scopes import Scope
from coclause.reference.keys import search_key

if TYPE_CHECKING:
    from coclause.clauses.models import Award, Clause, ObjectiveEvent, Operation  # noqa: F401

QUANTITY = models.DecimalField(max_digits=14, decimal_places=2)


class DueShare(Func):
    """The part of [starts, ends] that falls within [first, last], days counted, both included.

    The agreed calendar is linear by default: a commitment falls due evenly over its execution.
    """

    function = "coclause_due_share"
    output_field = models.DecimalField(max_digits=14, decimal_places=10)


def linked(path: str, scope: Scope) -> Q:
    """Operations, at `path` ("" or "lot__contract__operation__"), open to network and buyers."""
    return Q(**{f"{path}region__in": scope.working_regions}) | Q(
        **{f"{path}buyer__in": scope.buyers}
    )


def handled_by(path: str, scope: Scope) -> Q:
    """Operations, at `path`, whose referent or associated host on the day is the scope's."""
    return Q(**{f"{path}hosts__host__in": scope.hosts}) & on_day(scope.day, f"{path}hosts__")


class OperationQuerySet(models.QuerySet["Operation"]):
    def visible_to(self, scope: Scope) -> "OperationQuerySet":
        """The network reads its region; a buyer its own; a company those it was awarded."""
        awarded = self.filter(contracts__lots__awards__members__organisation__in=scope.companies)
        return self.filter(linked("", scope) | Q(pk__in=awarded.values("pk")))

    def editable_by(self, scope: Scope) -> "OperationQuerySet":
        """Only the host in charge that day, referent or associated, changes an operation."""
        return self.filter(pk__in=self.model._default_manager.filter(handled_by("", scope)))

    def matching(self, text: str) -> "OperationQuerySet":
        """Every word in the operation's name, the buyer's or a company's, accents ignored."""
        found = self
        for word in search_key(text).split():
            company = self.model._default_manager.filter(
                contracts__lots__awards__members__organisation__name_key__contains=word
            )
            found = found.filter(
                Q(name_key__contains=word)
                | Q(buyer__name_key__contains=word)
                | Q(pk__in=company.values("pk"))
            )
        return found


class ClauseQuerySet(models.QuerySet["Clause"]):
    def visible_to(self, scope: Scope) -> "ClauseQuerySet":
        """As operations; a company sees a clause once it was awarded the lot."""
        awarded = self.model._default_manager.filter(
            lot__awards__members__organisation__in=scope.companies, state__in=EXECUTED
        )
        return self.filter(
            linked("lot__contract__operation__", scope) | Q(pk__in=awarded.values("pk"))
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

    def with_committed(self, day: date) -> "ClauseQuerySet":
        """Adds `committed` (hours; None when no commitment in hours is known) and `expected`."""
        events = _hour_events().filter(objective__commitment__clause=OuterRef("pk"))
        return self.annotate(
            committed=committed_subquery(events, day, "objective__commitment__clause"),
            expected=expected_subquery(events, day, "objective__commitment__clause"),
        )


class AwardQuerySet(models.QuerySet["Award"]):
    def visible_to(self, scope: Scope) -> "AwardQuerySet":
        mine = self.model._default_manager.filter(members__organisation__in=scope.companies)
        return self.filter(
            linked("lot__contract__operation__", scope) | Q(pk__in=mine.values("pk"))
        )

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


class ObjectiveEventQuerySet(models.QuerySet["ObjectiveEvent"]):
    def in_hours(self) -> "ObjectiveEventQuerySet":
        """Events of whole objectives in hours; shares reserved to a public are part of them."""
        return self.filter(objective__measure=Measure.HOURS, objective__public="")

    def with_share(self, first: date, last: date) -> "ObjectiveEventQuerySet":
        """Adds `due`: the hours of each event that fall due from `first` to `last`."""
        return self.annotate(due=F("quantity") * _share(first, last))


def _members() -> "models.QuerySet[models.Model]":
    return _model("AwardMember")


def _hour_events() -> ObjectiveEventQuerySet:
    events: ObjectiveEventQuerySet = _model("ObjectiveEvent").in_hours()  # type: ignore[attr-defined]
    return events


def _model(name: str) -> "models.QuerySet[models.Model]":
    rows: models.QuerySet[models.Model] = apps.get_model("clauses", name)._default_manager.all()
    return rows


def _share(first: date, last: date) -> DueShare:
    award = "objective__commitment__award__"
    return DueShare(
        Value(first),
        Value(last),
        F(f"{award}starts_on"),
        F(f"{award}ends_on"),
        F("effective_on"),
    )


def committed_subquery(events: ObjectiveEventQuerySet, day: date, group: str) -> Subquery:
    """Hours committed on that day: the sum of events in effect, None when there is none."""
    total = (
        events.filter(effective_on__lte=day)
        .order_by()
        .values(group)
        .annotate(total=Sum("quantity"))
        .values("total")
    )
    return Subquery(total, output_field=QUANTITY)


def expected_subquery(events: ObjectiveEventQuerySet, day: date, group: str) -> Subquery:
    """Hours expected by that day, by the linear calendar of each award."""
    total = (
        events.filter(effective_on__lte=day)
        .order_by()
        .values(group)
        .annotate(total=Sum(F("quantity") * _share(date.min, day)))
        .values("total")
    )
    return Subquery(total, output_field=QUANTITY)


def referent(operation: str, day: date, field: str) -> Subquery:
    """A field of the referent host of the operation at `operation`, on that day."""
    hosts = _model("OperationHost").filter(
        on_day(day), operation=OuterRef(operation), role=HostRole.REFERENT
    )
    return Subquery(hosts.values(field)[:1])

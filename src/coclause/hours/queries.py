"""Querysets of hours: who sees which, and what counts, today or as it was known on a date."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from coclause.clauses.choices import HostRole
from coclause.clauses.models import OperationHost
from coclause.clauses.queries import linked
from coclause.core.periods import on_day
from coclause.hours.choices import LineState
from coclause.hours.shares import shared_with
from coclause.organisations.scopes import Scope

if TYPE_CHECKING:
    from coclause.hours.models import (  # noqa: F401
        Assignment,
        Employment,
        Statement,
        StatementLine,
    )

OPERATION = "award__lot__contract__operation__"


class EmploymentQuerySet(models.QuerySet["Employment"]):
    """The row policies already bound what is seen; `visible_to` says the same in words."""

    def visible_to(self, scope: Scope) -> "EmploymentQuerySet":
        shared = self.model._default_manager.filter(assignments__pk__in=shared_with(scope))
        return self.filter(
            Q(host__in=scope.hosts)
            | Q(employer__in=scope.companies)
            | Q(pk__in=shared.values("pk"))
        )


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def in_month(self, month: date, last_day: date) -> "AssignmentQuerySet":
        """Assignments that hold at least one day of the month."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=month), starts_on__lte=last_day)


class StatementQuerySet(models.QuerySet["Statement"]):
    def visible_to(self, scope: Scope) -> "StatementQuerySet":
        mine = self.model._default_manager.filter(award__members__organisation__in=scope.companies)
        return self.filter(linked(OPERATION, scope) | Q(pk__in=mine.values("pk")))


class LineQuerySet(models.QuerySet["StatementLine"]):
    """Without `known_on`, what counts now; with it, what counted at that moment."""

    def validated(self, known_on: datetime | None = None) -> "LineQuerySet":
        """Lines in force: validated, and not yet superseded by a validated correction."""
        if known_on is None:
            return self.filter(state=LineState.VALIDATED, superseded_at__isnull=True)
        return self.filter(
            Q(superseded_at__isnull=True) | Q(superseded_at__gt=known_on),
            validated_at__lte=known_on,
        )

    def declared(self, known_on: datetime | None = None) -> "LineQuerySet":
        """The latest revision of each line, unless it was sent back."""
        if known_on is None:
            return self.filter(corrected_at__isnull=True).exclude(state=LineState.RETURNED)
        return self.filter(
            Q(corrected_at__isnull=True) | Q(corrected_at__gt=known_on),
            Q(returned_at__isnull=True) | Q(returned_at__gt=known_on),
            declared_at__lte=known_on,
        )

    def to_check(self) -> "LineQuerySet":
        """Declared and waiting for the facilitator."""
        return self.filter(state=LineState.DECLARED, corrected_at__isnull=True)

    def returned(self) -> "LineQuerySet":
        """Sent back and waiting for the company."""
        return self.filter(state=LineState.RETURNED, corrected_at__isnull=True)

    def named(self) -> "LineQuerySet":
        """Hours of known persons."""
        return self.filter(employment_month__isnull=False)

    def collective(self) -> "LineQuerySet":
        """Hours and headcounts without names."""
        return self.filter(employment_month__isnull=True)

    def in_share(self, hosts: frozenset[int]) -> "LineQuerySet":
        """Lines of persons followed by these hosts; hours without names are the referent's."""
        return self.filter(Exists(_shares(hosts)))

    def handled_by(self, scope: Scope) -> "LineQuerySet":
        """Those the user may check: all as referent, its share as an associated host."""
        if not scope.hosts:
            return self.none()
        rows = OperationHost.objects.filter(
            on_day(scope.day),
            operation=OuterRef("statement__award__lot__contract__operation"),
            host__in=scope.hosts,
        )
        referent = rows.filter(role=HostRole.REFERENT)
        return self.filter(Exists(referent) | Exists(rows) & Exists(_shares(scope.hosts)))

    def same_line(self) -> "LineQuerySet":
        """In a subquery: revisions of the outer line, which collective ones share by having no
        employment.
        """
        return self.alias(of=Coalesce("employment_month_id", 0)).filter(
            statement=OuterRef("statement"),
            of=Coalesce(OuterRef("employment_month_id"), 0),
            kind=OuterRef("kind"),
        )

    def worked_between(self, first: date, last: date) -> "LineQuerySet":
        """By month worked, whatever the month of validation."""
        return self.filter(statement__month__gte=first, statement__month__lte=last)


def _shares(hosts: frozenset[int]) -> "models.QuerySet[models.Model]":
    """In a subquery over lines: the assignment of the line's person to one of these hosts."""
    rows: models.QuerySet[models.Model] = apps.get_model(
        "hours", "Assignment"
    )._default_manager.filter(
        employment=OuterRef("employment_month__employment"),
        award=OuterRef("statement__award"),
        host__in=hosts,
    )
    return rows

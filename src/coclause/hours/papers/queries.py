"""Who sees which papers, and may erase them. The row policies already bound those of somebody."""

from typing import Any

from django.db.models import (
    BooleanField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
)
from django.db.models.functions import Coalesce

from coclause.clauses.choices import HostRole
from coclause.clauses.models import OperationHost
from coclause.core.periods import on_day
from coclause.hours.models import Employment, StatementLine, SupportingPaper
from coclause.organisations.models import Membership
from coclause.organisations.scopes import Scope


def papers_seen(scope: Scope) -> QuerySet[SupportingPaper]:
    """A company sees those of the people it employs and its own invoices; the host in charge those
    of its share, and the referent every invoice, which may name anybody. Nobody else sees any.
    """
    if not (scope.hosts or scope.companies):
        return SupportingPaper.objects.none()
    in_charge = _in_charge(scope)
    followed = Employment.objects.visible_to(scope).values("pk")
    of_host = Q(Exists(in_charge), employment__in=followed) | Q(
        Exists(in_charge.filter(role=HostRole.REFERENT)), employment__isnull=True
    )
    of_company = Q(employment__employer__in=scope.companies) | Q(
        employment__isnull=True, organisation__in=scope.companies
    )
    return SupportingPaper.objects.filter(of_host | of_company)


def with_erasable(rows: QuerySet[SupportingPaper], scope: Scope) -> Any:
    """Annotates `erasable`: by the host in charge at any time; by whoever put the paper, and their
    company, until hours that it supports were validated.

    A number left readable is a reason to erase at once: the host never has to wait.
    """
    put_by_us = Q(author=scope.user) | Q(
        Exists(
            Membership.objects.filter(
                user=OuterRef("author"),
                organisation=OuterRef("organisation"),
                organisation__in=scope.companies,
            )
        )
    )
    allowed = Q(Exists(_in_charge(scope))) | (put_by_us & ~Q(Exists(_checks())))
    kept = Q(erased_at__isnull=True)
    return rows.annotate(erasable=ExpressionWrapper(kept & allowed, BooleanField()))


def _in_charge(scope: Scope) -> QuerySet[OperationHost]:
    return OperationHost.objects.filter(
        on_day(scope.day),
        operation=OuterRef("award__lot__contract__operation"),
        host__in=scope.hosts,
    )


def _checks() -> QuerySet[StatementLine]:
    """In a subquery over papers: lines validated since, of its month and its person if it has one.

    Collective lines are of nobody: person 0.
    """
    return StatementLine.objects.alias(
        person=Coalesce("employment_month__employment_id", 0)
    ).filter(
        statement__award=OuterRef("award"),
        validated_at__gte=OuterRef("stored_at"),
        statement=Coalesce(OuterRef("statement_id"), F("statement_id")),
        person=Coalesce(OuterRef("employment_id"), F("person")),
    )

"""Who reads a report and what became of it: the buyer, the hosts in charge, then the company.

Never another company, nor the rest of the network. The company of the award reads a report once the
buyer has decided of it, without the draft that led there.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from coclause.clauses.choices import ANSWERABLE
from coclause.clauses.models import Award, AwardMember, Clause
from coclause.clauses.queries import handled_by
from coclause.clauses.states import Turn
from coclause.hours.choices import DecisionKind
from coclause.hours.models import BuyerDecision, ShortfallReport
from coclause.organisations.choices import MemberRole
from coclause.organisations.models import Membership
from coclause.organisations.scopes import Scope

OPERATION = "clause__lot__contract__operation"
CLOSING = (DecisionKind.PENALTY, DecisionKind.WAIVER, DecisionKind.NOTHING)
"""Decisions after which a report is closed; a notice waits for another one."""
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Standing:
    """Whose turn a report is, since when."""

    turn: Turn
    since: date
    until: date | None = None
    """The last day of a notice that runs."""
    replaced: bool = False
    """A later report of the same award took its place before anything was decided."""

    @property
    def is_open(self) -> bool:
        return self.turn != Turn.NOBODY


def visible(scope: Scope) -> QuerySet[ShortfallReport]:
    """Reports that the user reads, with `last_kind`, `last_until`, `last_day` of their decisions
    and `replaced`.
    """
    rows = ShortfallReport.objects.all()
    mine = Q(**{f"{OPERATION}__buyer__in": scope.buyers})
    if scope.hosts:
        handled = Clause.objects.filter(handled_by("lot__contract__operation__", scope))
        mine |= Q(clause__in=handled.values("pk"))
    if scope.companies:
        mine |= _of_company(scope)
    return with_decisions(rows.filter(mine))


def with_decisions(rows: QuerySet[ShortfallReport]) -> QuerySet[ShortfallReport]:
    """Adds the last decision of each, and whether a later report replaces it."""
    last = BuyerDecision.objects.filter(report=OuterRef("pk")).order_by("-pk")
    later = ShortfallReport.objects.filter(
        award=OuterRef("award"), clause=OuterRef("clause"), pk__gt=OuterRef("pk")
    )
    return rows.annotate(
        last_kind=Subquery(last.values("kind")[:1]),
        last_until=Subquery(last.values("until")[:1]),
        last_day=Subquery(last.values("decided_on")[:1]),
        replaced=Exists(later),
    )


def _of_company(scope: Scope) -> Q:
    """Decided reports of awards that the user's companies answer for, since that report."""
    answering = AwardMember.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=OuterRef("day")),
        award=OuterRef("award"),
        part__in=ANSWERABLE,
        organisation__in=scope.companies,
        starts_on__lte=scope.day,
    )
    decided = BuyerDecision.objects.filter(report=OuterRef("pk"))
    return Q(Exists(answering)) & Q(Exists(decided))


def standing(report: Any, day: date) -> Standing:
    """Whose turn it is: `report` comes from `visible` or `with_decisions`."""
    if report.last_kind in CLOSING:
        return Standing(Turn.NOBODY, report.last_day)
    if report.replaced:
        return Standing(Turn.NOBODY, report.day, replaced=True)
    if report.last_kind is None:
        return Standing(Turn.BUYER, report.day)
    if report.last_until >= day:
        return Standing(Turn.COMPANY, report.last_day, until=report.last_until)
    return Standing(Turn.BUYER, report.last_until + ONE_DAY)


def buyers_turn(day: date) -> Q:
    """The same, in a query over `with_decisions`: reports that the buyer has to decide."""
    undecided = Q(last_kind__isnull=True)
    run_out = Q(last_kind=DecisionKind.NOTICE, last_until__lt=day)
    return Q(replaced=False) & (undecided | run_out)


def companys_turn(day: date) -> Q:
    """Reports under a notice that still runs."""
    return Q(replaced=False, last_kind=DecisionKind.NOTICE, last_until__gte=day)


def contacts_of_buyer(clause: Clause, day: date) -> QuerySet[Membership]:
    """The buyer's people who can sign in on that day, in order."""
    return (
        Membership.objects.filter(
            organisation=clause.lot.contract.operation.buyer_id,
            role=MemberRole.BUYER,
            user__is_active=True,
        )
        .on(day)
        .select_related("user")
        .order_by("starts_on", "pk")
    )


def reports_about(award: Award, clause: Clause) -> QuerySet[ShortfallReport]:
    """Every report of an award under a clause, the latest first."""
    return ShortfallReport.objects.filter(award=award, clause=clause).order_by("-pk")

"""A contract that misses hours, its terms, its report: what tests of steering begin with."""

from datetime import date
from decimal import Decimal
from typing import Any

from tests import builders
from tests.builders import DAY, World

from coclause.clauses.models import Clause, PenaltyTerms
from coclause.clauses.penalties import record_terms
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.hours.declaring import Entry, declare_month
from coclause.hours.models import BuyerDecision, PlanStep, ShortfallReport
from coclause.hours.planning import agree_step
from coclause.hours.steering.deciding import decide
from coclause.hours.steering.letters import draft
from coclause.hours.steering.reporting import report
from coclause.hours.steering.situations import Basis, situation
from coclause.organisations.choices import MemberRole
from coclause.organisations.scopes import Scope, scope_of

SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)
AFTER = date(2027, 6, 9)
"""Twelve days after the end of execution."""
ARTICLE = "L’article 8.2 du CCAP"


def short_world(name: str = "Val-Imaginé") -> World:
    """Two months of 60 and 90 hours: 675 foreseen at the end, 565 missing of 1 240."""
    made = builders.world(name)
    with acting_as(made.facilitator, day=DAY):
        for month, hours in ((SEPTEMBER, 60), (OCTOBER, 90)):
            entry = Entry(made.employment.pk, {"travail": Decimal(hours)})
            declare_month(made.scope, made.award, month, [entry], version=0)
    return made


def buyer_of(world: World) -> User:
    with acting_as("test", day=DAY):
        return builders.member(world.buyer, MemberRole.BUYER)


def company_of(world: World) -> User:
    with acting_as("test", day=DAY):
        return builders.member(world.company, MemberRole.COMPANY)


def scoped(user: User, day: date = DAY) -> Scope:
    return scope_of(user, day)


def with_terms(world: World, **facts: Any) -> PenaltyTerms:
    """50 € an hour after a notice of 15 days, quoted."""
    terms = PenaltyTerms(
        **{
            "unit": "heure",
            "rate": Decimal(50),
            "article": ARTICLE,
            "wording": "Chaque heure non réalisée donne lieu à une pénalité de 50 €.",
            "notice_days": 15,
            "starts_on": date(2026, 2, 20),
            **facts,
        }
    )
    with acting_as(world.facilitator, day=DAY):
        return record_terms(world.scope, Clause.objects.get(pk=world.clause.pk), terms)


def reported(
    world: World, basis: Basis = Basis.FORESEEN, day: date = DAY, **facts: Any
) -> ShortfallReport:
    """Told to the buyer by the referent."""
    scope = scope_of(world.facilitator, day)
    clause = Clause.objects.with_context().get(pk=world.clause.pk)
    award = held_award(world, day)
    found = situation(clause, award, day)
    assert found is not None
    told = {"message": "L’entreprise ne répond plus.", **facts}
    told.setdefault("letter", draft(found, basis) if basis in found.missing else "Madame,")
    with acting_as(world.facilitator, day=day):
        return report(
            scope,
            clause,
            award,
            basis=basis,
            address=lambda made: f"https://essai/{made.pk}",
            **told,
        )


def held_award(world: World, day: date = DAY) -> Any:
    rows = type(world.award).objects.with_holder(day).select_related("lot__contract__operation")
    return rows.get(pk=world.award.pk)


def decided(
    report_: ShortfallReport, user: User, kind: str, day: date = DAY, **facts: Any
) -> BuyerDecision:
    """By that user: a buyer, or the referent for it."""
    made = ShortfallReport.objects.select_related("clause__lot__contract__operation").get(
        pk=report_.pk
    )
    decision = BuyerDecision(kind=kind, decided_on=day, **facts)
    with acting_as(user, day=day):
        return decide(scope_of(user, day), made, decision, page="https://essai/1")


def step(
    world: World, turn: str = "entreprise", by: date = date(2026, 12, 12), **facts: Any
) -> PlanStep:
    """Agreed at the kick-off."""
    made = PlanStep(
        **{
            "award": world.award,
            "label": "Envoyer deux fiches de poste",
            "turn": turn,
            "by": by,
            "agreed_on": date(2026, 3, 2),
            **facts,
        }
    )
    with acting_as(world.facilitator, day=DAY):
        return agree_step(world.scope, made)

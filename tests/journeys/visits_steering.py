"""The pages of plans, penalties and shortfalls, for the accessibility test."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from playwright.sync_api import Page
from tests.journeys.visits import BUYER, COMPANY, COORDINATION, FACILITATOR, Visit, send_empty

from coclause import demo
from coclause.clauses.models import Award, Clause, PenaltyTerms
from coclause.clauses.penalties import last_recorded, record_terms
from coclause.clauses.states import ClauseState
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.hours.models import BuyerDecision, PlannedHours, PlanStep, ShortfallReport
from coclause.hours.planning import agree_step, drop_step, plan_hours
from coclause.hours.steering.deciding import decide
from coclause.hours.steering.letters import draft
from coclause.hours.steering.reporting import report
from coclause.hours.steering.situations import situation
from coclause.organisations.choices import MemberRole, Role
from coclause.organisations.models import Membership, Organisation
from coclause.organisations.scopes import Scope, scope_of

NOT_PAGES_STEERING = {
    "plan-hours-drop": "POST alone",
    "plan-step-done": "POST alone",
    "plan-step-reopen": "POST alone",
    "shortfall-docx": "a file",
    "shortfall-pdf": "a file",
}


def open_folds(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")


def send_too_much(page: Page) -> None:
    """A penalty beyond the contract, before any notice: it is to be confirmed."""
    page.locator("main input[name=kind][value=penalite]").check()
    page.locator("main input[name=amount]").fill("9 000 000")
    send_empty(page)


def send_letterless(page: Page) -> None:
    page.locator("main textarea[name=letter]").fill("")
    send_empty(page)


REPORT = "/clauses/{short_clause}/signalement/?attribution={short_award}"

VISITS_STEERING = (
    *(
        Visit("plan", "/attributions/{planned}/plan/", r)
        for r in (FACILITATOR, BUYER, COORDINATION)
    ),
    Visit("plan", "/attributions/{planned}/plan/", FACILITATOR, note="full", act=open_folds),
    Visit("plan", "/attributions/{own_award}/plan/", COMPANY),
    Visit("plan", "/attributions/{unplanned}/plan/", FACILITATOR, note="empty"),
    Visit("plan-hours-new", "/attributions/{planned}/plan/heures/", FACILITATOR),
    Visit(
        "plan-hours-new",
        "/attributions/{planned}/plan/heures/",
        FACILITATOR,
        note="errors",
        act=send_empty,
    ),
    Visit("plan-hours-edit", "/heures-prevues/{planned_line}/modifier/", FACILITATOR),
    Visit("plan-step-new", "/attributions/{planned}/plan/etapes/", FACILITATOR),
    Visit(
        "plan-step-new",
        "/attributions/{planned}/plan/etapes/",
        FACILITATOR,
        note="errors",
        act=send_empty,
    ),
    Visit("plan-step-edit", "/etapes/{planned_step}/modifier/", FACILITATOR),
    Visit("plan-step-drop", "/etapes/{planned_step}/abandonner/", FACILITATOR),
    Visit(
        "plan-step-drop",
        "/etapes/{planned_step}/abandonner/",
        FACILITATOR,
        note="errors",
        act=send_empty,
    ),
    Visit("penalty-terms", "/clauses/{short_clause}/penalites/", FACILITATOR),
    Visit("penalty-terms", "/clauses/{short_clause}/penalites/", BUYER),
    Visit("penalty-terms", "/clauses/{no_terms}/penalites/", FACILITATOR, note="not known"),
    Visit(
        "penalty-terms",
        "/clauses/{no_terms}/penalites/",
        FACILITATOR,
        note="errors",
        act=send_empty,
    ),
    Visit("shortfall-new", REPORT, FACILITATOR),
    Visit("shortfall-new", REPORT, FACILITATOR, note="errors", act=send_letterless),
    Visit("shortfall-new", f"{REPORT}&base=final", FACILITATOR, note="nothing"),
    *(Visit("shortfall", "/signalements/{reported}/", r) for r in (FACILITATOR, BUYER)),
    Visit("shortfall", "/signalements/{reported}/", BUYER, note="errors", act=send_empty),
    Visit("shortfall", "/signalements/{reported}/", BUYER, note="to confirm", act=send_too_much),
    Visit("shortfall", "/signalements/{noticed}/", BUYER, note="noticed"),
    Visit("shortfall", "/signalements/{settled}/", FACILITATOR, note="decided"),
    Visit("shortfall", "/signalements/{told_company}/", COMPANY, note="decided"),
)


def places_steering() -> dict[str, object]:
    """A plan with everything, three reports of the facilitator, one that its company reads."""
    day = demo.today()
    user = User.objects.get(email="facilitatrice@demo.coclause.test")
    company = User.objects.get(email="entreprise@demo.coclause.test")
    buyer = User.objects.get(email="acheteur@demo.coclause.test")
    with acting_as(user, day=day):
        scope = scope_of(user, day)
        short = _short(scope)
        clause, award, _ = short[0]
        planned = short[3][1]
        line, step = _plan(scope, planned)
        found = {
            "planned": planned.pk,
            "planned_line": line.pk,
            "planned_step": step.pk,
            "unplanned": award.pk,
            "short_clause": clause.pk,
            "short_award": award.pk,
            "no_terms": _without_terms(scope, clause),
        }
        _terms(scope, clause)
        _terms(scope, short[1][0])
        made = [_report(scope, *one) for one in short[:3]]
        _decide(scope, made[1], "mise_en_demeure", until=day + timedelta(15))
        _decide(scope, made[2], "penalite", amount=Decimal(5000))
    with acting_as("visits", day=day):
        for one, role, whose in (
            (made[0], MemberRole.BUYER, buyer),
            (planned, MemberRole.BUYER, buyer),
            (made[1], MemberRole.BUYER, buyer),
            (made[2], MemberRole.COMPANY, company),
        ):
            _join(one, role, whose, day)
    names = ("reported", "noticed", "settled")
    return (
        found
        | dict(zip(names, (one.pk for one in made), strict=True))
        | {"told_company": made[2].pk}
    )


def _short(scope: Scope) -> list[tuple[Any, Any, Any]]:
    """Clauses in execution of the facilitator whose award misses hours: clause, award, basis."""
    clauses = Clause.objects.editable_by(scope).with_context().filter(state=ClauseState.RUNNING)
    referent = clauses.filter(lot__contract__operation__hosts__role="referente").distinct()
    found = []
    for clause in referent.order_by("pk"):
        for award in Award.objects.filter(commitments__clause=clause).with_holder(scope.day)[:1]:
            told = situation(clause, award, scope.day)
            if told and told.missing and not award.planned.exists():
                found.append((clause, award, next(iter(told.missing))))
    return sorted(found, key=lambda one: one[1].ends_on <= scope.day)[:4]


def _plan(scope: Scope, award: Any) -> tuple[PlannedHours, PlanStep]:
    partner = Organisation.objects.playing(Role.COMPANY).order_by("-pk")[0]
    first = PlannedHours(
        award=award,
        way="mise_a_disposition",
        partner=partner,
        hours=Decimal(120),
        starts_on=award.starts_on,
        ends_on=award.ends_on,
        note="Deux coffreurs",
    )
    plan_hours(scope, first)
    plan_hours(
        scope,
        PlannedHours(
            award=award,
            way="embauche_directe",
            hours=Decimal(80),
            starts_on=award.starts_on,
            ends_on=award.ends_on,
        ),
    )
    steps = [
        PlanStep(award=award, label=label, turn=turn, by=by, agreed_on=award.notified_on)
        for label, turn, by in (
            ("Envoyer deux fiches de poste", "entreprise", scope.day - timedelta(5)),
            ("Transmettre le planning du lot", "acheteur", scope.day + timedelta(9)),
            ("Présenter trois candidats", "facilitateur", scope.day + timedelta(20)),
        )
    ]
    for one in steps:
        one.agreed_on = min(one.agreed_on, one.by)
        agree_step(scope, one)
    drop_step(scope, steps[2], "Poste pourvu autrement")
    return first, steps[0]


def _terms(scope: Scope, clause: Any) -> None:
    record_terms(
        scope,
        clause,
        PenaltyTerms(
            unit="heure",
            rate=Decimal(50),
            cap_share=Decimal("0.05"),
            notice_days=15,
            article="L’article 8.2 du CCAP",
            wording="Chaque heure non réalisée donne lieu à une pénalité de 50 €.",
            starts_on=date(scope.day.year - 3, 1, 1),
            reason="Saisie reprise",
        ),
        seen=last_recorded(clause),
    )


def _without_terms(scope: Scope, but: Any) -> int:
    rows = Clause.objects.editable_by(scope).filter(state=ClauseState.RUNNING, penalties=None)
    found: int = (
        rows.filter(lot__contract__operation__hosts__role="referente")
        .exclude(pk=but.pk)
        .order_by("-pk")[0]
        .pk
    )
    return found


def _report(scope: Scope, clause: Any, award: Any, basis: Any) -> ShortfallReport:
    told = situation(clause, award, scope.day)
    assert told is not None
    return report(
        scope,
        clause,
        award,
        basis=basis,
        message="L’entreprise ne répond plus depuis deux mois.",
        letter=draft(told, basis),
        address=lambda made: f"https://essai.test/signalements/{made.pk}/",
    )


def _decide(scope: Scope, made: ShortfallReport, kind: str, **facts: Any) -> None:
    decide(scope, made, BuyerDecision(kind=kind, decided_on=scope.day, **facts))


def _join(made: Any, role: MemberRole, user: User, day: date) -> None:
    """Whoever reads this report, or the plan of this award, in that role, unless the demonstration
    has it so already.
    """
    lot = made.lot if isinstance(made, Award) else made.clause.lot
    of = (
        made.figures["holder_id"] if role == MemberRole.COMPANY else lot.contract.operation.buyer_id
    )
    if not Membership.objects.filter(user=user, organisation=of, role=role).exists():
        Membership.objects.create(user=user, organisation_id=of, role=role, starts_on=day)

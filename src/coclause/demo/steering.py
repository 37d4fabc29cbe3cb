"""What the followed facilitator steers: a plan, a shortfall told to the buyer, documents."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from coclause.clauses.choices import PenaltyUnit
from coclause.clauses.models import Award, Clause, PenaltyTerms
from coclause.clauses.penalties import record_terms
from coclause.clauses.states import ClauseState, Turn
from coclause.core.actor import acting_as
from coclause.core.addresses import address_of
from coclause.core.months import last_day, shift
from coclause.demo.front_door import Door
from coclause.hours.choices import ProofKind, Way
from coclause.hours.models import PlannedHours, PlanStep
from coclause.hours.planning import agree_step, plan_hours
from coclause.hours.proofs.issuing import issue
from coclause.hours.steering.letters import draft
from coclause.hours.steering.reporting import report
from coclause.hours.steering.situations import Basis, Situation, situation
from coclause.organisations.scopes import Scope, scope_of


def steer(door: Door) -> None:
    """On running clauses of the facilitator: one late and told, one planned, one with papers."""
    user, day = door.facilitator.user, door.day
    with acting_as(user, day=day):
        scope = scope_of(user, day)
        found = _running(scope)
        late = [one for one in found if Basis.TODAY in one.missing]
        calm = [one for one in found if not one.missing] or found
        if late:
            _tell(scope, late[0])
        if calm:
            _plan(scope, calm[0])
            _issue(scope, calm[0])


def _running(scope: Scope) -> list[Situation]:
    """Clauses in execution of the user, each with one award long enough to be steered."""
    clauses = Clause.objects.editable_by(scope).filter(state=ClauseState.RUNNING).order_by("pk")
    found: list[Situation] = []
    for clause in clauses.select_related("lot__contract__operation__buyer")[:40]:
        awards: list[Any] = list(Award.objects.filter(lot=clause.lot_id).with_holder(scope.day)[:2])
        if len(awards) != 1 or awards[0].ends_on < scope.day + timedelta(days=90):
            continue
        told = situation(clause, awards[0], scope.day)
        if told is not None and told.progress.committed and told.progress.months > 1:
            found.append(told)
    return found


def _tell(scope: Scope, found: Situation) -> None:
    clause = found.clause
    terms = PenaltyTerms(
        starts_on=found.award.notified_on,
        unit=PenaltyUnit.HOUR,
        rate=Decimal(50),
        cap_share=Decimal("0.1"),
        notice=True,
        notice_days=30,
        article="Article 8.2 du CCAP",
        wording="Après mise en demeure restée sans effet, le titulaire encourt"
        " une pénalité de 50 € par heure d’insertion non réalisée.",
    )
    record_terms(scope, clause, terms)
    again = situation(clause, found.award, scope.day)
    if again is None:
        return
    report(
        scope,
        clause,
        found.award,
        basis=Basis.TODAY,
        message="L’entreprise a été appelée deux fois ; elle annonce une embauche.",
        letter=draft(again, Basis.TODAY),
        address=lambda made: address_of("shortfall", made.pk),
    )


def _plan(scope: Scope, found: Situation) -> None:
    """What was agreed at the kick-off meeting: hours by way, and who does what by when."""
    award, day = found.award, scope.day
    left = (found.progress.committed or Decimal(0)) - found.progress.reached
    starts, ends = shift(day, 1), award.ends_on
    if left > 0 and starts < ends:
        for way, share in ((Way.DIRECT, Decimal("0.6")), (Way.MADE_AVAILABLE, Decimal("0.3"))):
            line = PlannedHours(
                award=award,
                way=way,
                hours=(left * share).quantize(Decimal(1)),
                starts_on=starts,
                ends_on=ends,
            )
            plan_hours(scope, line)
    steps = (
        ("Proposer deux candidats pour le gros œuvre", Turn.FACILITATOR, 12),
        ("Envoyer le calendrier des embauches", Turn.COMPANY, 20),
        ("Point d’étape avec le service technique", Turn.BUYER, 35),
    )
    for label, turn, days in steps:
        agree_step(
            scope,
            PlanStep(
                award=award,
                label=label,
                turn=turn,
                by=min(day + timedelta(days=days), ends),
                agreed_on=day - timedelta(days=5),
            ),
        )


def _issue(scope: Scope, found: Situation) -> None:
    """An interim statement for the buyer, and the company's certificate, of the last month over."""
    until = last_day(shift(scope.day, -1))
    for kind in (ProofKind.INTERIM, ProofKind.CERTIFICATE):
        company = None
        if kind == ProofKind.CERTIFICATE:
            company = found.award.members.get(organisation=found.award.holder_id).organisation
        issue(scope, kind, found.clause, found.award, company=company, until=until)

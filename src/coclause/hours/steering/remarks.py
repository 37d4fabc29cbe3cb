"""What a contract's own terms say of a penalty that its buyer decides: facts to read before it is
recorded, and beside it afterwards. Nothing here refuses a decision.

They are told from what never changes (the report, the notices before the decision, the terms known
when it was recorded): terms typed later neither add a remark to a decision nor take one away.
"""

import copy
import hashlib
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Exists, OuterRef, Q

from coclause.clauses.choices import PenaltyUnit
from coclause.clauses.models import PenaltyTerms
from coclause.clauses.penalties import CENT, Penalty, cited, money, penalty_of
from coclause.hours.choices import DecisionKind
from coclause.hours.models import BuyerDecision, ShortfallReport
from coclause.hours.steering.reading import CLOSING
from coclause.render.numbers import date_fr


class ToConfirm(Exception):  # noqa: N818  a question, not an error of the program
    """Nothing is recorded yet: `remarks` are to be read, then confirmed by their mark."""

    def __init__(self, remarks: list[str]) -> None:
        super().__init__(" ".join(remarks))
        self.remarks = remarks


def mark_of(remarks: list[str]) -> str:
    """What is confirmed: these very remarks; another amount or another day is asked again."""
    return hashlib.sha256("\n".join(remarks).encode()).hexdigest()[:16]


def remarks_on(report: ShortfallReport, decision: BuyerDecision) -> list[str]:
    """The remarks on a decision, recorded or about to be: none on what is no penalty, none where
    the terms are not known. `decision` says its kind, its day and its amount in euros.
    """
    terms = terms_known(report, decision) if decision.kind == DecisionKind.PENALTY else None
    if terms is None:
        return []
    told = (_beyond(report, decision, terms), _unnoticed(report, decision, terms))
    return [one for one in told if one]


def notice_remark(report: ShortfallReport, day: date) -> str:
    """What a penalty decided on that day would lack of a formal notice; "" for nothing."""
    asked = BuyerDecision(kind=DecisionKind.PENALTY, decided_on=day)
    terms = terms_known(report, asked)
    return _unnoticed(report, asked, terms) if terms else ""


def most_in_words(report: ShortfallReport, day: date) -> str:
    """ "Le contrat donnerait 1 200 € au plus", of a penalty decided on that day."""
    terms = terms_known(report, BuyerDecision(decided_on=day))
    if terms is None:
        return "Ce que prévoit le contrat n’est pas saisi : aucun montant à comparer"
    if terms.unit == PenaltyUnit.NONE:
        return "Le contrat n’en prévoit pas"
    most = at_most(report, terms, day).amount
    if most is None:
        return "Ce que le contrat donnerait n’est pas connu"
    return f"Le contrat donnerait {money(most)} au plus"


def terms_known(report: ShortfallReport, decision: BuyerDecision) -> PenaltyTerms | None:
    """The terms in force on the day of the decision, as they were known when it was recorded."""
    rows = PenaltyTerms.objects.filter(
        clause=report.clause_id,
        starts_on__lte=decision.decided_on,
        recorded_at__lte=decision.recorded_at,
    )
    return rows.order_by("-starts_on", "-pk").first()


def at_most(report: ShortfallReport, terms: PenaltyTerms, day: date) -> Penalty:
    """What these terms give at most for the hours reported, decided on that day: the penalty, else
    the least that is known to bound it. Its amount is None where nothing known does.
    """
    figures, amount = report.figures, report.award.amount
    late = (day - date.fromisoformat(figures["ends_on"])).days
    case = (report.missing, Decimal(figures["committed"]), amount, late if late > 0 else None)
    given = penalty_of(terms, *case)
    if given.amount is None:
        uncapped = copy.copy(terms)
        uncapped.cap_share = None
        given = penalty_of(uncapped, *case)
    if given.amount is not None:
        return given
    caps = [terms.cap] if terms.cap is not None else []
    if terms.cap_share is not None and amount is not None:
        caps.append((amount * terms.cap_share).quantize(CENT, ROUND_HALF_UP))
    return Penalty(min(caps), (f"Plafond du contrat : {money(min(caps))}.",)) if caps else given


def _beyond(report: ShortfallReport, decision: BuyerDecision, terms: PenaltyTerms) -> str:
    """What exceeds the contract, with the steps of the computation."""
    most, decided = at_most(report, terms, decision.decided_on), decision.amount
    if most.amount is None or decided is None or decided <= most.amount:
        return ""
    if terms.unit == PenaltyUnit.NONE:
        said = f"Le contrat ne prévoit pas de pénalité, et celle-ci est de {money(decided)}."
    else:
        said = (
            f"Le contrat donnerait {money(most.amount)} au plus, et cette pénalité est de"
            f" {money(decided)}, soit {money(decided - most.amount)} de plus."
        )
    return " ".join((said, *most.why))


def _unnoticed(report: ShortfallReport, decision: BuyerDecision, terms: PenaltyTerms) -> str:
    """The notice that the contract asks for first: not recorded, or still running on that day."""
    if terms.unit == PenaltyUnit.NONE or not terms.notice:
        return ""
    delay = timedelta(days=terms.notice_days or 0)
    of = f" de {terms.notice_days} jours" if terms.notice_days else ""
    where = f" ({cited(terms.article)})" if terms.article else ""
    asked = f"Le contrat prévoit une mise en demeure préalable{of}, restée sans effet{where} :"
    given = _last_notice(report, decision)
    if given is None or given.until is None:
        return f"{asked} aucune n’est enregistrée."
    last = max(given.until, given.decided_on + delay)
    if decision.decided_on > last:
        return ""
    return f"{asked} celle du {date_fr(given.decided_on)} court jusqu’au {date_fr(last)}."


def _last_notice(report: ShortfallReport, decision: BuyerDecision) -> BuyerDecision | None:
    """The notice that runs before a decision: of this report, or of one that it replaced."""
    closed = BuyerDecision.objects.filter(report=OuterRef("report"), kind__in=CLOSING)
    rows = BuyerDecision.objects.filter(
        Q(report=report) | ~Exists(closed),
        report__award=report.award_id,
        report__clause=report.clause_id,
        kind=DecisionKind.NOTICE,
    )
    if decision.pk is not None:
        rows = rows.filter(pk__lt=decision.pk)
    return rows.order_by("-pk").first()

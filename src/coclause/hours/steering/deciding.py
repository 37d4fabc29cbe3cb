"""What the buyer decides of a report: notice, penalty, waiver, nothing. Never decided here."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from coclause.clauses.choices import HostRole
from coclause.clauses.models import OperationHost
from coclause.clauses.permissions import is_referent
from coclause.core.journal import record_act
from coclause.core.outbox import post
from coclause.core.periods import on_day
from coclause.core.refusals import Conflict, Refused
from coclause.hours.choices import DecisionKind
from coclause.hours.models import BuyerDecision, ShortfallReport
from coclause.hours.steering.reading import CLOSING, reports_about
from coclause.hours.steering.remarks import ToConfirm, mark_of, remarks_on
from coclause.organisations.choices import MemberRole
from coclause.organisations.models import Membership
from coclause.organisations.scopes import Scope
from coclause.render.numbers import date_fr, euros, hours


def may_decide(report: ShortfallReport, scope: Scope) -> bool:
    """The buyer; the referent host records what the buyer told it."""
    operation = report.clause.lot.contract.operation
    return operation.buyer_id in scope.buyers or is_referent(operation, scope)


def decisions_of(report: ShortfallReport) -> QuerySet[Any]:
    """Its decisions, the oldest first, each with `own`: recorded by somebody of the buyer."""
    own = Membership.objects.filter(
        user=OuterRef("author"),
        role=MemberRole.BUYER,
        organisation=report.clause.lot.contract.operation.buyer_id,
    )
    rows = BuyerDecision.objects.filter(report=report).select_related("author")
    return rows.annotate(own=Exists(own)).order_by("pk")


def last_decision(report: ShortfallReport) -> int:
    """A mark of what is decided: the id of the latest decision, 0 before the first one."""
    rows = BuyerDecision.objects.filter(report=report).order_by("-pk")
    return rows.values_list("pk", flat=True).first() or 0


@transaction.atomic
def decide(
    scope: Scope,
    report: ShortfallReport,
    decision: BuyerDecision,
    *,
    seen: int | None = None,
    confirmed: str | None = None,
    page: str = "",
) -> BuyerDecision:
    """Record the decision. `seen` is `last_decision` as the user read it, `confirmed` the mark of
    the remarks that the user read (None asks nothing); `page` the address told to the facilitator
    when the buyer decided itself.

    Raises `Refused` for facts that do not go together, `Conflict` once the report is closed,
    replaced by a later one, or decided by somebody else meanwhile; then `ToConfirm` for remarks not
    confirmed.
    """
    operation = report.clause.lot.contract.operation
    if scope.user is None or not may_decide(report, scope):
        raise PermissionDenied
    ShortfallReport.objects.select_for_update(of=("self",), no_key=True).get(pk=report.pk)
    last = BuyerDecision.objects.filter(report=report).order_by("-pk").first()
    _must_be_open(report, last, seen)
    _must_make_sense(report, decision, scope.day)
    remarks = [] if confirmed is None else remarks_on(report, decision)
    if remarks and confirmed != mark_of(remarks):
        raise ToConfirm(remarks)
    decision.report, decision.author = report, scope.user
    decision.save(force_insert=True)
    own = operation.buyer_id in scope.buyers
    whose = "L’acheteur a décidé" if own else "Décision de l’acheteur, saisie en son nom"
    record_act(
        scope.user,
        "shortfall.decided",
        f"{whose} : {in_words(decision)}.",
        report,
        day=decision.decided_on,
    )
    if own and page:
        _tell_facilitator(report, decision, page, scope.day)
    return decision


def in_words(decision: BuyerDecision) -> str:
    """ "mise en demeure jusqu’au 24/12/2026", "pénalité de 11 500,00 €"."""
    match decision.kind:
        case DecisionKind.NOTICE:
            said = f"mise en demeure jusqu’au {date_fr(decision.until)}"
        case DecisionKind.PENALTY:
            said = f"pénalité de {euros(decision.amount, cents=True)}"
        case DecisionKind.WAIVER:
            said = "remise, la pénalité n’est pas appliquée"
        case _:
            said = "sans suite"
    reason = decision.reason.strip().rstrip(".")
    return f"{said}. Motif : {reason}" if reason else said


def _must_be_open(report: ShortfallReport, last: BuyerDecision | None, seen: int | None) -> None:
    if last and last.kind in CLOSING:
        raise Conflict(
            f"L’acheteur a déjà décidé le {date_fr(last.decided_on)} ({in_words(last)}) :"
            " ce signalement est clos."
        )
    if seen is not None and seen != (last.pk if last else 0):
        raise Conflict(
            "Une décision vient d’être enregistrée sur ce signalement : relisez-la d’abord."
        )
    later = reports_about(report.award, report.clause).filter(pk__gt=report.pk).first()
    if later:
        raise Conflict(
            f"Le signalement du {date_fr(later.day)} remplace celui-ci : décidez sur ce dernier."
        )


def _must_make_sense(report: ShortfallReport, decision: BuyerDecision, day: date) -> None:
    kind = decision.kind
    if not report.day <= decision.decided_on <= day:
        raise Refused(
            f"La décision a été prise entre le signalement ({date_fr(report.day)}) et aujourd’hui :"
            " corrigez sa date."
        )
    if kind == DecisionKind.NOTICE:
        if decision.until is None or decision.until <= decision.decided_on:
            raise Refused("Une mise en demeure donne un délai : écrivez un jour après la décision.")
    elif decision.until is not None:
        raise Refused("Seule une mise en demeure donne un délai : videz ce champ.")
    if kind == DecisionKind.PENALTY:
        if decision.amount is None or decision.amount <= 0:
            raise Refused("Écrivez le montant de la pénalité décidée, plus grand que zéro.")
    elif decision.amount is not None:
        raise Refused("Seule une pénalité a un montant : videz ce champ.")
    if kind in (DecisionKind.WAIVER, DecisionKind.NOTHING) and not decision.reason.strip():
        raise Refused("Donnez le motif : il reste au dossier, et l’entreprise le lira.")


def _tell_facilitator(
    report: ShortfallReport, decision: BuyerDecision, page: str, day: date
) -> None:
    """To the facilitator of the day, when there is one."""
    operation = report.clause.lot.contract.operation
    rows: Any = OperationHost.objects.filter(
        on_day(day), operation=operation, role=HostRole.REFERENT, facilitator__isnull=False
    )
    host = rows.select_related("facilitator").first()
    if host is None:
        return
    post(
        to=host.facilitator.email,
        subject=f"L’acheteur a décidé : {operation}, lot {report.clause.lot.number}",
        body=(
            "Bonjour,\n\n"
            f"Sur les {hours(report.missing)} manquantes signalées le {date_fr(report.day)},"
            f" l’acheteur a décidé : {in_words(decision)}.\n\n{page}\n\n"
            "CoClause, les clauses sociales d’insertion de la région"
        ),
        kind="shortfall.decided",
        key=f"shortfall.decided:{decision.pk}",
        about=[report],
        day=day,
    )

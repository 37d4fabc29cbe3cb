"""A report: what was told, what the contract gives, what the buyer decides."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from coclause.clauses.permissions import handles
from coclause.hours.choices import DecisionKind
from coclause.hours.models import BuyerDecision, ShortfallReport
from coclause.hours.steering.deciding import (
    decide,
    decisions_of,
    in_words,
    last_decision,
    may_decide,
)
from coclause.hours.steering.letters import blocks
from coclause.hours.steering.reading import (
    OPERATION,
    Standing,
    contacts_of_buyer,
    standing,
    visible,
)
from coclause.hours.steering.remarks import (
    ToConfirm,
    mark_of,
    most_in_words,
    notice_remark,
    remarks_on,
)
from coclause.hours.steering.situations import Basis
from coclause.organisations.scopes import Scope
from coclause.render.shortfall_letter import Letter, letter_in_pdf, letter_in_word
from coclause.web.clauses.access import frame
from coclause.web.middleware import ScopedRequest
from coclause.web.once import sent
from coclause.web.pages import download
from coclause.web.steering.forms import DecisionForm
from coclause.web.steering.reporting import address, said_of

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def shortfall(request: ScopedRequest, pk: int) -> HttpResponse:
    """Read by the buyer and the hosts in charge; by the company once the buyer decided."""
    scope, made = request.scope, _read(pk, request.scope)
    now = standing(made, scope.day)
    decides = may_decide(made, scope)
    if request.method == "POST" and not decides:
        raise PermissionDenied
    form = _form(request, made) if decides else None
    remarks: list[str] = []
    if form is not None:
        try:
            done = _sent(request, made, form)
        except ToConfirm as asked:
            done, remarks = None, asked.remarks
        if done:
            return done
    context = _shown(made, now, scope)
    shown = form if form is not None and (now.is_open or form.is_bound) else None
    if shown is not None:
        context["remarks"], context["confirmed"] = remarks, mark_of(remarks)
        context["notice"] = "" if now.until or remarks else notice_remark(made, scope.day)
    return render(request, "steering/report.html", context | {"form": shown})


def letter_docx(request: ScopedRequest, pk: int) -> HttpResponse:
    """The draft as a Word document, to be signed by the buyer."""
    made = _told_in_full(pk, request.scope)
    return download(letter_in_word(_letter(made)), f"lettre-signalement-{made.pk}.docx", DOCX)


def letter_pdf(request: ScopedRequest, pk: int) -> HttpResponse:
    """The same as a PDF, to be read."""
    made = _told_in_full(pk, request.scope)
    content = letter_in_pdf(_letter(made), fonts=settings.FONTS)
    return download(content, f"lettre-signalement-{made.pk}.pdf", "application/pdf")


def _sent(request: ScopedRequest, made: ShortfallReport, form: DecisionForm) -> HttpResponse | None:
    """Raises `ToConfirm` for what the contract remarks, until the user confirms it."""

    def act() -> str:
        decide(
            request.scope,
            made,
            form.instance,
            seen=form.cleaned_data["seen"],
            confirmed=request.POST.get("confirmed", ""),
            page=address(made),
        )
        return reverse("shortfall", args=[made.pk])

    return sent(request, form, act, "La décision est enregistrée.")


def _form(request: ScopedRequest, made: ShortfallReport) -> DecisionForm:
    initial: dict[str, Any] = {"decided_on": request.scope.day, "seen": last_decision(made)}
    notice = made.penalty["notice"] and not made.decisions.exists()
    if notice:
        initial["kind"] = DecisionKind.NOTICE
    form = DecisionForm(request.POST or None, instance=BuyerDecision(report=made), initial=initial)
    most = most_in_words(made, request.scope.day)
    form.fields["amount"].help_text = f"Pour une pénalité. {most}."
    return form


def _shown(made: Any, now: Standing, scope: Scope) -> dict[str, Any]:
    operation = made.clause.lot.contract.operation
    full = _in_full(made, scope)
    told = [
        (one, in_words(one), remarks_on(made, one) if full else []) for one in decisions_of(made)
    ]
    return {
        "frame": frame(scope),
        "report": made,
        "clause": made.clause,
        "operation": operation,
        "figures": figures_of(made),
        "basis": Basis(made.figures["basis"]),
        "penalty_known": made.penalty["amount"] is not None,
        "penalty_said": said_of(_decimal(made.penalty["amount"])),
        "now": now,
        "decisions": told,
        "full": full,
        "own": operation.buyer_id in scope.buyers,
        "contacts": [str(one.user) for one in contacts_of_buyer(made.clause, scope.day)]
        if full
        else [],
    }


def figures_of(made: ShortfallReport) -> dict[str, Any]:
    """The figures that a report keeps, as numbers and days."""
    kept = made.figures
    names = ("committed", "validated", "waiting", "expected", "projected", "missing")
    return {
        **kept,
        **{name: _decimal(kept[name]) for name in names},
        "starts_on": date.fromisoformat(kept["starts_on"]),
        "ends_on": date.fromisoformat(kept["ends_on"]),
    }


def _letter(made: ShortfallReport) -> Letter:
    lot = made.clause.lot
    operation = lot.contract.operation
    return Letter(
        operation=str(operation),
        about=(
            ("Acheteur, qui signe", str(operation.buyer)),
            ("Entreprise", made.figures["holder"] or "non connue"),
            ("Marché", f"{lot.contract.object}, lot {lot.number}, {lot.title}"),
            ("Établi par", f"{made.author}, le {made.day:%d/%m/%Y}"),
        ),
        blocks=blocks(made.letter),
        day=made.day,
    )


def _read(pk: int, scope: Scope) -> Any:
    """404 for whoever may not know of it."""
    rows = visible(scope).select_related(f"{OPERATION}__buyer", "author", "award")
    return get_object_or_404(rows, pk=pk)


def _told_in_full(pk: int, scope: Scope) -> Any:
    """404 for a company: the draft is between the facilitator and the buyer."""
    made = _read(pk, scope)
    if not _in_full(made, scope):
        raise Http404
    return made


def _in_full(made: ShortfallReport, scope: Scope) -> bool:
    operation = made.clause.lot.contract.operation
    return operation.buyer_id in scope.buyers or handles(operation, scope)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)

"""A month: of a company over all its awards, or of one award for the host that types it."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from coclause.clauses.models import Award, AwardMember, Clause
from coclause.clauses.permissions import handles
from coclause.core.months import last_day, shift
from coclause.core.parameters import parameter
from coclause.core.refusals import Conflict, Refused
from coclause.hours.choices import Origin
from coclause.hours.declaring import Sending
from coclause.hours.employers import progress_told
from coclause.hours.owing import declare_by, owed_by, running
from coclause.organisations.scopes import Scope
from coclause.render.numbers import hours
from coclause.web.clauses.access import declared_award, frame
from coclause.web.clauses.months import name as month_name
from coclause.web.clauses.months import of_month
from coclause.web.middleware import ScopedRequest
from coclause.web.months.bar import bar_of, declarable
from coclause.web.months.referents import referents_of
from coclause.web.months.sections import (
    MonthPage,
    Sent,
    declare,
    refuse,
    said_in,
    tell_of_conflict,
    zeros_in,
)

LATER = "Tous les marchés sont gardés pour plus tard."


def of_award(request: ScopedRequest, pk: int, month: date) -> HttpResponse:
    """The month that a host types for a company. 404 for a month out of execution or not begun.

    A company is led to its own month, over all its awards.
    """
    award = declared_award(pk, request.scope, month)
    if not handles(award.lot.contract.operation, request.scope):
        return redirect(f"{reverse('company-month', args=[month])}#marche-{pk}")
    return _answer(request, MonthPage(request.scope, month, [award], alone=True))


def of_company(request: ScopedRequest, month: date) -> HttpResponse:
    """The month of the user's companies over all the awards they take part in. 404 without any."""
    return _answer(request, company_month(request.scope, month))


def index(request: ScopedRequest) -> HttpResponse:
    """The month to declare first, else the last one over."""
    scope = request.scope
    if not scope.companies:
        raise Http404
    months = list(owed_by(scope)) or declarable(scope)[-1:]
    return redirect("company-month", month=months[0]) if months else redirect("desk")


def company_month(scope: Scope, month: date) -> MonthPage:
    """The page of that month, not read yet. Raises Http404 when no award is executed in it."""
    if month > scope.day:
        raise Http404
    awards = list(
        _awards(scope, month)
        .with_holder(scope.day)
        .select_related("lot__contract__operation__buyer")
        .order_by("lot__contract__operation__name_key", "lot__number", "pk")
    )
    if not awards:
        raise Http404
    return MonthPage(scope, month, awards, alone=False)


def show_proposal(request: ScopedRequest, page: MonthPage, **more: Any) -> HttpResponse:
    """Draw a page already read and filled from a file: nothing is written."""
    return _show(request, page, **more)


def _awards(scope: Scope, month: date) -> Any:
    """Awards in execution in that month in which the user's companies then take part, that still
    run or that have something declared.
    """
    parts = AwardMember.objects.filter(
        organisation__in=scope.companies, starts_on__lte=last_day(month)
    ).exclude(ends_on__lt=month)
    mine = Award.objects.filter(
        pk__in=parts.values("award"), starts_on__lte=last_day(month), ends_on__gte=month
    )
    declared = mine.filter(statements__month=month)
    return mine.filter(pk__in=running(mine).values("pk")) | mine.filter(
        pk__in=declared.values("pk")
    )


def _answer(request: ScopedRequest, page: MonthPage) -> HttpResponse:
    if request.method == "POST":
        return _send(request, page)
    return _show(request, page.read(carry="vierge" not in request.GET))


def _send(request: ScopedRequest, page: MonthPage) -> HttpResponse:
    page.read(request.POST)
    if not page.is_valid():
        return _show(request, page, status=422)
    at_zero = "neant" in request.POST
    said = page.at_zero if at_zero else page.kept()
    if not said:
        why = "Tous vos marchés sont déjà envoyés." if at_zero else LATER
        page.sections[0].form.add_error(None, why)
        return _show(request, page, status=422)
    sent = {s.award.pk: zeros_in(s) if at_zero else said_in(s) for s in said}
    try:
        doubts = declare(page, sent, _sending(request), request.POST.get("confirmed", ""))
    except Conflict as conflict:
        page.read()
        typed = tell_of_conflict(page, request.POST)
        _rebind(page, typed)
        return _show(request, page, status=409, conflict=conflict.sentence)
    except Refused as refusal:
        refuse(page, refusal)
        return _show(request, page, status=422)
    if doubts:
        _rebind(page, request.POST)
        return _show(request, page, doubts=len(doubts.split()), confirmed=doubts)
    return _sent(request, page, sent)


def _sending(request: ScopedRequest) -> Sending:
    origin = request.POST.get("origine", "")
    known = origin if origin in Origin.values else Origin.TYPED
    return Sending(known, request.POST.get("facture", "")[:60])


def _rebind(page: MonthPage, data: Any) -> None:
    """Draw again what was typed, with the notes now at their place."""
    for section in page.sections:
        section.form = page.form_of(section.award, section.at_hand, data)


def _sent(request: ScopedRequest, page: MonthPage, sent: dict[int, Sent]) -> HttpResponse:
    scope = page.scope
    name = month_name(page.month, scope.day)
    total = sum((one.total for one in sent.values()), Decimal(0))
    what = hours(total) if total else "aucune heure"
    messages.success(
        request,
        f"{name[:1].upper()}{name[1:]} est envoyé : {what}. Le facilitateur va le vérifier.",
    )
    owed = bar_of(page).first_owed
    if not page.alone:
        return redirect("company-month", month=owed) if owed else redirect("desk")
    award = page.awards[0]
    if owed:
        return redirect("month", pk=award.pk, month=owed)
    clause = Clause.objects.visible_to(scope).filter(lot=award.lot_id).order_by("pk").first()
    return redirect("clause", pk=clause.pk) if clause else redirect("desk")


def _show(
    request: ScopedRequest, page: MonthPage, *, status: int = 200, **more: Any
) -> HttpResponse:
    scope, month = page.scope, page.month
    progress, whole = progress_told([award.pk for award in page.awards], scope)
    referents = {} if page.alone else referents_of(page.awards, month, scope.day)
    for section in page.sections:
        section.progress = progress[section.award.pk]
        section.referent = referents.get(section.award.pk)
        section.whole = section.award.pk in whole
    context = {
        "frame": frame(scope),
        "page": page,
        "month": month,
        "name": month_name(month, scope.day),
        "of_month": of_month(month),
        "previous_name": month_name(shift(month, -1), scope.day),
        "bar": bar_of(page),
        "by": declare_by(month, parameter("statement_due_day", scope.day)),
        "fresh": request.method != "POST",
        "action": reverse("company-month", args=[month]),
        "origin": request.POST.get("origine", ""),
        "invoice": request.POST.get("facture", ""),
    }
    if page.alone:
        award = page.awards[0]
        clauses = Clause.objects.visible_to(scope).filter(lot=award.lot_id).order_by("pk")
        context |= {
            "action": reverse("month", args=[award.pk, month]),
            "award": award,
            "clause": clauses.first(),
            "hires": handles(award.lot.contract.operation, scope),
        }
    return render(request, "months/month.html", context | more, status=status)

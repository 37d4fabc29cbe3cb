"""A company's month for one award: what it declares, or what the host types for it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render

from coclause.clauses.choices import HoursKind
from coclause.clauses.models import Clause
from coclause.clauses.permissions import handles
from coclause.core.months import between, first_day, shift
from coclause.core.parameters import parameter
from coclause.core.refusals import Conflict, Refused
from coclause.hours.checks import Remark, remarks
from coclause.hours.collective import CollectiveRefused, declare_collective
from coclause.hours.declaring import Entry, MonthRefused, declare_month
from coclause.hours.due import declare_by
from coclause.hours.models import Statement
from coclause.hours.progress import progress_of_awards
from coclause.render.numbers import hours
from coclause.web.clauses.access import declared_award, frame
from coclause.web.clauses.month_form import MonthForm
from coclause.web.clauses.month_people import MonthAtHand, month_at_hand, told_without_names
from coclause.web.clauses.months import name as month_name
from coclause.web.clauses.months import of_month
from coclause.web.middleware import ScopedRequest

SHOWN_MONTHS = 6
"""Months offered beside the one at hand."""


@dataclass(frozen=True)
class Sent:
    """A month as it is sent: by person, and without names (None when nothing is)."""

    entries: list[Entry]
    collective: dict[str, Decimal] | None = None
    headcount: int = 0

    @property
    def total(self) -> Decimal:
        unnamed = sum((self.collective or {}).values(), Decimal(0))
        return sum((entry.total for entry in self.entries), unnamed)


@dataclass(frozen=True)
class Typing:
    """Who types which month of which award."""

    request: ScopedRequest
    award: Any
    month: date

    def read(self, *, carry: bool) -> MonthAtHand:
        return month_at_hand(self.request.scope, self.award, self.month, carry=carry)

    def declare(self, sent: Sent, version: int) -> Statement:
        """Write what is sent, with names and without; the two are one act for who sends them."""
        scope, award, month = self.request.scope, self.award, self.month
        if sent.collective is None:
            return declare_month(scope, award, month, sent.entries, version=version)
        if sent.entries:
            version = declare_month(scope, award, month, sent.entries, version=version).version
        return declare_collective(
            scope, award, month, sent.collective, sent.headcount, version=version
        )


def page(request: ScopedRequest, pk: int, month: date) -> HttpResponse:
    """The month to type (GET) or sent (POST). 404 for a month out of execution or not begun."""
    award = declared_award(pk, request.scope, month)
    typing = Typing(request, award, month)
    if request.method == "POST":
        return _send(typing)
    at_hand = typing.read(carry="vierge" not in request.GET)
    form = MonthForm(
        at_hand.people, initial={"version": at_hand.version}, collective=at_hand.collective
    )
    return _show(typing, at_hand, form)


def _send(typing: Typing) -> HttpResponse:
    at_hand = typing.read(carry=False)
    form = MonthForm(at_hand.people, typing.request.POST, collective=at_hand.collective)
    if not form.is_valid():
        return _show(typing, at_hand, form, status=422)
    at_zero = "neant" in typing.request.POST
    sent = _zeros(at_hand) if at_zero else _read(form, at_hand)
    try:
        doubts = _declare(typing, form, sent)
    except Conflict as conflict:
        return _told_of_conflict(typing, form, conflict)
    except Refused as refusal:
        _refuse(form, refusal)
        return _show(typing, at_hand, form, status=422)
    if doubts:
        return _ask(typing, at_hand, form, doubts)
    return _sent(typing, sent.total)


def _refuse(form: MonthForm, refusal: Refused) -> None:
    """Write the refusal where it is to be corrected."""
    if isinstance(refusal, MonthRefused):
        form.refuse(refusal.problems)
    elif isinstance(refusal, CollectiveRefused):
        form.refuse_collective(refusal.sentence, about_headcount=refusal.about_headcount)
    else:
        form.add_error(None, refusal.sentence)


def _read(form: MonthForm, at_hand: MonthAtHand) -> Sent:
    """What the form says. Nothing is said without names while nobody fills that part in."""
    entries, collective = form.entries(), at_hand.collective
    if collective is None:
        return Sent(entries)
    sent = Sent(entries, form.collective_hours(), form.collective_headcount())
    untouched = not (sum(form.collective_hours().values()) or sent.headcount or collective.sent)
    return Sent(entries) if entries and untouched else sent


def _declare(typing: Typing, form: MonthForm, sent: Sent) -> list[Remark]:
    """Write the month; when doubts arise that were not confirmed, undo it and return them."""
    with transaction.atomic():
        statement = typing.declare(sent, form.cleaned_data["version"])
        doubts = remarks([statement], day=typing.request.scope.day).get(statement.pk, [])
        if doubts and form.cleaned_data["confirmed"] != _mark(doubts):
            transaction.set_rollback(True)
            return doubts
    return []


def _mark(doubts: list[Remark]) -> str:
    """What is confirmed: these very remarks; a new one is asked again."""
    return " ".join(
        sorted(f"{doubt.employment_id or 'collectif'}:{doubt.code}" for doubt in doubts)
    )


def _ask(
    typing: Typing, at_hand: MonthAtHand, form: MonthForm, doubts: list[Remark]
) -> HttpResponse:
    for person in at_hand.people:
        person.notes = [d.text for d in doubts if d.employment_id == person.employment_id]
    if at_hand.collective:
        at_hand.collective.notes = [d.text for d in doubts if d.employment_id is None]
    typed = typing.request.POST.copy()
    typed["confirmed"] = _mark(doubts)
    again = MonthForm(at_hand.people, typed, collective=at_hand.collective)
    return _show(typing, at_hand, again, doubts=len(doubts))


def _told_of_conflict(typing: Typing, form: MonthForm, conflict: Conflict) -> HttpResponse:
    """Keep what was typed, show beside it what somebody else sent meanwhile."""
    fresh = typing.read(carry=False)
    typed = typing.request.POST.copy()
    typed["version"] = str(fresh.version)
    for person in fresh.people:
        total = sum(person.kinds.values(), Decimal(0))
        person.notes = [f"{hours(total)} ont été envoyées entre-temps."]
    unnamed = fresh.collective
    if unnamed and unnamed.sent:
        told = told_without_names(unnamed.total, unnamed.headcount)
        unnamed.notes = [f"Envoyé entre-temps : {told}."]
    again = MonthForm(fresh.people, typed, collective=unnamed)
    return _show(typing, fresh, again, status=409, conflict=conflict.sentence)


def _zeros(at_hand: MonthAtHand) -> Sent:
    nothing = dict.fromkeys(HoursKind.values, Decimal(0))
    entries = [Entry(person.employment_id, dict(nothing)) for person in at_hand.people]
    unnamed = at_hand.collective and (at_hand.collective.sent or not entries)
    return Sent(entries, nothing if unnamed else None)


def _sent(typing: Typing, total: Decimal) -> HttpResponse:
    scope, award = typing.request.scope, typing.award
    name = month_name(typing.month, scope.day)
    what = hours(total) if total else "aucune heure"
    messages.success(
        typing.request,
        f"{name[:1].upper()}{name[1:]} est envoyé : {what}. Le facilitateur va le vérifier.",
    )
    late = [m for m in _months(typing) if m["to_declare"]]
    if late:
        return redirect("month", pk=award.pk, month=late[0]["month"])
    if frame(scope) == "layouts/company.html":
        return redirect("desk")
    clause = Clause.objects.visible_to(scope).filter(lot=award.lot_id).order_by("pk").first()
    return redirect("clause", pk=clause.pk) if clause else redirect("desk")


def _show(
    typing: Typing, at_hand: MonthAtHand, form: MonthForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    scope, award, month = typing.request.scope, typing.award, typing.month
    clauses = Clause.objects.visible_to(scope).filter(lot=award.lot_id).order_by("pk")
    context = {
        "frame": frame(scope),
        "award": award,
        "month": month,
        "name": month_name(month, scope.day),
        "of_month": of_month(month),
        "previous_name": month_name(shift(month, -1), scope.day),
        "at_hand": at_hand,
        "form": form,
        "months": _months(typing),
        "by": declare_by(month, parameter("statement_due_day", scope.day)),
        "progress": progress_of_awards([award.pk], scope.day)[award.pk],
        "clause": clauses.first(),
        "hires": handles(award.lot.contract.operation, scope),
        "ended": last_to_declare(award, scope.day) < month,
    }
    return render(typing.request, "clauses/month.html", context | more, status=status)


def last_to_declare(award: Any, day: date) -> date:
    """The last month that is over, or the last of execution."""
    return min(first_day(award.ends_on), shift(day, -1))


def _months(typing: Typing) -> list[dict[str, Any]]:
    """The months to declare first, then the latest ones, for going from one to another."""
    award, day = typing.award, typing.request.scope.day
    declared = set(Statement.objects.filter(award=award).values_list("month", flat=True))
    open_months = between(award.starts_on, min(award.ends_on, day))
    over = last_to_declare(award, day)
    missing = [m for m in open_months if m not in declared and m <= over]
    shown = sorted({*missing[:SHOWN_MONTHS], *open_months[-SHOWN_MONTHS:], typing.month})
    return [
        {
            "month": m,
            "name": month_name(m, day),
            "to_declare": m not in declared and m <= over,
            "declared": m in declared,
        }
        for m in shown
    ]

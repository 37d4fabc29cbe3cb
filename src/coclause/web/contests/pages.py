"""A company contests hours told by another one: its own figure, why, and the way back."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from coclause.core.refusals import Refused
from coclause.hours import contesting
from coclause.hours.declaring import LONGEST_MONTH
from coclause.hours.models import Contest, EmploymentFact, Statement, StatementLine
from coclause.organisations.scopes import Scope
from coclause.web.clauses.access import frame
from coclause.web.clauses.months import name as month_name
from coclause.web.clauses.months import of_month
from coclause.web.middleware import ScopedRequest
from coclause.web.once import OnceForm, sent
from coclause.web.operations.fields import HoursField

LINES = "statement__award__lot__contract__operation__buyer"


class ContestForm(OnceForm):
    """What the company says instead, and why."""

    hours = HoursField(
        label="Heures selon vous",
        required=False,
        min_value=0,
        max_value=LONGEST_MONTH,
        help_text="Laissez vide si vous ne savez pas combien.",
        error_messages={
            "min_value": "Les heures ne peuvent pas être négatives.",
            "max_value": "Un mois compte au plus 744 heures : vérifiez le nombre.",
            "max_decimal_places": "Deux chiffres au plus après la virgule.",
        },
    )
    reason = forms.CharField(
        label="Pourquoi",
        max_length=contesting.LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Le facilitateur et l’employeur le liront.",
        error_messages={"required": "Dites pourquoi : le facilitateur et l’employeur le liront."},
    )


def contest(request: ScopedRequest, pk: int) -> HttpResponse:
    """Contest a line, or change what was said of it."""
    scope, line = request.scope, _line(pk, request.scope)
    company = contesting.contestant(scope, line)
    said = Contest.objects.filter(line=line, organisation=company).first()
    start = {"hours": said.hours, "reason": said.reason} if said else {}
    form = ContestForm(request.POST or None, initial=start)

    def act() -> str:
        cleaned = form.cleaned_data
        contesting.contest(scope, line, cleaned["hours"], cleaned["reason"])
        return _back(line.statement.month)

    done = sent(
        request,
        form,
        act,
        "Votre contestation est enregistrée : le facilitateur verra les deux nombres avant de"
        " valider. Rien n’a bougé d’ici là.",
    )
    return done or _show(request, line, form, said)


@require_POST
def withdraw(request: ScopedRequest, pk: int) -> HttpResponse:
    scope, line = request.scope, _line(pk, request.scope)
    try:
        contesting.withdraw(scope, line)
    except Refused as refusal:
        return _show(request, line, ContestForm(), None, status=409, refusal=refusal.sentence)
    messages.success(request, "Votre contestation est retirée.")
    return redirect(_back(line.statement.month))


def _line(pk: int, scope: Scope) -> StatementLine:
    """404 out of the scope; who may contest it is the act's to say."""
    seen = Statement.objects.visible_to(scope)
    rows = StatementLine.objects.filter(statement__in=seen)
    return get_object_or_404(
        rows.select_related("declaration__organisation", "employment_month", LINES), pk=pk
    )


def _back(month: date) -> str:
    return reverse("company-month", args=[month])


def _show(
    request: ScopedRequest,
    line: StatementLine,
    form: ContestForm,
    said: Contest | None,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    month = line.statement.month
    fact = EmploymentFact.objects.select_related("employer").get(pk=line.employment_id)
    context = {
        "frame": frame(request.scope),
        "line": line,
        "award": line.statement.award,
        "fact": fact,
        "name": month_name(month, request.scope.day),
        "of_month": of_month(month),
        "form": form,
        "said": said,
        "open": StatementLine.objects.to_check().filter(pk=line.pk).exists(),
        "too_late": contesting.TOO_LATE,
        "back": _back(month),
    }
    status = 422 if form.is_bound and form.errors else status
    return render(request, "contests/contest.html", context | more, status=status)

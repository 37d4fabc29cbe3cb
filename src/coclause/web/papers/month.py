"""The papers of a month of an award: its invoices, and those of each person who worked."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from coclause.clauses.permissions import is_referent
from coclause.core.months import last_day
from coclause.hours.choices import PaperKind
from coclause.hours.models import Assignment, Employment, Statement
from coclause.hours.papers.adding import add_paper
from coclause.hours.papers.queries import papers_seen
from coclause.organisations.models import Organisation
from coclause.organisations.scopes import Scope
from coclause.people.actions import names_of
from coclause.web.clauses.access import declared_award, frame
from coclause.web.clauses.months import of_month
from coclause.web.middleware import ScopedRequest
from coclause.web.once import sent
from coclause.web.papers.access import clause_of, shown_papers
from coclause.web.papers.forms import InvoiceForm
from coclause.web.papers.shown import antivirus, last_kept_day
from coclause.web.uploads import too_large


@dataclass(frozen=True)
class MonthOfAward:
    """What the page is about; `statement` is None as long as the month is not declared."""

    award: Any
    month: date
    statement: Statement | None
    companies: list[Organisation]
    """Those in whose name the reader puts invoices."""


def page(request: ScopedRequest, pk: int, month: date) -> HttpResponse:
    """For who declares that month: 404 out of the scope or of the execution, 403 for others."""
    award = declared_award(pk, request.scope, month)
    statement = Statement.objects.filter(award=award, month=month).first()
    about = MonthOfAward(award, month, statement, _companies(award, request.scope))
    form = _form(request, about)

    def act() -> str:
        add_paper(
            request.scope,
            award,
            PaperKind.INVOICE,
            form.upload(),
            company=form.cleaned_data["company"],
            statement=statement,
        )
        return reverse("month-papers", args=[pk, month])

    answer = sent(request, form, act, "Facture déposée.")
    return answer or _show(request, about, form)


def _companies(award: Any, scope: Scope) -> list[Organisation]:
    rows = Organisation.objects.filter(parts__award=award).distinct().order_by("name", "pk")
    if not is_referent(award.lot.contract.operation, scope):
        rows = rows.filter(pk__in=scope.companies)
    return list(rows)


def _form(request: ScopedRequest, about: MonthOfAward) -> InvoiceForm:
    if request.method != "POST":
        return InvoiceForm(about.companies)
    return InvoiceForm(about.companies, request.POST, request.FILES, cut=too_large(request))


def _show(request: ScopedRequest, about: MonthOfAward, form: InvoiceForm) -> HttpResponse:
    scope = request.scope
    invoices = papers_seen(scope).filter(
        award=about.award, kind=PaperKind.INVOICE, statement=about.statement
    )
    papers = shown_papers(invoices, scope) if about.statement else []
    context = {
        "about": about,
        "award": about.award,
        "month": about.month,
        "of_month": of_month(about.month),
        "clause": clause_of(about.award, scope),
        "papers": papers,
        "kept": sum(paper.erased_at is None for paper in papers),
        "people": _people(request, about),
        "form": form,
        "until": last_kept_day(scope),
        "antivirus": antivirus(),
        "frame": frame(scope),
    }
    status = 422 if form.is_bound else 200
    return render(request, "papers/month.html", context, status=status)


def _people(request: ScopedRequest, about: MonthOfAward) -> list[dict[str, Any]]:
    """Who worked on the award that month, among those the reader reads, and their papers."""
    scope = request.scope
    rows = (
        Assignment.objects.filter(
            award=about.award, employment__in=Employment.objects.visible_to(scope)
        )
        .in_month(about.month, last_day(about.month))
        .select_related("employment__employer")
        .order_by("starts_on", "pk")
    )
    found = list(rows)
    counts = dict(
        papers_seen(scope)
        .filter(award=about.award, employment__isnull=False, erased_at__isnull=True)
        .filter(Q(statement__isnull=True) | Q(statement=about.statement))
        .order_by()
        .values("employment")
        .annotate(papers=Count("pk"))
        .values_list("employment", "papers")
    )
    names = names_of(
        scope,
        [one.employment.identity_id for one in found],
        page=f"Pièces {of_month(about.month)}, marché {about.award.pk}",
    )
    return [
        {
            "assignment": one,
            "name": names.get(one.employment.identity_id, "Une personne"),
            "papers": counts.get(one.employment_id, 0),
        }
        for one in found
    ]

"""The papers of one person on an award: the contract, the payslips."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from coclause.core.months import first_day
from coclause.hours.models import Statement
from coclause.hours.papers.adding import add_paper
from coclause.hours.papers.queries import papers_seen
from coclause.people.actions import names_of
from coclause.web.clauses.access import frame
from coclause.web.middleware import ScopedRequest
from coclause.web.once import sent
from coclause.web.papers.access import Employed, clause_of, employed, shown_papers
from coclause.web.papers.forms import PersonPaperForm
from coclause.web.papers.shown import antivirus, last_kept_day
from coclause.web.uploads import too_large


def page(request: ScopedRequest, pk: int) -> HttpResponse:
    """List and add. 404 out of the scope, 403 for whoever neither employs nor follows them."""
    about = employed(pk, request.scope)
    form = _form(request, about)

    def act() -> str:
        add_paper(
            request.scope,
            about.award,
            form.kind,
            form.upload(),
            company=about.employment.employer,
            employment=about.employment,
            statement=form.statement,
        )
        return reverse("assignment-papers", args=[pk])

    answer = sent(request, form, act, "Pièce déposée.")
    return answer or _show(request, about, form)


def _form(request: ScopedRequest, about: Employed) -> PersonPaperForm:
    months = _months(about)
    if request.method == "POST":
        return PersonPaperForm(months, request.POST, request.FILES, cut=too_large(request))
    return PersonPaperForm(months)


def _months(about: Employed) -> Any:
    """Months declared on the award while this person worked on it, the latest first."""
    rows = Statement.objects.filter(
        award=about.award, month__gte=first_day(about.assignment.starts_on)
    )
    if about.assignment.ends_on is not None:
        rows = rows.filter(month__lte=about.assignment.ends_on)
    return rows.order_by("-month")


def _show(request: ScopedRequest, about: Employed, form: PersonPaperForm) -> HttpResponse:
    scope, identity = request.scope, about.employment.identity_id
    names = names_of(scope, [identity], page=f"Pièces, affectation {about.assignment.pk}")
    mine = papers_seen(scope).filter(award=about.award, employment=about.employment)
    papers = shown_papers(mine, scope)
    context = {
        "about": about,
        "award": about.award,
        "clause": clause_of(about.award, scope),
        "name": names.get(identity, "une personne"),
        "papers": papers,
        "kept": sum(paper.erased_at is None for paper in papers),
        "form": form,
        "until": last_kept_day(scope),
        "antivirus": antivirus(),
        "frame": frame(scope),
    }
    status = 422 if form.is_bound else 200
    return render(request, "papers/person.html", context, status=status)

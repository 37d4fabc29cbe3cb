"""What each page of papers is about, and for whom it opens."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.shortcuts import get_object_or_404

from coclause.clauses.models import Clause
from coclause.hours.choices import PaperKind
from coclause.hours.models import Assignment, Employment, SupportingPaper
from coclause.hours.papers.permissions import may_add_about
from coclause.hours.papers.queries import papers_seen, with_erasable
from coclause.organisations.scopes import Scope
from coclause.web.clauses.access import visible_award
from coclause.web.clauses.months import of_month


@dataclass(frozen=True)
class Employed:
    """An employment on an award, for whoever reads this person."""

    assignment: Assignment
    award: Any
    employment: Employment


def employed(pk: int, scope: Scope) -> Employed:
    """404 out of the scope, 403 for whoever neither employs nor follows this person."""
    assignment = get_object_or_404(Assignment, pk=pk)
    award = visible_award(assignment.award_id, scope)
    rows = Employment.objects.visible_to(scope).select_related("employer")
    employment = rows.filter(pk=assignment.employment_id).first()
    if employment is None or not may_add_about(award, employment, scope):
        raise PermissionDenied
    return Employed(assignment, award, employment)


def seen_paper(pk: int, scope: Scope) -> Any:
    """The paper with `erasable`; 404 for whoever does not see it."""
    rows = with_erasable(papers_seen(scope), scope).select_related(
        "award__lot__contract__operation", "statement", "organisation"
    )
    return get_object_or_404(rows, pk=pk)


def shown_papers(rows: Any, scope: Scope) -> list[Any]:
    """The papers of a list, those kept first then the latest, with what each is and `erasable`."""
    found = list(
        with_erasable(rows, scope)
        .select_related("author", "statement", "organisation")
        .order_by(F("erased_at").asc(nulls_first=True), "-stored_at", "-pk")
    )
    for paper in found:
        paper.told = told(paper)
    return found


def told(paper: SupportingPaper) -> str:
    """ "Bulletin de paie d’octobre 2026", "Facture ou relevé d’agence, Intérim Inventé"."""
    if paper.kind == PaperKind.PAYSLIP and paper.statement:
        return f"Bulletin de paie {of_month(paper.statement.month)}"
    if paper.kind == PaperKind.INVOICE:
        return f"{paper.get_kind_display()}, {paper.organisation}"
    return paper.get_kind_display()


def clause_of(award: Any, scope: Scope) -> Clause | None:
    """The clause of the award that the reader sees, to go back to."""
    rows = Clause.objects.visible_to(scope).filter(lot=award.lot_id)
    return rows.order_by("pk").first()


def address_of(paper: SupportingPaper) -> tuple[str, list[object]]:
    """The name and arguments of the page that lists this paper."""
    if paper.employment_id is None:
        month = paper.statement.month if paper.statement else paper.stored_at.date()
        return "month-papers", [paper.award_id, month]
    assignment = Assignment.objects.get(award=paper.award_id, employment=paper.employment_id)
    return "assignment-papers", [assignment.pk]

"""The pages of supporting papers, for the accessibility test."""

from playwright.sync_api import Page
from tests.hours.papers import paper_files
from tests.journeys.visits import COMPANY, FACILITATOR, Visit

from coclause import demo
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.hours.choices import PaperKind
from coclause.hours.models import Assignment, Employment, Statement, SupportingPaper
from coclause.hours.papers.adding import Upload, add_paper
from coclause.hours.papers.keeping import erase_paper
from coclause.organisations.scopes import Scope, scope_of

NOT_PAGES_PAPERS = {"paper": "a file"}
LONG_NAME = f"bulletin-{'tres-' * 18}long.pdf"


def send_nothing(page: Page) -> None:
    page.get_by_role("button", name="Déposer la pièce").click()


def join_nothing(page: Page) -> None:
    page.get_by_role("button", name="Joindre la facture").click()


PERSON, EMPTY = "/affectations/{papers_person}/pieces/", "/affectations/{papers_empty}/pieces/"
MONTH = "/attributions/{papers_award}/mois/{papers_month}/pieces/"

VISITS_PAPERS = (
    Visit("assignment-papers", PERSON, COMPANY, note="full"),
    Visit("assignment-papers", PERSON, COMPANY, note="errors", act=send_nothing, status=422),
    Visit("assignment-papers", EMPTY, COMPANY, note="empty"),
    Visit("assignment-papers", "/affectations/{assignment}/pieces/", FACILITATOR),
    Visit("month-papers", MONTH, COMPANY, note="full"),
    Visit("month-papers", MONTH, COMPANY, note="errors", act=join_nothing, status=422),
    Visit("month-papers", "/attributions/{award}/mois/{month}/pieces/", FACILITATOR),
    Visit("paper-erase", "/pieces/{paper}/effacer/", COMPANY),
)


def places_papers() -> dict[str, object]:
    """A person with a payslip, a contract and a paper erased; one without; a month's invoice."""
    company, day = User.objects.get(email="entreprise@demo.coclause.test"), demo.today()
    with acting_as(company, day=day):
        scope = scope_of(company, day)
        own = Assignment.objects.filter(
            employment__in=Employment.objects.visible_to(scope), award__statements__isnull=False
        )
        full, empty = own.distinct().order_by("pk")[:2]
        months = Statement.objects.filter(award=full.award, month__gte=full.starts_on)
        statement = months.order_by("month")[0]
        employment = full.employment
        slip = _put(
            scope, full, PaperKind.PAYSLIP, LONG_NAME, statement=statement, employment=employment
        )
        _put(scope, full, PaperKind.CONTRACT, "contrat.pdf", employment=employment)
        gone = _put(scope, full, PaperKind.CONTRACT, "ancien-contrat.pdf", employment=employment)
        erase_paper(scope, gone)
        _put(scope, full, PaperKind.INVOICE, "facture.pdf", statement=statement)
        return {
            "papers_person": full.pk,
            "papers_empty": empty.pk,
            "papers_award": full.award_id,
            "papers_month": f"{statement.month:%Y-%m}",
            "paper": slip.pk,
        }


def _put(
    scope: Scope,
    assignment: Assignment,
    kind: PaperKind,
    name: str,
    *,
    employment: Employment | None = None,
    statement: Statement | None = None,
) -> SupportingPaper:
    upload = Upload(paper_files.pdf(f"{kind} {name}"), name, masked=True)
    return add_paper(
        scope,
        assignment.award,
        kind,
        upload,
        company=assignment.employment.employer,
        employment=employment,
        statement=statement,
    )

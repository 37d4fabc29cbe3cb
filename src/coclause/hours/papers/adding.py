"""Putting a paper: scanned, opened, written, then known. Nothing stays of one that is refused."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet

from coclause.clauses.models import Award
from coclause.core import antivirus, papers_store
from coclause.core.antivirus import AntivirusDownError, Verdict
from coclause.core.months import last_day
from coclause.core.parameters import parameter
from coclause.core.refusals import Refused
from coclause.hours.choices import PaperKind, Scan
from coclause.hours.models import Assignment, Employment, Statement, SupportingPaper
from coclause.hours.papers import limits
from coclause.hours.papers.apart import examine_apart
from coclause.hours.papers.examining import Examined, must_be_possible
from coclause.hours.papers.names import shown_name
from coclause.hours.papers.nir import holds_nir
from coclause.hours.papers.permissions import may_add_about, may_add_invoice
from coclause.hours.papers.telling import tell
from coclause.organisations.models import Organisation
from coclause.organisations.scopes import Scope

KEPT = "papers_kept_days"
NOT_MASKED = (
    "Confirmez que le numéro de sécurité sociale est masqué : sans cela, la pièce n’est pas"
    " acceptée."
)
NUMBER_IN_NAME = (
    "Le nom de ce fichier contient un numéro de sécurité sociale : renommez-le, puis déposez-le."
)
INFECTED = "L’antivirus a trouvé un virus dans ce fichier : il n’est pas gardé."
SCANNER_DOWN = "L’antivirus ne répond pas : réessayez dans quelques minutes. Rien n’est gardé."
STORE_DOWN = (
    "Le dépôt des pièces ne répond pas : réessayez dans quelques minutes. Rien n’est gardé."
)


@dataclass(frozen=True)
class Upload:
    """A file as it was sent. `masked`: its sender says that no number is readable in it."""

    content: bytes
    name: str
    masked: bool


@transaction.atomic
def add_paper(
    scope: Scope,
    award: Award,
    kind: PaperKind,
    upload: Upload,
    *,
    company: Organisation,
    employment: Employment | None = None,
    statement: Statement | None = None,
) -> SupportingPaper:
    """Keep a paper about an employment, or about a company's month, until its last day.

    A payslip and an invoice are of a month that was declared (`statement`). `company` is whose
    paper it is: the employer, or who made the invoice. Raises PermissionDenied, or `Refused`
    with a sentence by cause; then nothing is kept anywhere.
    """
    _must_be_allowed(scope, award, kind, company, employment)
    _must_have_a_month(award, kind, employment, statement)
    if not upload.masked:
        raise Refused(NOT_MASKED)
    if holds_nir(upload.name):
        raise Refused(NUMBER_IN_NAME)
    same = _same_subject(award, company, employment, statement, kind)
    _must_leave_room(same, employment)
    must_be_possible(upload.content)
    scan = _scan(upload.content)
    kept = examine_apart(upload.content)
    digest = hashlib.sha256(kept.content).hexdigest()
    _must_be_new(same, digest)
    paper = SupportingPaper(
        award=award,
        employment=employment,
        statement=statement,
        organisation=company,
        kind=kind,
        name=shown_name(upload.name),
        content_type=kept.content_type,
        size=len(kept.content),
        sha256=digest,
        scan=scan,
        author=scope.user,
        keep_until=scope.day + timedelta(days=int(parameter(KEPT, scope.day))),
    )
    paper.key = _written(kept)
    paper.save()
    tell(scope, paper, "paper.added", "déposée")
    return paper


def _must_be_allowed(
    scope: Scope,
    award: Award,
    kind: PaperKind,
    company: Organisation,
    employment: Employment | None,
) -> None:
    if scope.user is None:
        raise PermissionDenied
    if employment is None:
        allowed = kind == PaperKind.INVOICE and may_add_invoice(award, company.pk, scope)
    else:
        about = kind in (PaperKind.CONTRACT, PaperKind.PAYSLIP)
        of = employment.employer_id == company.pk
        allowed = about and of and may_add_about(award, employment, scope)
    if not allowed:
        raise PermissionDenied


def _must_have_a_month(
    award: Award, kind: PaperKind, employment: Employment | None, statement: Statement | None
) -> None:
    if statement is None:
        if kind != PaperKind.CONTRACT:
            raise Refused("Dites de quel mois déclaré est cette pièce : envoyez d’abord ce mois.")
        return
    if statement.award_id != award.pk:
        raise PermissionDenied
    month = statement.month
    worked = Assignment.objects.in_month(month, last_day(month)).filter(award=award)
    if employment is not None and not worked.filter(employment=employment).exists():
        raise Refused(
            "Cette personne n’était pas sur ce marché ce mois-là : choisissez-en un autre."
        )


def _same_subject(
    award: Award,
    company: Organisation,
    employment: Employment | None,
    statement: Statement | None,
    kind: PaperKind,
) -> QuerySet[SupportingPaper]:
    """The papers kept about the same person on the award, or the same company's month."""
    rows = SupportingPaper.objects.filter(award=award, erased_at__isnull=True)
    if employment is not None:
        return rows.filter(employment=employment)
    return rows.filter(kind=kind, organisation=company, statement=statement)


def _must_leave_room(same: QuerySet[SupportingPaper], employment: Employment | None) -> None:
    most = limits.INVOICES_A_MONTH if employment is None else limits.PAPERS_A_PERSON
    if same.count() >= most:
        raise Refused(f"Il y a déjà {most} pièces ici : effacez celles qui ne servent plus.")


def _must_be_new(same: QuerySet[SupportingPaper], digest: str) -> None:
    earlier = same.filter(sha256=digest).first()
    if earlier is not None:
        raise Refused(f"Cette pièce est déjà là, déposée le {earlier.stored_at:%d/%m/%Y}.")


def _scan(content: bytes) -> Scan:
    """What the antivirus says of the file as it was sent; nobody asks where there is none."""
    if not settings.CLAMAV:
        return Scan.UNCHECKED
    try:
        verdict = antivirus.scan(content, settings.CLAMAV)
    except AntivirusDownError as error:
        raise Refused(SCANNER_DOWN) from error
    if verdict is Verdict.INFECTED:
        raise Refused(INFECTED)
    return Scan.CLEAN


def _written(kept: Examined) -> str:
    try:
        return papers_store.keep(kept.content)
    except OSError as error:
        raise Refused(STORE_DOWN) from error

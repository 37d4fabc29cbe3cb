"""Rows of the permission table: supporting papers."""

from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from tests.builders import DAY
from tests.contracts.permission_rows import (
    HOST,
    NETWORK,
    NOT_REFERENT,
    Path,
    Row,
    assignment,
    award,
    declare_october,
)
from tests.contracts.permission_worlds import Cast
from tests.hours.papers import paper_files

from coclause.core.actor import acting_as
from coclause.hours.choices import PaperKind
from coclause.hours.models import Statement, SupportingPaper
from coclause.hours.papers.adding import Upload, add_paper
from coclause.organisations.scopes import scope_of

OWN = (*HOST, "company")
"""The host in charge, and the company for the people it employs."""
BESIDE = tuple(role for role in NOT_REFERENT if role != "company")
"""They read the operation, and no paper."""


def file() -> SimpleUploadedFile:
    return SimpleUploadedFile("piece.pdf", paper_files.pdf("essai"), "application/pdf")


def contract_sent(_: Cast) -> dict[str, Any]:
    return {"what": "contrat", "file": file(), "masked": "on"}


def invoice_sent(cast: Cast) -> dict[str, Any]:
    return {"company": str(cast.here.company.pk), "file": file(), "masked": "on"}


def put(cast: Cast) -> None:
    """The company put the contract of the person here."""
    _add(cast, PaperKind.CONTRACT, employment=cast.here.employment)


def put_invoice(cast: Cast) -> None:
    """The company put its invoice of October here."""
    declare_october(cast)
    statement = Statement.objects.get(award=cast.here.award, month=date(2026, 10, 1))
    _add(cast, PaperKind.INVOICE, statement=statement)


def _add(cast: Cast, kind: PaperKind, **about: Any) -> None:
    user = cast.users["company"]
    assert user is not None
    with acting_as(user, day=DAY):
        add_paper(
            scope_of(user, DAY),
            cast.here.award,
            kind,
            Upload(paper_files.pdf(), "piece.pdf", masked=True),
            company=cast.here.company,
            **about,
        )


def paper(suffix: str = "") -> Path:
    def path(_: Cast) -> str:
        with acting_as("test", day=DAY):
            return f"/pieces/{SupportingPaper.objects.get().pk}/{suffix}"

    return path


PAPERS: tuple[Row, ...] = (
    Row("assignment-papers", assignment("pieces/"), OWN, BESIDE),
    Row(
        "assignment-papers",
        assignment("pieces/"),
        OWN,
        BESIDE,
        method="post",
        data=contract_sent,
        success=302,
    ),
    Row("month-papers", award("mois/2026-10/pieces/"), OWN, BESIDE, prepare=declare_october),
    Row(
        "month-papers",
        award("mois/2026-10/pieces/"),
        OWN,
        BESIDE,
        method="post",
        data=invoice_sent,
        success=302,
        prepare=declare_october,
    ),
    Row("paper", paper(), OWN, prepare=put),
    Row("paper", paper(), OWN, note=" invoice", prepare=put_invoice),
    Row("paper-erase", paper("effacer/"), OWN, prepare=put),
    Row("paper-erase", paper("effacer/"), OWN, method="post", success=302, prepare=put),
    Row(
        "paper-erase",
        paper("effacer/"),
        OWN,
        note=" invoice",
        method="post",
        success=302,
        prepare=put_invoice,
    ),
)
assert set(BESIDE) < {*NETWORK, "buyer"}

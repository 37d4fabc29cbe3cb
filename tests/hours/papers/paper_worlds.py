"""Papers put in small worlds."""

from datetime import date
from decimal import Decimal
from typing import Any

from tests.builders import DAY, World
from tests.hours.papers import paper_files as files

from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.hours.choices import PaperKind
from coclause.hours.declaring import Entry, declare_month
from coclause.hours.models import Employment, Statement, SupportingPaper
from coclause.hours.papers.adding import Upload, add_paper
from coclause.organisations.scopes import Scope, scope_of

OCTOBER = date(2026, 10, 1)


def scope(user: User) -> Scope:
    return scope_of(user, DAY)


def declared(world: World) -> Statement:
    """October, sent by the host for the company."""
    entry = Entry(world.employment.pk, {"travail": Decimal("35.5")})
    with acting_as(world.facilitator, day=DAY):
        declare_month(world.scope, world.award, OCTOBER, [entry], version=0)
    return Statement.objects.get(award=world.award, month=OCTOBER)


def sent(content: bytes | None = None, name: str = "piece.pdf", *, masked: bool = True) -> Upload:
    return Upload(files.pdf() if content is None else content, name, masked=masked)


def contract(
    world: World, user: User, upload: Upload | None = None, *, employment: Employment | None = None
) -> SupportingPaper:
    """A contract put by that user, about the person of the world."""
    about = employment or world.employment
    with acting_as(user, day=DAY):
        return add_paper(
            scope(user),
            world.award,
            PaperKind.CONTRACT,
            upload or sent(),
            company=about.employer,
            employment=about,
        )


def payslip(world: World, user: User, statement: Statement | None, **more: Any) -> SupportingPaper:
    with acting_as(user, day=DAY):
        return add_paper(
            scope(user),
            world.award,
            PaperKind.PAYSLIP,
            more.get("upload") or sent(),
            company=world.company,
            employment=world.employment,
            statement=statement,
        )


def invoice(world: World, user: User, statement: Statement | None, **more: Any) -> SupportingPaper:
    with acting_as(user, day=DAY):
        return add_paper(
            scope(user),
            world.award,
            PaperKind.INVOICE,
            more.get("upload") or sent(),
            company=more.get("company") or world.company,
            statement=statement,
        )

"""Worlds with validated hours, for documents that prove them."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

from pypdf import PdfReader
from tests import builders
from tests.builders import DAY, World, at

from coclause.core.actor import acting_as
from coclause.core.files import content_of
from coclause.hours.checking import validate_lines
from coclause.hours.choices import ProofKind
from coclause.hours.declaring import Entry, declare_month
from coclause.hours.models import Employment, Proof, Statement
from coclause.hours.proofs.issuing import issue

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
END_OF_OCTOBER = date(2026, 10, 31)


def declared(
    world: World,
    hours: str,
    *,
    month: date = OCTOBER,
    employment: Employment | None = None,
    version: int = 0,
) -> Statement:
    """A month sent by the host, waiting for its check."""
    entry = Entry((employment or world.employment).pk, {"travail": Decimal(hours)})
    with acting_as(world.facilitator, day=DAY):
        return declare_month(world.scope, world.award, month, [entry], version=version)


def validated(world: World, hours: str, **said: Any) -> Statement:
    """A month sent and checked."""
    statement = declared(world, hours, **said)
    with acting_as(world.facilitator, day=DAY):
        waiting = list(statement.lines.to_check().values_list("pk", flat=True))
        validate_lines(world.scope, statement, waiting, at=at(DAY))
    return statement


def issued(world: World, kind: ProofKind = ProofKind.INTERIM, **said: Any) -> Proof:
    """A document established by the facilitator of the world."""
    with acting_as(world.facilitator, day=DAY):
        return issue(world.scope, kind, world.clause, world.award, **said)


def words_of(proof: Proof) -> str:
    return words_in(content_of(proof.file))


def words_in(content: bytes) -> str:
    """The words of a PDF, with plain spaces and no line ends."""
    reader = PdfReader(BytesIO(content))
    text = " ".join(page.extract_text() for page in reader.pages)
    return " ".join(text.split())


def hired(world: World, number: int, **facts: Any) -> Employment:
    """One more person of the world's host, employed by its company unless `employer` is said."""
    given = ("Alba", "Brune", "Cléo", "Dune", "Elfe", "Fable", "Gaïa", "Houle")[number]
    employer = facts.pop("employer", world.company)
    with acting_as(world.facilitator, day=DAY):
        person = builders.person(world.host, "Imaginaire", given, sex=facts.pop("sex", "homme"))
        return builders.employment(person, employer, world.award, **facts)

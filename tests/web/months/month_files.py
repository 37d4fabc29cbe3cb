"""Files sent to the page of a month, and what its grid then shows."""

from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests import builders
from tests.builders import DAY, World
from tests.hours.payroll.dsn_files import SIREN, Employee, october, sending
from tests.network.programmes.programme_files import xlsx

from coclause.clauses.models import Award
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.hours.models import Employment, StatementLine
from coclause.organisations.choices import MemberRole

OCTOBER = date(2026, 10, 1)
HERE = "/mon-mois/2026-10/fichier/"
HEADERS = ("Nom", "Prénom", "Né(e) le", "N° contrat", "Chantier", "Mois", "Heures")


def company_user(world: World) -> User:
    with acting_as("test", day=DAY):
        return builders.member(world.company, MemberRole.COMPANY)


def hired(world: World, name: str, given: str, born: date, **facts: Any) -> Employment:
    """Another person of the company on the award of the world."""
    with acting_as(world.facilitator, day=DAY):
        person = builders.person(world.host, name, given, born)
        return builders.employment(person, world.company, world.award, **facts)


def second_award(world: World, name: str = "Gymnase des Brumes") -> Award:
    """Another award of the same company, on an operation of its own."""
    with acting_as("test", day=DAY):
        operation = builders.operation(name, world.buyer, world.host, world.facilitator)
        lot = builders.lot(operation, number=1)
        builders.clause(lot)
        return builders.award(lot, world.company)


def table(*rows: Any, headers: Any = HEADERS, sheet: str = "Heures") -> bytes:
    return xlsx({sheet: [headers, *rows]})


def send(client: Client, content: bytes, name: str = "heures.xlsx", **more: Any) -> Any:
    file = SimpleUploadedFile(name, content)
    return client.post(HERE, {"tableur-file": file, **more})


def send_payroll(client: Client, content: bytes) -> Any:
    return client.post(f"{HERE}paie/", {"paie-file": SimpleUploadedFile("paie.dsn", content)})


def payroll(world: World, *people: Employee) -> bytes:
    """October of the company of the world."""
    siren = str(world.company.siret)[:9]
    return sending([october(*people)]).replace(SIREN.encode(), siren.encode())


def columns(answer: Any, **choices: str) -> dict[str, str]:
    """What the page of the columns sends, with other choices for some."""
    form, context = answer.context["form"], answer.context
    said = {name: form[name].value() or "" for name in form.fields}
    waiting = context["waiting"]
    kept = {"carried": context["carried"], "invoice": waiting.invoice, "sheet": str(waiting.at)}
    return {**said, **kept, **choices}


def confirmed(client: Client, answer: Any, **choices: str) -> Any:
    """Confirm the columns as proposed, or as chosen here."""
    return client.post(f"{HERE}colonnes/", columns(answer, **choices))


def grid(answer: Any) -> dict[str, str]:
    """What the fields of the month's form hold, as the browser would send them."""
    page = answer.context["page"]
    sent: dict[str, str] = {}
    for section in page.sections:
        for field in section.form:
            value = field.value()
            sent[field.html_name] = "" if value is None or value is False else str(value)
    for name in ("origin", "invoice", "confirmed"):
        key = {"origin": "origine", "invoice": "facture"}.get(name, name)
        sent[key] = str(answer.context.get(name, "") or "")
    return {name: value for name, value in sent.items() if value}


def hours_in(answer: Any) -> dict[str, str]:
    """The hours of the grid, by field."""
    return {name: value for name, value in grid(answer).items() if "h-" in name}


def declared() -> list[tuple[str, int, str]]:
    """Hours in force or waiting, by award, employment and kind."""
    rows = StatementLine.objects.filter(corrected_at__isnull=True).order_by("pk")
    return [(str(row.hours), row.employment_id, row.kind) for row in rows]

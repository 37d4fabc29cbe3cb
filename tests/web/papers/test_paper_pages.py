"""The pages where papers are put, read and erased."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.builders import DAY, World
from tests.hours.papers import paper_files as files
from tests.hours.papers.paper_worlds import contract, declared, invoice, payslip, sent
from tests.web.conftest import As

from coclause.core.actor import acting_as
from coclause.core.models import LARGEST_FILE, PersonReading, User
from coclause.core.papers_settings import folder
from coclause.hours.models import Assignment, SupportingPaper

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings: Any) -> Path:
    settings.STORAGES = {**settings.STORAGES, "papers": folder(tmp_path / "pieces")}
    return tmp_path / "pieces"


@pytest.fixture
def company(people: dict[str, User], signed_in: As) -> Client:
    return signed_in(people["company"])


@pytest.fixture
def host(world: World, signed_in: As) -> Client:
    return signed_in(world.facilitator)


@pytest.fixture
def of_person(world: World) -> str:
    return f"/affectations/{Assignment.objects.get(employment=world.employment).pk}/pieces/"


@pytest.fixture
def of_month(world: World) -> str:
    return f"/attributions/{world.award.pk}/mois/2026-10/pieces/"


def file(content: bytes | None = None, name: str = "contrat.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, files.pdf() if content is None else content)


def said(**more: Any) -> dict[str, Any]:
    return {"what": "contrat", "file": file(), "masked": "on", "once": "essai", **more}


def text(answer: Any) -> str:
    content: bytes = answer.content
    return content.decode()


def kept(user: User) -> list[SupportingPaper]:
    with acting_as(user, day=DAY):
        return list(SupportingPaper.objects.order_by("pk"))


def test_a_company_puts_a_contract_and_finds_it_in_the_list(
    company: Client, people: dict[str, User], of_person: str
) -> None:
    answer = company.post(of_person, said(), follow=True)
    assert answer.status_code == 200
    shown = text(answer)
    assert all(word in shown for word in ("Pièce déposée", "contrat.pdf", "Non contrôlée"))
    assert len(kept(people["company"])) == 1


def test_a_photo_is_enough(company: Client, people: dict[str, User], of_person: str) -> None:
    answer = company.post(of_person, said(file="", photo=file(files.photo(), "image.jpg")))
    assert answer.status_code == 302
    assert kept(people["company"])[0].content_type == "image/jpeg"


def test_a_double_click_puts_it_once(
    company: Client, people: dict[str, User], of_person: str
) -> None:
    assert company.post(of_person, said()).status_code == 302
    assert company.post(of_person, said()).status_code == 302
    assert len(kept(people["company"])) == 1


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"masked": ""}, "Masquez le numéro de sécurité sociale"),
        ({"file": ""}, "Choisissez un fichier, ou photographiez"),
        ({"photo": file(files.photo(), "a.jpg")}, "Deux pièces à la fois"),
        ({"what": ""}, "Choisissez la pièce"),
        ({"file": file(b"")}, "Ce fichier est vide"),
        ({"file": file(b"PK\x03\x04x", "a.pdf")}, "enregistrez-le en PDF"),
        ({"file": file(files.pdf(files.NUMBER))}, "se lit dans ce PDF"),
        ({"file": file(b"x" * (LARGEST_FILE + 1))}, "dépasse 10"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    world: World,
    company: Client,
    store: Path,
    more: dict[str, Any],
    sentence: str,
) -> None:
    address = f"/affectations/{world.employment.assignments.get().pk}/pieces/"
    answer = company.post(address, said(**more))
    assert answer.status_code == 422
    shown = text(answer)
    assert sentence in shown
    assert files.NUMBER not in shown
    assert not kept(world.facilitator)
    assert not [one for one in store.rglob("*") if one.is_file()]


def test_a_payslip_is_of_a_declared_month(
    world: World, company: Client, people: dict[str, User], of_person: str
) -> None:
    statement = declared(world)
    assert "octobre 2026" in text(company.get(of_person))
    sent_ = said(what=str(statement.pk))
    assert company.post(of_person, sent_).status_code == 302
    assert kept(people["company"])[0].statement == statement


def test_a_paper_is_handed_over_to_be_saved_and_never_shown_inside_a_page(
    world: World, host: Client, people: dict[str, User]
) -> None:
    paper = contract(world, people["company"], sent(name='a";\r\nX: y.pdf'))
    answer = host.get(f"/pieces/{paper.pk}/")
    assert answer.content == files.pdf()
    assert answer["Content-Disposition"] == f'attachment; filename="piece-{paper.pk}.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    assert "sandbox" in answer["Content-Security-Policy"]
    with acting_as(world.facilitator, day=DAY):
        assert PersonReading.objects.filter(page=f"Pièce {paper.pk}").exists()


def test_the_month_shows_its_people_and_its_invoices(
    world: World, host: Client, company: Client, people: dict[str, User], of_month: str
) -> None:
    statement = declared(world)
    payslip(world, people["company"], statement)
    before = text(company.get(of_month))
    assert all(word in before for word in ("Nadia", "1 pièce", "Joindre la facture"))
    answer = company.post(
        of_month, {"company": str(world.company.pk), "file": file(name="f.pdf"), "masked": "on"}
    )
    assert answer.status_code == 302
    assert "f.pdf" in text(host.get(of_month))


def test_a_month_not_sent_yet_takes_no_invoice_and_says_why(
    company: Client, of_month: str, world: World
) -> None:
    assert "pas encore déclaré" in text(company.get(of_month))
    answer = company.post(
        of_month, {"company": str(world.company.pk), "file": file(), "masked": "on"}
    )
    assert answer.status_code == 422


def test_erasing_asks_first_then_leaves_a_trace_without_the_name(
    world: World, company: Client, people: dict[str, User], of_person: str
) -> None:
    paper = contract(world, people["company"], sent(name="nadia.pdf"))
    assert "Effacer la pièce" in text(company.get(f"/pieces/{paper.pk}/effacer/"))
    shown = text(company.post(f"/pieces/{paper.pk}/effacer/", follow=True))
    assert "Effacée le" in shown
    assert "nadia.pdf" not in shown
    assert company.get(f"/pieces/{paper.pk}/").status_code == 409
    assert company.post(f"/pieces/{paper.pk}/effacer/").status_code == 302


def test_the_page_says_whether_an_antivirus_looks(
    company: Client, of_person: str, settings: Any
) -> None:
    assert "Aucun antivirus" in text(company.get(of_person))
    settings.CLAMAV = "/un/antivirus.sock"
    assert "contrôlé par un antivirus" in text(company.get(of_person))


def test_the_clause_leads_to_the_papers_of_each_person(
    world: World, of_person: str, people: dict[str, User], signed_in: As
) -> None:
    page = f"/clauses/{world.clause.pk}/?onglet=personnes"
    led = {role: of_person in text(signed_in(user).get(page)) for role, user in people.items()}
    assert {role for role, found in led.items() if found} == {"facilitator", "manager", "company"}


@pytest.mark.parametrize("of", ["person", "month"])
def test_a_long_list_asks_no_more_of_the_database(
    world: World, people: dict[str, User], signed_in: As, of: str, request: pytest.FixtureRequest
) -> None:
    client, user, statement = signed_in(people["company"]), people["company"], declared(world)
    address = request.getfixturevalue(f"of_{of}")

    def put(number: int) -> None:
        upload = sent(files.pdf(f"piece {number}"))
        (payslip if of == "person" else invoice)(world, user, statement, upload=upload)

    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    put(0)
    client.get(address)
    few = count()
    for number in range(1, 4):
        put(number)
    assert count() == few <= 40

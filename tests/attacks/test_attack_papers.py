"""Somebody tries to make papers run, overflow, mislead, or be read by the wrong people."""

import os
import zlib
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from tests import builders
from tests.builders import DAY, World
from tests.hours.papers import paper_files as files
from tests.hours.papers.paper_worlds import contract, declared, invoice, scope, sent

from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.core.papers_settings import folder
from coclause.core.refusals import Refused
from coclause.hours.models import SupportingPaper
from coclause.hours.papers.apart import TOO_HARD, examine_apart
from coclause.hours.papers.keeping import content_for, erase_paper
from coclause.organisations.choices import MemberRole

ZIP = b"PK\x03\x04" + b"0" * 26 + b"PK\x05\x06" + b"\0" * 18
HTML = b"<html><script>alert(document.cookie)</script></html>"


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings: Any) -> Path:
    settings.STORAGES = {**settings.STORAGES, "papers": folder(tmp_path / "pieces")}
    return tmp_path / "pieces"


def object_stream(content: bytes) -> bytes:
    packed = zlib.compress(content, 9)
    return b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(packed), packed)


def page_of(stream: bytes) -> bytes:
    return files.assembled(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R"
            b" /Resources << /Font << /F1 5 0 R >> >> >>",
            stream,
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        ]
    )


@pytest.mark.parametrize(
    "content",
    [
        files.pdf() + ZIP,
        files.pdf()[:-6] + ZIP + b"\n%%EOF\n",
        ZIP + files.pdf(),
        files.pdf() + HTML,
        HTML + files.pdf(),
        b"\0" * 100 + files.pdf(),
        b"%PDF-1.7\n" + HTML + b"\n%%EOF",
        b"\xff\xd8\xff" + HTML,
        b"\x89PNG\r\n\x1a\n" + HTML,
        ZIP,
        HTML,
        b"#!/bin/sh\nrm -rf /\n",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"%!PS-Adobe-3.0\n(%pipe%id) (w) file\n",
    ],
)
def test_a_file_that_is_also_another_is_refused(content: bytes) -> None:
    with pytest.raises(Refused):
        examine_apart(content)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_what_is_glued_to_a_picture_does_not_stay(kind: str) -> None:
    picture = files.saved(Image.new("RGB", (40, 40), "red"), kind)
    kept = examine_apart(picture + ZIP + HTML)
    assert b"PK\x05\x06" not in kept.content
    assert b"script" not in kept.content


@pytest.mark.parametrize(
    "content",
    [
        page_of(object_stream(b"0 " * 200_000_000)),
        page_of(object_stream(b"BT /F1 9 Tf (a) Tj ET\n" * 3_000_000)),
        files.with_catalogue(b"", b"[" * 100_000 + b"]" * 100_000),
        files.with_catalogue(b"/A " + b"<< /A " * 5_000 + b">>" * 5_000),
        files.assembled(
            [
                b"<< /Type /Catalog /Pages 2 0 R >>",
                b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>",
            ]
        ),
        files.assembled([b"<< /Type /Catalog /Pages 2 0 R >>", b"2 0 R"]),
    ],
    ids=["inflates", "long text", "deep list", "deep dictionary", "its own page", "itself"],
)
def test_a_pdf_made_to_exhaust_the_machine_is_refused_in_time(content: bytes) -> None:
    before = monotonic()
    with pytest.raises(Refused):
        examine_apart(content)
    assert monotonic() - before < 40


@pytest.mark.parametrize("size", [(60_000, 60_000), (1, 200_000_000), (2**31 - 1, 2**31 - 1)])
def test_a_picture_that_says_it_is_huge_is_refused_at_once(size: tuple[int, int]) -> None:
    head = b"IHDR" + size[0].to_bytes(4, "big") + size[1].to_bytes(4, "big") + b"\x08\x02\0\0\0"
    chunk = (13).to_bytes(4, "big") + head + zlib.crc32(head).to_bytes(4, "big")
    before = monotonic()
    with pytest.raises(Refused):
        examine_apart(b"\x89PNG\r\n\x1a\n" + chunk + b"\0\0\0\0IDAT" + b"\0" * 50)
    assert monotonic() - before < 20


def test_a_child_that_is_killed_refuses_and_repeats_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("coclause.hours.papers.apart.sys.executable", "/bin/false")
    with pytest.raises(Refused) as told:
        examine_apart(files.pdf(files.NUMBER))
    assert told.value.sentence == TOO_HARD
    assert told.value.__cause__ is None
    assert files.NUMBER not in repr(told.value.__context__.__dict__)


@pytest.fixture
def world() -> World:
    return builders.world()


@pytest.fixture
def company(world: World) -> User:
    with acting_as("test", day=DAY):
        return builders.member(world.company, MemberRole.COMPANY)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["../../x.pdf", "/etc/passwd", "..\\..\\x.pdf", "a\u202efdp.exe", "x" * 5_000, "\0", ""]
)
def test_a_name_leads_nowhere_and_turns_nothing_around(
    world: World, company: User, store: Path, name: str
) -> None:
    before = set(os.listdir(store.parent))
    paper = contract(world, company, sent(name=name))
    assert set(os.listdir(store.parent)) - before == {"pieces"}
    assert (store / paper.key).is_file()
    assert not set(paper.name) & set("/\\\0\u202e")
    assert len(paper.name) <= 120


@pytest.mark.django_db
@pytest.mark.usefixtures("day_of_the_builders")
def test_a_name_in_the_list_is_text_and_nothing_else(world: World, company: User) -> None:
    contract(world, company, sent(name="<img src=x onerror=alert(1)>.pdf"))
    client = Client()
    client.force_login(company)
    assignment = world.employment.assignments.get()
    page = client.get(f"/affectations/{assignment.pk}/pieces/").content.decode()
    assert "<img src=x" not in page


@pytest.mark.django_db
def test_papers_of_others_are_neither_read_nor_erased_by_their_number(
    world: World, company: User
) -> None:
    papers = [contract(world, company), invoice(world, company, declared(world))]
    other = builders.world("Mont-Rêvé")
    with acting_as("test", day=DAY):
        intruders = [
            builders.member(world.buyer, MemberRole.BUYER),
            builders.member(other.company, MemberRole.COMPANY),
            other.facilitator,
        ]
    for user in intruders:
        for paper in papers:
            with acting_as(user, day=DAY):
                with pytest.raises(PermissionDenied):
                    content_for(scope(user), paper)
                with pytest.raises(PermissionDenied):
                    erase_paper(scope(user), paper)


@pytest.mark.django_db
@pytest.mark.usefixtures("day_of_the_builders")
def test_a_paper_is_not_filed_under_somebody_else(world: World, company: User) -> None:
    """The form names a month and a company: those of others are no choice."""
    other = builders.world("Mont-Rêvé")
    month = declared(other)
    declared(world)
    client = Client()
    client.force_login(company)
    assignment = world.employment.assignments.get()
    file = SimpleUploadedFile("a.pdf", files.pdf())
    answer = client.post(
        f"/affectations/{assignment.pk}/pieces/",
        {"what": str(month.pk), "file": file, "masked": "on"},
    )
    assert answer.status_code == 422
    answer = client.post(
        f"/attributions/{world.award.pk}/mois/2026-10/pieces/",
        {"company": str(other.company.pk), "file": file, "masked": "on"},
    )
    assert answer.status_code == 422
    with acting_as("test", day=DAY):
        assert not SupportingPaper.objects.exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("day_of_the_builders")
@pytest.mark.parametrize("address", ["/pieces/../../pieces/", "/static/pieces/", "/pieces/ab/cd"])
def test_the_folder_has_no_address(world: World, company: User, address: str) -> None:
    paper = contract(world, company)
    client = Client()
    client.force_login(company)
    assert client.get(f"{address}{paper.key}").status_code == 404

"""A purchase programme written to break its reader, its page, its requests or its spreadsheet."""

import re
import zipfile
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests import builders
from tests.builders import DAY
from tests.network.programming_worlds import AT, answering, confirmed, deposited, file_of

from coclause.core.actor import acting_as
from coclause.core.models import Mail, User
from coclause.network import links
from coclause.network.models import BuyerRequest, Programme
from coclause.network.programmes.analysis import analyse
from coclause.network.programmes.receiving import sendable_lines
from coclause.network.programmes.sending import send
from coclause.organisations.choices import MemberRole, Role
from coclause.organisations.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("day_of_the_builders")]
ROWS: tuple[tuple[Any, ...], ...] = (
    ("=1+1", "Travaux", "=2+2", "=12", "=A1", "=Montfictif"),
    ("+cmd|' /C calc'!A0", "Travaux", -5_000_000, -3, "01/01/0001", "\t=1+1"),
    ("@SUM(1)", "Travaux", "1e400", "9" * 30, "31/12/9999", "Montfictif"),
    ("Halle NaN", "Travaux", "NaN", "NaN", "T3 9999", "Montfictif"),
    ("Halle infinie", "Travaux", "Infinity", 0, "T9 2027", "x" * 3000),
    ("Halle à douze chiffres", "Travaux", 999_999_999_999, 1200, "29/02/2027", "21231"),
    ("Halle à zéro", "Travaux", 0, 1201, date(2101, 1, 1), "Montfictif"),
    ("Halle au centime", "Travaux", 0.001, 0.4, date(1901, 1, 1), "Montfictif"),
    ("<script>alert(1)</script>", "Travaux", "6 200 000", 14, "T3 2027", "<b>Montfictif</b>"),
    ("\u202etxt.exe \x0b💣", "Travaux", "6 200 000", 14, "mars 2150", "Montfictif"),
    ("x" * 4000, "Travaux", "6,2 M€", 14, "2027-2199", "Montfictif"),
    ("Halle " * 300, "Concession", "6,2 M€", "14 mois", "12/01/2027", "Montfictif"),
    (True, False, True, True, True, True),
    (3.0, 4.0, 5.0, 6.0, 7.0, 8.0),
)


def analysed(rows: Any, **facts: Any) -> Programme:
    programme = confirmed(deposited(file_of(rows), **facts))
    analyse(programme.pk, day=DAY)
    programme.refresh_from_db()
    return programme


def page_of(programme: Programme, suffix: str = "") -> str:
    return f"/programmation/{links.written(programme.link_key)}/{suffix}"


def test_lines_written_to_break_are_answered_or_refused_one_by_one(client: Client) -> None:
    answering()
    builders.commune()
    programme = analysed(ROWS)
    assert programme.state == "terminee", programme.problem
    assert programme.lines.count() == len(ROWS)
    page = client.get(page_of(programme))
    assert page.status_code == 200
    assert b"<script>alert(1)" not in page.content
    sheet = client.get(page_of(programme, "lignes.xlsx"))
    with zipfile.ZipFile(BytesIO(sheet.content)) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/sheet"):
                assert not re.search(rb"<f[ >]", archive.read(name))
    lines = list(sendable_lines(programme).values_list("pk", flat=True))
    assert lines
    send(programme.pk, lines, at=AT, by=None)
    assert BuyerRequest.objects.count() == len(lines)
    for made in BuyerRequest.objects.all():
        assert client.get(f"/suivi/{links.written(made.link_key)}/").status_code == 200


def test_a_line_that_nobody_would_answer_is_promised_to_nobody(client: Client) -> None:
    """A commune of a region without a coordination: no desk would ever show the request."""
    answering()
    builders.commune()
    with acting_as("test", day=DAY):
        builders.commune("69123", "Lointainville", builders.region("84", "Région Inventée"))
    programme = analysed(
        [("Halle lointaine", "Travaux", "6,2 M€", 14, "12/01/2027", "Lointainville"),
         ("Halle voisine", "Travaux", "6,2 M€", 14, "12/01/2027", "Montfictif")]
    )  # fmt: skip
    away = programme.lines.get(object="Halle lointaine")
    assert (away.organisation, away.refused) == (None, "")
    page = client.get(page_of(programme))
    assert [row["tickable"] for row in page.context["rows"]] == [False, True]
    assert page.context["counts"]["due_left"] == 1
    assert not sendable_lines(programme).filter(pk=away.pk).exists()
    send(programme.pk, list(programme.lines.values_list("pk", flat=True)), at=AT, by=None)
    assert [one.object for one in BuyerRequest.objects.all()] == ["Halle voisine"]


def test_a_facilitator_who_cannot_be_written_to_stops_no_sending() -> None:
    user = answering()
    builders.commune()
    programme = analysed([("Halle", "Travaux", "6,2 M€", 14, "12/01/2027", "Montfictif")])
    with acting_as("test", day=DAY):
        User.objects.filter(pk=user.pk).update(email="")
    send(programme.pk, list(programme.lines.values_list("pk", flat=True)), at=AT, by=None)
    assert BuyerRequest.objects.get().facilitator == user
    assert Mail.objects.filter(kind="programme.sent").count() == 1


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd.xlsx", "C:\\temp\\achats.xlsx", "a\u202egpj.xlsx", "a\r\nBcc: x@y.test.xlsx",
     "\"><script>alert(1)</script>.xlsx", "x" * 400 + ".xlsx", "💣.xlsx", ".xlsx", "=1+1.xlsx"],
)  # fmt: skip
def test_the_name_of_a_file_is_only_a_name(client: Client, name: str) -> None:
    answering()
    rows = [("Halle", "Travaux", "6,2 M€", 14, "12/01/2027", "Montfictif")]
    data = {
        "buyer_name": "Ville", "name": "A", "email": "alienor@exemple.test", "year": "2027",
        "file": SimpleUploadedFile(name, file_of(rows)),
    }  # fmt: skip
    answer = client.post("/programmation/", data)
    assert answer.status_code in (200, 302)
    for made in Programme.objects.all():
        assert not re.search(r"[\r\n\u202e]", made.file_name)
        assert "/" not in made.file_name
        page = client.get(page_of(made)).content
        assert b"<script>alert(1)" not in page


def test_who_no_longer_buys_for_a_buyer_no_longer_reads_its_programmes() -> None:
    with acting_as("test", day=DAY):
        first = builders.organisation("Ville de Val-Rêvé", Role.BUYER)
        second = builders.organisation("Ville de Mont-Songe", Role.BUYER)
        agent = builders.member(first, MemberRole.BUYER)
    rows = [("Halle", "Travaux", "6,2 M€", 14, "12/01/2027", "Montfictif")]
    programme = deposited(file_of(rows), buyer=first, author=agent)
    with acting_as("test", day=DAY):
        Membership.objects.filter(user=agent).update(ends_on=DAY.replace(day=1))
        Membership.objects.create(
            organisation=second, user=agent, role=MemberRole.BUYER, starts_on=DAY.replace(day=2)
        )
        Programme.objects.filter(pk=programme.pk).update(link_until=DAY.replace(day=1))
    client = Client()
    client.force_login(agent)
    assert links.written(programme.link_key) not in client.get("/programmations/").content.decode()
    assert client.get(page_of(programme)).status_code == 410

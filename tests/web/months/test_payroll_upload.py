"""A payroll file on its way through the site: on no disk, and those skipped in it nowhere."""

import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client, RequestFactory
from tests.builders import DAY, World
from tests.hours.payroll.dsn_files import Employee, hours, worker
from tests.web.conftest import As
from tests.web.months.month_files import HERE, company_user, grid, payroll, send, send_payroll

from coclause.core.actor import acting_as
from coclause.core.models import PersonReading
from coclause.web import uploads
from coclause.web.uploads import MARK, Packed, PackedFile

pytestmark = pytest.mark.django_db
SIGN, NIR = "ZZQQZZ", "2950521231001"
PAYROLL = f"{HERE}paie/"
CROWD = 6_000
"""Past what Django keeps in memory by itself."""
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
NADIA = worker(family="INVENTÉE", given="NADIA", birth="17051995", nir=NIR)


class Watch:
    """Files opened to be written while it looks: an audit hook cannot be taken off."""

    def __init__(self) -> None:
        self.looks = False
        self.seen: list[str] = []
        sys.addaudithook(self._see)

    def _see(self, event: str, arguments: Any) -> None:
        if not self.looks:
            return
        if event == "tempfile.mkstemp" or (event == "open" and arguments[2] & WRITES):
            self.seen.append(f"{event} {arguments[0]}")


WATCH = Watch()


@pytest.fixture
def watch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    """Temporary files go to a folder of their own, and opening one is seen."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(settings, "FILE_UPLOAD_TEMP_DIR", str(tmp_path))
    WATCH.seen.clear()
    WATCH.looks = True
    yield WATCH
    WATCH.looks = False
    assert list(tmp_path.iterdir()) == []


def strangers(count: int) -> list[Employee]:
    """Born the same day as the person sought, so that their names are looked at."""
    return [
        Employee(f"{SIGN}{rank}", SIGN, "17051995", pays=(hours("77.77"),), nir=NIR)
        for rank in range(count)
    ]


def in_the_database(world: World, sign: str) -> list[str]:
    """Tables that hold the sign in any column; records of persons are shown to their host."""
    found = []
    with acting_as(world.facilitator, day=DAY), connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(
                f'SELECT count(*) FROM "{table}" AS one WHERE one::text ILIKE %s',  # noqa: S608
                [f"%{sign}%"],
            )
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def test_the_search_finds_what_is_kept(world: World) -> None:
    """Else the next test would pass on anything."""
    assert in_the_database(world, world.company.name) != []
    assert "people_person" in in_the_database(world, world.person.birth_name)


def test_those_skipped_are_nowhere(
    world: World,
    signed_in: As,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    watch: Watch,
) -> None:
    """Not in the answer, the database, the logs, nor any file."""
    client = signed_in(company_user(world))
    content = payroll(world, *strangers(CROWD), NADIA)
    assert len(content) > settings.FILE_UPLOAD_MAX_MEMORY_SIZE
    with caplog.at_level(logging.DEBUG):
        shown = send_payroll(client, content)
        sent = client.post("/mon-mois/2026-10/", grid(shown))
    assert (shown.status_code, sent.status_code) == (200, 302)
    assert "6\u202f000 autres salariés" in shown.content.decode()
    told = shown.content.decode() + caplog.text + "".join(capsys.readouterr())
    for sign in (SIGN, NIR, "77,77", "77.77"):
        assert sign not in told
    assert watch.seen == []
    watch.looks = False
    assert in_the_database(world, SIGN) == []
    assert in_the_database(world, NIR) == []


@pytest.mark.parametrize("end", [b"S21.G00.30.002,'ZZQQZZ\r\n", b"S20.G00.05.005,'0202'\r\n"])
def test_a_broken_payroll_tells_nothing_of_them(
    end: bytes, world: World, signed_in: As, watch: Watch, caplog: pytest.LogCaptureFixture
) -> None:
    client = signed_in(company_user(world))
    with caplog.at_level(logging.DEBUG):
        answer = send_payroll(client, payroll(world, *strangers(2))[:-60] + end)
    assert answer.status_code == 422
    assert SIGN not in answer.content.decode() + caplog.text
    assert watch.seen == []


def test_a_payroll_dropped_on_the_form_of_spreadsheets_touches_no_disk_either(
    world: World, signed_in: As, watch: Watch
) -> None:
    client = signed_in(company_user(world))
    answer = send(client, payroll(world, *strangers(CROWD), NADIA), "paie.txt")
    assert answer.context["origin"] == "paie"
    assert watch.seen == []


def test_the_watch_sees_a_file_of_another_page(
    world: World, signed_in: As, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any other form lets Django write a large file for a moment."""
    monkeypatch.setattr(settings, "FILE_UPLOAD_TEMP_DIR", str(tmp_path))
    large = SimpleUploadedFile("liste.xlsx", b"x" * (settings.FILE_UPLOAD_MAX_MEMORY_SIZE + 1))
    WATCH.seen.clear()
    WATCH.looks = True
    signed_in(company_user(world)).post("/programmation/", {"file": large})
    WATCH.looks = False
    assert WATCH.seen != []


def test_the_reading_of_names_is_logged_and_says_nothing_else(world: World, signed_in: As) -> None:
    send_payroll(signed_in(company_user(world)), payroll(world, *strangers(2), NADIA))
    logged = PersonReading.objects.filter(page="Fichier du mois 10/2026").get()
    assert logged.identities == [world.employment.identity_id]


def test_a_stranger_fills_no_memory(watch: Watch) -> None:
    """Anybody could send gigabytes before being asked who they are."""
    answer = Client().post(PAYROLL, {"paie-file": BytesIO(b"x" * 4_000_000)})
    assert answer.status_code == 302
    assert MARK in answer.wsgi_request.META
    assert watch.seen == []


@pytest.mark.parametrize(("limit", "most"), [("MOST_RAW", 1_000), ("MOST_PACKED", 50)])
def test_a_file_beyond_what_memory_may_hold_is_refused_with_a_sentence(
    limit: str, most: int, world: World, signed_in: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, limit, most)
    answer = send_payroll(signed_in(company_user(world)), os.urandom(1_000_000))
    assert answer.status_code == 422
    assert "trop gros" in answer.content.decode()


@pytest.mark.parametrize("size", [1, 7, 1 << 16, 1 << 20])
def test_bytes_held_compressed_come_back_as_they_were(size: int) -> None:
    packed, whole = Packed(), os.urandom(300_000) + b"S21.G00.30.001,''\r\n" * 50_000
    for at in range(0, len(whole), 65_536):
        packed.add(whole[at : at + 65_536])
    packed.end()
    assert packed.size == len(whole)
    assert packed.packed_size < 400_000
    source = packed.opened()
    least = whole if size > 7 else whole[:5_000]
    read = b""
    while len(read) < len(least) and (piece := source.read(size)):
        assert len(piece) <= size
        read += piece
    assert read[: len(least)] == least


def test_the_bytes_are_let_go_with_the_request() -> None:
    packed = Packed()
    packed.add(b"x" * 1_000)
    packed.end()
    file = PackedFile(packed, "file", "paie.dsn")
    file.close()
    assert file.packed.size == 0


def test_a_forged_form_is_refused_as_anywhere(world: World) -> None:
    """Handlers chosen before the view must not open it to other sites."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(company_user(world))
    file = SimpleUploadedFile("paie.dsn", payroll(world, NADIA))
    assert client.post(PAYROLL, {"paie-file": file}).status_code == 403
    page = client.get(HERE)
    token = str(page.context["csrf_token"])
    sent = {"paie-file": file, "csrfmiddlewaretoken": token}
    file.seek(0)
    assert client.post(PAYROLL, sent).status_code == 200


def test_views_that_do_not_ask_keep_the_ordinary_handlers() -> None:
    assert settings.FILE_UPLOAD_HANDLERS[0] == "coclause.web.uploads.InMemory"
    request = RequestFactory().post("/programmation/", {"file": BytesIO(b"abc")})
    assert not isinstance(request.FILES["file"], PackedFile)

"""What a payroll file costs through its real page, beside reading it alone, same file, same run.

    python -m benchmarks.bench_month_payroll

The file is made as it is sent: neither side holds it whole. The page receives it, keeps it in
memory compressed, reads it and answers with the month's grid. The ratio is what to watch: it should
not grow with the staff. The memory is that of the process, beside what it was before: it grows with
the file as compressed, at most 64 MB (`web.uploads`).

One transaction on the database of the demonstration, taken back at the end.
"""

import io
import itertools
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import django

from benchmarks.bench_read_dsn import PADDING, SOUGHT, STAFF, sending, sought
from coclause.hours.payroll.reading import read_payroll

BOUNDARY = "coclause-benchmark"
HEAD = (
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="paie-file"; filename="paie.dsn"\r\n'
    "Content-Type: application/octet-stream\r\n\r\n"
).encode()
TAIL = f"\r\n--{BOUNDARY}--\r\n".encode()
MONTH = date(2026, 10, 1)


class Made(io.RawIOBase):
    """Bytes made as they are read."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self.parts, self.left = parts, b""

    def read(self, size: int = -1) -> bytes:
        pieces, held = [self.left], len(self.left)
        while held < size and (piece := next(self.parts, b"")):
            pieces.append(piece)
            held += len(piece)
        whole = b"".join(pieces)
        self.left = whole[size:]
        return whole[:size]


def file_of(people: int) -> Iterator[bytes]:
    """The payroll of October 2026, a person at a time; what nobody reads is different for each."""
    digits = random.Random(people).randbytes(1 << 20).hex()
    for rank, part in enumerate(sending(people)):
        told = part
        if part is PADDING:
            at = rank * 512 % (len(digits) - 512)
            values = (digits[at + 8 * one : at + 8 * one + 8] for one in range(64))
            told = "".join(f"S21.G00.85.001,'{value}'\r\n" for value in values)
        yield told.encode("iso-8859-1")


def body_of(people: int) -> Iterator[bytes]:
    yield HEAD
    yield from file_of(people)
    yield TAIL


def length_of(people: int) -> int:
    return sum(map(len, body_of(people)))


def most_memory() -> int:
    """The most that this process has held since the last `forget`, in KB."""
    with open("/proc/self/status", encoding="ascii") as told:
        return next(int(line.split()[1]) for line in told if line.startswith("VmHWM"))


def forget() -> int:
    """Begin to count anew; what the process holds now, in KB."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return most_memory()


def alone(people: int) -> float:
    """Seconds to make the file and read it, without a page."""
    begun = time.perf_counter()
    found = read_payroll(Made(file_of(people)), sought(people))
    assert found.others_skipped == people - SOUGHT
    return time.perf_counter() - begun


def send(people: int, length: int, client: Any, path: str) -> str:
    """The page answered to the payroll of so many."""
    answer = client.generic(
        "POST",
        path,
        CONTENT_TYPE=f"multipart/form-data; boundary={BOUNDARY}",
        CONTENT_LENGTH=str(length),
        **{"wsgi.input": Made(body_of(people))},
    )
    assert answer.status_code == 200, answer.content.decode()[-2_000:]
    page: str = answer.content.decode()
    return page


def measure(client: Any, path: str, people: int) -> dict[str, float | int]:
    """One size, once the page is warm."""
    send(2, length_of(2), client, path)
    length = length_of(people)
    held, begun = forget(), time.perf_counter()
    page = send(people, length, client, path)
    seconds = time.perf_counter() - begun
    grown = most_memory() - held
    read = alone(people)
    assert page.count('value="151"') >= SOUGHT
    return {
        "people": people,
        "megabytes": round(length / 1e6),
        "page_s": round(seconds, 2),
        "read_s": round(read, 2),
        "ratio": round(seconds / read, 2),
        "memory_mb": round(grown / 1024, 1),
    }


def employed(people: int) -> Any:
    """A company of its own whose month holds the persons sought; its user."""
    from tests import builders  # noqa: PLC0415  after django.setup()

    from coclause.core.actor import acting_as  # noqa: PLC0415
    from coclause.organisations.choices import MemberRole  # noqa: PLC0415
    from coclause.organisations.models import Organisation  # noqa: PLC0415
    from coclause.people.models import Person  # noqa: PLC0415

    # Numbers of companies far from those of the demonstration.
    builders._serial = itertools.count(90_000)
    world = builders.world("Pays-Mesuré")
    with acting_as("benchmark", day=builders.DAY):
        Organisation.objects.filter(pk=world.company.pk).update(siret="99900000100013")
        user = builders.member(world.company, MemberRole.COMPANY)
    with acting_as(world.facilitator, day=builders.DAY):
        for rank, one in enumerate(sought(people)):
            # An identity reads letters alone: the name of the file, with its number, comes after.
            made = builders.person(world.host, f"Exemple{chr(65 + rank)}", "Léa", one.birth_date)
            Person.objects.filter(pk=made.pk).update(birth_name=one.family_name)
            builders.employment(made, world.company, world.award, starts=date(2026, 9, 1))
    return user


def one_size(people: int) -> None:
    """In a process of its own, so that memory is that of this size alone."""
    from django.conf import settings  # noqa: PLC0415  after django.setup()
    from django.db import transaction  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    timezone.localdate = lambda *_: MONTH + timedelta(days=54)
    with transaction.atomic():
        client = Client(SERVER_NAME="localhost")
        client.force_login(employed(people))
        told = measure(client, f"/mon-mois/{MONTH:%Y-%m}/fichier/paie/", people)
        transaction.set_rollback(True)
    print(json.dumps(told), flush=True)


def main() -> None:
    for people in STAFF:
        subprocess.run(
            [sys.executable, "-W", "ignore", "-m", __spec__.name, str(people)], check=True
        )


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
        sys.exit()
    os.environ.setdefault("COCLAUSE_DEMO", "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coclause.config.settings")
    django.setup()
    one_size(int(sys.argv[1]))

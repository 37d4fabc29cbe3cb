"""Companies sending the same month at the same moment, against the same ones one after another.

A server as production runs it, on a database of its own; each company has an award with three
persons of its own, and ten agencies make one person available on every award, so that their
months meet. Everybody reads the page, then all send together. What must be there after is counted
in plain SQL: no refusal, nothing lost, nothing twice.
"""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from threading import Barrier
from urllib.parse import urlencode

import django

from benchmarks.bench_pages import point
from coclause.cli import database
from coclause.core import embedded

SIZES = (25, 50, 100, 200)
AGENCIES = 10
EMPTY, FILLED = "coclause_bench_evening_empty", "coclause_bench_evening"
WORKERS, THREADS = 2, 8
COUNTED = """
SELECT (SELECT count(*) FROM hours_statementline),
       (SELECT coalesce(sum(hours), 0) FROM hours_statementline WHERE corrected_at IS NULL),
       (SELECT count(*) FROM hours_declaration)
"""


@contextmanager
def served(server: embedded.Server) -> Iterator[int]:
    """The port of a server on that database, in the demonstration's settings."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "coclause.config.wsgi", "--log-level", "error"),
            *("--workers", str(WORKERS), "--threads", str(THREADS), "--no-control-socket"),
            *("--bind", f"127.0.0.1:{port}", "--timeout", "120"),
        ],
        env=os.environ | {"DATABASE_URL": server.url(embedded.APP, FILLED), "COCLAUSE_DEMO": "1"},
    )
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


class Visitor:
    """One company's browser: a session, a token, the page as it was read."""

    def __init__(self, port: int, session: str, path: str) -> None:
        from tests.evenings import filled  # noqa: PLC0415  after django.setup()

        self._port, self._path = port, path
        status, body, cookies = self._ask("GET", {"Cookie": f"sessionid={session}"})
        if status != 200:
            raise RuntimeError(f"{path} : {status}")
        token = re.search(r"csrftoken=([^;]+)", cookies)
        self._cookie = f"sessionid={session}; csrftoken={token[1] if token else ''}"
        self._body = urlencode(filled(body))

    def send(self) -> tuple[int, float]:
        """The status and the seconds of the sending."""
        start = time.perf_counter()
        status, _, _ = self._ask(
            "POST",
            {"Cookie": self._cookie, "Content-Type": "application/x-www-form-urlencoded"},
            self._body,
        )
        return status, time.perf_counter() - start

    def _ask(
        self, method: str, headers: dict[str, str], body: str | None = None
    ) -> tuple[int, str, str]:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=120)
        connection.request(method, self._path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        cookies = answer.getheader("Set-Cookie") or ""
        connection.close()
        return answer.status, text, cookies


def measure(server: embedded.Server, size: int, *, together: bool) -> float:
    """The seconds that all the sendings take. Raises when one is refused, lost or doubled."""
    from django.conf import settings  # noqa: PLC0415  after django.setup()
    from django.contrib.auth import (  # noqa: PLC0415
        BACKEND_SESSION_KEY,
        HASH_SESSION_KEY,
        SESSION_KEY,
    )
    from django.contrib.sessions.backends.db import SessionStore  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from tests.evenings import MONTH, evening  # noqa: PLC0415

    point(server, EMPTY)
    embedded.drop_database(server, FILLED)
    embedded.create_database(server, FILLED, template=EMPTY)
    point(server, FILLED)
    scene = evening(size, AGENCIES)
    keys = []
    for user in scene.users:
        store = SessionStore()
        store[SESSION_KEY] = str(user.pk)
        store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        store[HASH_SESSION_KEY] = user.get_session_auth_hash()
        store.create()
        keys.append(store.session_key or "")
    path = f"/mon-mois/{MONTH:%Y-%m}/"
    with served(server) as port:
        visitors = [Visitor(port, key, path) for key in keys]
        start = time.perf_counter()
        if together:
            barrier = Barrier(len(visitors))

            def at_once(visitor: Visitor) -> tuple[int, float]:
                barrier.wait(timeout=60)
                return visitor.send()

            with ThreadPoolExecutor(len(visitors)) as pool:
                answers = list(pool.map(at_once, visitors))
        else:
            answers = [visitor.send() for visitor in visitors]
        took = time.perf_counter() - start
    with connection.cursor() as cursor:
        cursor.execute(COUNTED)
        lines, hours, sendings = cursor.fetchone()
    if {status for status, _ in answers} != {302}:
        raise RuntimeError(f"refused: {[status for status, _ in answers if status != 302]}")
    if (lines, hours, sendings) != (scene.persons, scene.total, 2 * size):
        raise RuntimeError(f"counted: {lines} lines, {hours} h, {sendings} sendings")
    slowest = max(seconds for _, seconds in answers)
    told = "at once" if together else "in turn"
    print(f"  {size:>4} companies {told}: {took:6.2f} s in all, slowest answer {slowest:5.2f} s")
    return took


def main() -> None:
    """Print the table."""
    from django.core.management import call_command  # noqa: PLC0415  after django.setup()
    from tests.builders import DAY  # noqa: PLC0415

    from coclause.cli import values  # noqa: PLC0415

    server = database.start_embedded(database.state_folder())
    embedded.drop_database(server, EMPTY)
    embedded.provision(server, EMPTY)
    point(server, EMPTY)
    call_command("migrate", database="owner", verbosity=0)
    values.load(day=DAY)
    try:
        with tempfile.TemporaryDirectory() as static:
            os.environ["COCLAUSE_STATIC_ROOT"] = static
            collect = [sys.executable, "-m", "django", "collectstatic", "--no-input", "-v", "0"]
            subprocess.run(collect, check=True)
            for size in SIZES:
                in_turn = measure(server, size, together=False)
                at_once = measure(server, size, together=True)
                print(f"       ratio at once / in turn: {at_once / in_turn:.2f}", flush=True)
    finally:
        point(server, EMPTY)
        embedded.drop_database(server, FILLED)
        embedded.drop_database(server, EMPTY)


if __name__ == "__main__":
    os.environ.setdefault("COCLAUSE_DEMO", "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coclause.config.settings")
    django.setup()
    main()

"""The demonstration's supervisor, on a real database and a small web server."""

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from coclause.cli import demo, supervisor
from coclause.cli.parsing import RefusedError
from coclause.core import embedded, processes

PATIENCE_SECONDS = 30
SCRIPT = """
import sys
from pathlib import Path
from coclause.cli.supervisor import Program, Supervisor
state, port, command = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
sys.exit(Supervisor(state, port, [], [Program("le serveur de pages", command)]).run())
"""


@pytest.fixture
def state() -> Iterator[Path]:
    """A state folder that the database's user may enter; nothing may be left of it."""
    folder = Path(tempfile.mkdtemp(prefix="coclause-test-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    supervisor.stop(folder)
    assert not processes.with_environment(supervisor.MARK, str(folder))
    assert embedded.running(folder) is None
    shutil.rmtree(folder)


@pytest.fixture
def port() -> int:
    with socket.socket() as trial:
        trial.bind((supervisor.HOST, 0))
        return int(trial.getsockname()[1])


def serve(state: Path, port: int) -> "subprocess.Popen[str]":
    web = [sys.executable, "-m", "http.server", str(port), "--bind", supervisor.HOST]
    command = [sys.executable, "-c", SCRIPT, str(state), str(port), *web]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def until(condition: Callable[[], object]) -> None:
    """Returns when the condition holds; fails after a long while."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    clock = threading.Event()
    while not condition():
        assert time.monotonic() < deadline
        clock.wait(0.05)


def web_of(state: Path) -> int:
    """The process that serves pages, 0 when there is none."""
    return next(iter(processes.with_environment(supervisor.MARK, str(state))), 0)


def database_of(state: Path) -> int:
    server = embedded.running(state)
    return server.pid if server else 0


def end(process: "subprocess.Popen[str]") -> str:
    output, _ = process.communicate(timeout=PATIENCE_SECONDS)
    return output


def test_what_dies_comes_back_and_a_stop_leaves_nothing(state: Path, port: int) -> None:
    """Someone showing CoClause must not have to restart it by hand, nor clean up after."""
    process = serve(state, port)
    until(lambda: supervisor.is_open(port))
    web, base = web_of(state), database_of(state)

    os.kill(web, signal.SIGKILL)
    os.kill(base, signal.SIGKILL)
    until(lambda: web_of(state) not in {0, web})
    until(lambda: database_of(state) not in {0, base})
    until(lambda: supervisor.is_open(port))

    process.send_signal(signal.SIGTERM)
    output = end(process)
    assert process.returncode == 0
    assert f"http://127.0.0.1:{port}" in output
    assert "le serveur de pages redémarre" in output
    assert "la base redémarre" in output
    assert not web_of(state)
    assert not database_of(state)
    assert not supervisor.is_open(port)


def test_a_killed_supervisor_gives_its_port_back(state: Path, port: int) -> None:
    """After `kill -9`, `make demo` must open again on the same port."""
    first = serve(state, port)
    until(lambda: supervisor.is_open(port))
    left = web_of(state)
    first.kill()
    first.wait()
    assert processes.alive(left)

    second = serve(state, port)
    until(lambda: web_of(state) not in {0, left})
    until(lambda: supervisor.is_open(port))
    assert not processes.alive(left)

    third = serve(state, port)
    assert "tourne déjà" in end(third)

    supervisor.stop(state)
    end(second)
    end(first)
    assert second.returncode == 0
    assert not supervisor.is_open(port)


def test_another_program_keeps_its_port(port: int) -> None:
    """Killing a stranger's server to take port 8000 would be worse than not starting."""
    with socket.socket() as foreign:
        foreign.bind((supervisor.HOST, port))
        foreign.listen()
        with pytest.raises(RefusedError, match=f"port {port} est pris.*COCLAUSE_PORT"):
            supervisor.require_free(port)


def test_a_program_that_never_holds_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Restarting for ever what cannot start would hide the message that says why."""
    monkeypatch.setattr(supervisor, "FIRST_DELAY_SECONDS", 0)
    program = supervisor.Program("le serveur de pages", ["false"])
    with pytest.raises(supervisor.GaveUpError, match="le serveur de pages ne tient pas"):
        until(lambda: program.keep_up(dict(os.environ)))


def test_the_demonstration_keeps_pages_and_mail_going(monkeypatch: pytest.MonkeyPatch) -> None:
    """A demonstration whose mail never leaves would show half of what CoClause does."""
    kept: list[str] = []

    def run(self: supervisor.Supervisor) -> int:
        kept.extend(program.command[-1] for program in self.programs if "worker" in program.command)
        return len(self.programs)

    monkeypatch.setattr(supervisor.Supervisor, "run", run)
    monkeypatch.setenv("COCLAUSE_SITE_URL", "http://127.0.0.1:8000")
    assert demo.run(argparse.Namespace()) == 2
    assert kept == ["worker"]

"""What a real ClamAV says of a file, and what is said when it says nothing."""

import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.core import clamd_server

from coclause.core.antivirus import AntivirusDownError, Verdict, scan

pytestmark = pytest.mark.xdist_group("antivirus")  # one server for all of them


@pytest.fixture(scope="module")
def daemon() -> Iterator[str]:
    if not clamd_server.is_installed():
        pytest.skip(clamd_server.ABSENT)
    with tempfile.TemporaryDirectory(prefix="av") as place, clamd_server.running(Path(place)) as at:
        yield at


def test_a_virus_is_found_even_far_in_a_file(daemon: str) -> None:
    assert scan(clamd_server.EICAR, daemon) is Verdict.INFECTED
    assert scan(b"%PDF-1.7\n" * 100_000 + clamd_server.EICAR, daemon) is Verdict.INFECTED


def test_a_plain_file_is_clean(daemon: str) -> None:
    assert scan(b"%PDF-1.7 rien", daemon) is Verdict.CLEAN
    assert scan(b"x" * 10_000_000, daemon) is Verdict.CLEAN


def test_what_the_daemon_does_not_look_at_is_not_clean(daemon: str) -> None:
    with pytest.raises(AntivirusDownError):
        scan(b"x" * 25_000_000, daemon)


@pytest.mark.parametrize("address", ["/nulle/part.sock", "127.0.0.1:9", "sans-port", "", ":"])
def test_nobody_there_is_not_clean(address: str) -> None:
    with pytest.raises(AntivirusDownError):
        scan(b"x", address)


@pytest.mark.parametrize("answer", [b"", b"stream: ", b"UNKNOWN COMMAND\0", b"stream: OK NOT\0"])
def test_a_strange_answer_is_not_clean(answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def reply() -> None:
            with server.accept()[0] as asked:
                asked.recv(100_000)
                asked.sendall(answer)

        thread = threading.Thread(target=reply)
        thread.start()
        with pytest.raises(AntivirusDownError):
            scan(b"x", f"127.0.0.1:{port}")
        thread.join()

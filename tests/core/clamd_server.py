"""A real clamd, alone on a socket of its own, that knows one virus: the one made for trying."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CLAMD = shutil.which("clamd") or "/usr/sbin/clamd"
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""Written in two halves: this file itself would be one."""
SIGNATURE = f"Essai.Eicar:0:*:{EICAR.hex()}\n"
ABSENT = (
    "clamd is not installed here (Debian: apt install clamav-daemon): the antivirus is NOT tried"
)


def is_installed() -> bool:
    return Path(CLAMD).exists()


@contextmanager
def running(place: Path) -> Iterator[str]:
    """The path of its socket. `place` is short: the name of a socket has 107 characters."""
    (place / "essai.ndb").write_text(SIGNATURE)
    asked = place / "clamd.sock"
    settings = place / "clamd.conf"
    settings.write_text(
        f"DatabaseDirectory {place}\nLocalSocket {asked}\nForeground yes\n"
        "StreamMaxLength 20M\nMaxThreads 2\nCrossFilesystems no\n"
    )
    process = subprocess.Popen(
        [CLAMD, "--config-file", str(settings)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(asked, process)
        yield str(asked)
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(asked: Path, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError("clamd stopped at once")
        with socket.socket(socket.AF_UNIX) as trial:
            if asked.exists() and trial.connect_ex(str(asked)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("clamd does not answer")

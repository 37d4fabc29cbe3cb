"""What Linux says of a process, read from `/proc` without any right over the process.

Only files that everyone may read are used (`stat`, `cmdline`): in a container root itself may
not follow the links of another user's process.
"""

import contextlib
import os
import signal
import time
from collections.abc import Iterable
from pathlib import Path

PROC = Path("/proc")
POLL_SECONDS = 0.02


def alive(pid: int) -> bool:
    """True when the process runs; a zombie, which only waits to be buried, does not."""
    return start_time(pid) is not None


def start_time(pid: int) -> int | None:
    """Clock ticks between the machine's start and the process's, None when it does not run.

    With the number it names a process for good: numbers are used again, pairs are not.
    """
    try:
        text = (PROC / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        return None
    # The name, between brackets, may hold spaces and brackets: what matters follows the last one.
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in {"Z", "X"} else int(fields[19])


def command_line(pid: int) -> list[str]:
    """The arguments the process shows, empty when it is gone."""
    try:
        raw = (PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        return []
    return [os.fsdecode(part) for part in raw.rstrip(b"\0").split(b"\0")] if raw else []


def running(uid: int) -> list[int]:
    """The numbers of the processes of this user that run now."""
    found = []
    for entry in PROC.iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and entry.stat().st_uid == uid and alive(int(entry.name)):
                found.append(int(entry.name))
    return found


def with_environment(name: str, value: str) -> list[int]:
    """The numbers of our user's processes started with this variable, ourselves left out."""
    wanted = os.fsencode(f"{name}={value}")
    found = []
    for pid in running(os.geteuid()):
        with contextlib.suppress(OSError):
            if pid != os.getpid() and wanted in (PROC / str(pid) / "environ").read_bytes().split(
                b"\0"
            ):
                found.append(pid)
    return found


def send(pid: int, number: signal.Signals) -> None:
    """Sends a signal; a process already gone is what was wanted."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def wait_until_gone(pids: Iterable[int], seconds: float) -> list[int]:
    """Waits for the end of these processes; returns those still there after `seconds`."""
    deadline = time.monotonic() + seconds
    left = [pid for pid in pids if alive(pid)]
    while left and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
        left = [pid for pid in left if alive(pid)]
    return left

"""Asking ClamAV about a file: its INSTREAM command, over a socket.

The daemon is given the bytes alone, never a name nor a path, so that it may run elsewhere.
"""

import socket
import struct
from contextlib import closing
from enum import Enum, auto

CHUNK = 256 * 1024
SECONDS = 30
"""How long the daemon may take to answer about a document of 10 MB."""
ANSWER = 4096


class Verdict(Enum):
    CLEAN = auto()
    INFECTED = auto()


class AntivirusDownError(Exception):
    """The daemon does not answer, or not about the file: nothing is known of it."""


def scan(content: bytes, address: str) -> Verdict:
    """What the daemon at `address` says: a path of socket, or "host:port".

    Raises `AntivirusDownError`.
    """
    try:
        with closing(_connected(address)) as daemon:
            daemon.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), CHUNK):
                part = content[start : start + CHUNK]
                daemon.sendall(struct.pack("!I", len(part)) + part)
            daemon.sendall(struct.pack("!I", 0))
            answer = _answer(daemon)
    except (OSError, ValueError) as error:
        raise AntivirusDownError(type(error).__name__) from error
    if answer == "stream: OK":
        return Verdict.CLEAN
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return Verdict.INFECTED
    raise AntivirusDownError("unexpected answer")


def _connected(address: str) -> socket.socket:
    if address.startswith("/"):
        daemon = socket.socket(socket.AF_UNIX)
        daemon.settimeout(SECONDS)
        try:
            daemon.connect(address)
        except OSError:
            daemon.close()
            raise
        return daemon
    host, _, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=SECONDS)


def _answer(daemon: socket.socket) -> str:
    told = b""
    while not told.endswith(b"\0") and len(told) < ANSWER:
        part = daemon.recv(ANSWER)
        if not part:
            break
        told += part
    return told.rstrip(b"\0").decode("utf-8", "replace").strip()

"""Keeps the demonstration's programs and their database running, and leaves nothing behind.

Every program it starts carries `MARK` in its environment, which its own children inherit: what a
killed supervisor has left is found again by it, whatever the process numbers have become, and a
foreign program never is.
"""

import fcntl
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from coclause.cli import database
from coclause.cli.parsing import RefusedError
from coclause.core import embedded, processes
from coclause.core.embedded_places import make_folder

MARK = "COCLAUSE_SUPERVISED"
HOST = "127.0.0.1"
TICK_SECONDS = 0.3
END_SECONDS = 10
SUPERVISOR_END_SECONDS = 60
# A program that ends is started again after 0.5 s, then 1, 2… up to 30 s; one that has lived a
# minute starts from 0.5 s again; five short lives in a row end the demonstration.
FIRST_DELAY_SECONDS = 0.5
LONGEST_DELAY_SECONDS = 30
LONG_LIFE_SECONDS = 60
SHORT_LIVES = 5


class GaveUpError(Exception):
    """A program does not stay up; the sentence, in French, says which."""


@dataclass
class Program:
    """Something to keep running, and its last life."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0
    next_start: float = 0
    short_lives: int = 0

    def keep_up(self, environment: dict[str, str]) -> None:
        """Starts the program, or starts it again when its delay is over."""
        now = time.monotonic()
        if self.process and self.process.poll() is None:
            return
        if self.process:
            self._has_ended(self.process.pid, now)
        if now >= self.next_start:
            self.process, self.started = _spawn(self.command, environment), now

    def _has_ended(self, pid: int, now: float) -> None:
        kill_group(pid)
        self.process = None
        self.short_lives = 0 if now - self.started > LONG_LIFE_SECONDS else self.short_lives + 1
        if self.short_lives > SHORT_LIVES:
            raise GaveUpError(f"{self.name} ne tient pas : voyez les messages ci-dessus.")
        delay = FIRST_DELAY_SECONDS * 2**self.short_lives / 2
        self.next_start = now + min(delay, LONGEST_DELAY_SECONDS)
        say(f"Arrêt inattendu : {self.name} redémarre.")


@dataclass
class Supervisor:
    """One demonstration: its state folder, its port, what to run once and what to keep running."""

    state: Path
    port: int
    preparations: Sequence[Sequence[str]]
    programs: Sequence[Program]
    _asked_to_stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> int:
        """Serves until a signal; returns 0 when asked to stop, 1 when it had to give up."""
        make_folder(self.state)
        with (self.state / "demo.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("La démonstration de ce dossier tourne déjà ; « make stop » l'arrête.")
                return 0
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, self._on_signal)
            end_leftovers(self.state)
            require_free(self.port)
            write_record(self.state)
            try:
                return self._serve()
            except (GaveUpError, embedded.EmbeddedError) as error:
                say(str(error))
                return 1
            finally:
                self._end()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._asked_to_stop.set()

    def _serve(self) -> int:
        say("Base de données…")
        environment = self._environment(database.start_embedded(self.state))
        for command in self.preparations:
            if (code := self._run_once(command, environment)) or self._asked_to_stop.is_set():
                return code
        say("Serveur de pages…")
        announced = False
        while not self._asked_to_stop.wait(TICK_SECONDS):
            if embedded.running(self.state) is None:
                say("Arrêt inattendu : la base redémarre.")
                embedded.start(self.state)
            for program in self.programs:
                program.keep_up(environment)
            if not announced and is_open(self.port):
                say(f"CoClause est ouvert : http://{HOST}:{self.port}  (Ctrl-C pour arrêter)")
                announced = True
        return 0

    def _environment(self, server: embedded.Server) -> dict[str, str]:
        return os.environ | database.addresses(server) | {MARK: str(self.state)}

    def _run_once(self, command: Sequence[str], environment: dict[str, str]) -> int:
        """Runs a preparation; 0 when it is done or when we are asked to stop meanwhile."""
        process = _spawn(command, environment)
        while process.poll() is None and not self._asked_to_stop.wait(TICK_SECONDS):
            pass
        if process.returncode:
            say("La préparation a échoué : voyez les messages ci-dessus.")
        return process.returncode or 0

    def _end(self) -> None:
        say("Arrêt…")
        end_leftovers(self.state)
        embedded.stop(self.state)
        record_path(self.state).unlink(missing_ok=True)


def say(sentence: str) -> None:
    """One line of progress, at once."""
    print(sentence, flush=True)


def stop(state: Path) -> None:
    """Ends the supervisor of this state folder, what it left if it was killed, and the database."""
    if pid := recorded(state):
        processes.send(pid, signal.SIGTERM)
        for stubborn in processes.wait_until_gone([pid], SUPERVISOR_END_SECONDS):
            processes.send(stubborn, signal.SIGKILL)
    end_leftovers(state)
    embedded.stop(state)
    record_path(state).unlink(missing_ok=True)


def record_path(state: Path) -> Path:
    """The file that names the running supervisor."""
    return state / "demo.pid"


def write_record(state: Path) -> None:
    """Writes who we are: number and start, since numbers are used again."""
    record_path(state).write_text(f"{os.getpid()} {processes.start_time(os.getpid())}\n")


def recorded(state: Path) -> int | None:
    """The number of the supervisor that runs on this state folder, None when there is none."""
    try:
        pid, started = map(int, record_path(state).read_text().split())
    except (OSError, ValueError):
        return None
    return pid if processes.start_time(pid) == started else None


def end_leftovers(state: Path) -> None:
    """Ends every program of ours on this state folder, gently then not."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        pids = processes.with_environment(MARK, str(state))
        for pid in pids:
            processes.send(pid, number)
        if not processes.wait_until_gone(pids, END_SECONDS):
            return


def kill_group(leader: int) -> None:
    """Ends what a program that died has left in its group (the workers of the web server)."""
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def require_free(port: int) -> None:
    """Refuses a port that another program holds."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((HOST, port))
        except OSError as error:
            raise RefusedError(
                f"le port {port} est pris par un autre programme ;"
                f" « COCLAUSE_PORT={port + 1} make demo » en prend un autre."
            ) from error


def is_open(port: int) -> bool:
    """True when something answers on the port."""
    with socket.socket() as trial:
        trial.settimeout(1)
        return trial.connect_ex((HOST, port)) == 0


def _spawn(command: Sequence[str], environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    # Its own session: Ctrl-C reaches the supervisor alone, which ends the programs in order.
    return subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, start_new_session=True
    )

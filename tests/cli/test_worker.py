"""`coclause worker`, a real process on a real database."""

import os
import signal
import subprocess
import sys
import threading
import time
from email import message_from_bytes, policy
from pathlib import Path

from django.db import connection
from tests.builders import DAY
from tests.core.jobs_helper import running_worker
from tests.core.smtp_server import smtp_server

from coclause.core import embedded
from coclause.core.actor import acting_as
from coclause.core.models import Mail, MailState
from coclause.core.outbox import post

PATIENCE_SECONDS = 30


def address_of(cluster: embedded.Server) -> str:
    return cluster.url(embedded.APP, str(connection.settings_dict["NAME"]))


def write(key: str) -> None:
    with acting_as("essai", day=DAY):
        post(
            to="achats@ville.example",
            subject=key,
            body="Bonjour.",
            kind="essai",
            key=key,
            about=[],
            day=DAY,
        )


def first_file(folder: Path) -> bytes:
    """What the first file of the folder holds, once it is written."""
    deadline, clock = time.monotonic() + PATIENCE_SECONDS, threading.Event()
    while True:
        for file in folder.glob("*"):
            if content := file.read_bytes():
                return content
        assert time.monotonic() < deadline, "no message came"
        clock.wait(0.05)


def test_a_message_leaves_by_itself(committed_db: embedded.Server) -> None:
    """Nobody has to press anything: written before the worker starts or while it runs."""
    write("avant")
    with smtp_server() as mailbox:
        address = address_of(committed_db)
        with running_worker(address, mailbox):
            mailbox.wait_for(1)
            write("pendant")
            messages = mailbox.wait_for(2)
    assert [message["Subject"] for message in messages] == ["avant", "pendant"]


def test_a_worker_told_to_stop_finishes_what_it_holds(committed_db: embedded.Server) -> None:
    """An update of the machine must not cut a message in two."""
    write("en cours")
    with smtp_server() as mailbox:
        mailbox.gate.clear()
        address = address_of(committed_db)
        with running_worker(address, mailbox) as worker:
            assert mailbox.entered.wait(PATIENCE_SECONDS)
            worker.send_signal(signal.SIGTERM)
            mailbox.gate.set()
            assert worker.wait(PATIENCE_SECONDS) == 0
    assert len(mailbox.messages) == 1
    assert Mail.objects.get().state == MailState.SENT


def test_the_demonstration_keeps_its_mail_in_a_folder(
    committed_db: embedded.Server, tmp_path: Path
) -> None:
    """Without any server, whoever tries CoClause must be able to read what would be sent."""
    write("Votre demande")
    with running_worker(address_of(committed_db), tmp_path):
        content = first_file(tmp_path / "courrier")
    message = message_from_bytes(content, policy=policy.default)
    assert message["Subject"] == "Votre demande"
    assert message["To"] == "achats@ville.example"


def test_production_without_a_server_says_so_and_loses_nothing(
    committed_db: embedded.Server,
) -> None:
    """A forgotten setting must be said at start-up, not found weeks later in a log."""
    write("attend")
    forgotten = ("COCLAUSE_DEMO", "COCLAUSE_SMTP_URL", "COCLAUSE_MAIL_FROM")
    kept = {name: value for name, value in os.environ.items() if name not in forgotten}
    done = subprocess.run(
        [sys.executable, "-m", "coclause.cli", "worker"],
        env=kept
        | {"DATABASE_URL": address_of(committed_db), "COCLAUSE_SECRET_KEY": "d'essai"}
        | {"COCLAUSE_SMTP_URL": "smtp://127.0.0.1:9"},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 2
    assert "COCLAUSE_MAIL_FROM" in done.stderr
    assert "rien n'est perdu" in done.stderr
    assert done.stderr.count("\n") == 1
    assert Mail.objects.get().state == MailState.WAITING

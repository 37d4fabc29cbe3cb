"""A real SMTP server on the loopback, for tests of mail."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

OK = "250 OK"
PATIENCE_SECONDS = 30


class Mailbox:
    """What the server received, and what it is told to answer.

    `to_recipients` and `to_messages` are replies given one by one to the next recipients and the
    next messages; when a list is empty everything is accepted. `gate`, once cleared, holds the
    messages being received, and `entered` says that one is.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.to_recipients: list[str] = []
        self.to_messages: list[str] = []
        self.tried: list[str] = []
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Event()
        self._received: list[tuple[list[str], EmailMessage]] = []
        self._arrival = threading.Condition()

    @property
    def url(self) -> str:
        """For COCLAUSE_SMTP_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def messages(self) -> list[EmailMessage]:
        """The messages accepted, first come first."""
        return [message for _, message in self._received]

    @property
    def recipients(self) -> list[str]:
        """Every address a message was accepted for, in order."""
        return [address for addresses, _ in self._received for address in addresses]

    def wait_for(self, count: int) -> list[EmailMessage]:
        """Returns the messages once that many have come; fails after a long while."""
        with self._arrival:
            assert self._arrival.wait_for(
                lambda: len(self._received) >= count, timeout=PATIENCE_SECONDS
            ), f"{len(self._received)} message(s) came, {count} were expected"
        return self.messages

    def wait_for_letter(self, to: str, *about: str) -> EmailMessage:
        """The message to that address whose subject says all that, whatever else comes before."""
        waited = 1
        while True:
            received = self.wait_for(waited)
            for message in received:
                if message["To"] == to and all(said in str(message["Subject"]) for said in about):
                    return message
            # Of what was looked at: others may have come meanwhile.
            waited = len(received) + 1

    # aiosmtpd's own names.
    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.tried.append(address)
        answer = self.to_recipients.pop(0) if self.to_recipients else OK
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.entered.set()
        await asyncio.to_thread(self.gate.wait, PATIENCE_SECONDS)
        answer = self.to_messages.pop(0) if self.to_messages else OK
        if answer == OK:
            assert isinstance(envelope.content, bytes)
            message = message_from_bytes(envelope.content, policy=policy.default)
            with self._arrival:
                self._received.append((list(envelope.rcpt_tos), message))
                self._arrival.notify_all()
        return answer


@contextmanager
def smtp_server() -> Iterator[Mailbox]:
    """A server that accepts everything until told otherwise, stopped after."""
    mailbox = Mailbox(_free_port())
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])

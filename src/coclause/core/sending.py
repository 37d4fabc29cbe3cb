"""Handing one stored message over to the mail server: once, and later when it cannot be now.

The row stays locked while the server is spoken to, so that of two workers one sends. If the
machine dies between the server's "yes" and our commit the message leaves again, with the same
Message-ID, by which mailboxes recognise it.
"""

import hashlib
import smtplib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage

from coclause.core.actor import acting_as
from coclause.core.models import Mail, MailState

DELAYS = tuple(
    timedelta(minutes=minutes) for minutes in (1, 5, 30, 2 * 60, 6 * 60, 12 * 60, 24 * 60)
)
"""Waits between tries; after the last one the message is abandoned, two days after it was due."""

PERMANENT = range(500, 600)
"""SMTP replies that another try will not change (RFC 5321, 4.2.1)."""


@dataclass(frozen=True)
class Failure:
    """Why a message did not leave: the sentence shown, whether to try again, and whether the
    server itself was out of reach, so that trying others now is useless.
    """

    sentence: str
    final: bool = False
    unreachable: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of one try. `failure` is None when the message left."""

    mail: Mail
    failure: Failure | None


def send(pk: int, *, now: datetime, day: date) -> Outcome | None:
    """Try to send this message if it waits and is due. None: sent, abandoned, not due, or being
    sent by somebody else at this moment.
    """
    with acting_as("send-mail", day=day):
        due = Mail.objects.filter(pk=pk, state=MailState.WAITING, next_try_at__lte=now)
        mail = due.select_for_update(skip_locked=True).first()
        if mail is None:
            return None
        failure = _hand_over(mail)
        _note(mail, failure, now)
        return Outcome(mail, failure)


def due_mails(now: datetime, *, most: int) -> list[int]:
    """The numbers of the messages due, oldest first, at most that many."""
    due = Mail.objects.filter(state=MailState.WAITING, next_try_at__lte=now)
    return list(due.order_by("next_try_at", "pk").values_list("pk", flat=True)[:most])


def forget(before: datetime) -> int:
    """Erase the messages written before that moment that wait for nothing. Returns how many."""
    over = Mail.objects.filter(created_at__lt=before).exclude(state=MailState.WAITING)
    return over.delete()[0]


def message_id(mail: Mail) -> str:
    """The same for every try of a message, and nothing that could be guessed or counted."""
    digest = hashlib.sha256(f"{settings.SECRET_KEY}:{mail.pk}:{mail.key}".encode()).hexdigest()
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<{digest[:40]}@{domain}>"


def _hand_over(mail: Mail) -> Failure | None:
    message = EmailMessage(
        subject=mail.subject,
        body=mail.body,
        to=[mail.recipient],
        headers={"Message-ID": message_id(mail), "Auto-Submitted": "auto-generated"},
    )
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        code = max(code for code, _ in error.recipients.values())
        return Failure(f"Adresse refusée par le serveur ({code}).", final=code in PERMANENT)
    except smtplib.SMTPDataError as error:
        code = error.smtp_code
        return Failure(f"Message refusé par le serveur ({code}).", final=code in PERMANENT)
    except smtplib.SMTPResponseException as error:
        # Our own access or sender is refused: setting it right lets what waits leave.
        return Failure(f"Le serveur d'envoi refuse CoClause ({error.smtp_code}).", unreachable=True)
    except (smtplib.SMTPException, OSError):
        return Failure("Le serveur d'envoi ne répond pas.", unreachable=True)
    except ValueError:
        return Failure("Ce message ne peut pas être écrit comme un courriel.", final=True)
    return None


def _note(mail: Mail, failure: Failure | None, now: datetime) -> None:
    mail.attempts += 1
    mail.last_error = failure.sentence if failure else ""
    if failure is None:
        mail.state, mail.sent_at = MailState.SENT, now
    elif failure.final or mail.attempts > len(DELAYS):
        mail.state = MailState.ABANDONED
    else:
        mail.next_try_at = now + DELAYS[mail.attempts - 1]
    mail.save(update_fields=["attempts", "last_error", "state", "sent_at", "next_try_at"])

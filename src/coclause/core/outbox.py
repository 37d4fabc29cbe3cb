"""Mail: a row written with the act it tells of, sent once that act is committed.

    post(
        to=buyer.email,
        subject="Votre demande est arrivée",
        body=...,
        kind="request.received",
        key=f"request.received:{request.pk}",
        about=[request],
        day=day,
    )

Write it in the act's transaction, under its actor. If the act is undone the message never was.
"""

from collections.abc import Iterable
from contextlib import suppress
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models, transaction
from django.utils import timezone

from coclause.core import throttle
from coclause.core.journal import subject as subject_of
from coclause.core.models import Mail
from coclause.core.parameters import parameter
from coclause.core.refusals import Refused
from coclause.core.tasks import send_mail

SIGNATURE = "\n\nCoClause, les clauses sociales d’insertion"
"""How a message ends."""
PUBLIC_LIMIT = "public_mail_per_day"
PUBLIC_PERIOD = timedelta(hours=24)
# The same mailbox under two names, where dots do not count (support.google.com/mail, 7436150).
DOTLESS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}


@transaction.atomic
def post(
    *,
    to: str,
    subject: str,
    body: str,
    kind: str,
    key: str,
    about: Iterable[models.Model],
    day: date,
    limited: bool = False,
    at: datetime | None = None,
) -> Mail | None:
    """Store a plain text message and queue its sending, in the caller's transaction.

    `key` names the event: a second call with it returns the first message and sends nothing.
    `limited`: somebody without an account makes this message leave; an address receives so many
    of them in 24 hours ("public_mail_per_day"), and beyond that nothing is written and None is
    returned, which the caller tells. `at` is the moment of the act, now when it is not said.
    Raises `Refused` when `to` is not one plain address.
    """
    recipient = plain_address(to)
    moment = at or timezone.now()
    if earlier := Mail.objects.filter(key=key).first():
        return earlier
    if limited and not _allowed(recipient, day, moment):
        return None
    mail, created = Mail.objects.get_or_create(
        key=key,
        defaults={
            "recipient": recipient,
            "subject": " ".join(subject.split())[:200],
            "body": body,
            "kind": kind,
            "about": [subject_of(record) for record in about],
            "created_at": moment,
            "next_try_at": moment,
        },
    )
    if created:
        send_mail.defer(mail=mail.pk)
    return mail


def mails_about(record: models.Model) -> models.QuerySet[Mail]:
    """Every message filed under this record, the latest first, whatever became of it."""
    return Mail.objects.filter(about__contains=[subject_of(record)])


def plain_address(text: str) -> str:
    """One address, as it is written in a header. Raises `Refused` for anything more or else."""
    address = text.strip()
    try:
        validate_email(address)
    except ValidationError as error:
        raise _not_an_address(address) from error
    # Quotes may hold anything, "%" and "!" a second route, brackets a server by its number, which
    # gives a mailbox another name; letters outside ASCII are not carried by every server.
    local, _, domain = address.rpartition("@")
    if set('"%!') & set(local) or domain.startswith("[") or not local.isascii():
        raise _not_an_address(address)
    return address


def mailbox(address: str) -> str:
    """The mailbox behind an address: case, "+tag" and punctuation that do not count set aside."""
    local, _, domain = address.lower().rpartition("@")
    with suppress(UnicodeError):
        domain = domain.encode("idna").decode()
    local = local.partition("+")[0] or local
    if domain in DOTLESS:
        return f"{local.replace('.', '')}@{DOTLESS[domain]}"
    return f"{local}@{domain}"


def _allowed(recipient: str, day: date, now: datetime) -> bool:
    most = int(parameter(PUBLIC_LIMIT, day))
    counter = throttle.bucket("mail", mailbox(recipient))
    return throttle.allow(counter, most=most, within=PUBLIC_PERIOD, now=now)


def _not_an_address(text: str) -> Refused:
    shown = " ".join(text.split())[:60]
    return Refused(f"« {shown} » n’est pas une adresse électronique : vérifiez-la.")

"""How many codes may be asked for, and what is written to those who have no use for one."""

from datetime import date, timedelta

from django.utils import timezone

from coclause.core import throttle
from coclause.core.actor import acting_as
from coclause.core.addresses import address_of
from coclause.core.models import User
from coclause.core.outbox import SIGNATURE, mailbox, post
from coclause.core.parameters import parameter
from coclause.core.refusals import Refused
from coclause.web.accounts import TASK
from coclause.web.door.senders import sender_of
from coclause.web.middleware import ScopedRequest

HOUR = timedelta(hours=1)


def must_be_allowed(request: ScopedRequest, email: str) -> None:
    """Count one code asked for this address, known or not. Raises `Refused` beyond what a mailbox
    receives, or a place asks for, in an hour.
    """
    day, now = request.scope.day, timezone.now()
    limits = (
        (throttle.bucket("code", mailbox(email)), "login_codes_per_hour"),
        (throttle.bucket("code-from", sender_of(request)), "login_codes_per_hour_place"),
    )
    with acting_as(TASK, day=day):
        for counter, code in limits:
            most = int(parameter(code, day))
            if not throttle.allow(counter, most=most, within=HOUR, now=now):
                raise Refused(
                    "Trop de codes ont été demandés depuis une heure. Saisissez le dernier reçu,"
                    " ou recommencez dans une heure."
                )


def tell_to_type_a_password(user: User, day: date) -> None:
    """To whoever signs in with a password: no code comes. Once a day, whoever asks."""
    page = address_of("account_login")
    forgotten = address_of("account_reset_password")
    with acting_as(TASK, day=day):
        post(
            to=user.email,
            subject="Votre compte CoClause s’ouvre avec un mot de passe",
            body=(
                "Bonjour,\n\n"
                "Un code a été demandé pour cette adresse. Votre compte s’ouvre avec votre mot de"
                f" passe :\n{page}\n\nMot de passe oublié ?\n{forgotten}\n\n"
                "Vous n’avez rien demandé ? Ne faites rien."
                f"{SIGNATURE}"
            ),
            kind="login.password",
            key=f"login.password:{user.pk}:{day}",
            about=[],
            day=day,
        )

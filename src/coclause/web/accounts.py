"""How people sign in: with an account that their organisation's administrator opened.

A company's contact receives a code by mail instead of a password. Our pages ask for it
(`web/entering/`); the sign-in library draws it, keeps it in the session and checks it.
"""

import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.stages import LoginByCodeStage
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from coclause.core.actor import acting_as
from coclause.core.addresses import address_of
from coclause.core.models import User
from coclause.core.outbox import SIGNATURE, post

CODE_MAIL = "account/email/login_code"
TASK = "login-code"
"""Who writes the message of somebody not signed in yet."""
BY_CODE = "allauth.account.stages.LoginByCodeStage"


class NoSignup(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody opens an account for themselves."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "incorrect_code": (
            "Ce code n’est pas le bon. Recopiez celui du dernier message reçu : il y a huit"
            " chiffres."
        ),
        "too_many_login_attempts": ("Trop d’essais. Attendez quelques minutes, puis recommencez."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        ours = f"{__name__}.{CodeStage.__name__}"
        return [ours if stage == BY_CODE else stage for stage in super().get_login_stages()]

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A code leaves through our outbox; the library's other messages as they always did."""
        if template_prefix != CODE_MAIL:
            super().send_mail(template_prefix, email, context)
            return
        send_code(email, context["code"])


class CodeStage(LoginByCodeStage):  # type: ignore[misc]
    """Waiting for a code keeps nobody from asking another one, or from typing a password."""

    def is_resumable(self, request: HttpRequest) -> bool:
        return False


def opened_by_code_alone(request: HttpRequest, user: User) -> bool:
    """Whether this session of the user needed nothing but a code."""
    return {step["method"] for step in get_authentication_records(request, user)} == {"code"}


def send_code(email: str, code: str) -> None:
    """Write the message that carries a code. It is about nothing: no list of messages shows it."""
    day = timezone.localdate()
    minutes = settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60
    page = address_of("account_confirm_login_code")
    with acting_as(TASK, day=day):
        post(
            to=email,
            subject=f"{code} : votre code pour entrer dans CoClause",
            body=(
                "Bonjour,\n\n"
                f"Voici votre code pour entrer dans CoClause :\n\n    {code}\n\n"
                f"Il sert une seule fois, pendant {minutes} minutes, dans la page où vous l’avez"
                f" demandé :\n{page}\n\n"
                "Vous n’avez rien demandé ? Ne faites rien : sans ce code, personne n’entre."
                " Personne ne vous le demandera, ni par téléphone, ni par courriel."
                f"{SIGNATURE}"
            ),
            kind="login.code",
            key=f"login.code:{secrets.token_hex(12)}",
            about=[],
            day=day,
        )

"""To which address a code is sent."""

from typing import Any

from allauth.account.forms import ConfirmLoginCodeForm, RequestLoginCodeForm
from django import forms
from django.core.exceptions import ValidationError

from coclause.core.models import User
from coclause.core.refusals import Refused
from coclause.organisations.entering import enters_by_code
from coclause.web.entering.limits import must_be_allowed, tell_to_type_a_password
from coclause.web.middleware import ScopedRequest


class CodeForm(RequestLoginCodeForm):  # type: ignore[misc]
    """The answer is the same whoever has this address, and whether anybody has it."""

    def __init__(self, *args: Any, request: ScopedRequest, **options: Any) -> None:
        super().__init__(*args, **options)
        self.request = request
        self._user: User | None = None
        email = self.fields["email"]
        email.label = "Adresse électronique"
        email.help_text = "Celle où vous recevez nos messages."
        email.error_messages["required"] = "Donnez votre adresse électronique."
        email.widget.attrs.pop("placeholder", None)

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        counted(self.request, email)
        found = User.objects.filter(email__iexact=email, is_active=True).first()
        day = self.request.scope.day
        if found is not None and enters_by_code(found, day):
            self._user = found
        elif found is not None:
            tell_to_type_a_password(found, day)
        return email


class LinkForm(forms.Form):
    """Nothing to type: the link names who asks."""

    def __init__(
        self, *args: Any, request: ScopedRequest, user: User | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.request = request
        self._user = user

    def clean(self) -> dict[str, Any]:
        if self._user is None:
            raise ValidationError("Ce lien n’ouvre plus rien.")
        counted(self.request, self._user.email)
        return {"email": self._user.email}


class TypedCodeForm(ConfirmLoginCodeForm):  # type: ignore[misc]
    """The code, typed on a phone or pasted, with or without its dash."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        code = self.fields["code"]
        code.label = "Code reçu"
        code.help_text = "Huit chiffres, comme 1234-5678."
        code.error_messages["required"] = "Recopiez le code reçu."
        code.widget.attrs = {"autocomplete": "one-time-code", "inputmode": "numeric"}


def counted(request: ScopedRequest, email: str) -> None:
    """Count one code asked for. Raises `ValidationError` beyond what is allowed."""
    try:
        must_be_allowed(request, email)
    except Refused as refusal:
        raise ValidationError(refusal.sentence) from refusal

"""Asking for a code: from the sign-in page, or from the link of a message."""

from typing import Any

from allauth.account.internal.stagekit import get_pending_stage
from allauth.account.views import RequestLoginCodeView
from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from coclause.organisations.entering import enters_by_code, user_of
from coclause.web.entering.forms import CodeForm, LinkForm
from coclause.web.middleware import ScopedRequest


class AskCode(RequestLoginCodeView):  # type: ignore[misc]
    """The address is typed; whatever becomes of it, the code is asked for on the next page."""

    request: ScopedRequest

    def get_form_class(self) -> type[forms.Form]:
        return CodeForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        answer: HttpResponse = self.render_to_response(self.get_context_data(form=form), status=422)
        return answer

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        code = self.passthrough_next_url(reverse("account_confirm_login_code"))
        sent = get_pending_stage(self.request) is not None
        return {**super().get_context_data(**context), "code_address": code, "sent": sent}


class EnterByLink(AskCode):
    """The link of a message: one button, and the code leaves for the mailbox that it names.

    Opening it sends nothing: mail filters open links too.
    """

    template_name = "account/enter.html"

    def dispatch(self, request: ScopedRequest, *args: Any, **options: Any) -> HttpResponse:
        user = user_of(options["key"])
        self.contact = user if user and enters_by_code(user, request.scope.day) else None
        if self.contact is None and request.scope.user is None:
            return HttpResponseRedirect(self._by_password(request))
        answer: HttpResponse = super().dispatch(request, *args, **options)
        return answer

    def _by_password(self, request: ScopedRequest) -> str:
        self.request = request
        address: str = self.passthrough_next_url(reverse("account_login"))
        return address

    def get_form_class(self) -> type[forms.Form]:
        return LinkForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.contact}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        other = self.passthrough_next_url(reverse("account_request_login_code"))
        found: dict[str, Any] = super().get_context_data(**context)
        address = masked(self.contact.email) if self.contact else ""
        return {**found, "masked": address, "other_address": other}


def masked(email: str) -> str:
    """ "c•••e@exemple.test": enough for its owner, not for whom the link was forwarded to."""
    local, _, domain = email.partition("@")
    shown = f"{local[0]}•••{local[-1]}" if len(local) > 3 else "•••"
    return f"{shown}@{domain}"


ask_code = AskCode.as_view()
enter = login_not_required(EnterByLink.as_view())

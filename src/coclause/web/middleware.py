"""One transaction and one actor for the whole response; a refusal is a sentence, not a crash."""

from collections.abc import Callable
from datetime import date

from django.contrib.auth import logout
from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from coclause.core.actor import tell_database
from coclause.core.models import User
from coclause.core.refusals import Refused
from coclause.organisations.scopes import Scope, nobody, scope_of
from coclause.web.accounts import opened_by_code_alone

GetResponse = Callable[[HttpRequest], HttpResponse]


class ScopedRequest(HttpRequest):
    """A signed-in request as pages see it: with the scope of who asks."""

    scope: Scope
    user: User


class ActorMiddleware:
    """Opens a transaction around view and rendering, and tells the database who acts.

    Row policies read it and triggers require it. An answer of 500 or more undoes everything.
    A streamed answer is read after this ends: such a view opens its own transaction.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: ScopedRequest) -> HttpResponse:
        day = timezone.localdate()
        if _holds_nul(request):
            raise BadRequest("NUL")
        with transaction.atomic():
            request.scope = _scope_told(request, day)
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """An act that a view did not catch says why on a page of its own; nothing was written."""
        if not isinstance(error, Refused):
            return None
        context = {"sentence": error.sentence, "back": request.META.get("HTTP_REFERER", "")}
        answer = render(request, "pages/refused.html", context, status=409)
        # After the page, which reads what is due: no query is allowed once this is said.
        transaction.set_rollback(True)
        return answer


def _scope_told(request: ScopedRequest, day: date) -> Scope:
    """Who asks, said to the database too. A session that a code opened ends on the day when its
    user does more than declare for companies: that asks for a password.
    """
    if request.user.is_authenticated:
        tell_database(request.user, day)
        scope = scope_of(request.user, day)
        if not (scope.beyond_companies and opened_by_code_alone(request, request.user)):
            return scope
        logout(request)
    tell_database(None, day)
    return nobody(day)


def _holds_nul(request: HttpRequest) -> bool:
    """No text of PostgreSQL holds the character 0; nobody types it, and no field expects it."""
    sent = (*request.GET.lists(), *request.POST.lists())
    return any("\0" in text for name, values in sent for text in (name, *map(str, values)))

"""The addresses that lead somebody without an account back to what it sent, and who acts then."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.http import HttpResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from coclause.core.actor import acting_as
from coclause.core.addresses import address_of
from coclause.network import links
from coclause.web.middleware import ScopedRequest

TASK = "front-door"
"""Who acts for somebody without an account, in the journal and the history."""


def follow_address(part: str) -> str:
    """The whole address of the page that follows a request, as messages give it."""
    return address_of("request-follow", part)


def follow_path(key: str) -> str:
    """The path of that page, from the key of the request."""
    return reverse("request-follow", args=[links.written(key)])


def desk_address() -> str:
    return address_of("desk")


@contextmanager
def acting(request: ScopedRequest) -> Iterator[None]:
    """In the name of whoever is signed in, of the front door for a stranger."""
    if request.scope.user is not None:
        yield
        return
    with acting_as(TASK, day=request.scope.day):
        yield


def private(answer: HttpResponse) -> HttpResponse:
    """Kept by no cache and no search engine; its address is told to no other site.

    "same-origin" and not "no-referrer": under the latter browsers send forms with `Origin: null`,
    which the protection against forged forms refuses.
    """
    add_never_cache_headers(answer)
    answer["X-Robots-Tag"] = "noindex, nofollow"
    answer["Referrer-Policy"] = "same-origin"
    return answer

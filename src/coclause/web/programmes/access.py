"""Which programme a link opens, and what the reader may do with it."""

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render

from coclause.network import links
from coclause.network.models import Programme
from coclause.web.clauses.access import frame
from coclause.web.door.links import private
from coclause.web.middleware import ScopedRequest


@dataclass(frozen=True)
class Held:
    """A programme and its link; `acts` when the reader may confirm columns and send lines."""

    programme: Programme
    link: str
    acts: bool
    closed: bool
    """The link has ended, and the reader has no other way to read it."""


def of_link(request: ScopedRequest, link: str) -> Held:
    """The programme of a link that this site wrote. Raises Http404 for anything else.

    Whoever holds the link acts for the buyer, people of the network apart: they read, unless they
    sent the file themselves. A link that has ended opens to the buyer's account and to the
    coordination of its region alone, to be read.
    """
    key = links.read(link)
    rows = Programme.objects.select_related("buyer", "region")
    found = rows.filter(link_key=key).first() if key is not None else None
    if found is None:
        raise Http404
    scope = request.scope
    over = found.link_until < scope.day
    own = found.author_id is not None and found.author_id == request.user.pk
    return Held(
        programme=found,
        link=link,
        acts=not over and (own or not scope.working_regions),
        closed=over and not Programme.objects.visible_to(scope).filter(pk=found.pk).exists(),
    )


def closed_page(request: ScopedRequest) -> HttpResponse:
    """The link was good, and is over."""
    context = {"frame": frame_of(request)}
    return private(render(request, "programmes/closed.html", context, status=410))


def frame_of(request: ScopedRequest) -> str:
    """The public layout for a stranger, their own for the others."""
    return frame(request.scope) if request.scope.memberships else "layouts/public.html"

"""Handing a paper over, erasing it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from coclause.hours.papers.documents import PDF
from coclause.hours.papers.keeping import content_for, erase_paper
from coclause.web.clauses.access import frame
from coclause.web.middleware import ScopedRequest
from coclause.web.pages import download
from coclause.web.papers.access import address_of, clause_of, seen_paper, told

INERT = "default-src 'none'; sandbox; frame-ancestors 'none'"


@require_safe
def paper(request: ScopedRequest, pk: int) -> HttpResponse:
    """The file, to save: never shown inside a page, never kept on the way. The reading is logged.

    404 for whoever does not see it.
    """
    found = seen_paper(pk, request.scope)
    content = content_for(request.scope, found)
    extension = "pdf" if found.content_type == PDF else "jpg"
    answer = download(content, f"piece-{found.pk}.{extension}", found.content_type)
    answer["Content-Security-Policy"] = INERT
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer["Cache-Control"] = "private, no-store"
    return answer


def erase(request: ScopedRequest, pk: int) -> HttpResponse:
    """Asks, then erases. 404 for whoever does not see it, 403 once it was checked."""
    found = seen_paper(pk, request.scope)
    name, arguments = address_of(found)
    if found.erased_at is not None:
        return redirect(name, *arguments)
    if not found.erasable:
        raise PermissionDenied
    if request.method == "POST":
        erase_paper(request.scope, found)
        messages.success(request, "Pièce effacée.")
        return redirect(name, *arguments)
    context = {
        "paper": found,
        "told": told(found),
        "award": found.award,
        "clause": clause_of(found.award, request.scope),
        "back": redirect(name, *arguments).url,
        "frame": frame(request.scope),
    }
    return render(request, "papers/erase.html", context)

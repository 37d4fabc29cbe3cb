"""The list of organisations, the page of one, and the search for a commune."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from coclause.organisations.visibility import visible_organisations
from coclause.reference.queries import find_communes
from coclause.web.middleware import ScopedRequest
from coclause.web.pages import page_of, sorted_rows

SORTS = {"nom": "name_key", "commune": "commune__search_key"}


def organisations(request: ScopedRequest) -> HttpResponse:
    """Everybody the network works with."""
    if not request.scope.working_regions:
        raise PermissionDenied
    rows = visible_organisations(request.scope).select_related("commune")
    rows, sort = sorted_rows(request, rows, SORTS, "nom")
    context = {"page": page_of(request, rows), "sort": sort}
    return render(request, "organisations/list.html", context)


def organisation(request: ScopedRequest, pk: int) -> HttpResponse:
    """One organisation, with what the scope opens of it."""
    found = get_object_or_404(visible_organisations(request.scope), pk=pk)
    return render(request, "organisations/organisation.html", {"organisation": found})


def communes(request: HttpRequest) -> HttpResponse:
    """Options of communes for what was typed, to put in a datalist."""
    found = find_communes(request.GET.get("q", ""))
    return render(request, "organisations/_communes.html", {"communes": found})

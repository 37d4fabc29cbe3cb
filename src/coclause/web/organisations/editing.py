"""Adding an organisation, changing its details."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from coclause.organisations.visibility import visible_organisations
from coclause.web.middleware import ScopedRequest


def organisation_new(request: ScopedRequest) -> HttpResponse:
    if not request.scope.working_regions:
        raise PermissionDenied
    return render(request, "organisations/form.html")


def organisation_edit(request: ScopedRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(visible_organisations(request.scope), pk=pk)
    return render(request, "organisations/form.html", {"organisation": found})

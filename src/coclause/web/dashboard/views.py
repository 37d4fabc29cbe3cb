"""The region's figures, for its coordination, its hosts and its observers."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render

from coclause.web.middleware import ScopedRequest


def dashboard(request: ScopedRequest) -> HttpResponse:
    if not request.scope.figure_regions:
        raise PermissionDenied
    return render(request, "dashboard/dashboard.html")


def indicator(request: ScopedRequest, code: str) -> HttpResponse:
    if not request.scope.figure_regions:
        raise PermissionDenied
    return render(request, "dashboard/indicator.html", {"code": code})

"""The region's key figures of a year, open to everybody, on a page and in a PDF."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render


@login_not_required
def key_figures(request: HttpRequest) -> HttpResponse:
    return render(request, "public/key_figures.html")


@login_not_required
def key_figures_pdf(request: HttpRequest, year: int) -> HttpResponse:
    raise Http404

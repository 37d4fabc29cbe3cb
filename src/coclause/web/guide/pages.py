"""The guide for facilitators: its cases by theme, then one page each."""

from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render

from coclause.indicators.catalogue import CATALOGUE
from coclause.web.guide.cases import Kind, by_slug, pieces, search
from coclause.web.middleware import ScopedRequest

LONGEST = 200
"""Characters of a search that are read."""


class Said(NamedTuple):
    """A piece of a text as the page writes it."""

    text: str
    named: bool
    """A label of the screen: set apart."""
    code: str
    """Of a figure, whose definition it leads to."""


def guide(request: ScopedRequest) -> HttpResponse:
    """Every case by theme, or those that answer `?q=`."""
    _must_be_of_the_network(request)
    typed = request.GET.get("q", "").strip()[:LONGEST]
    return render(request, "guide/list.html", {"themes": search(typed), "typed": typed})


def case(request: ScopedRequest, slug: str) -> HttpResponse:
    """How to record one thing."""
    _must_be_of_the_network(request)
    found = by_slug().get(slug)
    if found is None:
        raise Http404
    context = {
        "case": found,
        "steps": [_said(step) for step in found.steps],
        "example": _said(found.example),
        "parts": [
            ("Ce qui change", _said(found.changes)),
            ("Ce qui n’est pas déterminable, et pourquoi", _said(found.unknown)),
            ("En cas d’erreur", _said(found.mistake)),
        ],
        "see": [by_slug()[other] for other in found.see],
    }
    return render(request, "guide/case.html", context)


def _said(text: str) -> list[Said]:
    codes = {figure.label: figure.code for figure in CATALOGUE.values()}
    return [
        Said(
            piece.text,
            named=piece.kind in (Kind.BUTTON, Kind.FIELD),
            code=codes[piece.text] if piece.kind == Kind.FIGURE else "",
        )
        for piece in pieces(text)
    ]


def _must_be_of_the_network(request: ScopedRequest) -> None:
    """Facilitators, managers and the coordination, of any region; 403 for others."""
    if not request.scope.working_regions:
        raise PermissionDenied

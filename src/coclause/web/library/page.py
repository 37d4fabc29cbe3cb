"""One text: its words in force, what each version changed, what came with the product."""

from dataclasses import dataclass
from typing import Any, Literal

from django.http import HttpResponse
from django.shortcuts import render

from coclause.network.library.differences import changed
from coclause.network.library.keeping import shipped_text
from coclause.network.models import ClauseTextVersion
from coclause.organisations.scopes import Scope
from coclause.web.library.access import seen_text, writes
from coclause.web.library.listing import standing
from coclause.web.library.words import Segment, segments, shown
from coclause.web.middleware import ScopedRequest
from coclause.web.once import OnceForm


@dataclass(frozen=True)
class Line:
    """A paragraph that came or went."""

    change: Literal["same", "added", "removed"]
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class Version:
    """A version with what it changed from the one before."""

    row: ClauseTextVersion
    state: tuple[str, str]
    changes: list[Line]


def text(request: ScopedRequest, pk: int) -> HttpResponse:
    """The network reads it; the coordination may add a version or retire it."""
    return shown_text(request, seen_text(pk, request.scope), OnceForm())


def shown_text(request: ScopedRequest, row: Any, form: OnceForm) -> HttpResponse:
    """The page, with what refused its retirement if something did."""
    scope = request.scope
    versions = list(row.versions.select_related("author").order_by("-number"))
    current = next((one for one in versions if one.number == row.current), None)
    told = versions_of(versions, row, scope)
    model = shipped_text(row.code)
    last = versions[0] if versions else None
    shipped = changed(last.body, model.text) if model and last and last.author_id else []
    context = {
        "text": row,
        "standing": standing(row, scope.day),
        "current": current,
        "paragraphs": shown(current.body) if current else [],
        "versions": told,
        "shipped": _lines(shipped),
        "writes": writes(row, scope) and row.retired_on is None,
        "form": form,
    }
    status = 422 if form.is_bound else 200
    return render(request, "library/text.html", context, status=status)


def versions_of(versions: list[ClauseTextVersion], row: Any, scope: Scope) -> list[Version]:
    """Each with the colour and word of its state, and what it changed; the newest first."""
    before = [one.body for one in versions[1:]]
    found = []
    for place, one in enumerate(versions):
        changes = changed(before[place], one.body) if place < len(before) else []
        found.append(Version(one, _state(one, row, scope), _lines(changes)))
    return found


def _state(one: ClauseTextVersion, row: Any, scope: Scope) -> tuple[str, str]:
    if one.starts_on > scope.day:
        return "todo", "À venir"
    return ("ok", "En vigueur") if one.number == row.current else ("off", "Remplacée")


def _lines(changes: Any) -> list[Line]:
    return [Line(one.change, segments(_without_marks(one.words))) for one in changes]


def _without_marks(words: str) -> str:
    return words.removeprefix("## ").removeprefix("- ")

"""« À faire » : what waits for the user, then their figures, then whom they wait for."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from coclause.clauses.due import DueItem
from coclause.clauses.permissions import may_open_operation
from coclause.clauses.states import Turn
from coclause.desk import desk as desks
from coclause.desk import figures
from coclause.organisations.scopes import Scope
from coclause.web.clauses.access import frame
from coclause.web.middleware import ScopedRequest

TABS = (
    ("tour", "À mon tour"),
    ("attente", "J’attends quelqu’un"),
    ("faites", "Faites cette semaine"),
)
WHO = {
    Turn.FACILITATOR: "Le facilitateur",
    Turn.BUYER: "L’acheteur",
    Turn.COMPANY: "L’entreprise",
    Turn.NOBODY: "Personne",
}


@dataclass(frozen=True)
class Line:
    """A thing to do, ready to be drawn."""

    item: DueItem
    mine: bool
    who: str
    since: str
    due_note: str
    due_kind: str
    href: str


def desk(request: ScopedRequest) -> HttpResponse:
    scope = request.scope
    found = desks.due(scope)
    asked = request.GET.get("onglet", TABS[0][0])
    tab = asked if asked in dict(TABS) else TABS[0][0]
    counts = {
        "tour": found.count,
        "attente": len(found.waiting),
        "faites": len(found.done_this_week),
    }
    waiting = [line(item, scope, mine=False) for item in found.waiting]
    awards = figures.company_awards(scope) if scope.companies else []
    context = {
        "frame": frame(scope),
        "tab": tab,
        "tabs": [(name, label, counts[name], name == tab) for name, label in TABS],
        "desk": found,
        "groups": groups(found, scope),
        "waiting": waiting,
        "waiting_count": len(waiting),
        "year_start": date(scope.day.year, 1, 1),
        "territory": figures.territory(scope, found.running) if scope.hosts else None,
        "uncovered": figures.uncovered_communes(scope) if scope.coordinated_regions else None,
        "awards": awards,
        "owes": any(own.whole for own in awards),
        "may_open": may_open_operation(scope) and _exists("operation-new"),
        "works": bool(scope.hosts or scope.companies or scope.buyers or scope.coordinated_regions),
    }
    return render(request, "desk/desk.html", context)


def groups(found: desks.Desk, scope: Scope) -> list[dict[str, Any]]:
    """The lists of what is the user's turn, the most pressing first; empty ones are left out."""
    lists = (
        ("late", "En retard", "", found.late),
        ("week", "Cette semaine", "", found.week),
        ("next", "Ensuite", "", found.next),
        ("next", "À surveiller", "un appel peut suffire", found.watch),
    )
    return [
        {
            "kind": kind,
            "title": title,
            "note": note,
            "count": len(items),
            "lines": [line(item, scope, mine=True) for item in items],
        }
        for kind, title, note, items in lists
        if items
    ]


def line(item: DueItem, scope: Scope, *, mine: bool) -> Line:
    note, kind = deadline(item.by, scope.day)
    return Line(
        item=item,
        mine=mine,
        who="À vous" if mine else WHO[item.turn],
        since=waited(item.since, scope.day),
        due_note=note,
        due_kind=kind,
        href=link(item),
    )


def waited(since: date, day: date) -> str:
    """ "aujourd’hui", "1 jour", "12 jours", "14 mois"."""
    days = (day - since).days
    if days <= 0:
        return "aujourd’hui"
    if days < 90:
        return f"{days} jour{'s' * (days > 1)}"
    return f"{days // 30} mois"


def deadline(by: date | None, day: date) -> tuple[str, str]:
    """How far the deadline is, and how pressing: "late", "soon" or nothing."""
    if by is None:
        return "", ""
    days = (by - day).days
    if days < 0:
        return f"{-days} jour{'s' * (days < -1)} de retard", "late"
    if days == 0:
        return "aujourd’hui", "soon"
    return f"dans {days} jour{'s' * (days > 1)}", "soon" if days <= desks.WEEK.days else ""


def link(item: DueItem) -> str:
    return reverse(item.url_name, args=item.url_args) if _exists(item.url_name, item) else "#"


def _exists(name: str, item: Any = None) -> bool:
    try:
        reverse(name, args=item.url_args if item else ())
    except NoReverseMatch:  # pages under way
        return False
    return True

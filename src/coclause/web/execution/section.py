"""The calendar and the story of a clause, on the tab of its commitment."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from coclause.clauses.calendars import Calendar, off_in_words
from coclause.clauses.choices import ExecutionChange
from coclause.clauses.models import Execution
from coclause.clauses.states import LIVE, RESUME, SUSPEND, ClauseState, Transition
from coclause.clauses.story import story
from coclause.organisations.scopes import Scope
from coclause.render.numbers import date_fr
from coclause.web.clauses.access import ClauseView

LATEST = 10
"""Facts of the story shown before the older ones are folded."""
FINAL = (ExecutionChange.AWARDED, ExecutionChange.CORRECTION)
"""What cannot be taken back."""


@dataclass(frozen=True)
class Link:
    """An act that the reader may do."""

    label: str
    url: str


@dataclass(frozen=True)
class CalendarBlock:
    """The calendar of one award, in words."""

    award: Any
    lines: list[str]
    links: list[Link]


def section(view: ClauseView, scope: Scope, *, referent: bool) -> dict[str, Any]:
    """Calendars with their acts (for the referent host alone), then what happened."""
    clause = view.clause
    acting = referent and clause.state in LIVE
    versions: dict[int, list[Execution]] = defaultdict(list)
    rows = Execution.objects.filter(award__in=[award.pk for award in view.awards])
    for row in rows.order_by("pk"):
        versions[row.award_id].append(row)
    facts = story(clause, scope.day, awards=[award.pk for award in view.awards])
    told = [fact for fact in facts if view.sight.tells(fact.kind, ahead=fact.ahead)][::-1]
    return {
        "calendar_blocks": [
            CalendarBlock(
                award,
                _lines(versions[award.pk], award),
                _award_links(award, versions[award.pk]) if acting else [],
            )
            for award in view.awards
        ],
        "calendar_links": _clause_links(clause, view.awards) if acting else [],
        "told_latest": told[:LATEST],
        "told_older": told[LATEST:],
    }


def change_links(changes: Iterable[Transition], clause: Any) -> list[Link]:
    """Changes of state that are asked on a page of their own: they move the calendar too."""
    pages = {SUSPEND: "execution-suspend", RESUME: "execution-resume"}
    return [
        Link(change.label, reverse(pages[change.name], args=[clause.pk]))
        for change in changes
        if change.name in pages
    ]


def in_words(calendar: Calendar) -> str:
    """ "du 02/03/2026 au 28/05/2027, suspendue depuis le 02/11/2026"."""
    dates = f"du {date_fr(calendar.starts_on)} au {date_fr(calendar.ends_on)}"
    return ", ".join([dates, *off_in_words(calendar)])


def _lines(versions: Sequence[Execution], award: Any) -> list[str]:
    """From when to when, what moved the end, the suspensions."""
    lines = [f"Exécution du {date_fr(award.starts_on)} au {date_fr(award.ends_on)}."]
    first = versions[0].ends_on if versions else award.ends_on
    if award.ends_on > first:
        lines.append(f"Prolongée du {date_fr(first)} au {date_fr(award.ends_on)}.")
    elif award.ends_on < first:
        lines.append(f"Arrêtée le {date_fr(award.ends_on)}, au lieu du {date_fr(first)}.")
    lines += [f"{words[0].upper()}{words[1:]}." for words in off_in_words(award)]
    return lines


def _clause_links(clause: Any, awards: Sequence[Any]) -> list[Link]:
    links = []
    if clause.state == ClauseState.RUNNING:
        links.append(Link("Suspendre", reverse("execution-suspend", args=[clause.pk])))
    if clause.state == ClauseState.SUSPENDED or any(award.suspended_on for award in awards):
        links.append(Link("Reprendre", reverse("execution-resume", args=[clause.pk])))
    return links


def _award_links(award: Any, versions: Sequence[Execution]) -> list[Link]:
    links = [
        Link("Prolonger", reverse("execution-extend", args=[award.pk])),
        Link("Résilier", reverse("execution-terminate", args=[award.pk])),
    ]
    if versions and versions[-1].kind not in FINAL:
        label = "Annuler le dernier changement"
        links.append(Link(label, reverse("execution-undo", args=[award.pk])))
    return links

"""Handing a paper over, erasing it: by somebody, at its last day, or left behind by a crash."""

import hashlib
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone

from coclause.core import papers_store
from coclause.core.months import last_day
from coclause.core.refusals import Refused
from coclause.hours.models import Assignment, EmploymentFact, SupportingPaper
from coclause.hours.papers.queries import papers_seen, with_erasable
from coclause.hours.papers.telling import tell
from coclause.organisations.scopes import Scope
from coclause.people.actions import names_of

ERASED = "Pièce effacée"
"""What is left of its name."""
GONE = "Cette pièce a été effacée."
MISSING = "Cette pièce ne se trouve plus dans le dépôt : demandez à la déposer de nouveau."
FEW_STRAYS = 20
"""So many at once are what crashes leave; beyond, and more than half, something else is wrong."""


class StrangeStoreError(Exception):
    """The store holds mostly what the database does not know: perhaps another one's papers."""


def content_for(scope: Scope, paper: SupportingPaper) -> bytes:
    """The bytes, whole; the reading of whom the paper may name is logged.

    Raises PermissionDenied for a paper that is not seen, `Refused` when it is no longer there.
    """
    if not papers_seen(scope).filter(pk=paper.pk).exists():
        raise PermissionDenied
    if paper.erased_at is not None:
        raise Refused(GONE)
    try:
        content = papers_store.content_of(paper.key)
    except OSError as error:
        raise Refused(MISSING) from error
    if hashlib.sha256(content).hexdigest() != paper.sha256:
        raise Refused(MISSING)
    names_of(scope, _named_in(paper), page=f"Pièce {paper.pk}")
    return content


def _named_in(paper: SupportingPaper) -> list[UUID]:
    """The person; for an invoice, those its company employed on the award that month."""
    if paper.employment_id is not None:
        people = [paper.employment_id]
    else:
        rows = Assignment.objects.filter(award=paper.award_id)
        if paper.statement is not None:
            month = paper.statement.month
            rows = rows.in_month(month, last_day(month))
        people = list(rows.values_list("employment_id", flat=True))
    facts = EmploymentFact.objects.filter(pk__in=people, employer=paper.organisation_id)
    return list(facts.values_list("identity_id", flat=True))


@transaction.atomic
def erase_paper(scope: Scope, paper: SupportingPaper) -> None:
    """Erase the bytes and the name; what is left says that a paper was there. Twice is once.

    Raises PermissionDenied.
    """
    seen = with_erasable(papers_seen(scope), scope).select_for_update(of=("self",))
    kept: Any = seen.filter(pk=paper.pk).first()
    if kept is not None and kept.erased_at is not None:
        return
    if kept is None or not kept.erasable:
        raise PermissionDenied
    _erase(kept, timezone.now())
    tell(scope, kept, "paper.erased", "effacée")


def erase_expired(day: date, now: datetime) -> int:
    """Erase the papers whose last day is over, in the caller's transaction. Returns how many.

    Run again, or after a crash, it finds what is left to do.
    """
    rows = SupportingPaper.objects.select_for_update(skip_locked=True, of=("self",))
    over = list(rows.filter(erased_at__isnull=True, keep_until__lt=day).order_by("pk"))
    for paper in over:
        _erase(paper, now)
    return len(over)


def _erase(paper: SupportingPaper, now: datetime) -> None:
    papers_store.discard(paper.key)
    paper.key, paper.name, paper.erased_at = "", ERASED, now
    paper.save(update_fields=["key", "name", "erased_at"])


def sweep_strays(now: datetime) -> int:
    """Erase the bytes that no row names, a day after they were written. Returns how many.

    The caller acts as a task: only tasks see every row. Raises PermissionDenied for anybody else,
    `StrangeStoreError` when most of the store is unknown (nothing is erased then), and OSError.
    """
    _must_be_a_task()
    known = set(SupportingPaper.objects.exclude(key="").values_list("key", flat=True))
    everything = list(papers_store.names())
    strays = [key for key in everything if key not in known and papers_store.is_settled(key, now)]
    if len(strays) > max(FEW_STRAYS, len(everything) // 2):
        raise StrangeStoreError(f"{len(strays)} of {len(everything)} papers are unknown")
    papers_store.erase_all(strays)
    return len(strays)


def _must_be_a_task() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('coclause.actor', true), '')")
        (actor,) = cursor.fetchone()
    if not actor.startswith("task:"):
        raise PermissionDenied

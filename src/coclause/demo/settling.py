"""Acts told by the product are dated by the clock: a story of an earlier day dates them of it."""

from datetime import UTC, date, datetime, time

import pgtrigger
from django.db import models

from coclause.clauses.models import Calibration, Operation, OptOut, PenaltyTerms
from coclause.core.actor import acting_as
from coclause.core.models import JournalEntry, StoredFile
from coclause.hours.models import PlannedHours, Proof, ShortfallReport
from coclause.network.models import Draft, RequestEntry

MOMENTS: tuple[tuple[type[models.Model], str], ...] = (
    (JournalEntry, "at"),
    (RequestEntry, "at"),
    (StoredFile, "stored_at"),
    (Operation, "created_at"),
    (Calibration, "recorded_at"),
    (Draft, "recorded_at"),
    (OptOut, "recorded_at"),
    (PenaltyTerms, "recorded_at"),
    (PlannedHours, "recorded_at"),
    (ShortfallReport, "recorded_at"),
    (Proof, "recorded_at"),
)
KEPT = (
    "core.JournalEntry:never_changes",
    "network.Draft:never_changes",
    "clauses.Calibration:inputs_never_change",
    "clauses.OptOut:entry_never_changes",
    "clauses.PenaltyTerms:never_changes",
    "hours.ShortfallReport:never_changes",
    "hours.Proof:never_changes",
)
"""Triggers that hold these rows still, left aside for that one transaction."""


def settle(actor: str, day: date, *, using: str) -> None:
    """Bring to that day the moments that came after it; on the day itself nothing changes."""
    moment = datetime.combine(day, time(10), tzinfo=UTC)
    with acting_as(actor, day=day, using=using), pgtrigger.ignore(*KEPT, databases=[using]):
        for model, field in MOMENTS:
            later = model._default_manager.using(using).filter(**{f"{field}__date__gt": day})
            later.update(**{field: moment})

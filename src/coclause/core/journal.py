"""The journal: one line for every act, written where the change happens."""

from datetime import date, datetime

from django.db import models
from django.utils import timezone

from coclause.core.models import JournalEntry, User


def subject(record: models.Model) -> str:
    """ "kind:id", how the journal names a record."""
    return f"{record._meta.model_name}:{record.pk}"


def record_act(
    actor: User | None,
    verb: str,
    sentence: str,
    *about: models.Model,
    day: date,
    at: datetime | None = None,
) -> JournalEntry:
    """Write one line of journal about these records. `day` is the day the act takes effect, `at`
    the moment of the act, now when it is not said.
    """
    return JournalEntry.objects.create(
        actor=actor,
        verb=verb,
        sentence=sentence[:500],
        subjects=[subject(record) for record in about],
        day=day,
        at=at or timezone.now(),
    )

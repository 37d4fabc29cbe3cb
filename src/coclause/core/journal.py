"""The journal: one line for every act, written where the change happens."""

from datetime import date

from django.db import models

from coclause.core.models import JournalEntry, User


def subject(record: models.Model) -> str:
    """ "kind:id", how the journal names a record."""
    return f"{record._meta.model_name}:{record.pk}"


def record_act(
    actor: User | None, verb: str, sentence: str, *about: models.Model, day: date
) -> JournalEntry:
    """Write one line of journal about these records. `day` is the day the act takes effect."""
    return JournalEntry.objects.create(
        actor=actor,
        verb=verb,
        sentence=sentence[:500],
        subjects=[subject(record) for record in about],
        day=day,
    )

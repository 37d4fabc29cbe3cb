"""What a clause asks, in words: what its writer proposes and its buyer accepts."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from coclause.clauses.choices import HoursKind
from coclause.clauses.engaging import counted_in_words
from coclause.people.models import Criterion


@dataclass(frozen=True)
class Content:
    """The lists of a clause, in words; the rest is read on the clause itself."""

    publics: list[str]
    kinds: list[str]


def content_of(clause: Any, day: date) -> Content:
    """Publics and kinds of hours of that clause; no public named means all those of the region."""
    region = clause.lot.contract.operation.region_id
    rows = Criterion.objects.on(day).filter(code__in=clause.publics)
    labels = {row.code: row.label for row in rows.filter(region__isnull=True)}
    labels |= {row.code: row.label for row in rows.filter(region=region)}
    caps = {
        HoursKind.TRAINING: clause.training_cap,
        HoursKind.INTERNSHIP: clause.internship_cap,
    }
    return Content(
        publics=[labels.get(code, code) for code in clause.publics],
        kinds=[counted_in_words(kind, caps.get(kind)) for kind in clause.hour_kinds],
    )

"""Where the commitment of an award under a clause stands, as a buyer is told of it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import TextChoices

from coclause.clauses.models import Award, Clause, Commitment, PenaltyTerms
from coclause.clauses.penalties import Penalty, cited, in_words, penalty_of, terms_on
from coclause.hours.globalised import pool_of
from coclause.hours.progress import Progress, progress_of_commitments


class Basis(TextChoices):
    """Against what hours are missing."""

    FINAL = "final", "Manque en fin d’exécution"
    FORESEEN = "prevu", "Manque prévu à la fin"
    TODAY = "retard", "Retard à ce jour"


@dataclass(frozen=True)
class Situation:
    """The figures of the day of one award under one clause. `award` is annotated: holder."""

    clause: Clause
    award: Any
    day: date
    progress: Progress
    terms: PenaltyTerms | None
    pooled: str = ""
    """The agreement that pools this commitment with others, in a sentence."""

    @property
    def is_over(self) -> bool:
        return bool(self.award.ends_on < self.day)

    @property
    def missing(self) -> dict[Basis, Decimal]:
        """Missing hours by basis, where some are. Hours waiting for a check are done.

        What is expected and foreseen is told to the hour: less than one is nothing.
        """
        figures = self.progress
        if self.is_over:
            if figures.committed is None or figures.committed <= figures.reached:
                return {}
            return {Basis.FINAL: figures.committed - figures.reached}
        found = {Basis.FORESEEN: figures.missing_at_end, Basis.TODAY: figures.behind}
        return {basis: hours for basis, hours in found.items() if hours is not None and hours >= 1}

    @property
    def days_late(self) -> int | None:
        """Days since the last day of execution; None while it runs."""
        return (self.day - self.award.ends_on).days if self.is_over else None

    def penalty(self, basis: Basis) -> Penalty:
        """What the contract's terms give for what is missing on that basis."""
        return penalty_of(
            self.terms,
            self.missing[basis],
            self.progress.committed,
            self.award.amount,
            self.days_late,
        )

    def figures(self, basis: Basis) -> dict[str, Any]:
        """The figures as a report keeps them: plain data, hours as texts; no person in them."""
        hours = self.progress
        return {
            "basis": basis.value,
            "holder": self.award.holder,
            "holder_id": self.award.holder_id,
            "starts_on": self.award.starts_on.isoformat(),
            "ends_on": self.award.ends_on.isoformat(),
            "committed": _text(hours.committed),
            "validated": _text(hours.validated),
            "waiting": _text(hours.waiting),
            "expected": _text(hours.expected),
            "projected": _text(hours.projected),
            "by_plan": hours.by_plan,
            "missing": _text(self.missing[basis]),
            "pooled": self.pooled,
        }

    def penalty_data(self, basis: Basis) -> dict[str, Any]:
        """The penalty as a report keeps it, with the terms it was computed from."""
        penalty, terms = self.penalty(basis), self.terms
        return {
            "amount": _text(penalty.amount),
            "why": list(penalty.why),
            "terms": in_words(terms) if terms else "",
            "article": cited(terms.article) if terms else "",
            "wording": terms.wording if terms else "",
            "notice": terms.notice if terms else None,
            "notice_days": terms.notice_days if terms else None,
            "since": terms.starts_on.isoformat() if terms else None,
        }


def situation(clause: Clause, award: Award, day: date) -> Situation | None:
    """The figures of that day; None when nothing is committed by this award under this clause."""
    commitment = Commitment.objects.filter(clause=clause, award=award).first()
    if commitment is None:
        return None
    pool = pool_of([commitment.pk], day).get(commitment.pk)
    return Situation(
        clause=clause,
        award=award,
        day=day,
        progress=progress_of_commitments([commitment.pk], day)[commitment.pk],
        terms=terms_on(clause, day),
        pooled=pool.sentence() if pool else "",
    )


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)

"""Hours of a kind that the clause does not count, or counts up to a cap."""

from collections.abc import Iterator
from decimal import Decimal

from coclause.clauses.choices import HoursKind
from coclause.core.months import last_day
from coclause.hours.checks.facts import ZERO, Facts
from coclause.hours.checks.table import ABOVE_CAP, UNCOUNTED_KIND, Remark
from coclause.hours.models import EmploymentFact, Statement
from coclause.render import numbers


def on_employment(facts: Facts, statement: Statement, fact: EmploymentFact) -> Iterator[Remark]:
    kinds = facts.held[statement.pk].employments[fact.pk]
    yield from _on_kinds(facts, statement, fact.pk, kinds)


def on_month(facts: Facts, statement: Statement) -> Iterator[Remark]:
    yield from _on_kinds(facts, statement, None, facts.held[statement.pk].unnamed)


def _on_kinds(
    facts: Facts, statement: Statement, employment: int | None, kinds: dict[str, Decimal]
) -> Iterator[Remark]:
    award, month = statement.award_id, statement.month
    counting = facts.rules.counting[award]
    for kind, hours in kinds.items():
        label = HoursKind(kind).label.lower()
        if not counting.counts(month, kind):
            yield UNCOUNTED_KIND.on(
                employment,
                f"{numbers.hours(hours)} de {label} : la clause ne compte pas les heures de"
                f" {label} ce mois-ci.",
            )
            continue
        cap = counting.cap(kind, facts.rules.committed.get(award), last_day(month))
        reached = facts.rules.reached.get((award, kind), ZERO)
        if cap is not None and reached > cap:
            yield ABOVE_CAP.on(
                employment,
                f"{numbers.hours(reached)} de {label} déclarées en tout sur ce marché : la clause"
                f" en compte {numbers.hours(cap)} au plus.",
            )

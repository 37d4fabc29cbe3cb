"""The same hour told twice: two employers, or one contract recorded by two hosts."""

from collections.abc import Iterator
from decimal import Decimal

from coclause.core.months import last_day
from coclause.hours.checks.facts import ZERO, Facts, overlap
from coclause.hours.checks.table import COUNTED_TWICE, RECORDED_TWICE, TWO_EMPLOYERS, Remark
from coclause.hours.models import EmploymentFact, Statement
from coclause.render import numbers


def on_employment(facts: Facts, statement: Statement, fact: EmploymentFact) -> Iterator[Remark]:
    month = statement.month
    works = facts.works(fact, month)
    if len({one.employer_id for one, _ in works}) > 1:
        yield TWO_EMPLOYERS.on(fact.pk, "Deux employeurs le même mois.")
    own = next((hours for one, hours in works if one.pk == fact.pk), ZERO)
    for other, hours in works:
        if other.pk == fact.pk or other.employer_id != fact.employer_id:
            continue
        first = max(fact.starts_on, month)
        last = min(fact.ends_on or last_day(month), last_day(month))
        if overlap((other.starts_on, other.ends_on), first, last):
            yield _twice(facts, fact, own, hours)
            return


def _twice(facts: Facts, fact: EmploymentFact, own: Decimal, other: Decimal) -> Remark:
    total = own + other
    ceiling = facts.limits["month_hours_ceiling"]
    said = "Deux contrats saisis chez le même employeur aux mêmes dates"
    if own == other:
        text = f"{said}, avec {numbers.hours(own)} chacun ce mois-ci : comptées deux fois ?"
        return COUNTED_TWICE.on(fact.pk, text)
    if total > ceiling:
        text = (
            f"{said}, {numbers.hours(total)} à eux deux ce mois-ci, plus de"
            f" {numbers.hours(ceiling)} : comptées deux fois ?"
        )
        return COUNTED_TWICE.on(fact.pk, text)
    text = f"{said} : vérifiez qu’aucune heure n’est comptée deux fois."
    return RECORDED_TWICE.on(fact.pk, text)

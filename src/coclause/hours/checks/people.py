"""Whether the person's hours count: eligible at hiring, and within the months that count.

The criterion itself is never in a remark: its text may be read by a company, its detail by a host
that does not hold the person.
"""

from collections.abc import Iterator
from datetime import date

from coclause.core.months import shift
from coclause.hours.checks.facts import Facts
from coclause.hours.checks.table import ELIGIBILITY, PAST_CDI, PAST_ELIGIBILITY, Remark
from coclause.hours.choices import EmploymentType
from coclause.hours.models import EmploymentFact, Statement
from coclause.render import numbers

TO_CONFIRM = "Son éligibilité à l’embauche est à confirmer par le facilitateur."


def on_employment(facts: Facts, statement: Statement, fact: EmploymentFact) -> Iterator[Remark]:
    if why := _not_eligible(facts, statement, fact):
        yield ELIGIBILITY.on(fact.pk, TO_CONFIRM, why)
    yield from _past_months(facts, statement, fact)


def _not_eligible(facts: Facts, statement: Statement, fact: EmploymentFact) -> str:
    if not fact.criteria:
        return "Aucun critère n’est saisi à l’embauche."
    region = facts.awards[statement.award_id].lot.contract.operation.region_id
    held = facts.rules.in_force(fact.criteria, region, fact.starts_on)
    if not held:
        return (
            f"Aucun critère saisi n’était en vigueur dans la région à l’embauche, le"
            f" {fact.starts_on:%d/%m/%Y}."
        )
    publics = facts.rules.publics.get(statement.award_id)
    if publics is not None and not held & publics:
        return "Aucun critère saisi n’est parmi les publics de la clause."
    return ""


def _past_months(facts: Facts, statement: Statement, fact: EmploymentFact) -> Iterator[Remark]:
    """Months are counted by their first day: the first one is whole."""
    month = statement.month
    limit = int(facts.limits["cdi_months"])
    if fact.type == EmploymentType.CDI and month >= _end(fact.starts_on, limit):
        yield PAST_CDI.on(
            fact.pk,
            f"CDI du {fact.starts_on:%d/%m/%Y} : ses heures comptent {limit} mois, et ce mois est"
            " au-delà.",
        )
        return
    limit = int(facts.limits["eligibility_months"])
    first = facts.first_hour.get(fact.identity_id)
    if first and month >= shift(first, limit):
        rank = (month.year - first.year) * 12 + month.month - first.month + 1
        yield PAST_ELIGIBILITY.on(
            fact.pk,
            f"Première heure validée sous une clause en {numbers.month_fr(first)} : ce mois est le"
            f" {rank}e, au-delà de {limit}.",
        )


def _end(starts_on: date, months: int) -> date:
    """The first month that has no day left of them."""
    return shift(starts_on, months if starts_on.day == 1 else months + 1)

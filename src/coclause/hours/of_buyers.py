"""What hours tell a buyer of its contracts: totals and numbers of persons, never who.

Whoever shows a number of persons hides the small ones (`people/disclosure.py`).
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Max, Sum

from coclause.clauses.models import Award
from coclause.hours.convention_progress import Totals, totals
from coclause.hours.models import EmploymentFact, StatementLine
from coclause.hours.progress import progress_of_awards

CONTRACT = "statement__award__lot__contract"


def hours_of_contracts(contract_ids: Collection[int], day: date) -> dict[int, Totals]:
    """The hours of all the awards of each contract, each hour once. Eight queries."""
    awards: dict[int, list[int]] = defaultdict(list)
    pairs = Award.objects.filter(lot__contract__in=contract_ids)
    for award, contract in pairs.values_list("pk", "lot__contract_id"):
        awards[contract].append(award)
    progress = progress_of_awards([pk for pks in awards.values() for pk in pks], day)
    return {pk: totals(progress[award] for award in awards[pk]) for pk in contract_ids}


def persons_of_contracts(contract_ids: Collection[int]) -> dict[int, int]:
    """Distinct persons with a validated hour on each contract, by name alone. Two queries.

    One person on two contracts counts on each: these numbers do not add up.
    """
    lines = StatementLine.objects.validated().named()
    lines = lines.filter(**{f"{CONTRACT}__in": contract_ids}, hours__gt=0)
    pairs = set(
        lines.order_by().values_list(f"{CONTRACT}_id", "employment_month__employment_id").distinct()
    )
    facts = EmploymentFact.objects.filter(pk__in={employment for _, employment in pairs})
    identity = dict(facts.values_list("pk", "identity_id"))
    found: dict[int, set[UUID]] = defaultdict(set)
    for contract, employment in pairs:
        found[contract].add(identity[employment])
    return {pk: len(found[pk]) for pk in contract_ids}


def unnamed_of_contracts(contract_ids: Collection[int]) -> dict[int, int]:
    """People declared without names: by award, the most in one month, added up. One query.

    Nobody knows whether they are the same from month to month: not a number of distinct persons.
    """
    lines = StatementLine.objects.validated().collective()
    lines = lines.filter(**{f"{CONTRACT}__in": contract_ids}, hours__gt=0)
    by_award = lines.order_by().values(f"{CONTRACT}_id", "statement__award")
    most = by_award.annotate(most=Max("headcount"))
    found = dict.fromkeys(contract_ids, 0)
    for contract, heads in most.values_list(f"{CONTRACT}_id", "most"):
        found[contract] += heads or 0
    return found


def validated_for_buyer(buyer: int, years: Collection[int]) -> dict[int, Decimal]:
    """Hours validated on the buyer's operations by year worked, zero included. One query."""
    lines = StatementLine.objects.validated().filter(
        **{f"{CONTRACT}__operation__buyer": buyer}, statement__month__year__in=years
    )
    sums = (
        lines.order_by()
        .values("statement__month__year")
        .annotate(total=Sum("hours"))
        .values_list("statement__month__year", "total")
    )
    found = dict(sums)
    return {year: found.get(year, Decimal(0)) for year in years}

"""Operations, contracts, lots, buyers and companies."""

from collections.abc import Callable, Iterable

from coclause.indicators.fact_types import AwardFact
from coclause.indicators.facts import Facts
from coclause.indicators.facts_of_contracts import AGREED
from coclause.indicators.indicator import Indicator, Row
from coclause.indicators.keys import operation_row, unique

RUNNING = (
    "avec une clause mise en exécution, selon les dates d’exécution de l’attribution, au moins un"
    " jour de la période"
)


def _executed(facts: Facts) -> list[AwardFact]:
    """Awards in execution at least one day of the period, of lots whose clause was put to work."""
    first, last = facts.period.first, facts.period.last
    return [
        award
        for award in facts.awards()
        if award.lot in facts.executed_lots and award.in_execution(first, last)
    ]


def _operations(facts: Facts) -> list[int]:
    return sorted({award.operation for award in _executed(facts)})


def _operation_rows(facts: Facts) -> list[Row]:
    return [operation_row(facts, operation, 1) for operation in _operations(facts)]


def _buyer_rows(facts: Facts) -> list[Row]:
    """One operation for each buyer."""
    first = unique(_operations(facts), lambda pk: facts.operations[pk].buyer)
    return [operation_row(facts, pk, 1, buyer=facts.operations[pk].buyer) for pk in first]


def _company_rows(facts: Facts) -> list[Row]:
    """One operation for each company."""
    awards = {award.pk: award for award in _executed(facts)}
    members = [
        member
        for member in facts.members
        if member.award in awards
        and member.starts_on <= facts.period.last
        and (member.ends_on is None or member.ends_on >= facts.period.first)
    ]
    return [
        operation_row(facts, awards[member.award].operation, 1, company=member.company)
        for member in unique(members, lambda member: member.company)
    ]


def contract_row(facts: Facts, pk: int, **more: object) -> Row:
    contract = facts.contracts[pk]
    return operation_row(
        facts, contract.operation, 1, contract=pk, contract_object=contract.object, **more
    )


def _contract_rows(facts: Facts, contracts: Iterable[int]) -> list[Row]:
    return [contract_row(facts, pk) for pk in sorted(contracts)]


def with_clause(facts: Facts) -> list[int]:
    """Contracts notified in the period, with a clause that the buyer accepted."""
    agreed = {clause.contract for clause in facts.clauses() if clause.state in AGREED}
    return sorted(pk for pk in agreed if facts.period.holds(facts.contracts[pk].notified_on))


def _first_time(facts: Facts) -> list[int]:
    """Those of these contracts that are the first of their buyer in the region."""
    return [pk for pk in with_clause(facts) if pk in facts.first_contracts]


def _lots_with_clause(facts: Facts) -> list[Row]:
    """A lot is notified with its first award."""
    agreed = {clause.lot for clause in facts.clauses() if clause.state in AGREED}
    by_date = sorted(facts.awards(), key=lambda award: (award.notified_on, award.pk))
    return [
        operation_row(facts, award.operation, 1, lot=award.lot)
        for award in unique(by_date, lambda award: award.lot)
        if award.lot in agreed and facts.period.holds(award.notified_on)
    ]


def _accompanied(facts: Facts) -> list[Row]:
    told = (row.pk for row in facts.contracts.values() if row.operation in facts.accompanied)
    return _contract_rows(facts, told)


def _count(
    code: str, label: str, unit: str, definition: str, rows: Callable[[Facts], list[Row]]
) -> Indicator:
    """A number of things, each of which is a row."""
    return Indicator(
        code=code,
        label=label,
        unit=unit,
        definition=definition,
        compute=lambda facts: len(rows(facts)),
        rows=rows,
    )


COUNTS = (
    _count(
        "operations_followed",
        "Opérations suivies",
        "opérations",
        f"Opérations {RUNNING}.",
        _operation_rows,
    ),
    _count(
        "contracts_with_clause",
        "Marchés clausés",
        "contrats",
        "Contrats notifiés dans la période, avec au moins une clause acceptée par l’acheteur.",
        lambda facts: _contract_rows(facts, with_clause(facts)),
    ),
    _count(
        "lots_with_clause",
        "Lots clausés",
        "lots",
        "Lots dont la première attribution est notifiée dans la période, avec au moins une clause"
        " acceptée par l’acheteur.",
        _lots_with_clause,
    ),
    _count(
        "contracts_accompanied",
        "Marchés accompagnés",
        "contrats",
        "Contrats des opérations sur lesquelles un facilitateur a agi dans la période, d’après le"
        " journal, que le contrat porte une clause à la fin ou non.",
        _accompanied,
    ),
    _count(
        "buyers",
        "Acheteurs",
        "acheteurs",
        f"Acheteurs distincts d’opérations {RUNNING}.",
        _buyer_rows,
    ),
    _count(
        "first_time_buyers",
        "Nouveaux acheteurs",
        "acheteurs",
        "Acheteurs dont le premier contrat de la région avec une clause acceptée est notifié dans"
        " la période.",
        lambda facts: _contract_rows(facts, _first_time(facts)),
    ),
    _count(
        "companies",
        "Entreprises titulaires",
        "entreprises",
        f"Entreprises distinctes, titulaires ou mandataires d’une attribution {RUNNING}.",
        _company_rows,
    ),
)

"""Commitments, operations, contracts, buyers and companies."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal

from coclause.clauses.states import EXECUTED, ClauseState
from coclause.indicators.fact_types import AwardFact, EventFact
from coclause.indicators.facts import Facts
from coclause.indicators.indicator import Indicator, Number, PeriodKind, Row
from coclause.indicators.keys import ZERO, operation_row, quotient, unique

AGREED = (ClauseState.AGREED, *EXECUTED)
"""States of a clause that the buyer accepted."""

RUNNING = (
    "avec une clause mise en exécution, selon les dates d’exécution de l’attribution, au moins un"
    " jour de la période"
)


def _new(facts: Facts) -> list[tuple[EventFact, Decimal]]:
    return [
        (event, event.quantity) for event in facts.events if facts.period.holds(event.effective_on)
    ]


def _running(facts: Facts) -> list[tuple[EventFact, Decimal]]:
    awards = facts.all_awards
    return [
        (event, event.quantity)
        for event in facts.events
        if awards[event.award].ends_on >= facts.period.last
    ]


def _expected(facts: Facts) -> list[tuple[EventFact, Decimal]]:
    return [(event, event.due) for event in facts.events if event.due]


def _committed(
    code: str,
    label: str,
    definition: str,
    events: Callable[[Facts], list[tuple[EventFact, Decimal]]],
    period: PeriodKind = PeriodKind.FLOW,
) -> Indicator:
    """A sum over what is owed; its rows are operations."""

    def compute(facts: Facts) -> Decimal:
        exact = sum((hours for _, hours in events(facts)), ZERO)
        return exact.quantize(Decimal("0.01"))

    def rows(facts: Facts) -> list[Row]:
        sums: dict[int, Decimal] = defaultdict(Decimal)
        for event, hours in events(facts):
            sums[event.operation] += hours
        return [operation_row(facts, pk, hours) for pk, hours in sorted(sums.items())]

    return Indicator(
        code=code,
        label=label,
        unit="h",
        definition=definition,
        period=period,
        compute=compute,
        rows=rows,
    )


def _executed(facts: Facts) -> list[AwardFact]:
    """Awards in execution at least one day of the period, of lots whose clause was put to work."""
    lots = {clause.lot for clause in facts.clauses() if clause.state in EXECUTED}
    first, last = facts.period.first, facts.period.last
    return [
        award
        for award in facts.awards()
        if award.lot in lots and award.starts_on <= last and award.ends_on >= first
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
    members = [member for member in facts.members if member.award in awards]
    return [
        operation_row(facts, awards[member.award].operation, 1, company=member.company)
        for member in unique(members, lambda member: member.company)
    ]


def _contract_rows(facts: Facts, contracts: Iterable[int]) -> list[Row]:
    return [
        operation_row(
            facts,
            facts.contracts[pk].operation,
            1,
            contract=pk,
            contract_object=facts.contracts[pk].object,
        )
        for pk in sorted(contracts)
    ]


def _with_clause(facts: Facts) -> list[Row]:
    agreed = {clause.contract for clause in facts.clauses() if clause.state in AGREED}
    notified = (pk for pk in agreed if facts.period.holds(facts.contracts[pk].notified_on))
    return _contract_rows(facts, notified)


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


def _closed_terms(facts: Facts) -> dict[str, Number | None]:
    """Hours validated and committed on the clauses closed in the period."""
    events = [event for event in facts.events if event.clause in facts.closed]
    if not events:
        return {"validated": None, "committed": None}
    awards = {event.award for event in events}
    return {
        "validated": sum((facts.validated_to_date.get(award, ZERO) for award in awards), ZERO),
        "committed": sum((event.quantity for event in events), ZERO),
    }


def _rate(facts: Facts) -> Decimal | None:
    terms = _closed_terms(facts)
    validated = terms["validated"]
    return quotient(None if validated is None else validated * 100, terms["committed"])


COMMITMENTS = (
    _committed(
        "hours_committed_new",
        "Heures engagées dans la période",
        "Engagements en heures nés dans la période (notification ou déclencheur) et avenants qui"
        " y prennent effet, ceux qui retirent des heures compris.",
        _new,
    ),
    _committed(
        "hours_committed_running",
        "Heures engagées en cours",
        "Engagements en heures, avenants compris, des attributions dont l’exécution n’est pas finie"
        " avant le dernier jour de la période ; ne se cumule jamais d’une année à l’autre.",
        _running,
        PeriodKind.STOCK,
    ),
    _committed(
        "hours_expected",
        "Heures attendues dans la période",
        "Part des engagements en heures qui échoit dans la période selon le calendrier convenu,"
        " réparti également sur l’exécution à défaut d’autre accord.",
        _expected,
    ),
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
        _with_clause,
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
        "companies",
        "Entreprises titulaires",
        "entreprises",
        f"Entreprises distinctes, titulaires ou mandataires d’une attribution {RUNNING}.",
        _company_rows,
    ),
)

RATES = (
    Indicator(
        code="realisation_rate",
        label="Taux de réalisation",
        unit="%",
        definition="Heures validées, depuis le début, rapportées aux heures engagées, sur les"
        " clauses closes dans la période et qui portent un engagement en heures.",
        compute=_rate,
        denominator="heures engagées de ces clauses",
        terms=_closed_terms,
    ),
)

"""Work contracts begun in the period; successive missions are one contract."""

from collections.abc import Callable, Iterable
from itertools import groupby

from coclause.hours.choices import EmploymentType, Way
from coclause.indicators.fact_types import FactRow
from coclause.indicators.facts import Facts
from coclause.indicators.indicator import Indicator, Kind, Row
from coclause.indicators.keys import tally, unique, words

DEFINITION = (
    "Contrats de travail commencés dans la période sur une opération du périmètre ; les missions"
    " successives d’une même personne, pour le même employeur et la même attribution, comptent pour"
    " un contrat"
)


def _contracts(facts: Facts) -> list[FactRow]:
    """One employment for each contract: the first of its missions."""
    return [row for row, _ in unique(facts.hired, _same_contract)]


def _same_contract(pair: tuple[FactRow, int]) -> tuple[object, ...]:
    row, award = pair
    if row.type == EmploymentType.MISSION:
        return row.identity, row.employer, award
    return (row.pk,)


def _missions(facts: Facts) -> list[FactRow]:
    return [row for row, _ in facts.hired if row.type == EmploymentType.MISSION]


def _row(row: FactRow, **more: object) -> Row:
    return {
        "employment": row.pk,
        "employer": row.employer,
        "type": row.type,
        "way": row.way,
        "starts_on": row.starts_on,
        **more,
        "value": 1,
    }


def employer_rows(facts: Facts) -> list[Row]:
    """Contracts by employer: what may be read without reading persons."""
    ordered = sorted(_contracts(facts), key=lambda row: row.employer)
    grouped = groupby(ordered, key=lambda row: row.employer)
    return [{"key": str(employer), "value": len(list(rows))} for employer, rows in grouped]


def _breakdown(
    code: str,
    label: str,
    by: str,
    key: Callable[[FactRow], str],
    choices: Iterable[tuple[str, str]],
) -> Indicator:
    listed = dict(choices)
    return Indicator(
        code=code,
        label=label,
        unit="contrats de travail",
        definition=f"{DEFINITION}, selon {by}.",
        compute=lambda facts: tally(((key(row), 1) for row in _contracts(facts)), listed),
        rows=lambda facts: [_row(row, key=key(row)) for row in _contracts(facts)],
        kind=Kind.BREAKDOWN,
        denominator="contrats de travail commencés dans la période",
        labels=words(listed.items()),
        persons=True,
        of="employment_contracts",
    )


INDICATORS = (
    Indicator(
        code="employment_contracts",
        label="Contrats de travail",
        unit="contrats de travail",
        definition=f"{DEFINITION}.",
        compute=lambda facts: len(_contracts(facts)),
        rows=lambda facts: [_row(row) for row in _contracts(facts)],
        persons=True,
    ),
    Indicator(
        code="missions",
        label="Missions",
        unit="missions",
        definition="Missions commencées dans la période sur une opération du périmètre, chacune"
        " comptée.",
        compute=lambda facts: len(_missions(facts)),
        rows=lambda facts: [_row(row) for row in _missions(facts)],
        persons=True,
    ),
    _breakdown(
        "employment_contracts_by_type",
        "Contrats de travail par type",
        "le type de contrat",
        lambda row: row.type,
        EmploymentType.choices,
    ),
    _breakdown(
        "employment_contracts_by_way",
        "Contrats de travail par modalité",
        "la modalité de mise en œuvre",
        lambda row: row.way,
        Way.choices,
    ),
)

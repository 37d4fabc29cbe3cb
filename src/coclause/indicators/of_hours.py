"""Hours worked on clauses, by the month they were worked."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import TypeVar

from coclause.clauses.choices import Basis, HoursKind, Instrument, MarketType, Theme
from coclause.core.months import between
from coclause.indicators.fact_types import HourCell, LineCell
from coclause.indicators.facts import Facts
from coclause.indicators.indicator import Indicator, Kind, Number, Row, Value
from coclause.indicators.keys import UNKNOWN, ZERO, by_id, operation_row, quotient, tally, words
from coclause.render.numbers import month_fr

Cell = TypeVar("Cell", HourCell, LineCell)
Key = Callable[[Facts, HourCell], str]
Labels = Callable[[Facts], Mapping[str, str]]
ONE_CLAUSE = (
    "quand un lot porte plusieurs clauses, une heure compte une fois, sous la première de celles"
    " où l’entreprise s’est engagée"
)


def total(cells: Iterable[HourCell] | Iterable[LineCell]) -> Decimal:
    return sum((cell.hours for cell in cells), ZERO)


def hour_rows(
    facts: Facts, cells: Iterable[Cell], key: Callable[[Facts, Cell], str] | None = None
) -> list[Row]:
    """Hours by operation and referent, and by category when there is one."""
    sums: dict[tuple[int, int, str], Decimal] = defaultdict(Decimal)
    for cell in cells:
        operation = facts.all_awards[cell.award].operation
        sums[operation, cell.host or 0, key(facts, cell) if key else ""] += cell.hours
    return [
        operation_row(
            facts, operation, hours, host=host or None, **({"key": category} if key else {})
        )
        for (operation, host, category), hours in sorted(sums.items())
    ]


def _kind(facts: Facts, cell: HourCell) -> str:
    return cell.kind


def _month(facts: Facts, cell: HourCell) -> str:
    return cell.month.isoformat()[:7]


def _host(facts: Facts, cell: HourCell) -> str:
    return str(cell.host or UNKNOWN)


def _market_type(facts: Facts, cell: HourCell) -> str:
    return facts.all_awards[cell.award].market_type


def _departement(facts: Facts, cell: HourCell) -> str:
    return facts.operations[facts.all_awards[cell.award].operation].departement or UNKNOWN


def _epci(facts: Facts, cell: HourCell) -> str:
    return facts.operations[facts.all_awards[cell.award].operation].epci or UNKNOWN


def of_clause(facts: Facts, award: int, field: str) -> str:
    """What the clause that the hours of an award count under says."""
    clause = facts.all_clauses.get(facts.all_awards[award].clause or 0)
    return str(getattr(clause, field)) if clause else UNKNOWN


def _of_clause(field: str) -> Key:
    return lambda facts, cell: of_clause(facts, cell.award, field)


def _months(facts: Facts) -> dict[str, str]:
    months = between(facts.period.first, facts.period.last)
    return {f"{month:%Y-%m}": month_fr(month) for month in months}


def home_departements(facts: Facts) -> dict[str, str]:
    """Départements that are there even at 0: all the region's, or the one asked for."""
    wanted = facts.perimeter
    if wanted.epci is not None:
        return {}
    return {
        code: name
        for code, (name, region) in facts.departements.items()
        if region == wanted.region and wanted.departement in (None, code)
    }


def departement_labels(facts: Facts) -> dict[str, str]:
    return {
        UNKNOWN: "Commune non connue",
        **{code: name for code, (name, _) in facts.departements.items()},
    }


def validated(facts: Facts) -> list[HourCell]:
    return facts.validated


def breakdown(
    code: str,
    label: str,
    definition: str,
    key: Callable[[Facts, Cell], str],
    *,
    cells: Callable[[Facts], Iterable[Cell]],
    labels: Labels,
    listed: Callable[[Facts], Iterable[str]] = lambda facts: (),
) -> Indicator:
    """Validated hours by category; those listed are there even at 0."""

    def compute(facts: Facts) -> Value:
        return tally(((key(facts, cell), cell.hours) for cell in cells(facts)), listed(facts))

    return Indicator(
        code=code,
        label=label,
        unit="h",
        definition=definition,
        compute=compute,
        rows=lambda facts: hour_rows(facts, cells(facts), key),
        kind=Kind.BREAKDOWN,
        denominator="heures validées de la période",
        labels=labels,
        of="hours_validated",
    )


def closed_list(
    code: str, label: str, definition: str, key: Key, choices: Iterable[tuple[str, str]]
) -> Indicator:
    """Validated hours by the categories of a closed list."""
    listed = dict(choices)
    return breakdown(
        code,
        label,
        definition,
        key,
        cells=validated,
        labels=words(listed.items()),
        listed=lambda facts: listed,
    )


def _fte(facts: Facts) -> Value:
    divisor = facts.parameter("insertion_fte_hours")
    return quotient(total(facts.validated), divisor.value if divisor else None)


def _fte_terms(facts: Facts) -> dict[str, Number | None]:
    divisor = facts.parameter("insertion_fte_hours")
    return {
        "hours_validated": total(facts.validated),
        "insertion_fte_hours": divisor.value if divisor else None,
    }


TOTALS = (
    Indicator(
        code="hours_declared",
        label="Heures déclarées",
        unit="h",
        definition="Heures déclarées pour les mois de la période, vérifiées ou non, sans celles"
        " qui ont été renvoyées à l’entreprise.",
        compute=lambda facts: total(facts.declared),
        rows=lambda facts: hour_rows(facts, facts.declared),
    ),
    Indicator(
        code="hours_validated",
        label="Heures réalisées",
        unit="h",
        definition="Heures validées par les facilitateurs, comptées au mois où elles ont été"
        " travaillées et non au mois de leur validation.",
        compute=lambda facts: total(facts.validated),
        rows=lambda facts: hour_rows(facts, facts.validated),
    ),
    Indicator(
        code="fte_insertion",
        label="ETP d’insertion",
        unit="ETP",
        definition="Heures validées de la période, divisées par le nombre d’heures d’un équivalent"
        " temps plein d’insertion en vigueur le dernier jour de la période.",
        compute=_fte,
        denominator="heures d’un équivalent temps plein d’insertion",
        terms=_fte_terms,
        parameter="insertion_fte_hours",
    ),
)

BREAKDOWNS = (
    closed_list(
        "hours_validated_by_kind",
        "Heures réalisées par nature",
        "Heures validées selon leur nature : travail, formation ou stage.",
        _kind,
        HoursKind.choices,
    ),
    closed_list(
        "hours_by_market_type",
        "Heures réalisées par type de marché",
        "Heures validées selon le type du contrat où elles ont été travaillées.",
        _market_type,
        MarketType.choices,
    ),
    closed_list(
        "hours_by_instrument",
        "Heures réalisées par instrument",
        f"Heures validées selon l’instrument de la clause ; {ONE_CLAUSE}.",
        _of_clause("instrument"),
        Instrument.choices,
    ),
    closed_list(
        "hours_by_basis",
        "Heures réalisées par fondement",
        f"Heures validées selon le fondement de la clause, NPNRU à part ; {ONE_CLAUSE}.",
        _of_clause("basis"),
        Basis.choices,
    ),
    closed_list(
        "hours_by_theme",
        "Heures réalisées par thème",
        f"Heures validées selon le thème de la clause ; {ONE_CLAUSE}.",
        _of_clause("theme"),
        Theme.choices,
    ),
    breakdown(
        "hours_by_departement",
        "Heures réalisées par département",
        "Heures validées selon le département du lieu d’exécution.",
        _departement,
        cells=validated,
        labels=departement_labels,
        listed=home_departements,
    ),
    breakdown(
        "hours_by_epci",
        "Heures réalisées par intercommunalité",
        "Heures validées selon l’intercommunalité du lieu d’exécution ; celles sans heure ne sont"
        " pas citées.",
        _epci,
        cells=validated,
        labels=lambda facts: {UNKNOWN: "Commune non connue ou isolée", **facts.epci_names},
    ),
    breakdown(
        "hours_by_month",
        "Heures réalisées par mois",
        "Heures validées selon le mois où elles ont été travaillées.",
        _month,
        cells=validated,
        labels=_months,
        listed=_months,
    ),
    breakdown(
        "hours_by_host",
        "Heures réalisées par structure",
        "Heures validées selon la structure référente de l’opération le dernier jour du mois"
        " travaillé.",
        _host,
        cells=validated,
        labels=lambda facts: by_id(facts.host_names, "Sans structure référente ce mois-là"),
    ),
)

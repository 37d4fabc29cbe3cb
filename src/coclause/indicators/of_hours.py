"""Hours worked on clauses, by the month they were worked."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from coclause.clauses.choices import MarketType
from coclause.indicators.facts import Facts, HourCell
from coclause.indicators.indicator import Indicator, Kind, Number, Row, Value

UNKNOWN = "inconnu"
ZERO = Decimal(0)
Key = Callable[[Facts, HourCell], str]


def total(cells: Iterable[HourCell]) -> Decimal:
    return sum((cell.hours for cell in cells), ZERO)


def hour_rows(facts: Facts, cells: Iterable[HourCell], key: Key | None = None) -> list[Row]:
    """Hours by operation and referent (and category)."""
    sums: dict[tuple[int, int | None, str], Decimal] = defaultdict(Decimal)
    for cell in cells:
        operation = facts.all_awards[cell.award].operation
        sums[operation, cell.host, key(facts, cell) if key else ""] += cell.hours
    return [
        {
            "operation": operation,
            "operation_name": facts.operations[operation].name,
            "host": host,
            **({"key": category} if key else {}),
            "value": hours,
        }
        for (operation, host, category), hours in sorted(
            sums.items(), key=lambda item: (item[0][0], item[0][1] or 0, item[0][2])
        )
    ]


def by(key: Key, categories: Iterable[str] = ()) -> Callable[[Facts], Value]:
    """Validated hours by category; the listed ones are there at 0 too."""

    def compute(facts: Facts) -> Value:
        sums: dict[str, Number] = dict.fromkeys(categories, ZERO)
        for cell in facts.validated:
            category = key(facts, cell)
            sums[category] = sums.get(category, ZERO) + cell.hours
        return dict(sorted(sums.items())) if not categories else sums

    return compute


def _of_clause(field: str) -> Key:
    def key(facts: Facts, cell: HourCell) -> str:
        clause = facts.all_clauses.get(facts.all_awards[cell.award].clause or 0)
        return str(getattr(clause, field)) if clause else UNKNOWN

    return key


def _kind(facts: Facts, cell: HourCell) -> str:
    return cell.kind


def _month(facts: Facts, cell: HourCell) -> str:
    return f"{cell.month:%Y-%m}"


def _host(facts: Facts, cell: HourCell) -> str:
    return str(cell.host or UNKNOWN)


def _market_type(facts: Facts, cell: HourCell) -> str:
    return facts.all_awards[cell.award].market_type


def _departement(facts: Facts, cell: HourCell) -> str:
    return facts.operations[facts.all_awards[cell.award].operation].departement or UNKNOWN


def _epci(facts: Facts, cell: HourCell) -> str:
    return facts.operations[facts.all_awards[cell.award].operation].epci or UNKNOWN


def _breakdown(  # noqa: PLR0917
    code: str,
    label: str,
    definition: str,
    key: Key,
    choices: Iterable[tuple[str, str]] = (),
    labels: Callable[[Facts], Mapping[str, str]] | None = None,
) -> Indicator:
    words = dict(choices)
    return Indicator(
        code=code,
        label=label,
        unit="h",
        definition=definition,
        compute=by(key, tuple(words)),
        rows=lambda facts: hour_rows(facts, facts.validated, key),
        kind=Kind.BREAKDOWN,
        denominator="heures validées de la période",
        labels=labels or (lambda facts: {**words, UNKNOWN: "Non connu"}),
        of="hours_validated",
    )


INDICATORS = (
    Indicator(
        code="hours_declared",
        label="Heures déclarées",
        unit="h",
        definition="Heures déclarées par les entreprises pour les mois de la période, vérifiées ou"
        " non, sans celles qui leur ont été renvoyées.",
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
    _breakdown(
        "hours_by_market_type",
        "Heures réalisées par type de marché",
        "Heures validées selon le type du marché où elles ont été travaillées.",
        _market_type,
        MarketType.choices,
    ),
)

"""The market in parts: by kind of buyer, by segment, by division of the CPV, by form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from coclause.clauses.choices import Framework
from coclause.indicators.fact_types import ContractFact
from coclause.indicators.facts import Facts
from coclause.indicators.indicator import Indicator, Kind, Row, Value
from coclause.indicators.keys import UNKNOWN, tally, words
from coclause.indicators.of_contracts import contract_row, with_clause
from coclause.indicators.of_hours import breakdown, validated
from coclause.organisations.choices import BuyerKind

CONSTRUCTION = "45"
"""The division of the CPV for building works."""
SEGMENTS = {"btp": "BTP", "hors_btp": "Hors BTP", UNKNOWN: "Code CPV non connu"}
ORDINARY = "ordinaire"
FRAMEWORKS = {value or ORDINARY: label for value, label in Framework.choices}


@dataclass(frozen=True)
class Cut:
    """A way to part contracts: how it is said, the category of one, those there even at 0."""

    label: str
    by: str
    key: Callable[[Facts, ContractFact], str]
    labels: Callable[[Facts], Mapping[str, str]]
    listed: tuple[str, ...] = ()


def _buyer_kind(facts: Facts, contract: ContractFact) -> str:
    return facts.operations[contract.operation].buyer_kind or UNKNOWN


def _segment(facts: Facts, contract: ContractFact) -> str:
    if contract.division is None:
        return UNKNOWN
    return "btp" if contract.division == CONSTRUCTION else "hors_btp"


def _division(facts: Facts, contract: ContractFact) -> str:
    return contract.division or UNKNOWN


def _framework(facts: Facts, contract: ContractFact) -> str:
    return contract.framework or ORDINARY


def _division_labels(facts: Facts) -> Mapping[str, str]:
    return {UNKNOWN: "Code CPV non connu", **facts.division_labels}


def _hours(code: str, cut: Cut) -> Indicator:
    return breakdown(
        code,
        f"Heures réalisées {cut.label}",
        f"Heures validées selon {cut.by}.",
        lambda facts, cell: cut.key(
            facts, facts.all_contracts[facts.all_awards[cell.award].contract]
        ),
        cells=validated,
        labels=cut.labels,
        listed=lambda facts: cut.listed,
    )


def _contracts(code: str, cut: Cut) -> Indicator:
    def pairs(facts: Facts) -> list[tuple[int, str]]:
        return [(pk, cut.key(facts, facts.contracts[pk])) for pk in with_clause(facts)]

    def compute(facts: Facts) -> Value:
        return tally(((category, 1) for _, category in pairs(facts)), cut.listed)

    def rows(facts: Facts) -> list[Row]:
        return [contract_row(facts, pk, key=category) for pk, category in pairs(facts)]

    return Indicator(
        code=code,
        label=f"Marchés clausés {cut.label}",
        unit="contrats",
        definition="Contrats notifiés dans la période, avec au moins une clause acceptée par"
        f" l’acheteur, selon {cut.by}.",
        compute=compute,
        rows=rows,
        kind=Kind.BREAKDOWN,
        denominator="marchés clausés de la période",
        labels=cut.labels,
        of="contracts_with_clause",
    )


BUYER_KIND = Cut(
    "par famille d’acheteur",
    "la famille de l’acheteur",
    _buyer_kind,
    words(BuyerKind.choices),
    tuple(BuyerKind.values),
)
SEGMENT = Cut(
    "par segment",
    "le segment : BTP pour la division 45 du CPV, hors BTP pour les autres, code non connu à part",
    _segment,
    words(SEGMENTS.items()),
    tuple(SEGMENTS),
)
DIVISION = Cut(
    "par division CPV",
    "la division du code CPV du contrat, code non connu à part",
    _division,
    _division_labels,
)
FRAMEWORK = Cut(
    "par forme de contrat",
    "la forme du contrat : marché ordinaire, ou accord-cadre et la façon dont il s’exécute",
    _framework,
    words(FRAMEWORKS.items()),
    tuple(FRAMEWORKS),
)

HOURS = (
    _hours("hours_by_buyer_kind", BUYER_KIND),
    _hours("hours_by_segment", SEGMENT),
    _hours("hours_by_division", DIVISION),
    _hours("hours_by_framework", FRAMEWORK),
)

CONTRACTS = (
    _contracts("contracts_by_buyer_kind", BUYER_KIND),
    _contracts("contracts_by_segment", SEGMENT),
    _contracts("contracts_by_division", DIVISION),
)

"""All the indicators there are, by theme, in the order they are read."""

from coclause.indicators import (
    of_commitments,
    of_contracts,
    of_duty,
    of_employments,
    of_facilitators,
    of_front_door,
    of_hours,
    of_hours_apart,
    of_markets,
    of_people,
)
from coclause.indicators.indicator import Indicator

THEMES: dict[str, tuple[Indicator, ...]] = {
    "Facilitateurs": of_facilitators.INDICATORS,
    "Engagements": (*of_commitments.HOURS, *of_commitments.OTHERS, *of_commitments.RATES),
    "Heures": (*of_hours.TOTALS, *of_hours.BREAKDOWNS, *of_hours_apart.BREAKDOWNS),
    "Heures à part : sans noms, réservées, globalisées, NPNRU": of_hours_apart.TOTALS,
    "Opérations et marchés": (
        *of_contracts.COUNTS,
        *of_markets.CONTRACTS,
        *of_markets.HOURS,
    ),
    "Porte d’entrée et obligation": (*of_front_door.INDICATORS, *of_duty.INDICATORS),
    "Personnes": (*of_people.INDICATORS, *of_hours_apart.HEADCOUNTS),
    "Emplois": of_employments.INDICATORS,
}
"""Figures by theme, as pages group them."""

CATALOGUE: dict[str, Indicator] = {
    indicator.code: indicator for indicators in THEMES.values() for indicator in indicators
}

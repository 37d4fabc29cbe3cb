"""All the indicators there are, in the order they are read."""

from coclause.indicators import (
    of_contracts,
    of_employments,
    of_facilitators,
    of_hours,
    of_people,
)
from coclause.indicators.indicator import Indicator

CATALOGUE: dict[str, Indicator] = {
    indicator.code: indicator
    for indicator in (
        *of_facilitators.INDICATORS,
        *of_contracts.COMMITMENTS,
        *of_hours.TOTALS,
        *of_hours.BREAKDOWNS,
        *of_contracts.COUNTS,
        *of_contracts.RATES,
        *of_people.INDICATORS,
        *of_employments.INDICATORS,
    )
}

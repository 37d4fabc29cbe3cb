"""All the indicators there are, in the order they are read."""

from coclause.indicators import of_facilitators, of_hours
from coclause.indicators.indicator import Indicator

CATALOGUE: dict[str, Indicator] = {
    indicator.code: indicator
    for indicator in (
        *of_facilitators.INDICATORS,
        *of_hours.INDICATORS,
    )
}

"""The catalogue against the recount."""

from collections.abc import Collection, Mapping
from typing import Any

from tests.contracts.recount import Asked, recount

from coclause.indicators.figures import figures
from coclause.indicators.perimeter import Perimeter, Period


def disagreements(asked: Asked, codes: Collection[str] | None = None) -> dict[str, tuple[Any, Any]]:
    """Figures that the recount does not find again: what is shown, what is counted."""
    found = figures(
        Perimeter(asked.region, departement=asked.departement, host=asked.host),
        Period(asked.first, asked.last),
        asked.known,
        codes,
        hide=False,
    )
    pairs = {code: (plain(one.value), recount(code, asked)) for code, one in found.items()}
    return {code: pair for code, pair in pairs.items() if (pair[0] or {}) != (pair[1] or {})}


def plain(value: Any) -> Any:
    """A breakdown without its categories at zero, as the recount gives it."""
    if isinstance(value, Mapping):
        return {key: number for key, number in value.items() if number}
    return value

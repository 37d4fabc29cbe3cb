"""Small tools shared by the families of indicators."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

from coclause.indicators.facts import Facts
from coclause.indicators.indicator import Number, Row

UNKNOWN = "inconnu"
"""Category of what is not known."""

ZERO = Decimal(0)
T = TypeVar("T")


def tally(items: Iterable[tuple[str, Number]], categories: Iterable[str] = ()) -> dict[str, Number]:
    """Sums by category: the listed ones first, there even at 0; the others by key."""
    listed = list(categories)
    sums: dict[str, Number] = dict.fromkeys(listed, 0)
    for key, value in items:
        sums[key] = sums.get(key, 0) + value
    others = sorted(key for key in sums if key not in listed)
    return {key: sums[key] for key in (*listed, *others)}


def quotient(numerator: Number | None, denominator: Number | None) -> Decimal | None:
    """Two decimals; None without a denominator or without a numerator."""
    if numerator is None or not denominator:
        return None
    exact = Decimal(numerator) / Decimal(denominator)
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def words(choices: Iterable[tuple[str, str]]) -> Callable[[Facts], Mapping[str, str]]:
    """The labels of a closed list, and of what is not known."""
    found = {UNKNOWN: "Non connu", **dict(choices)}
    return lambda facts: found


def by_id(names: Mapping[int, str], unknown: str = "Non connu") -> dict[str, str]:
    """Labels of categories that are ids."""
    return {UNKNOWN: unknown, **{str(pk): name for pk, name in names.items()}}


def operation_row(facts: Facts, operation: int, value: Number, **more: object) -> Row:
    """A row about an operation, under the last referent of the period unless `host` is given."""
    fact = facts.operations[operation]
    host = more.pop("host", fact.host)
    return {
        "operation": operation,
        "operation_name": fact.name,
        "host": host,
        "host_name": facts.host_names.get(host) if isinstance(host, int) else None,
        **more,
        "value": value,
    }


def unique(items: Iterable[T], key: Callable[[T], Hashable]) -> list[T]:
    """The first item of each key, in order."""
    found: dict[Hashable, T] = {}
    for item in items:
        found.setdefault(key(item), item)
    return list(found.values())

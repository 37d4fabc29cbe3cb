"""Whole quantities spread over many parts, without losing or adding any."""

from collections.abc import Sequence

QUARTERS = 4
"""Hours are counted in quarters of an hour."""


def spread(total: int, weights: Sequence[float]) -> list[int]:
    """Shares of `total` in proportion of the weights, by the largest remainder.

    Their sum is `total`. Raises ValueError when no weight is above zero.
    """
    whole = sum(weights)
    if whole <= 0:
        raise ValueError("nothing to spread over")
    exact = [total * weight / whole for weight in weights]
    shares = [int(part) for part in exact]
    order = sorted(range(len(weights)), key=lambda i: (shares[i] - exact[i], i))
    for i in order[: total - sum(shares)]:
        shares[i] += 1
    return shares


def spread_within(total: int, weights: Sequence[float], low: int, high: int) -> list[int]:
    """As `spread`, each share from `low` to `high`.

    What a full part cannot take goes to the others. Raises ValueError when it cannot be done.
    """
    count = len(weights)
    if not count * low <= total <= count * high:
        raise ValueError(f"{total} does not fit in {count} parts from {low} to {high}")
    shares = [low] * count
    left = total - count * low
    while left:
        open_parts = [i for i in range(count) if shares[i] < high]
        given = spread(left, [weights[i] for i in open_parts])
        for i, more in zip(open_parts, given, strict=True):
            taken = min(more, high - shares[i])
            shares[i] += taken
            left -= taken
    return shares

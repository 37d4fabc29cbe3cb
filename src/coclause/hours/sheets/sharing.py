"""Hours told of one person as a whole, shared between the awards they work on."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_DOWN, Decimal
from typing import Final

QUARTER: Final = Decimal("0.25")


def shared(
    total: Decimal, awards: Sequence[int], weights: Mapping[int, Decimal]
) -> dict[int, Decimal] | None:
    """The hours of each award: the only one takes all, else as the last declared month did.

    Each share is a whole number of quarters but the largest, which takes what is left: the sum is
    exact. None when nothing says how to share.
    """
    if len(awards) == 1:
        return {awards[0]: total}
    known = {award: weights[award] for award in awards if weights.get(award)}
    whole = sum(known.values(), Decimal(0))
    if not whole:
        return None
    largest = max(known, key=lambda award: (known[award], -award))
    parts = {
        award: (total * weight / whole / QUARTER).quantize(Decimal(1), ROUND_DOWN) * QUARTER
        for award, weight in known.items()
    }
    parts[largest] += total - sum(parts.values(), Decimal(0))
    return {award: parts.get(award, Decimal(0)) for award in awards}

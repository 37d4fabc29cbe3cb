"""Numbers of this room: refused when absurd, written in French."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

LARGEST: Final = Decimal(10) ** 12
"""No contract, no hours go beyond: a larger number is a slip."""
MOST_DECIMALS: Final = 12
CENT: Final = Decimal("0.01")
NARROW: Final = "\u202f"
NO_BREAK: Final = "\u00a0"


class NumberError(ValueError):
    """A number that cannot be meant; the sentence, in French, names it."""


def number(value: Decimal | int, name: str) -> Decimal:
    """The value as a finite Decimal between 0 and 10¹². Raises NumberError."""
    found = Decimal(value)
    if not found.is_finite():
        raise NumberError(f"{name} : {value} n’est pas un nombre")
    if found < 0:
        raise NumberError(f"{name} : {brief(found)} est sous zéro")
    if found > LARGEST:
        raise NumberError(f"{name} : {brief(found)} est trop grand")
    exponent = found.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -MOST_DECIMALS:
        raise NumberError(f"{name} : {brief(found)} a trop de décimales")
    return found


def above_zero(value: Decimal | int, name: str) -> Decimal:
    """The same, zero refused."""
    found = number(value, name)
    if found == 0:
        raise NumberError(f"{name} : {brief(found)} doit être plus grand que zéro")
    return found


def share(value: Decimal | int, name: str) -> Decimal:
    """A share above 0 and up to 1. Raises NumberError."""
    found = above_zero(value, name)
    if found > 1:
        raise NumberError(
            f"{name} : {brief(found)} doit être entre 0 et 1, comme 0.05 pour 5{NO_BREAK}%"
        )
    return found


def brief(value: Decimal) -> str:
    """A number as it was typed, short even when its exponent is absurd."""
    text = str(value)
    return text if len(text) <= 40 else f"{text[:37]}…"


def decimal_fr(value: Decimal | int) -> str:
    """``1234.5`` → ``1 234,5``: at most two decimals, zeros at the end dropped."""
    rounded = Decimal(value).quantize(CENT, rounding=ROUND_HALF_UP)
    text = f"{rounded:,f}".replace(",", NARROW).replace(".", ",")
    return text.rstrip("0").rstrip(",")


def euros(value: Decimal | int) -> str:
    """``40000`` → ``40 000 €``; cents only when there are some."""
    amount = Decimal(value)
    if amount == amount.to_integral_value():
        return f"{decimal_fr(amount)}{NO_BREAK}€"
    text = f"{amount.quantize(CENT, rounding=ROUND_HALF_UP):,f}"
    return f"{text.replace(',', NARROW).replace('.', ',')}{NO_BREAK}€"


def hours_fr(value: Decimal | int) -> str:
    """``833.33`` → ``833,33 h``."""
    return f"{decimal_fr(value)}{NO_BREAK}h"


def percent(value: Decimal) -> str:
    """``0.05`` → ``5 %``."""
    return f"{decimal_fr(value * 100)}{NARROW}%"


def date_fr(day: date) -> str:
    """``22/08/2026``."""
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"

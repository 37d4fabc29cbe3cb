"""French wording of numbers and dates, the same on pages, charts, documents and messages.

Values arrive as ``int`` or ``Decimal``; a ``float`` is read through its shortest decimal writing,
so that 35.5 stays 35,5 and 151.67 stays 151,67. Halves round away from zero, as people do by hand.
"""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal, TypeGuard

UNKNOWN: Final = "non connu"
NOT_COMPUTABLE: Final = "non calculable"
NARROW: Final = "\u202f"
"""Narrow no-break space: between thousands and before the per cent sign."""
NO_BREAK: Final = "\u00a0"
"""No-break space: before a unit."""
MINUS: Final = "\u2212"

MONTHS: Final = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip

Number = int | Decimal | float
Hidden = Literal["hidden"]
HIDDEN: Final = "hidden"
"""Value of a cell of fewer than five persons, which must not be shown."""
HIDDEN_WORDS: Final = f"<{NO_BREAK}5"
Measure = Number | Hidden | None
"""A figure as readers meet it: a number, unknown (``None``), or too small to be shown."""


def integer(value: Number | None) -> str:
    """``1051292`` → ``1 051 292``; a fraction is rounded to the nearest whole."""
    return decimal(value, places=0)


def decimal(value: Number | None, *, places: int = 2) -> str:
    """``16.8`` → ``16,8``: at most ``places`` decimals, zeros at the end dropped."""
    if value is None:
        return UNKNOWN
    text = _fixed(_exact(value), places)
    return text.rstrip("0").rstrip(",") if "," in text else text


def is_number(value: Measure) -> TypeGuard[Number]:
    """True when ``value`` can be drawn or added: neither unknown nor hidden."""
    return value is not None and not isinstance(value, str)


def amount(value: Measure, unit: str = "", *, places: int = 2) -> str:
    """Any measure with its unit: ``712 400 h``, ``16,8``, ``non connu``, ``< 5``."""
    if isinstance(value, str):
        return HIDDEN_WORDS
    text = decimal(value, places=places)
    return _with_unit(text, unit) if unit else text


def hours(value: Number | None) -> str:
    """``Decimal("151.67")`` → ``151,67 h``; whole hours without decimals."""
    return _with_unit(decimal(value), "h")


def euros(value: Number | None, *, cents: bool = False) -> str:
    """``40000`` → ``40 000 €``; with ``cents``, two decimals where there are some."""
    if value is None:
        return UNKNOWN
    text = _fixed(_exact(value), 2 if cents else 0)
    return _with_unit(text.removesuffix(",00"), "€")


def percent(numerator: Number | None, denominator: Number | None, *, places: int = 1) -> str:
    """Share of ``numerator`` in ``denominator``: ``60,1 %``.

    "non calculable" without a denominator, "non connu" when only the numerator is missing.
    """
    if not denominator:
        return NOT_COMPUTABLE
    if numerator is None:
        return UNKNOWN
    share = _exact(numerator) * 100 / _exact(denominator)
    return f"{_fixed(share, places)}{NARROW}%"


def date_fr(day: date | None) -> str:
    """``22/08/2026``."""
    return UNKNOWN if day is None else day.strftime("%d/%m/%Y")


def month_fr(day: date | None) -> str:
    """The month of ``day``: ``octobre 2026``."""
    return UNKNOWN if day is None else f"{MONTHS[day.month - 1]} {day.year}"


def days_since(start: date | None, today: date) -> str:
    """Time waited, for "since when": ``depuis 12 jours``, ``depuis hier``, ``depuis aujourd’hui``.

    A start after ``today`` is said as its date, never as a negative wait.
    """
    if start is None:
        return UNKNOWN
    days = (today - start).days
    if days < 0:
        return f"à partir du {date_fr(start)}"
    if days == 0:
        return "depuis aujourd’hui"
    if days == 1:
        return "depuis hier"
    return f"depuis {integer(days)}{NO_BREAK}jours"


def _exact(value: Number) -> Decimal:
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def _fixed(value: Decimal, places: int) -> str:
    if not value.is_finite():
        raise ValueError(f"nombre sans écriture : {value}")
    rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = f"{abs(rounded):,f}".replace(",", NARROW).replace(".", ",")
    return f"{MINUS}{text}" if rounded < 0 else text


def _with_unit(text: str, unit: str) -> str:
    return text if text == UNKNOWN else f"{text}{NO_BREAK}{unit}"

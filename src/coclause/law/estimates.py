"""A first range of hours before anyone has calibrated, with everything it supposes."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from coclause.law import dated
from coclause.law.calibration import CalibrationError, round_up
from coclause.law.numbers import NumberError, decimal_fr, euros, hours_fr, number, percent

LABELS: Final = {
    "labour_share": "part de main-d’œuvre",
    "rate": "taux d’insertion",
    "hourly_cost": "coût d’une heure, charges comprises",
}
TYPES: Final = ("travaux", "services", "fournitures", "prestations_intellectuelles", "concession")


@dataclass(frozen=True)
class Assumption:
    """What is supposed, from `low` to `high`, and the honest word on where it comes from."""

    name: str
    label: str
    low: Decimal
    high: Decimal
    source: str

    @property
    def told(self) -> str:
        """`30 % à 50 %`, `25 € à 38,90 €`."""
        write = euros if self.name == "hourly_cost" else percent
        return f"{write(self.low)} à {write(self.high)}"


@dataclass(frozen=True)
class Range:
    """Hours, from `low` to `high`, both rounded up to the step; an estimate, never a promise."""

    low: int
    high: int
    assumptions: tuple[Assumption, ...]
    remarks: tuple[str, ...]


def estimate(
    type: str,
    value: Decimal | None,
    months: Decimal | int | None,
    day: date,
) -> Range | None:
    """The range of hours for a contract of `value` € before tax, `months` long, seen on `day`.

    `type` is one of TYPES. None where nothing can honestly be said: see `no_estimate`. Raises
    CalibrationError on a value that cannot be meant, KeyError on an unknown type.
    """
    supposed = assumptions(type, day)
    if value is None or not supposed:
        return None
    try:
        amount = Fraction(number(value, "La valeur"))
    except NumberError as error:
        raise CalibrationError(str(error)) from error
    by_name = {one.name: one for one in supposed}
    share, rate, cost = (by_name[name] for name in LABELS)
    step = dated.known("rounding_step", day)
    low = amount * Fraction(share.low) * Fraction(rate.low) / Fraction(cost.high)
    high = amount * Fraction(share.high) * Fraction(rate.high) / Fraction(cost.low)
    low_hours, high_hours = (round_up(_hundredths(one), step) for one in (low, high))
    return Range(low_hours, high_hours, supposed, _remarks(low, high, months, day))


def assumptions(type: str, day: date) -> tuple[Assumption, ...]:
    """What is supposed for that type on that day; empty when nothing can be. Raises KeyError."""
    if type not in TYPES:
        raise KeyError(type)
    return tuple(
        Assumption(
            row["name"],
            LABELS[row["name"]],
            Decimal(row["low"]),
            Decimal(row["high"]),
            row["source"],
        )
        for row in dated.tables("assumption")
        if row["type"] == type and dated.holds(day, row["from"], row.get("to"))
    )


def no_estimate(type: str, value: Decimal | None) -> str:
    """Why there is no estimate, in French; empty when there can be one."""
    for row in dated.tables("no_estimate"):
        if row["type"] == type:
            return str(row["why"])
    return "" if value is not None else "La valeur n’est pas connue : pas d’estimation possible."


def _remarks(
    low: Fraction, high: Fraction, months: Decimal | int | None, day: date
) -> tuple[str, ...]:
    minimum = dated.known("useful_minimum", day)
    shortest = dated.known("feasible_months", day)
    found = []
    if high < minimum:
        found.append(f"Même le haut de la fourchette est sous le minimum utile ({_told(minimum)}).")
    elif low < minimum:
        found.append(f"Le bas de la fourchette est sous le minimum utile ({_told(minimum)}).")
    if months is None:
        found.append("La durée n’est pas connue : elle dit si ces heures peuvent être faites.")
    elif months < shortest:
        found.append(
            f"La durée est courte : sous {decimal_fr(shortest)} mois, les heures d’insertion sont "
            "difficiles à faire."
        )
    return tuple(found)


def _told(minimum: Decimal) -> str:
    return hours_fr(minimum)


def _hundredths(value: Fraction) -> Decimal:
    return Decimal(int(value * 100 + Fraction(1, 2))) / 100

"""From a contract to a volume of hours: two methods, a round commitment, a useful minimum.

`exact` is computed without rounding on the way, then settled at a hundredth of an hour: what is
shown is what the rest follows from. The useful minimum is compared with `exact`; the commitment
is `exact` rounded up to the step. A share or a rate is between 0 and 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import ceil
from typing import Final

from coclause.law import dated
from coclause.law.numbers import (
    CENT,
    LARGEST,
    NumberError,
    above_zero,
    brief,
    decimal_fr,
    euros,
    hours_fr,
    number,
    percent,
    share,
)

Number = Decimal | int

FROM_AMOUNT: Final = "amount"
FROM_HOURS: Final = "hours_worked"
GLOBALISED: Final = "globalised"


class CalibrationError(ValueError):
    """Inputs that cannot be meant; the sentence, in French, names the value."""


@dataclass(frozen=True)
class Defaults:
    """What a calibration starts from on a day: shares of 1, € an hour, hours."""

    labour_share: dated.Dated
    rate: dated.Dated
    hourly_cost: dated.Dated
    minimum: dated.Dated
    steps: tuple[dated.Dated, ...]

    @property
    def step(self) -> Decimal:
        """The step used when nobody chooses another, in hours."""
        return self.steps[0].value


@dataclass(frozen=True)
class Calibration:
    """Hours: `exact` at two decimals, `hours` to write in the contract, None when too small."""

    exact: Decimal
    hours: int | None
    method: str
    why: tuple[str, ...]


def defaults(day: date) -> Defaults:
    """The starting values of that day. Raises LookupError when one is not known."""
    return Defaults(
        labour_share=dated.required("default_labour_share", day),
        rate=dated.required("default_rate", day),
        hourly_cost=dated.required("default_hourly_cost", day),
        minimum=dated.required("useful_minimum", day),
        steps=(
            dated.required("rounding_step", day),
            dated.required("rounding_step_large", day),
        ),
    )


def from_amount(
    amount: Number,
    labour_share: Number,
    rate: Number,
    hourly_cost: Number,
    *,
    step: Number,
    minimum: Number,
) -> Calibration:
    """Amount (€ before tax) × labour share × insertion rate ÷ hourly cost (€, charges included).

    Raises CalibrationError.
    """
    try:
        amount = number(amount, "Le montant")
        labour_share = share(labour_share, "La part de main-d’œuvre")
        rate = share(rate, "Le taux d’insertion")
        hourly_cost = above_zero(hourly_cost, "Le coût horaire")
    except NumberError as error:
        raise CalibrationError(str(error)) from error
    labour = Fraction(amount) * Fraction(labour_share)
    worked = labour / Fraction(hourly_cost)
    exact = worked * Fraction(rate)
    for name, value in (("Les heures du contrat", worked), ("Les heures calculées", exact)):
        _check_size(value, name)
    why = (
        f"Main-d’œuvre : {euros(amount)} × {percent(labour_share)} = {euros(_settled(labour))}",
        f"Heures du contrat : {euros(_settled(labour))} ÷ {euros(hourly_cost)} de l’heure = "
        f"{hours_fr(_settled(worked))}",
        f"Insertion : {hours_fr(_settled(worked))} × {percent(rate)} = {hours_fr(_settled(exact))}",
    )
    return _rounded(_settled(exact), FROM_AMOUNT, why, step, minimum)


def from_hours(
    hours_worked: Number,
    rate: Number,
    *,
    transferred_hours: Number = 0,
    step: Number,
    minimum: Number,
) -> Calibration:
    """(Hours worked − hours of staff transferred by their convention) × insertion rate.

    Raises CalibrationError.
    """
    try:
        worked = number(hours_worked, "Les heures travaillées")
        transferred = number(transferred_hours, "Les heures du personnel repris")
        rate = share(rate, "Le taux d’insertion")
    except NumberError as error:
        raise CalibrationError(str(error)) from error
    if transferred > worked:
        raise CalibrationError(
            f"Les heures du personnel repris : {decimal_fr(transferred)} dépasse les "
            f"{decimal_fr(worked)} heures travaillées"
        )
    open_hours = worked - transferred
    exact = _settled(Fraction(open_hours) * Fraction(rate))
    why = [f"Heures travaillées : {hours_fr(worked)}"]
    if transferred:
        why.append(
            f"Personnel repris retiré : {hours_fr(worked)} − {hours_fr(transferred)} = "
            f"{hours_fr(open_hours)}"
        )
    why.append(f"Insertion : {hours_fr(open_hours)} × {percent(rate)} = {hours_fr(exact)}")
    return _rounded(exact, FROM_HOURS, tuple(why), step, minimum)


def globalised(exacts: Sequence[Number], *, step: Number, minimum: Number) -> Calibration:
    """Several small lots put together: the sum of their exact hours, rounded once.

    Raises CalibrationError, when there is nothing to put together too.
    """
    if not exacts:
        raise CalibrationError("Il faut au moins un lot à mettre en commun")
    try:
        parts = [number(one, f"Les heures du lot {rank}") for rank, one in enumerate(exacts, 1)]
    except NumberError as error:
        raise CalibrationError(str(error)) from error
    total = sum((Fraction(one) for one in parts), Fraction(0))
    _check_size(total, "Les heures calculées")
    exact = _settled(total)
    told = " + ".join(hours_fr(one) for one in parts)
    why = (f"Mise en commun de {len(parts)} lots : {told} = {hours_fr(exact)}",)
    if len(parts) == 1:
        why = (f"Un seul lot : {told}",)
    return _rounded(exact, GLOBALISED, why, step, minimum)


def quartile_place(value: Number | None, quartiles: tuple[Number, Number, Number]) -> str:
    """Where a figure stands among achieved ones: first quartile, median, third quartile.

    A place, not a judgement: what was achieved follows what was asked.
    """
    if value is None:
        return "non connu"
    low, _, high = quartiles
    if value < low:
        return "dans le quart le plus bas"
    return "dans la moitié centrale" if value <= high else "dans le quart le plus haut"


def round_up(exact: Decimal, step: Number) -> int:
    """The next multiple of `step` hours, `exact` itself when it is one. Raises CalibrationError."""
    try:
        step = above_zero(step, "L’arrondi")
    except NumberError as error:
        raise CalibrationError(str(error)) from error
    if step != step.to_integral_value():
        raise CalibrationError(f"L’arrondi : {brief(step)} doit être un nombre entier d’heures")
    return ceil(Fraction(exact) / Fraction(step)) * int(step)


def _rounded(
    exact: Decimal, method: str, why: tuple[str, ...], step: Number, minimum: Number
) -> Calibration:
    try:
        minimum = number(minimum, "Le minimum utile")
    except NumberError as error:
        raise CalibrationError(str(error)) from error
    hours = round_up(exact, step)
    if exact < minimum:
        small = (
            f"Trop petit : {hours_fr(exact)}, calculées avant arrondi, sous le minimum utile de "
            f"{hours_fr(minimum)}. Globalisez avec d’autres lots, ou laissez."
        )
        return Calibration(exact, None, method, (*why, small))
    engaged = f"Engagement arrondi aux {decimal_fr(step)} heures supérieures : {hours_fr(hours)}"
    return Calibration(exact, hours, method, (*why, engaged))


def _settled(value: Fraction) -> Decimal:
    """At a hundredth, halves up."""
    cents = int(value * 100 + Fraction(1, 2))
    return (Decimal(cents) * CENT).quantize(CENT, rounding=ROUND_HALF_UP)


def _check_size(value: Fraction, name: str) -> None:
    if value > LARGEST:
        raise CalibrationError(f"{name} : {float(value):.3g} est trop grand")

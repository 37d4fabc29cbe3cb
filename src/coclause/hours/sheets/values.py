"""Hours, birth dates and months as people write them in a spreadsheet's cells."""

import re
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from coclause.core.months import first_day, last_day
from coclause.tables.cells import LONGEST, as_text, exact, fold
from coclause.tables.reading import Cell
from coclause.tables.windows import parse_window

CENT: Final = Decimal("0.01")
LONGEST_MONTH: Final = Decimal(10_000)
"""Beyond, what stands there is no number of hours (an amount, a code)."""
_DECIMAL: Final = re.compile(r"(-?\d{1,6}(?:[.,]\d{1,6})?) ?(?:h|heures?|hrs?)?\.?")
_MINUTES: Final = re.compile(
    r"(-?)(\d{1,4}) ?(?:h|:|heures?) ?([0-5]\d)(?::[0-5]\d)?(?: ?(?:mn|min|minutes?))?"
)
_THOUSANDS: Final = re.compile(r"(?<=\d) (?=\d{3}\b)")
_EXCEL_EPOCH: Final = date(1899, 12, 30)
_BIRTH: Final = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})")
_BIRTH_ISO: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[t ].*)?")
OLDEST: Final = 1900


def hours_of(cell: Cell) -> Decimal | None:
    """Hours to the hundredth: 35,5 ; 35h30 ; 35:30 ; 35 h. None when it is none, blank included.

    A number of hours is not a date nor a truth: those are no hours.
    """
    if cell is None or isinstance(cell, bool | date):
        return None
    if isinstance(cell, int | float):
        number = exact(cell)
        return _rounded(number) if number is not None else None
    text = _THOUSANDS.sub("", fold(cell[:LONGEST]))
    if (found := _MINUTES.fullmatch(text)) is not None:
        hours = Decimal(found[2]) + Decimal(found[3]) / 60
        return _rounded(-hours if found[1] else hours)
    if (found := _DECIMAL.fullmatch(text)) is not None:
        return _rounded(Decimal(found[1].replace(",", ".")))
    return None


def _rounded(number: Decimal) -> Decimal | None:
    return number.quantize(CENT, ROUND_HALF_UP) if abs(number) < LONGEST_MONTH else None


def born_of(cell: Cell, day: date) -> date | None:
    """A birth date; two digits of a year are those of the last hundred years before `day`."""
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float):
        return _of_serial(cell, day)
    text = fold(cell[:LONGEST])
    try:
        if (found := _BIRTH_ISO.fullmatch(text)) is not None:
            return _past(date(int(found[1]), int(found[2]), int(found[3])), day)
        if (found := _BIRTH.match(text)) is not None:
            return _past(date(_year(found[3], day), int(found[2]), int(found[1])), day)
    except ValueError:
        pass
    return None


def _year(text: str, day: date) -> int:
    if len(text) == 4:
        return int(text)
    year = day.year - day.year % 100 + int(text)
    return year if year < day.year else year - 100


def _of_serial(number: float, day: date) -> date | None:
    """The day that a spreadsheet counts from 1900, when the cell lost its format."""
    days = int(number)
    if not 1 <= days <= (day - _EXCEL_EPOCH).days:
        return None
    return _EXCEL_EPOCH + timedelta(days=days)


def _past(born: date, day: date) -> date | None:
    return born if born.year >= OLDEST and born < day else None


def month_of(cell: Cell, month: date) -> date | None:
    """The month that a cell says, by its first day; without its year, that of `month`.

    None when it says none, or a longer period.
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool) and 1 <= cell <= 12:
        return month.replace(month=int(cell)) if float(cell).is_integer() else None
    if isinstance(cell, str) and re.fullmatch(r"0?[1-9]|1[0-2]", cell):
        return month.replace(month=int(cell))
    window = parse_window(cell, year=month.year).value
    if window is None or first_day(window.first) != first_day(window.last):
        return None
    whole = window.first == first_day(window.first) and window.last == last_day(window.last)
    return first_day(window.first) if whole or window.exact else None


def text_of(cell: Cell) -> str:
    return as_text(cell)[:LONGEST].strip()

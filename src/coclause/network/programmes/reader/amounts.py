"""Amounts as buyers write them: « 1,2 M€ », « 150K€ HT », « 90 000 à 120 000 € ».

Euros excluding tax, exact to the cent. What cannot be one such amount for the whole contract is
said and left unknown: a price with tax is not converted, a yearly one needs its duration.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from coclause.render.numbers import euros
from coclause.tables.cells import (
    LONGEST,
    Parsed,
    as_text,
    exact,
    fold,
    is_unknown,
)
from coclause.tables.cells import shown as quoted
from coclause.tables.reading import Cell

HIGHEST: Final = Decimal(10_000_000_000)
"""Beyond ten thousand million euros, a slip of the keyboard is likelier than a purchase."""
_NUMBER: Final = re.compile(
    r"(?<![\w.,])(?P<sign>-)?\s?(?P<digits>\d[\d'.,]*(?: \d{3}(?!\d)[\d'.,]*)*)"
    r"\s*(?P<unit>millions?\b|milliards?\b|mille\b|meuros?\b|meur\b|mds?\b|keuros?\b|keur\b"
    r"|[mk]e\b|m(?![a-z0-9])|k(?![a-z0-9]))?(?:\s?d')?\s*(?:e\b|€|euros?\b|eur\b)?"
)
_POWERS: Final = {"k": 10**3, "mi": 10**6, "m": 10**6, "md": 10**9}
_TAXED: Final = re.compile(r"(?:(?<=[\d\s€(])|\b)(ttc|t\.t\.c\.?|toutes taxes)(?![a-z])")
_YEARLY: Final = re.compile(
    r"/ ?ans?\b|/ ?annees?\b|\bpar an(?:nee)?\b|\bannuels?\b|\bannuelle?s?\b|\b1 an\b"
)
_FLOOR: Final = re.compile(r"≥|>|\bplus de\b|\bau moins\b|\ba partir de\b|\bsuperieur\w*\b")
_CEILING: Final = re.compile(r"≤|<|\bmoins de\b|\bjusqu'a\b|\binferieur\w*\b")
_SEVERAL: Final = re.compile(r"[+×*;]|(?<![a-z])x(?![a-z])|\blots?\b|\bpuis\b")
_LEAST_BARE: Final = 1000
"""Under it, a number beside words that were not read may count anything but euros."""
_SPAN: Final = re.compile(r"\d\s*(?:m|k|m€|k€|€|e|euros?)?\s*(?:-|/|\ba\b|\bou\b)\s*\d")
_KNOWN_WORDS: Final = re.compile(
    r"\b(?:h\.?t\.?|hors taxes?|htva|h\.t|ttc|t\.t\.c|toutes taxes(?: comprises)?|environ|env"
    r"|estime\w*|estimation|estimatif|previsionnel\w*|montant|max(?:i|imum|imal)?|min(?:i|imum)?"
    r"|plafond|par an(?:nee)?|annuel\w*|plus de|moins de|au moins|a partir de|jusqu'a|entre|a|et"
    r"|de|du|superieur\w*|inferieur\w*|ou egal|eur|euros?|ans?|annees?|total|sur|soit)\b\.?"
)


@dataclass(frozen=True, slots=True)
class AmountUnit:
    """What the header of the column says of all its amounts: « Montant annuel (k€ TTC) »."""

    factor: Decimal = Decimal(1)
    taxed: bool = False
    yearly: bool = False


@dataclass(frozen=True, slots=True)
class _Figure:
    value: Decimal
    factor: Decimal | None
    """None where no unit (k, M) is written."""
    doubt: str | None = None


def unit_of_header(header: str) -> AmountUnit:
    """Reads the unit in a header: ``Montant (k€ HT)`` counts in thousands."""
    text = fold(header)
    factor = Decimal(1)
    if re.search(r"\bk ?(€|eur|euros)|\bmilliers d", text):
        factor = Decimal(1000)
    elif re.search(r"\bm ?(€|eur\b|euros)|\bmillions? d|\bmeur", text):
        factor = Decimal(1_000_000)
    excluding = re.search(r"\bht\b|\bh\.t|hors taxe", text) is not None
    taxed = bool(_TAXED.search(text)) and not excluding
    yearly = re.search(r"\bannuel\w*|/ ?an\b|par an\b", text) is not None
    return AmountUnit(factor, taxed, yearly)


def parse_amount(
    cell: Cell, unit: AmountUnit | None = None, *, months: int | None = None
) -> Parsed[Decimal]:
    """The amount excluding tax, in euros, of the whole contract; the highest of a range.

    ``months`` is the whole duration, which a yearly amount is multiplied by.
    """
    unit = unit or AmountUnit()
    if cell is None:
        return Parsed()
    if isinstance(cell, bool | date):
        return Parsed(
            None, (f"{quoted(as_text(cell))} n’est pas un montant : écrivez un nombre d’euros.",)
        )
    if isinstance(cell, int | float):
        number = exact(cell)
        if number is None:
            return Parsed(None, ("ce nombre n’est pas un montant.",))
        return _judged(number * unit.factor, as_text(cell), unit, months, ())
    return _from_text(cell, unit, months)


def _from_text(cell: str, unit: AmountUnit, months: int | None) -> Parsed[Decimal]:
    text = fold(cell[:LONGEST]).replace(">=", "≥").replace("<=", "≤").replace("€€", "€")
    text = re.sub(r"(?<=\d) ?(m|k)€", r" \1 €", text)
    if not text:
        return Parsed()
    if is_unknown(text.removesuffix("€").strip()):
        return Parsed(
            None, (f"le montant est inconnu ({quoted(cell)}) : indiquez une estimation HT.",)
        )
    without_years = re.sub(r"\b(?:sur|pour|en) \d+ (?:ans|mois)\b|\(\d+ ans\)", " ", text)
    figures = [_figure(match) for match in _NUMBER.finditer(without_years)]
    read = [figure for figure in figures if figure is not None]
    if not read or len(read) < len(figures):
        return _unread(cell)
    doubts = [figure.doubt for figure in read if figure.doubt]
    left = _KNOWN_WORDS.sub(" ", _NUMBER.sub(" ", without_years))
    words = re.findall(r"[a-z][a-z']*", left)
    amount = _one_of(read, without_years, unit.factor, cell, doubts)
    if amount is None:
        return Parsed(None, tuple(doubts))
    if words and amount < _LEAST_BARE and "€" not in text:
        return _unread(cell)
    if words:
        doubts.append(f"seul le montant a été lu dans {quoted(cell)}.")
    taxed = bool(_TAXED.search(text)) or (unit.taxed and not re.search(r"\bht\b|h\.t", text))
    yearly = unit.yearly or bool(_YEARLY.search(text))
    return _judged(
        amount, cell, AmountUnit(taxed=taxed, yearly=yearly), months, _bounds(text, doubts)
    )


def _unread(cell: str) -> Parsed[Decimal]:
    return Parsed(
        None,
        (
            f"{quoted(cell)} ne se lit pas comme un montant : écrivez par exemple "
            "« 120 000 » ou « 1,2 M€ ».",
        ),
    )


def _bounds(text: str, doubts: list[str]) -> tuple[str, ...]:
    if _FLOOR.search(text):
        doubts.append("ce montant est un minimum : le contrat peut valoir davantage.")
    if _CEILING.search(text):
        doubts.append("ce montant est un plafond : le contrat peut valoir moins.")
    return tuple(doubts)


def _one_of(
    figures: list[_Figure], text: str, factor: Decimal, cell: str, doubts: list[str]
) -> Decimal | None:
    """The amount among the numbers of a cell: its only one, or the top of a range."""
    last = figures[-1].factor
    values = [
        figure.value * (figure.factor or (last if last and figure.value < 1000 else factor))
        for figure in figures
    ]
    if len(values) == 1:
        return values[0]
    labelled = "max" in text or "entre" in text or "plafond" in text
    spanned = _SPAN.search(re.sub(r"(?<=\d) (?=\d)", "", text)) is not None or labelled
    negative = any(value < 0 for value in values)
    if negative and "-" in text:
        values = [abs(value) for value in values]
        spanned = True
    if len(values) == 2 and spanned and not _SEVERAL.search(text):
        doubts.append(
            f"fourchette {quoted(cell)} : le plus haut, {euros(max(values))}, est retenu."
        )
        return max(values)
    doubts.append(
        f"{quoted(cell)} contient plusieurs nombres : écrivez un seul montant HT, celui de tout "
        "le contrat."
    )
    return None


def _judged(
    amount: Decimal, cell: str, unit: AmountUnit, months: int | None, doubts: tuple[str, ...]
) -> Parsed[Decimal]:
    """An amount once read: negative, null, with tax, yearly or absurd ones are said."""
    wrong = None
    if amount < 0:
        wrong = f"un montant ne peut pas être négatif ({quoted(cell)})."
    elif amount > HIGHEST:
        wrong = f"le montant {quoted(cell)} dépasse {euros(HIGHEST)} : vérifiez-le."
    elif _cents(amount) == 0:
        wrong = "le montant est nul : indiquez une estimation HT."
    elif unit.taxed:
        wrong = (
            f"le montant {quoted(cell)} est TTC : indiquez le montant HT, qui est celui comparé "
            "aux seuils."
        )
    elif unit.yearly and months is None:
        wrong = (
            f"le montant {quoted(cell)} est annuel et la durée n’est pas connue : indiquez le "
            "montant de tout le contrat."
        )
    if wrong is not None:
        return Parsed(None, (*doubts, wrong))
    if unit.yearly and months is not None:
        whole = _cents(amount * months / 12)
        said = f"montant annuel compté sur {months} mois : {euros(whole)}."
        return _judged(whole, cell, AmountUnit(), None, (*doubts, said))
    return Parsed(_cents(amount), doubts)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def _figure(match: re.Match[str]) -> _Figure | None:
    written = match["unit"]
    factor = None
    if written:
        factor = Decimal(
            _POWERS["md" if written[:2] in ("md",) or written.startswith("milliard") else
                    "k" if written[0] == "k" or written == "mille" else "m"]
        )  # fmt: skip
    number = read_number(match["digits"], whole=factor is None)
    if number is None:
        return None
    value, doubt = number
    return _Figure(-value if match["sign"] else value, factor, doubt)


def read_number(digits: str, *, whole: bool = True) -> tuple[Decimal, str | None] | None:
    """``1 200 000``, ``120.000,00``, ``1,2`` → a number and the doubt it leaves; None if neither.

    ``whole``: without a unit, three digits after one mark are thousands, and it is said.
    """
    text = re.sub(r"[\s']", "", digits).rstrip(".,")
    commas, dots = text.count(","), text.count(".")
    if commas and dots:
        decimal = "," if text.rfind(",") > text.rfind(".") else "."
        grouping = "." if decimal == "," else ","
        head, _, tail = text.rpartition(decimal)
        if decimal in head or grouping in tail or not _grouped(head, grouping):
            return None
        return Decimal(f"{head.replace(grouping, '')}.{tail or '0'}"), None
    mark = "," if commas else "."
    if commas + dots == 0:
        return Decimal(text), None
    if commas + dots > 1:
        return (Decimal(text.replace(mark, "")), None) if _grouped(text, mark) else None
    head, _, tail = text.partition(mark)
    if whole and len(tail) == 3 and 0 < len(head) <= 3 and head != "0" and " " not in digits:
        return Decimal(head + tail), (
            f"« {digits.strip()} » est lu {euros(Decimal(head + tail))} : la marque y sépare les "
            "milliers."
        )
    return Decimal(f"{head or '0'}.{tail or '0'}"), None


def _grouped(text: str, mark: str) -> bool:
    first, *others = text.split(mark)
    return not others or (0 < len(first) <= 3 and all(len(group) == 3 for group in others))

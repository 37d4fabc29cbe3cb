"""Single values of open data: text, amount, date, duration, identifiers.

The tabular files write `MQ` (missing), `CDL`, `NC` or both for what they do not know, and put
`INX ` before a value they found malformed: the prefix goes, the value stays and is doubted.
"""

import re
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from stdnum import luhn
from stdnum.exceptions import ValidationError
from stdnum.fr import siret as siret_rules

from coclause.watch.decp.records import Holder, RowError

MISSING = frozenset(
    {"", "mq", "nc", "cdl", "mq nc", "nan", "none", "null", "n/a", "#n/a", "sans objet"}
)
MALFORMED_PREFIX = "INX "
EARLIEST = date(1990, 1, 1)
"""Older than any concession still running that publishers declare; 0202 and 1900 are typing."""
FUTURE_DAYS = 366
"""A notification may be announced, not a year and more ahead."""
SENTINEL_AMOUNT = Decimal(10_000_000_000)
"""€ beyond which an amount is a sentinel or a typing error, not a price."""
TOKEN_AMOUNT = Decimal(1)
"""€ up to which an amount stands for "not said" (0, 1)."""
LARGEST_AMOUNT = Decimal(10) ** 14
"""€ beyond which a number is no amount at all."""
LONGEST_MONTHS = 1200

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")
_SPACES = re.compile(r"\s+")
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:$|[T +Z])")
_FRENCH_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?:$| )")
_CPV = re.compile(r"(\d{8})(?:-\d)?$")


def text(value: Any, limit: int = 2000) -> str:
    """Printable text on one line, cut at `limit` characters; "" for what is not said."""
    if value is None or isinstance(value, dict | list):
        return ""
    cleaned = _SPACES.sub(" ", _UNPRINTABLE.sub(" ", str(value))).strip()
    cleaned = cleaned.removeprefix(MALFORMED_PREFIX)
    return "" if cleaned.lower() in MISSING else cleaned[:limit].rstrip()


def is_marked_malformed(value: Any) -> bool:
    return isinstance(value, str) and value.lstrip().startswith(MALFORMED_PREFIX)


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool):
        return None
    written = text(value, 60).replace(" ", "").replace("\u202f", "").removesuffix("€")
    if "," in written and "." not in written:
        written = written.replace(",", ".")
    try:
        number = Decimal(written)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def amount(value: Any) -> tuple[Decimal | None, bool]:
    """€ before tax to the cent, and whether it is doubtful (0, 1 €, beyond 10 billion).

    Raises `RowError` when it is negative: such a row undoes something that we cannot see.
    """
    number = _number(value)
    if number is None:
        return None, False
    if number < 0:
        raise RowError(f"le montant est négatif ({text(value, 40)})")
    if number > LARGEST_AMOUNT:
        return None, True
    doubtful = number <= TOKEN_AMOUNT or number > SENTINEL_AMOUNT or is_marked_malformed(value)
    return number.quantize(Decimal("0.01")), doubtful


def months(value: Any) -> int | None:
    """Whole months, 1 to 1200; None for anything else."""
    number = _number(value)
    if number is None or not 1 <= number <= LONGEST_MONTHS or number != int(number):
        return None
    return int(number)


def whole(value: Any) -> int | None:
    """A small whole number, such as the rank of a modification."""
    number = _number(value)
    if number is None or not 0 <= number <= 100_000 or number != int(number):
        return None
    return int(number)


def day_of(value: Any) -> date | None:
    """A date written AAAA-MM-JJ (a time may follow) or JJ/MM/AAAA; None when it is not one."""
    written = text(value, 40)
    if iso := _ISO_DATE.match(written):
        year, month, day = iso.groups()
    elif french := _FRENCH_DATE.match(written):
        day, month, year = french.groups()
    else:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def required_day(value: Any, *, name: str, today: date) -> date:
    """A date that dates a contract. Raises `RowError` when it is missing or cannot be true."""
    written = text(value, 40)
    if not written:
        raise RowError(f"la {name} manque")
    found = day_of(value)
    if found is None:
        raise RowError(f"la {name} n'est pas lisible ({written})")
    if found < EARLIEST or found > today + timedelta(days=FUTURE_DAYS):
        raise RowError(f"la {name} est hors de toute vraisemblance ({written})")
    return found


def cpv(value: Any) -> str:
    """The eight digits of a CPV code, with or without its check digit; "" otherwise."""
    found = _CPV.match(text(value, 20).replace(" ", ""))
    return found.group(1) if found else ""


def buyer_siret(value: Any) -> tuple[str, bool]:
    """The buyer's fourteen digits, and whether they are doubtful.

    Raises `RowError` when they are not fourteen digits: the contract could belong to anybody.
    A wrong check digit is only a doubt: the official examples themselves carry 12345678901234.
    """
    written = text(value, 40)
    if not written:
        raise RowError("l'identifiant de l'acheteur manque")
    digits = written.replace(" ", "")
    if not re.fullmatch(r"[0-9]{14}", digits):
        raise RowError(f"l'identifiant de l'acheteur n'est pas un SIRET de 14 chiffres ({written})")
    return digits, not is_siret(digits)


def is_siret(digits: str) -> bool:
    """True when the check digit is right, La Poste's exception included."""
    try:
        siret_rules.validate(digits)
    except ValidationError:
        return False
    return True


def holder(identifier: Any, identifier_type: Any, name: Any) -> Holder | None:
    """A holder, kept whatever its identifier is worth; None when nothing names it.

    A company's mistyped SIRET must not lose a real contract: the official examples hold
    `868768687576575` (15 digits) and real files SIRENs and wrong check digits under "SIRET".
    The identifier is kept as published and flagged. Without one, the name stands for it.
    """
    written, kind, label = text(identifier, 40), text(identifier_type, 20), text(name, 300)
    compact = written.replace(" ", "")
    if compact.isdigit():
        written = compact
    if not written:
        return Holder(label[:40], "", label, doubtful=True) if label else None
    wants_siret = kind.upper() in ("SIRET", "")
    doubtful = is_marked_malformed(identifier) or (wants_siret and not is_siret(written))
    return Holder(written, kind, label, doubtful)


def siren_of(identifier: str) -> str:
    """The SIREN inside a sound SIRET or SIREN; "" when there is none to join on."""
    if len(identifier) == 14 and identifier.isdigit() and is_siret(identifier):
        return identifier[:9]
    if len(identifier) == 9 and identifier.isdigit() and luhn.is_valid(identifier):
        return identifier
    return ""

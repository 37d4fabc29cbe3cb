"""Numbers that follow each other within a year, and codes that nobody guesses.

A code is sixteen signs out of thirty, none of which is taken for another (no I, L, O, U, 0, 1):
78 bits. It is read whatever its case, its hyphens and its spaces.
"""

import secrets
from datetime import date

from django.db import connection
from django.db.models import IntegerField, Max
from django.db.models.functions import Cast, Substr

from coclause.hours.models import Proof

ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
GROUPS, SIGNS = 4, 4
LONGEST_TYPED = 60


def one_at_a_time() -> None:
    """Until the end of the transaction, nobody else establishes a document: numbers follow."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('hours.proof', 0))")


def next_number(day: date) -> str:
    """ "CC-2026-000123": the one after the last of that year. `one_at_a_time` first."""
    prefix = f"CC-{day.year}-"
    rows = Proof.objects.filter(number__startswith=prefix).order_by()
    rank = Cast(Substr("number", len(prefix) + 1), IntegerField())
    last = rows.aggregate(last=Max(rank))["last"] or 0
    return f"{prefix}{last + 1:06d}"


def new_code() -> str:
    """A new verification code, "7KQ2-…", by the system's own chance."""
    return _grouped("".join(secrets.choice(ALPHABET) for _ in range(GROUPS * SIGNS)))


def code_in(text: str) -> str | None:
    """The code that somebody typed, as it is kept; None when it cannot be one."""
    signs = "".join(sign for sign in text[:LONGEST_TYPED].upper() if sign not in "-–— \u00a0.")
    if len(signs) != GROUPS * SIGNS or set(signs) - set(ALPHABET):
        return None
    return _grouped(signs)


def _grouped(signs: str) -> str:
    return "-".join(signs[at : at + SIGNS] for at in range(0, len(signs), SIGNS))

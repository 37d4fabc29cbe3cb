"""Dated parameters: read by code and day, loaded from `data/parameters.toml`."""

import tomllib
from collections.abc import Collection
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from django.db.backends.postgresql.psycopg_any import DateRange

from coclause.core.models import Parameter

FILE = Path(__file__).with_name("data") / "parameters.toml"


class UnknownParameterError(LookupError):
    """No value is known for that day. Never answered by the nearest one."""


def parameter(code: str, day: date) -> Decimal:
    """The value in force that day, in the unit the file documents. Raises UnknownParameterError."""
    return parameters([code], day)[code]


def parameters(codes: Collection[str], day: date) -> dict[str, Decimal]:
    """The same for several, by code. One query."""
    rows = Parameter.objects.filter(code__in=codes, period__contains=day)
    found = dict(rows.values_list("code", "value"))
    if missing := sorted(set(codes) - found.keys()):
        raise UnknownParameterError(f"{missing[0]} : aucune valeur connue au {day:%d/%m/%Y}")
    return found


def load_parameters(*, using: str = "default") -> int:
    """Replace all parameters by the file's, in the caller's transaction. Returns how many."""
    rows = tomllib.loads(FILE.read_text())["parameter"]
    table = Parameter.objects.using(using)
    table.all().delete()
    table.bulk_create(
        Parameter(
            code=row["code"],
            value=Decimal(str(row["value"])),
            period=DateRange(row["from"], _after(row.get("to"))),
            reference=row["reference"],
        )
        for row in rows
    )
    return len(rows)


def _after(last: date | None) -> date | None:
    return last + timedelta(days=1) if last else None

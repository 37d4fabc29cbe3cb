"""The fictitious rows while they are being made, and their writing, table by table, by COPY."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

M = TypeVar("M", bound=models.Model)
BATCH = 20_000
"""Rows of one COPY."""
ALLOCATES = "hours.StatementLine:allocates_inserted"
"""The trigger that sums a month's hours. It is meant for one company's month: on the lines of
seven years it takes minutes, so `Declarations` writes those sums itself, and a test recounts them.
"""


class Book:
    """Unsaved rows, numbered from 1 in each table: the same rows get the same numbers."""

    def __init__(self) -> None:
        self._rows: dict[type[models.Model], list[models.Model]] = {}
        self._later: list[models.Model] = []

    def add(self, row: M) -> M:
        """Keep the row, and number it when its table numbers rows."""
        rows = self._rows.setdefault(type(row), [])
        rows.append(row)
        if isinstance(row._meta.pk, models.AutoField):
            row.pk = len(rows)
        return row

    def add_later(self, rows: Iterable[models.Model]) -> None:
        """Rows of a table that the database fills too: written last, numbered by it."""
        self._later += rows

    def rows(self, model: type[M]) -> list[M]:
        """The rows of that table so far, in the order of their numbers."""
        return self._rows.get(model, [])  # type: ignore[return-value]  # filed by their own type

    def get(self, model: type[M], number: int) -> M:
        """The row of that number."""
        return self.rows(model)[number - 1]

    def counts(self) -> dict[str, int]:
        """How many rows, by table."""
        return {model._meta.db_table: len(rows) for model, rows in self._rows.items()}

    def write(self, order: Sequence[type[models.Model]], *, using: str) -> None:
        """Write the tables in that order and move their sequences past the last number.

        The connection must be the owner's: COPY is refused where row security binds.
        """
        forgotten = set(self._rows) - set(order)
        if forgotten:
            raise ValueError(f"no place in the order for {forgotten}")
        connection = connections[using]
        _leave_sums_alone(connection)
        for model in order:
            rows = self._rows.get(model, [])
            for start in range(0, len(rows), BATCH):
                _copy(connection, model, rows[start : start + BATCH])
            if rows:
                _follow(connection, model, len(rows))
        for row in self._later:
            row.save(using=using, force_insert=True)


def _leave_sums_alone(connection: BaseDatabaseWrapper) -> None:
    """Ignore that one trigger until the end of the transaction."""
    [(model, trigger)] = pgtrigger.registered(ALLOCATES)
    ignored = f"{{{trigger.get_pgid(model)}}}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", [ignored])


def _copy(
    connection: BaseDatabaseWrapper, model: type[models.Model], rows: list[models.Model]
) -> None:
    fields = model._meta.concrete_fields
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    columns = ", ".join(quote(str(field.column)) for field in fields)
    plain = [_is_plain(field) for field in fields]
    names = [field.attname for field in fields]
    command = f"COPY {table} ({columns}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(command) as copy:
        for row in rows:
            values = [getattr(row, name) for name in names]
            copy.write_row(
                value if value is None or as_it_is else field.get_db_prep_save(value, connection)
                for value, as_it_is, field in zip(values, plain, fields, strict=True)
            )


def _follow(connection: BaseDatabaseWrapper, model: type[models.Model], last: int) -> None:
    """Move the sequence past the last number, and tell the planner what the table holds now."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if isinstance(model._meta.pk, models.AutoField):
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, last])
        cursor.execute(f"ANALYZE {connection.ops.quote_name(table)}")


def _is_plain(field: "models.Field[Any, Any]") -> bool:
    """Whether the driver writes the value as it is; JSON alone needs Django's help."""
    return isinstance(field, ArrayField) or not isinstance(field, models.JSONField)

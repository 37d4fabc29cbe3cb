"""Who acts, told to the database for the length of one transaction.

Triggers refuse a write while `coclause.actor` is empty, and the row policies of person tables
read `coclause.user` and `coclause.day`. The settings are local to the transaction: they vanish
with it, so that a pooled connection never carries an actor over to somebody else's request.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.db import connections, transaction

from coclause.core.models import User

SETTINGS = ("coclause.actor", "coclause.user", "coclause.day")


def tell_database(user: User | str | None, day: date, *, using: str = "default") -> None:
    """Set the actor of the current transaction. Outside a transaction it would be lost at once.

    A string names a task, such as "import-decp": it is no user, and sees no person. None is
    nobody: it reads what is public and writes nothing.
    """
    if isinstance(user, str):
        values = (f"task:{user}", "", day.isoformat())
    elif user is None:
        values = ("", "", day.isoformat())
    else:
        values = (f"user:{user.pk}", str(user.pk), day.isoformat())
    _set(values, using)


@contextmanager
def acting_as(user: User | str, *, day: date, using: str = "default") -> Iterator[None]:
    """One transaction in that name. Inside another one, the earlier actor comes back after it."""
    with transaction.atomic(using=using):
        before = _get(using)
        tell_database(user, day, using=using)
        yield
        _set(before, using)


def _get(using: str) -> tuple[str, ...]:
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(current_setting(%s, true), ''), coalesce(current_setting(%s, true),"
            " ''), coalesce(current_setting(%s, true), '')",
            SETTINGS,
        )
        row: tuple[str, ...] = cursor.fetchone()
        return row


def _set(values: tuple[str, ...], using: str) -> None:
    pairs = [item for pair in zip(SETTINGS, values, strict=True) for item in pair]
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT set_config(%s, %s, true), set_config(%s, %s, true), set_config(%s, %s, true)",
            pairs,
        )

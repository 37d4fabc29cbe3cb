"""Rows waiting to be merged, in a temporary file of the machine: any size, bounded memory.

Rows of one contract are anywhere in its file (the real ones are sorted by date), so that they
can be merged only once all are read. SQLite sorts them on disk and gives them back contract by
contract; its unnamed database vanishes with the connection. PostgreSQL is not asked: the web's
role may make no temporary table, and a file that turns out unreadable has then cost it nothing.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from functools import reduce
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any, cast

from coclause.watch.decp.merging import combine, supersede
from coclause.watch.decp.records import Holder, RawContract, RawState


class Stage:
    """The rows of an import, by contract."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        connection.execute("CREATE TABLE stage (key text, file int, said text)")

    def add(self, contracts: Iterable[RawContract], *, file: int) -> None:
        """Add the contracts of the file of that rank."""
        self._connection.executemany(
            "INSERT INTO stage VALUES (?, ?, ?)",
            ((" ".join(one.key), file, _written(one)) for one in contracts),
        )

    def contracts(self) -> Iterator[RawContract]:
        """Each contract once: rows of a file combined, a later file superseding an earlier one."""
        rows = self._connection.execute("SELECT key, file, said FROM stage ORDER BY key, file")
        for _, of_contract in groupby(rows, key=itemgetter(0)):
            by_file = [
                combine([_read(said) for _, _, said in of_file])
                for _, of_file in groupby(of_contract, key=itemgetter(1))
            ]
            yield reduce(supersede, by_file)


@contextmanager
def open_stage() -> Iterator[Stage]:
    """A stage, gone at the end."""
    connection = sqlite3.connect("")
    try:
        yield Stage(connection)
    finally:
        connection.close()


def _written(contract: RawContract) -> str:
    return json.dumps(_values(contract), default=_plain, ensure_ascii=False)


def _plain(value: Any) -> Any:
    """What JSON does not know: a part of a contract, an amount, a date."""
    return _values(value) if isinstance(value, RawState | Holder) else str(value)


def _values(part: RawContract | RawState | Holder) -> tuple[Any, ...]:
    """The fields in order. `astuple` copies each value deeply, which costs more than the rest."""
    return _FIELDS[type(part)](part)


_FIELDS = {
    kind: attrgetter(*(field.name for field in fields(kind)))
    for kind in (RawContract, RawState, Holder)
}


def _read(said: str) -> RawContract:
    contract = RawContract(*json.loads(said))
    return replace(
        contract,
        states=tuple(_state(values) for values in cast(list[list[Any]], contract.states)),
        published_on=_date(contract.published_on),
        considerations=tuple(contract.considerations),
    )


def _state(values: list[Any]) -> RawState:
    dated_on, number, amount, doubtful, months, holders = values
    return RawState(
        dated_on=date.fromisoformat(dated_on),
        number=number,
        amount=None if amount is None else Decimal(amount),
        amount_doubtful=doubtful,
        duration_months=months,
        holders=tuple(Holder(*holder) for holder in holders),
    )


def _date(value: Any) -> date | None:
    return None if value is None else date.fromisoformat(value)

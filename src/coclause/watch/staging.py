"""Rows waiting to be merged, in a temporary table: any file size in bounded memory.

Rows of one contract are anywhere in its file (the real ones are sorted by date), so that they
can be merged only once all are read: the database sorts them, and they come back contract by
contract. The table lives and dies with the transaction.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import astuple, replace
from datetime import date
from decimal import Decimal
from functools import reduce
from itertools import groupby
from operator import itemgetter
from typing import Any, cast

from django.db import connection

from coclause.watch.decp.merging import combine, supersede
from coclause.watch.decp.records import Holder, RawContract, RawState

ROWS_AT_A_TIME = 2000


def open_stage() -> None:
    """Make the table, empty. Needs a transaction: the table is dropped with it."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.watch_stage")
        cursor.execute(
            'CREATE TEMPORARY TABLE watch_stage (key text COLLATE "C", file int, said text)'
            " ON COMMIT DROP"
        )


def stage(contracts: Iterable[RawContract], *, file: int) -> None:
    """Add the contracts of the file of that rank."""
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY watch_stage (key, file, said) FROM STDIN") as copy,
    ):
        for contract in contracts:
            copy.write_row((" ".join(contract.key), file, _written(contract)))


def staged() -> Iterator[RawContract]:
    """Each contract once: rows of one file combined, a later file superseding an earlier one."""
    with connection.connection.cursor(name="watch_stage") as cursor:
        cursor.itersize = ROWS_AT_A_TIME
        cursor.execute("SELECT key, file, said FROM watch_stage ORDER BY key, file")
        for _, rows in groupby(cursor, key=itemgetter(0)):
            by_file = [
                combine([_read(said) for _, _, said in group])
                for _, group in groupby(rows, key=itemgetter(1))
            ]
            yield reduce(supersede, by_file)


def _written(contract: RawContract) -> str:
    return json.dumps(astuple(contract), default=str, ensure_ascii=False)


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

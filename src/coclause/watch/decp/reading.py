"""From a file to its contracts, whatever its format."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from coclause.watch.decp.files import Format, recognise
from coclause.watch.decp.json_file import json_items
from coclause.watch.decp.nested import read_contract
from coclause.watch.decp.records import RawContract, Rejected, RowError
from coclause.watch.decp.tabular import column_key, csv_items, is_tabular, nested
from coclause.watch.decp.xml_file import xml_items

_READERS = {Format.JSON: json_items, Format.XML: xml_items, Format.CSV: csv_items}


def read_decp(path: Path, *, today: date) -> Iterator[RawContract | Rejected]:
    """Every row of the file, in order: a contract, or why it is not taken.

    `today` bounds the dates that can be true. Raises `UnreadableFile` when the file as a whole
    cannot be read, possibly after some rows: take nothing of it then.
    """
    for item in _READERS[recognise(path)](path):
        if isinstance(item, Rejected):
            yield Rejected(f"{path.name}, {item.where}", item.why)
            continue
        place, kind, value = item
        yield from _row(value, kind=kind, where=f"{path.name}, {place}", today=today)


def _row(value: Any, *, kind: str, where: str, today: date) -> Iterator[RawContract | Rejected]:
    if not isinstance(value, Mapping):
        yield Rejected(where, "ce n'est pas un marché, mais une valeur isolée")
        return
    for wrapper in ("marche", "contrat-concession"):
        if isinstance(inner := value.get(wrapper), Mapping):
            value = inner
    if is_tabular(value):
        value = nested({column_key(name): said for name, said in value.items()})
    try:
        contract, left_out = read_contract(value, where=where, today=today, kind=kind)
    except RowError as refusal:
        yield Rejected(where, str(refusal))
        return
    yield contract
    yield from left_out

"""Contracts of a JSON file, streamed: only one contract is in memory at a time."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import ijson

from coclause.watch.decp.files import BOM, UnreadableFile
from coclause.watch.decp.nested import CONCESSION, CONTRACT

DEEPEST = 60
"""Levels of nesting beyond which no contract was ever written."""

BUFFER = 8192
"""Bytes parsed before `DEEPEST` is looked at: in a larger piece, brackets alone take minutes."""

_ONE = {"marche": CONTRACT, "contrat-concession": CONCESSION}
_LISTS = {
    **_ONE,
    "marches": "",
    "contrats": "",
    "concessions": CONCESSION,
    "contrats-concession": CONCESSION,
    "data": "",
    "results": "",
    "records": "",
    "item": "",
    "": "",
}
_OPENING = ("start_map", "start_array")
_CLOSING = ("end_map", "end_array")

Found = tuple[str, str, Any]
"""Where in the file, the kind that the wrapper says, the value."""


def json_items(path: Path) -> Iterator[Found]:
    """Every item found under a known wrapper, or at the top. Raises `UnreadableFile`."""
    with path.open("rb") as stream:
        try:
            yield from _items(stream, path.name)
        except ijson.IncompleteJSONError as error:
            raise UnreadableFile(_broken(path.name, str(error))) from error
        except ijson.JSONError as error:
            raise UnreadableFile(
                f"{path.name} n'est pas un JSON valide : téléchargez-le à nouveau, "
                "ou signalez-le à son producteur."
            ) from error
        except UnicodeDecodeError as error:
            raise UnreadableFile(
                f"{path.name} n'est pas écrit en UTF-8 : enregistrez-le en UTF-8."
            ) from error


def _broken(name: str, detail: str) -> str:
    if "UTF8" in detail or "UTF-8" in detail:
        return f"{name} n'est pas écrit en UTF-8 : enregistrez-le en UTF-8."
    if "premature EOF" in detail or "Incomplete" in detail:
        return f"{name} est incomplet, il s'arrête au milieu : téléchargez-le à nouveau."
    return (
        f"{name} n'est pas un JSON valide : téléchargez-le à nouveau, "
        "ou signalez-le à son producteur."
    )


def _items(stream: BinaryIO, name: str) -> Iterator[Found]:
    _skip_bom(stream)
    walk = _Walk(name)
    for prefix, event, value in ijson.parse(stream, buf_size=BUFFER):
        found = walk.take(prefix, event, value)
        if found is not None:
            yield found
    if walk.top_is_contract:
        _skip_bom(stream)
        yield ("contrat unique", "", next(ijson.items(stream, "")))
    elif not walk.known:
        raise UnreadableFile(
            f"{name} ne contient aucun marché : on attend « marches », puis « marche » "
            "ou « contrat-concession », ou une liste de marchés."
        )


def _skip_bom(stream: BinaryIO) -> None:
    stream.seek(0)
    if stream.read(len(BOM)) != BOM:
        stream.seek(0, io.SEEK_SET)


class _Walk:
    """Follows the events of one file and gathers each contract as it ends."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.known = False
        self.top_is_contract = False
        self._counts: dict[str, int] = {}
        self._depth = 0
        self._builder: Any = None
        self._until = 0
        self._place = ("", "")

    def take(self, prefix: str, event: str, value: Any) -> Found | None:
        """The item that this event completes, if it completes one."""
        if event in _OPENING:
            self._depth += 1
            if self._depth > DEEPEST:
                raise UnreadableFile(
                    f"{self.name} est imbriqué sur plus de {DEEPEST} niveaux : "
                    "ce n'est pas un fichier de données essentielles."
                )
        elif event in _CLOSING:
            self._depth -= 1
        if self._builder is None:
            return self._outside(prefix, event, value)
        self._builder.event(event, value)
        if event in _CLOSING and self._depth == self._until:
            built, self._builder = self._builder.value, None
            return (*self._place, built)
        return None

    def _outside(self, prefix: str, event: str, value: Any) -> Found | None:
        last = prefix.rsplit(".", 1)[-1]
        if event == "start_array":
            self.known = self.known or last in _LISTS
            return None
        if event == "map_key":
            if not prefix and value in ("acheteur", "autoriteConcedante", "acheteur_id"):
                self.top_is_contract = True
            return None
        if event in _CLOSING:
            return None
        kind = self._wrapper(prefix, last, event)
        if kind is None:
            return None
        self.known = True
        self._place = (self._where(prefix.removesuffix("item").rstrip(".")), kind)
        if event != "start_map":
            return (*self._place, value)
        self._builder = ijson.ObjectBuilder()
        self._builder.event(event, value)
        self._until = self._depth - 1
        return None

    def _wrapper(self, prefix: str, last: str, event: str) -> str | None:
        """The kind that the place announces, None when no contract stands there."""
        if last == "item":
            parent = prefix.removesuffix("item").rstrip(".").rsplit(".", 1)[-1]
            return _LISTS.get(parent)
        return _ONE.get(last) if event == "start_map" else None

    def _where(self, place: str) -> str:
        rank = self._counts.get(place, 0)
        self._counts[place] = rank + 1
        return f"{place}[{rank}]"

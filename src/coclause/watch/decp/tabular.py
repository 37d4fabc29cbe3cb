"""Rows of a tabular file: one per holder and per successive state of a contract.

Each row is given the nested shape, so that one reader judges every format.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from coclause.watch.decp.files import UnreadableFile, encoding_of
from coclause.watch.decp.records import Rejected
from coclause.watch.decp.social import plain
from coclause.watch.decp.values import text

DELIMITERS = ",;\t|"
_LONGEST_CELL = 1_000_000
_JOINED = re.compile(r"\s*[,;|]\s*")
_LETTERS = re.compile(r"[^a-z0-9]")

# Column names, without case, accents nor punctuation, to the name of the nested form.
_SIMPLE = {
    "id": "id",
    "idmarche": "id",
    "objet": "objet",
    "objetmarche": "objet",
    "nature": "nature",
    "type": "type",
    "procedure": "procedure",
    "codecpv": "codeCPV",
    "montant": "montant",
    "montantmarche": "montant",
    "valeurglobale": "valeurGlobale",
    "dureemois": "dureeMois",
    "datenotification": "dateNotification",
    "datesignature": "dateSignature",
    "datepublicationdonnees": "datePublicationDonnees",
    "considerationssociales": "considerationsSociales",
    "considerationssocialesconsiderationsociale": "considerationsSociales",
    "idaccordcadre": "idAccordCadre",
    "modificationid": "numeroEtat",
}
_BUYER = {
    "acheteurid": "id",
    "idacheteur": "id",
    "acheteursiret": "id",
    "autoriteconcedanteid": "id",
    "acheteurnom": "nom",
    "nomacheteur": "nom",
    "codepostalacheteur": "codePostal",
    "acheteurdepartementcode": "departement",
    "acheteurregioncode": "region",
}
_PLACE = {"lieuexecutioncode": "code", "lieuexecutiontypecode": "typeCode"}
_HOLDER = re.compile(
    r"(?:titulaire|concessionnaire)(id|nom|denominationsociale|typeidentifiant)(\d?)$"
)
_HOLDER_FIELDS = {"typeidentifiant": "typeIdentifiant", "denominationsociale": "nom"}
_REQUIRED = (
    ("id", "l'identifiant du marché (id)"),
    ("acheteur", "l'identifiant de l'acheteur (acheteur_id)"),
    ("date", "la date de notification (dateNotification)"),
)


def csv_items(path: Path) -> Iterator[tuple[str, str, Any] | Rejected]:
    """Where and fields of every row, or why a row is not one. Raises `UnreadableFile`."""
    csv.field_size_limit(_LONGEST_CELL)
    with path.open(encoding=encoding_of(path), errors="replace", newline="") as stream:
        first = stream.readline()
        delimiter = max(DELIMITERS, key=first.count)
        stream.seek(0)
        reader = csv.reader(stream, delimiter=delimiter, strict=True)
        try:
            yield from _rows(reader, path.name)
        except csv.Error as error:
            raise UnreadableFile(
                f"{path.name} est illisible à la ligne {reader.line_num} (guillemets mal fermés "
                "ou cellule démesurée) : corrigez cette ligne ou téléchargez-le à nouveau."
            ) from error


def _rows(reader: Any, name: str) -> Iterator[tuple[str, str, Any] | Rejected]:
    header = [column_key(column) for column in next(reader, [])]
    _check_columns(header, name)
    line = reader.line_num + 1
    for cells in reader:
        where, line = f"ligne {line}", reader.line_num + 1
        while len(cells) > len(header) and not cells[-1].strip():
            cells.pop()
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            why = f"la ligne a {len(cells)} colonnes au lieu de {len(header)}"
            yield Rejected(where, why)
            continue
        yield where, "", nested(dict(zip(header, cells, strict=True)))


def column_key(column: str) -> str:
    return _LETTERS.sub("", plain(column))


def is_tabular(fields: Mapping[str, Any]) -> bool:
    """True for a JSON object that is a row of a table rather than a contract."""
    return any(_BUYER.get(column_key(name)) == "id" for name in fields)


def _check_columns(header: Sequence[str], name: str) -> None:
    there = {
        "id": any(_SIMPLE.get(column) == "id" for column in header),
        "acheteur": any(_BUYER.get(column) == "id" for column in header),
        "date": "datenotification" in header or "datesignature" in header,
    }
    missing = [label for key, label in _REQUIRED if not there[key]]
    if missing:
        raise UnreadableFile(
            f"{name} n'est ni un JSON, ni un XML, ni un tableau de marchés : "
            f"il y manque {', '.join(missing)}."
        )


def nested(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row, keyed by `column_key`, in the shape of the nested form."""
    fields: dict[str, Any] = {"_rows": True}
    buyer: dict[str, Any] = {}
    place: dict[str, Any] = {}
    holders: dict[str, dict[str, Any]] = {}
    for column, value in row.items():
        if column in _SIMPLE:
            fields.setdefault(_SIMPLE[column], value)
        elif column in _BUYER:
            buyer.setdefault(_BUYER[column], value)
        elif column in _PLACE:
            place[_PLACE[column]] = value
        elif found := _HOLDER.match(column):
            name, rank = found.groups()
            holders.setdefault(rank, {})[_HOLDER_FIELDS.get(name, name)] = value
    titulaires = [one for said in holders.values() for one in _split(said)]
    return fields | {"acheteur": buyer, "lieuExecution": place, "titulaires": titulaires}


def _split(said: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Holders joined in one cell, told apart; names follow when there are as many."""
    identifiers = _JOINED.split(text(said.get("id"), 4000))
    if len(identifiers) == 1:
        return [dict(said)]
    names = _JOINED.split(text(said.get("nom"), 8000))
    if len(names) != len(identifiers):
        names = [""] * len(identifiers)
    kind = said.get("typeIdentifiant")
    return [
        {"id": identifier, "typeIdentifiant": kind, "nom": name}
        for identifier, name in zip(identifiers, names, strict=True)
    ]

"""Contracts in the shapes of open data, all invented."""

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

from coclause.watch.decp import RawContract, Rejected, read_decp

TODAY = date(2026, 11, 22)
BUYER = "21250056500016"
HOLDER = "55204599900869"
OTHER_HOLDER = "38103128500491"
COLUMNS = (
    "uid",
    "id",
    "type",
    "objet",
    "codeCPV",
    "acheteur_id",
    "acheteur_nom",
    "titulaire_id",
    "titulaire_nom",
    "montant",
    "dateNotification",
    "dureeMois",
    "considerationsSociales",
    "lieuExecution_code",
    "lieuExecution_typeCode",
)


def marche(**changes: Any) -> dict[str, Any]:
    """A contract in the nested form."""
    return {
        "id": "2026-01",
        "acheteur": {"id": BUYER, "nom": "Commune imaginaire"},
        "nature": "Marché",
        "objet": "Réfection d'un préau imaginaire",
        "codeCPV": "45210000-2",
        "procedure": "Procédure adaptée",
        "lieuExecution": {"code": "25056", "typeCode": "Code commune"},
        "dureeMois": 12,
        "dateNotification": "2026-03-02",
        "datePublicationDonnees": "2026-03-20",
        "montant": 120000,
        "titulaires": [{"titulaire": {"id": HOLDER, "typeIdentifiant": "SIRET"}}],
        "considerationsSociales": {"considerationSociale": ["Clause sociale"]},
    } | changes


def row(**changes: str) -> dict[str, str]:
    """A row of the tabular form."""
    return (
        dict.fromkeys(COLUMNS, "")
        | {
            "id": "2026-01",
            "type": "Travaux",
            "codeCPV": "45210000",
            "acheteur_id": BUYER,
            "titulaire_id": HOLDER,
            "titulaire_nom": "Toits Fictifs",
            "montant": "120000",
            "dateNotification": "2026-03-02",
            "dureeMois": "12",
        }
        | changes
    )


def json_file(folder: Path, content: Any, name: str = "decp.json") -> Path:
    path = folder / name
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def marches(folder: Path, *contracts: dict[str, Any], name: str = "decp.json") -> Path:
    return json_file(folder, {"marches": {"marche": list(contracts)}}, name)


def csv_text(*rows: dict[str, str], delimiter: str = ",") -> str:
    written = io.StringIO()
    writer = csv.DictWriter(written, COLUMNS, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()


def csv_file(folder: Path, *rows: dict[str, str], name: str = "decp.csv") -> Path:
    path = folder / name
    path.write_text(csv_text(*rows), encoding="utf-8")
    return path


def read(path: Path) -> list[RawContract | Rejected]:
    return list(read_decp(path, today=TODAY))


def contracts(path: Path) -> list[RawContract]:
    return [found for found in read(path) if isinstance(found, RawContract)]


def rejected(path: Path) -> list[Rejected]:
    return [found for found in read(path) if isinstance(found, Rejected)]

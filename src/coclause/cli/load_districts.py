"""`coclause load-districts`: the priority districts of a vintage, from a file given by the user."""

import argparse
import importlib
import json
from pathlib import Path
from typing import Any

from coclause.cli import database
from coclause.cli.indicators import year
from coclause.cli.parsing import RefusedError
from coclause.render.numbers import integer

# Reads the models, so it is imported once Django is set up.
DISTRICTS = "coclause.reference.districts"
SHOWN_REFUSALS = 20


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declares the command."""
    parser = subparsers.add_parser(
        "load-districts",
        help="charge les quartiers prioritaires d'un millésime",
        description="Charge les quartiers prioritaires d'un millésime depuis un tableau CSV : code "
        "du quartier, nom, code INSEE de la commune. Sans --apply, dit ce qui serait fait. Rien "
        "n'est jamais supprimé ; chaque millésime reste à côté des autres.",
    )
    parser.add_argument("file", type=Path, metavar="FICHIER", help="le tableau, en CSV")
    parser.add_argument(
        "--vintage", required=True, type=year, metavar="AAAA", help="le millésime, comme 2024"
    )
    parser.add_argument("--apply", action="store_true", help="enregistre pour de bon")
    parser.add_argument("--json", action="store_true", help="répond en JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Says what the file holds; with `--apply`, loads it."""
    database.prepare()
    districts = importlib.import_module(DISTRICTS)
    try:
        done = districts.load_districts(args.file, f"{args.vintage:04d}", apply=args.apply)
    except districts.UnreadableDistricts as unreadable:
        raise RefusedError(str(unreadable)) from unreadable
    result = done.as_dict()
    if args.json:
        print(json.dumps(result, ensure_ascii=False))
    else:
        print("\n".join(summary(result)))
    return 0


def summary(result: dict[str, Any]) -> list[str]:
    """The answer in a few French lines, with the first refused lines of the file."""
    rejected = result["rejected"]
    lines = [
        f"Quartiers prioritaires, millésime {result['vintage']}",
        f"Lignes lues : {integer(result['rows'])}",
        f"Quartiers nouveaux : {integer(result['new'])}, modifiés : {integer(result['changed'])}, "
        f"inchangés : {integer(result['unchanged'])}",
        f"Commune non connue : {integer(result['unknown_communes'])}",
        f"Sur plusieurs communes (la première est retenue) : {integer(result['several_communes'])}",
        f"Déjà chargés, absents de ce fichier et gardés : {integer(result['kept'])}",
        f"Lignes refusées : {integer(len(rejected))}",
    ]
    lines += [f"  {one['where']} : {one['why']}" for one in rejected[:SHOWN_REFUSALS]]
    if len(rejected) > SHOWN_REFUSALS:
        lines.append(f"  et {integer(len(rejected) - SHOWN_REFUSALS)} autres (voir --json)")
    if not result["applied"]:
        lines.append("Essai : rien n'a été enregistré. Relancez avec --apply.")
    return lines

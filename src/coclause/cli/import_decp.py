"""`coclause import-decp`: published contracts into the watch, as a total and its refusals."""

import argparse
import importlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from coclause.cli import database
from coclause.cli.parsing import RefusedError
from coclause.render.numbers import integer
from coclause.watch.decp import UnreadableFile, recognise

SHOWN_REJECTIONS = 20
PARIS = ZoneInfo("Europe/Paris")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declares the command."""
    parser = subparsers.add_parser(
        "import-decp",
        help="importe des marchés publiés en données ouvertes",
        description="Importe des fichiers de données essentielles de la commande publique, "
        "reconnus à leur contenu : JSON, XML ou CSV.",
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FICHIER", help="un fichier")
    parser.add_argument("--dry-run", action="store_true", help="compte sans rien enregistrer")
    parser.add_argument("--json", action="store_true", help="répond en JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Imports all the files, or nothing when one of them cannot be read."""
    try:
        for path in args.files:
            recognise(path)
        database.prepare()
        # Models can be imported only once Django is set up.
        tasks = importlib.import_module("coclause.watch.tasks")
        day = datetime.now(PARIS).date()
        result = tasks.import_decp(args.files, day=day, dry_run=args.dry_run).as_dict()
    except UnreadableFile as unreadable:
        raise RefusedError(str(unreadable)) from unreadable
    if args.json:
        print(json.dumps(result, ensure_ascii=False))
    else:
        print("\n".join(summary(result, dry_run=args.dry_run)))
    return 0


def summary(result: dict[str, Any], *, dry_run: bool) -> list[str]:
    """The answer in a few French lines, with the first refused rows."""
    social = result["social"]
    rejected = result["rejected"]
    lines = [
        f"Lignes lues : {integer(result['rows'])}",
        f"Marchés : {integer(result['contracts'])}, concessions : {integer(result['concessions'])}",
        f"Nouveaux : {integer(result['new'])}, modifiés : {integer(result['changed'])}, "
        f"inchangés : {integer(result['unchanged'])}",
        f"Considération sociale : oui {integer(social['yes'])}, non {integer(social['no'])}, "
        f"inconnu {integer(social['unknown'])}",
        f"Lignes refusées : {integer(len(rejected))}",
    ]
    lines += [f"  {one['where']} : {one['why']}" for one in rejected[:SHOWN_REJECTIONS]]
    if len(rejected) > SHOWN_REJECTIONS:
        lines.append(f"  et {integer(len(rejected) - SHOWN_REJECTIONS)} autres (voir --json)")
    if dry_run:
        lines.append("Essai : rien n'a été enregistré.")
    return lines

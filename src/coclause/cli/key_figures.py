"""`coclause key-figures`: a region's year on one page, as a PDF."""

import argparse
import importlib
from pathlib import Path

from coclause.cli import database
from coclause.cli.indicators import add_year_and_territory, known_region, today
from coclause.cli.parsing import RefusedError


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declares the command."""
    parser = subparsers.add_parser(
        "key-figures",
        help="écrit les chiffres clés d'une année, sur une page PDF",
        description="Écrit les chiffres clés d'une région et d'une année, sur une page PDF.",
    )
    add_year_and_territory(parser)
    parser.add_argument(
        "--out", required=True, type=Path, metavar="FICHIER", help="le PDF à écrire"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Writes the file, whole or not at all."""
    if not args.out.parent.is_dir():
        raise RefusedError(f"--out : le dossier « {args.out.parent} » n'existe pas")
    database.prepare()
    region = known_region(args.territory)
    # Models can be imported only once Django is set up.
    reports = importlib.import_module("coclause.reports.key_figures")
    settings = importlib.import_module("django.conf").settings
    found = reports.key_figures(region, args.year, day=today())
    content = reports.key_figures_pdf(found, fonts=settings.FONTS)
    try:
        args.out.write_bytes(content)
    except OSError as error:
        raise RefusedError(f"--out : « {args.out} » ne peut pas être écrit") from error
    print(f"Chiffres clés {args.year} : {args.out}")
    return 0

"""`coclause migrate`: tables up to date, as the role that owns them."""

import argparse
import importlib

from django.core.management import call_command
from django.utils import timezone

from coclause.cli import database

# Reads the models, so it is imported once Django is set up.
VALUES = "coclause.cli.values"


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declares the command."""
    parser = subparsers.add_parser("migrate", help="met les tables à jour")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Migrates the database of the environment, or this checkout's."""
    database.prepare(migrated=False)
    migrate()
    print("La base est à jour.")
    return 0


def migrate() -> None:
    """Applies what is missing through `owner`, then loads the dated values of this version.

    Django must be set up: the loaders read the models.
    """
    call_command("migrate", database="owner", interactive=False, verbosity=0)
    importlib.import_module(VALUES).load(day=timezone.localdate())

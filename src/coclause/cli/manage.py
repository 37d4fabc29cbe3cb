"""`coclause manage …`: Django's own commands, on the right database."""

import argparse

from django.core.management import execute_from_command_line

from coclause.cli import database


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declares the command; what follows its name belongs to Django."""
    parser = subparsers.add_parser("manage", help="passe une commande à Django")
    parser.add_argument("rest", nargs=argparse.REMAINDER, help="la commande et ses arguments")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Passes the arguments through."""
    database.prepare(migrated=False)
    execute_from_command_line(["coclause manage", *args.rest])
    return 0

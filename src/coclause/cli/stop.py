"""`coclause stop`: the demonstration and its database, and what a kill left of them."""

import argparse

from coclause.cli import database, supervisor


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declares the command."""
    parser = subparsers.add_parser("stop", help="arrête la démonstration et sa base")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Stops everything of this checkout; may be run when nothing runs."""
    supervisor.stop(database.state_folder())
    print("La démonstration est arrêtée.")
    return 0

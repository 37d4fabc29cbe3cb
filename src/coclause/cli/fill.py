"""`coclause demo-data`: a database migrated, filled with fictitious data and left running."""

import argparse
import importlib
import os

import psycopg
from django.conf import settings

from coclause.cli import database
from coclause.cli.migrate import migrate
from coclause.cli.parsing import RefusedError

# Both read the models, so they are imported once Django is set up. Each may be called again
# after an interruption.
REFERENCE = "coclause.reference.loading"
FICTION = "coclause.demo"
# Written on the database itself when the last step is done: it lives and dies with the data.
FILLED = "coclause: demonstration data loaded"


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declares the command."""
    parser = subparsers.add_parser(
        "demo-data", help="remplit la base de données fictives, sans servir"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Starts the database if need be, migrates it and fills it once."""
    if "DATABASE_URL" in os.environ and os.environ.get("COCLAUSE_DEMO") != "1":
        raise RefusedError(
            "DATABASE_URL désigne une base : COCLAUSE_DEMO=1 confirme qu'elle peut recevoir"
            " des données fictives."
        )
    database.prepare(migrated=False)
    print("Tables…", flush=True)
    migrate()
    url = os.environ.get("DATABASE_OWNER_URL", os.environ["DATABASE_URL"])
    with psycopg.connect(url, autocommit=True) as connection:
        if not _is_filled(connection):
            print("Territoires et nomenclatures…", flush=True)
            importlib.import_module(REFERENCE).load_all(node_modules=settings.NODE_MODULES)
            print("Données fictives…", flush=True)
            fiction = importlib.import_module(FICTION)
            fiction.build(day=fiction.today())
            _mark_filled(connection)
    print("La base de démonstration est prête.")
    return 0


def _is_filled(connection: psycopg.Connection) -> bool:
    row = connection.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
        " WHERE datname = current_database()"
    ).fetchone()
    return row == (FILLED,)


def _mark_filled(connection: psycopg.Connection) -> None:
    statement = psycopg.sql.SQL("COMMENT ON DATABASE {} IS {}")
    name = psycopg.sql.Identifier(connection.info.dbname)
    connection.execute(statement.format(name, psycopg.sql.Literal(FILLED)))

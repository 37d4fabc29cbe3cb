"""Which database a command works on, and Django on top of it."""

import os
from pathlib import Path

import django
import psycopg

from coclause.cli.parsing import RefusedError
from coclause.core import embedded

ROOT = Path(__file__).resolve().parents[3]


def state_folder() -> Path:
    """Where this checkout keeps what it makes: `COCLAUSE_STATE`, else `.state`."""
    return Path(os.environ.get("COCLAUSE_STATE", ROOT / ".state")).resolve()


def start_embedded(state: Path) -> embedded.Server:
    """The database of this state folder, started and provided with its roles."""
    server = embedded.start(state)
    embedded.provision(server)
    return server


def addresses(server: embedded.Server) -> dict[str, str]:
    """The environment of a program that works on this database, with the demonstration's keys."""
    return {
        "DATABASE_URL": server.url(embedded.APP),
        "DATABASE_OWNER_URL": server.url(embedded.OWNER),
        "COCLAUSE_DEMO": os.environ.get("COCLAUSE_DEMO", "1"),
    }


def prepare(*, migrated: bool = True) -> None:
    """Sets up Django on `DATABASE_URL`, else on this checkout's database, started if need be.

    `migrated`: the command reads tables, so a database without any is refused.
    """
    if "DATABASE_URL" not in os.environ:
        os.environ |= addresses(start_embedded(state_folder()))
    if migrated:
        _require_tables(os.environ["DATABASE_URL"])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coclause.config.settings")
    django.setup()


def _require_tables(url: str) -> None:
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            found = connection.execute("SELECT to_regclass('django_migrations')").fetchone()
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[-1]
        raise RefusedError(f"la base de DATABASE_URL ne répond pas : {reason}") from error
    if found == (None,):
        raise RefusedError("la base est vide : lancez d'abord « make demo-data ».")

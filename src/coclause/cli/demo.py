"""`coclause demo`: database, data, pages and background work on this machine, until Ctrl-C."""

import argparse
import os
import sys

from coclause.cli import database
from coclause.cli.parsing import RefusedError
from coclause.cli.supervisor import Program, Supervisor

DEFAULT_PORT = 8000


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declares the command."""
    parser = subparsers.add_parser("demo", help="ouvre la démonstration sur cette machine")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Serves until told to stop."""
    port = _port(os.environ.get("COCLAUSE_PORT", str(DEFAULT_PORT)))
    os.environ.setdefault("COCLAUSE_SITE_URL", f"http://127.0.0.1:{port}")
    supervisor = Supervisor(
        database.state_folder(),
        port,
        preparations=[
            _coclause("demo-data"),
            _coclause("manage", "collectstatic", "--noinput", "--verbosity", "0"),
        ],
        programs=[
            Program("le serveur de pages", _web(port)),
            Program("le travail de fond", _coclause("worker")),
        ],
    )
    return supervisor.run()


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 2**16:
        raise RefusedError(f"COCLAUSE_PORT : « {text} » n'est pas un numéro de port.")
    return int(text)


def _coclause(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "coclause.cli", *arguments]


def _web(port: int) -> list[str]:
    gunicorn = [sys.executable, "-m", "gunicorn", "coclause.config.wsgi"]
    address = ["--bind", f"127.0.0.1:{port}"]
    size = ["--workers", "2", "--threads", "4"]
    # Its control socket would go into the user's home.
    return [*gunicorn, *address, *size, "--no-control-socket", "--log-level", "warning"]

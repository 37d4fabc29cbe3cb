"""`coclause worker`: sends mail and does what nobody waits for, until it is told to stop."""

import argparse

from django.conf import settings

from coclause.cli import database
from coclause.cli.parsing import RefusedError
from coclause.core.jobs import worker_app


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declares the command."""
    parser = subparsers.add_parser(
        "worker",
        help="envoie les courriels et fait les travaux de fond",
        description="Envoie les courriels et fait les travaux de fond, jusqu'à ce qu'on l'arrête.",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Works until a signal (the running jobs are finished first), or until the database fails:
    whoever started it starts it again.
    """
    database.prepare()
    if not settings.MAIL_READY:
        raise RefusedError(
            "les courriels n'ont pas de serveur d'envoi : donnez COCLAUSE_SMTP_URL"
            " (smtp://utilisateur:motdepasse@serveur:587?tls=1) et COCLAUSE_MAIL_FROM ;"
            " d'ici là ils attendent, rien n'est perdu."
        )
    worker_app().run_worker()
    return 0

"""The command line: `coclause COMMANDE`.

A command is a module with `add_parser(subparsers)`, which declares its arguments and sets
`run`, and `run(args) -> int`. To add one, write the module and its line in `COMMANDS`: only the
module of the command asked for is imported, so that a light one stays light.
"""

import importlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from coclause.cli.parsing import Parser, RefusedError
from coclause.core.embedded_places import EmbeddedError

REFUSED = 2
FAILED = 1
INTERRUPTED = 130


@dataclass(frozen=True)
class Command:
    """Where a command lives, and its line in `coclause --help`."""

    module: str
    help: str


COMMANDS = {
    "demo": Command("coclause.cli.demo", "ouvre la démonstration sur cette machine"),
    "stop": Command("coclause.cli.stop", "arrête la démonstration et sa base"),
    "worker": Command("coclause.cli.worker", "envoie les courriels et fait les travaux de fond"),
    "migrate": Command("coclause.cli.migrate", "met les tables à jour"),
    "demo-data": Command("coclause.cli.fill", "remplit la base de données fictives, sans servir"),
    "load-reference": Command(
        "coclause.cli.load_reference", "charge territoires, codes CPV et contours"
    ),
    "load-districts": Command(
        "coclause.cli.load_districts", "charge les quartiers prioritaires d'un millésime"
    ),
    "import-decp": Command(
        "coclause.cli.import_decp", "importe des marchés publiés en données ouvertes"
    ),
    "indicators": Command("coclause.cli.indicators", "donne les chiffres d'une région"),
    "key-figures": Command(
        "coclause.cli.key_figures", "écrit les chiffres clés d'une année, sur une page PDF"
    ),
    "duty": Command("coclause.cli.duty", "dit si une condition sociale est due"),
    "calibrate": Command("coclause.cli.calibrate", "calcule un volume d'heures d'insertion"),
    "read-dsn": Command(
        "coclause.cli.read_dsn", "lit les heures de quelques personnes dans un fichier de paie"
    ),
    "manage": Command("coclause.cli.manage", "passe une commande à Django"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command: 0 on an answer, 2 on a refused input, 1 when the machine fails."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        args = _parser(arguments[:1]).parse_args(arguments)
        return int(args.run(args))
    except RefusedError as refusal:
        print(f"coclause : {refusal}", file=sys.stderr)
        return REFUSED
    except EmbeddedError as error:
        print(f"coclause : {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader left (`coclause … | head`): Python must not complain of it at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED


def _parser(asked: list[str]) -> Parser:
    parser = Parser(prog="coclause", description="CoClause, les clauses sociales d'insertion.")
    subparsers = parser.add_subparsers(title="commandes", metavar="COMMANDE", required=True)
    for name, command in COMMANDS.items():
        if [name] == asked:
            importlib.import_module(command.module).add_parser(subparsers)
        else:
            subparsers.add_parser(name, help=command.help)
    return parser

"""argparse in French: one line on a refusal, which names the value."""

import argparse
import re
from typing import Any, NoReturn

# argparse composes these in English, whatever the language of the machine.
SENTENCES = (
    (r"the following arguments are required: (.+)", r"il manque : \1"),
    (r"one of the arguments (.+) is required", r"il faut l'un de : \1"),
    (r"unrecognized arguments: (.+)", r"argument inconnu : \1"),
    (
        r"argument (.+): invalid choice: (.+) \(choose from (.*)\)",
        r"\1 : \2 est refusé (choix : \3)",
    ),
    (r"argument (.+): invalid \S+ value: (.+)", r"\1 : \2 n'est pas une valeur attendue"),
    (r"argument (.+): expected one argument", r"\1 : il manque une valeur"),
    (r"argument (.+): expected at least one argument", r"\1 : il manque une valeur"),
    (r"argument (.+): not allowed with argument (.+)", r"\1 et \2 ne vont pas ensemble"),
    (r"argument (.+?): (.+)", r"\1 : \2"),
)
HEADINGS = (
    ("usage: ", "utilisation : "),
    ("\npositional arguments:", "\narguments :"),
    ("\noptions:", "\noptions :"),
    ("\ncommandes:", "\ncommandes :"),
)


class RefusedError(Exception):
    """An input the command refuses; the sentence, in French, names the value."""


class Parser(argparse.ArgumentParser):
    """Speaks French and raises `RefusedError` instead of leaving."""

    def __init__(self, **options: Any) -> None:
        options["allow_abbrev"] = False
        super().__init__(**options, add_help=False)
        self.add_argument("-h", "--help", action="help", help="montre cette aide")

    def error(self, message: str) -> NoReturn:
        """Raises the refusal, in one line."""
        raise RefusedError(in_french(message))

    def format_help(self) -> str:
        """The help, with its headings in French."""
        text = super().format_help()
        for english, french in HEADINGS:
            text = text.replace(english, french, 1)
        return text


def in_french(message: str) -> str:
    """The French sentence for one of argparse's; an unknown one stays as it is."""
    line = " ".join(message.split())
    for english, french in SENTENCES:
        if re.fullmatch(english, line):
            return re.sub(english, french, line)
    return line

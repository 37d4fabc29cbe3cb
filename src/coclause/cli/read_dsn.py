"""`coclause read-dsn`: a few persons' hours in a payroll file. Neither Django nor database."""

import argparse
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

from coclause.cli.duty import readable
from coclause.cli.parsing import RefusedError
from coclause.hours.payroll.facts import (
    ContractHours,
    Correction,
    Payroll,
    PayrollError,
    PersonHours,
    Sought,
)
from coclause.hours.payroll.names import fold
from coclause.hours.payroll.reading import read_payroll

EXPECTED = "n'est pas de la forme NOM;PRENOM;AAAA-MM-JJ"


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declares the command."""
    parser = subparsers.add_parser(
        "read-dsn",
        help="lit les heures de quelques personnes dans un fichier de paie (DSN)",
        description="Lit les heures des personnes nommées dans un fichier de paie (DSN), en JSON."
        " Rien n'est gardé ni dit des autres salariés, sauf leur nombre.",
    )
    parser.add_argument("file", type=Path, metavar="FICHIER", help="le fichier DSN")
    parser.add_argument(
        "--person",
        dest="people",
        action="extend",
        nargs="+",
        required=True,
        type=person,
        metavar="PERSONNE",
        help="une personne : « NOM;PRENOM;AAAA-MM-JJ » ; répétez pour plusieurs",
    )
    parser.add_argument(
        "--json", action="store_true", help="répond en JSON (c'est toujours le cas)"
    )
    parser.set_defaults(run=run)


def person(text: str) -> Sought:
    """A person as typed. Raises ArgumentTypeError."""
    readable(text)
    parts = [part.strip() for part in text.split(";")]
    if len(parts) != 3 or not all(map(fold, parts)):
        raise argparse.ArgumentTypeError(f"« {text} » {EXPECTED}")
    try:
        born = date.fromisoformat(parts[2])
    except ValueError:
        born = None
    if born is None or parts[2] != born.isoformat():
        raise argparse.ArgumentTypeError(f"« {text} » {EXPECTED}")
    return Sought(parts[0], parts[1], born)


def run(args: argparse.Namespace) -> int:
    """Prints the hours as one JSON object."""
    try:
        with args.file.open("rb") as file:
            found = read_payroll(file, args.people)
    except OSError as error:
        raise RefusedError(f"« {args.file} » ne peut être ouvert : {_why(error)}") from None
    except PayrollError as refusal:
        raise RefusedError(f"« {args.file} » : {refusal}") from None
    print(json.dumps(as_json(found), ensure_ascii=False))
    return 0


def as_json(found: Payroll) -> dict[str, object]:
    """The answer as JSON holds it.

    `month` is the latest declared and `people` what that month's declarations say; a file of
    several months gives each of them under `months`. Hours of other periods declared in a month
    are beside its own, under `corrections`.
    """
    answer: dict[str, object] = {
        "month": _month(found.month),
        "people": _people(found, found.month),
        "others_skipped": found.others_skipped,
        "remarks": list(found.remarks),
    }
    if len(found.months) > 1:
        answer["months"] = [
            {"month": _month(month), "people": _people(found, month)} for month in found.months
        ]
    return answer


def _people(found: Payroll, month: date) -> list[dict[str, object]]:
    return [_person(one, month) for one in found.people]


def _person(one: PersonHours, month: date) -> dict[str, object]:
    return {
        "name": f"{one.sought.family_name} {one.sought.first_name}",
        "birth_date": one.sought.birth_date.isoformat(),
        "contracts": [_contract(held) for held in one.contracts if held.month == month],
        "remarks": list(one.remarks),
    }


def _contract(one: ContractHours) -> dict[str, object]:
    return {
        "siret": one.siret,
        "start": one.start and one.start.isoformat(),
        "number": one.number,
        "hours": _number(one.hours),
        "absence_hours": _number(one.absence_hours),
        "corrections": [_correction(held) for held in one.corrections],
    }


def _correction(one: Correction) -> dict[str, object]:
    return {
        "month": _month(one.month),
        "first": one.first.isoformat(),
        "last": one.last.isoformat(),
        "hours": _number(one.hours),
        "absence_hours": _number(one.absence_hours),
    }


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _month(day: date) -> str:
    return f"{day:%Y-%m}"


def _why(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "il n'existe pas"
    if isinstance(error, IsADirectoryError):
        return "c'est un dossier"
    return "il n'est pas lisible"

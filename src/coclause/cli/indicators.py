"""`coclause indicators`: a region's figures, as the dashboard and the PDF show them."""

import argparse
import importlib
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from coclause.cli import database
from coclause.cli.parsing import RefusedError
from coclause.render.numbers import HIDDEN, Measure, is_number

DEFAULT_REGION = "27"
FIRST_YEAR, LAST_YEAR = 1990, 2100


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declares the command."""
    parser = subparsers.add_parser(
        "indicators",
        help="donne les chiffres d'une région",
        description="Donne les indicateurs d'une région sur une année, en JSON.",
    )
    add_year_and_territory(parser)
    parser.add_argument("--code", action="append", metavar="CODE", help="un indicateur, ou plus")
    parser.add_argument("--json", action="store_true", help="répond en JSON, comme toujours ici")
    parser.set_defaults(run=run)


def add_year_and_territory(parser: argparse.ArgumentParser) -> None:
    """The arguments shared with `key-figures`."""
    parser.add_argument("--year", required=True, type=year, metavar="AAAA", help="l'année")
    parser.add_argument(
        "--territory",
        default=DEFAULT_REGION,
        metavar="CODE",
        help="le code INSEE de la région (27 par défaut)",
    )


def year(text: str) -> int:
    """Four digits. Raises ArgumentTypeError."""
    if not text.isascii() or not text.isdigit() or not FIRST_YEAR <= int(text) <= LAST_YEAR:
        raise argparse.ArgumentTypeError(f"« {text} » n'est pas une année, comme 2022")
    return int(text)


def run(args: argparse.Namespace) -> int:
    """Prints the figures, small groups of persons hidden; those of a closed year as it was closed.

    `state` is then "clos", "provisoire" otherwise.
    """
    database.prepare()
    region = known_region(args.territory)
    # Models can be imported only once Django is set up.
    module = importlib.import_module("coclause.closing.reported")
    perimeter = importlib.import_module("coclause.indicators.perimeter")
    known = importlib.import_module("coclause.indicators.catalogue").CATALOGUE
    if unknown := [code for code in args.code or () if code not in known]:
        raise RefusedError(f"--code : « {unknown[0]} » n'est pas un indicateur")
    found = module.reported(
        perimeter.Perimeter(region.pk), perimeter.Period.year(args.year), codes=args.code
    )
    answer = {"indicators": [as_json(figure) for figure in found.figures.values()]}
    print(json.dumps(answer, ensure_ascii=False))
    return 0


def known_region(code: str) -> Any:
    """The region of that code. Raises RefusedError."""
    models = importlib.import_module("coclause.reference.models")
    region = models.Region.objects.filter(pk=code).first()
    if region is None:
        raise RefusedError(f"--territory : « {code} » n'est pas le code d'une région")
    return region


def as_json(figure: Any) -> dict[str, Any]:
    """A figure as JSON holds it: numbers, null for what is not known.

    A group too small to be shown is null too: `hidden` says so, `hidden_categories` names them.
    """
    value = figure.value
    cells = value if isinstance(value, Mapping) else {"": value}
    hidden = [key for key, cell in cells.items() if cell == HIDDEN]
    return {
        "code": figure.code,
        "label": figure.label,
        "value": (
            {key: number(cell) for key, cell in value.items()}
            if isinstance(value, Mapping)
            else number(value)
        ),
        "unit": figure.unit,
        "definition": figure.definition,
        "period": figure.period,
        "perimeter": figure.perimeter,
        "denominator": figure.denominator,
        "terms": {name: number(term) for name, term in figure.terms.items()},
        "state": figure.state,
        "hidden": bool(hidden),
        "hidden_categories": [key for key in hidden if key],
        "labels": {key: figure.labels[key] for key in cells if key in figure.labels},
        "parameters": [
            {"code": one.code, "value": number(one.value), "reference": one.reference}
            for one in figure.parameters
        ],
    }


def number(value: Measure) -> int | float | None:
    """A JSON number: whole when it can be."""
    if not is_number(value):
        return None
    whole = value == value // 1
    return int(value) if whole else float(Decimal(value))


def today() -> date:
    """The day in France; Django must be set up."""
    timezone = importlib.import_module("django.utils.timezone")
    found: date = timezone.localdate()
    return found

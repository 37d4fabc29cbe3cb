"""`coclause calibrate`: from an amount or hours to a commitment. Neither Django nor database."""

import argparse
import json
from collections.abc import Sequence
from datetime import UTC, datetime

from coclause.cli.duty import plain_number
from coclause.cli.parsing import RefusedError
from coclause.law import calibration
from coclause.law.calibration import Calibration, CalibrationError
from coclause.law.numbers import hours_fr

OF_AMOUNT = ("amount", "labour_share", "hourly_cost")
OF_HOURS = ("hours_worked", "transferred_hours")
NUMBERS = (
    ("--amount", "EUR", "le montant hors taxes"),
    ("--labour-share", "PART", "la part de main-d’œuvre, comme 0.5"),
    ("--hourly-cost", "EUR", "le coût d’une heure, charges comprises"),
    ("--hours-worked", "N", "les heures travaillées sur le contrat"),
    ("--transferred-hours", "N", "celles du personnel repris, à retirer"),
)


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declares the command."""
    parser = subparsers.add_parser(
        "calibrate",
        help="calcule un volume d'heures d'insertion",
        description="Calcule un volume d’heures d’insertion, du montant ou des heures travaillées.",
    )
    for flag, metavar, told in NUMBERS:
        parser.add_argument(flag, type=plain_number, metavar=metavar, help=told)
    parser.add_argument(
        "--rate",
        required=True,
        type=plain_number,
        metavar="TAUX",
        help="le taux d’insertion, comme 0.05",
    )
    parser.add_argument("--json", action="store_true", help="répond en JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Prints the hours, with how they were found."""
    # Only the starting values of the field (rounding, useful minimum) depend on the day.
    found = answer(args, calibration.defaults(datetime.now(UTC).date()))
    if args.json:
        print(json.dumps(as_json(found), ensure_ascii=False))
    else:
        told = "trop petit" if found.hours is None else hours_fr(found.hours)
        print("\n".join([f"Heures d’insertion : {told}", *(f"- {line}" for line in found.why)]))
    return 0


def answer(args: argparse.Namespace, start: calibration.Defaults) -> Calibration:
    """The calibration of what was typed, one method or the other. Raises RefusedError."""
    step, minimum = start.step, start.minimum.value
    by_amount, by_hours = _given(args, OF_AMOUNT), _given(args, OF_HOURS)
    if by_amount and by_hours:
        raise RefusedError(f"{by_amount[0]} et {by_hours[0]} ne vont pas ensemble")
    try:
        if by_hours:
            _need(args, ("hours_worked",))
            return calibration.from_hours(
                args.hours_worked,
                args.rate,
                transferred_hours=args.transferred_hours or 0,
                step=step,
                minimum=minimum,
            )
        _need(args, OF_AMOUNT if by_amount else ("amount",))
        return calibration.from_amount(
            args.amount,
            args.labour_share,
            args.rate,
            args.hourly_cost,
            step=step,
            minimum=minimum,
        )
    except CalibrationError as error:
        raise RefusedError(str(error)) from error


def as_json(found: Calibration) -> dict[str, object]:
    """The answer as JSON holds it; `exact` is text, so that no digit is lost."""
    return {
        "exact": str(found.exact),
        "hours": found.hours,
        "method": found.method,
        "why": list(found.why),
    }


def _given(args: argparse.Namespace, names: Sequence[str]) -> list[str]:
    return [_flag(name) for name in names if getattr(args, name) is not None]


def _need(args: argparse.Namespace, names: Sequence[str]) -> None:
    missing = [_flag(name) for name in names if getattr(args, name) is None]
    if missing == ["--amount"]:
        missing = ["--amount ou --hours-worked"]
    if missing:
        raise RefusedError(f"il manque : {', '.join(missing)}")


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"

"""`coclause duty`: is a social condition of execution due, and why. Neither Django nor database."""

import argparse
import json
import re
from datetime import date
from decimal import Decimal
from typing import Final

from coclause.cli.parsing import RefusedError
from coclause.law import exemptions
from coclause.law.cases import Case, CaseError, Verdict
from coclause.law.duty import verdict, with_exemption
from coclause.law.numbers import LARGEST, brief, euros

FIRST_YEAR, LAST_YEAR = 2000, 2100
MOST_CHARACTERS: Final = 40
ANSWERS: Final = {
    "due": "Une condition d’exécution sociale est due.",
    "not_due": "Aucune condition d’exécution sociale n’est due.",
    "exempt": "Une condition d’exécution sociale serait due ; l’acheteur invoque un cas prévu.",
    "unknown": "On ne sait pas si une condition d’exécution sociale est due.",
}


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declares the command."""
    parser = subparsers.add_parser(
        "duty",
        help="dit si une condition sociale est due",
        description="Dit si une condition d’exécution sociale est due, avec motifs et articles.",
    )
    parser.add_argument(
        "--contract", required=True, choices=("marche", "concession", "prive"), help="le contrat"
    )
    parser.add_argument(
        "--type", required=True, choices=("travaux", "fournitures", "services"), help="le type"
    )
    parser.add_argument(
        "--buyer",
        required=True,
        choices=("etat", "collectivite", "entite"),
        help="l’acheteur (entite : entité adjudicatrice)",
    )
    parser.add_argument(
        "--defense", action="store_true", help="c’est un contrat de défense ou de sécurité"
    )
    parser.add_argument(
        "--value",
        required=True,
        type=plain_number,
        metavar="EUR",
        help="la valeur estimée de l’ensemble, hors taxes, comme 216000",
    )
    parser.add_argument(
        "--months", required=True, type=plain_number, metavar="N", help="la durée en mois"
    )
    parser.add_argument(
        "--date",
        required=True,
        type=day,
        metavar="AAAA-MM-JJ",
        help="l’envoi de l’avis, sinon le lancement de la consultation",
    )
    parser.add_argument(
        "--exemption", choices=exemptions.known_codes(), help="le cas que l’acheteur invoque"
    )
    parser.add_argument("--reason", type=readable, metavar="TEXTE", help="son motif, avec ses mots")
    parser.add_argument("--json", action="store_true", help="répond en JSON")
    parser.set_defaults(run=run)


def plain_number(text: str) -> Decimal:
    """A number in plain digits, without exponent. Raises ArgumentTypeError."""
    if len(text) > MOST_CHARACTERS or not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
        shown = text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS]}…"
        raise argparse.ArgumentTypeError(
            f"« {shown} » n'est pas un nombre en chiffres, comme 1250 ou 12.5"
        )
    value = Decimal(text)
    if value < 0 or value > LARGEST:
        too = "est sous zéro" if value < 0 else "est trop grand"
        raise argparse.ArgumentTypeError(f"« {brief(value)} » {too}")
    return value


def readable(text: str) -> str:
    """Words that can be printed back. Raises ArgumentTypeError."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise argparse.ArgumentTypeError("le texte n'est pas lisible (UTF-8 attendu)") from None
    return text


def day(text: str) -> date:
    """A day written 2026-08-22. Raises ArgumentTypeError."""
    wrong = argparse.ArgumentTypeError(f"« {text} » n'est pas une date, comme 2026-08-22")
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise wrong
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise wrong from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise wrong
    return found


def run(args: argparse.Namespace) -> int:
    """Prints the answer, as French lines or as JSON."""
    found = answer(args)
    if args.json:
        print(json.dumps(as_json(found), ensure_ascii=False))
    else:
        print("\n".join(lines(found)))
    return 0


def answer(args: argparse.Namespace) -> Verdict:
    """The verdict for what was typed. Raises RefusedError."""
    if args.reason is not None and args.exemption is None:
        raise RefusedError("--reason va avec --exemption")
    try:
        case = Case(
            contract=args.contract,
            type=args.type,
            buyer=args.buyer,
            value=args.value,
            months=args.months,
            day=args.date,
            defense=args.defense,
        )
        if args.exemption is None:
            return verdict(case)
        return with_exemption(case, args.exemption, args.reason or "")
    except CaseError as error:
        raise RefusedError(str(error)) from error


def as_json(found: Verdict) -> dict[str, object]:
    """The answer as JSON holds it; `keep_reasons` is null unless something is due."""
    keep = found.keep_reasons
    return {
        "duty": found.duty,
        "threshold": found.threshold,
        "articles": list(found.articles),
        "why": [*(reason.sentence for reason in found.reasons), found.text_note],
        "exemptions": list(found.exemptions),
        "keep_reasons": keep and {"text": keep.text, "articles": list(keep.articles)},
        "text_date": found.text_date.isoformat(),
    }


def lines(found: Verdict) -> list[str]:
    """The answer as a person reads it."""
    told = [ANSWERS[found.duty]]
    if found.threshold is not None:
        told.append(f"Seuil : {euros(found.threshold)} hors taxes")
    told += [f"- {reason.sentence}" for reason in found.reasons]
    if found.exemptions:
        told.append(f"Cas qui peuvent être invoqués : {', '.join(found.exemptions)}")
    if found.keep_reasons:
        told.append(f"Si vous en invoquez un : {found.keep_reasons.sentence}")
    told.append(f"Articles : {', '.join(found.articles)}")
    return [*told, found.text_note]

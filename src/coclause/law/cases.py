"""A contract as the law looks at it, and the answer it receives."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, get_args

from coclause.law import dated
from coclause.law.numbers import NumberError, above_zero, brief, date_fr, number

ContractKind = Literal["marche", "concession", "prive"]
ContractType = Literal["travaux", "fournitures", "services"]
BuyerKind = Literal["etat", "collectivite", "entite"]
Duty = Literal["due", "not_due", "exempt", "unknown"]
Kind = Literal["yes", "no", "unknown"]

LONGEST_MONTHS = 1200
"""A hundred years: beyond, the number is a slip."""


class CaseError(ValueError):
    """A case, or an opt-out, that cannot be examined; the sentence is in French."""


@dataclass(frozen=True)
class Case:
    """A contract to be examined on `day`: the notice is sent, or the consultation engaged.

    `value` is in € before tax, for the whole need: every lot, option and renewal, a framework at
    its maximum (R2121-1, R2121-5, R2121-6, R2121-8). `months` may be a fraction. None means "not
    known", `defense` included. Raises CaseError.
    """

    contract: ContractKind
    type: ContractType
    buyer: BuyerKind
    value: Decimal | None
    months: Decimal | int | None
    day: date
    defense: bool | None = False
    framework: bool = False
    social_services: bool = False

    def __post_init__(self) -> None:
        """Refuses what no contract can be."""
        for name, value, choices in (
            ("Le contrat", self.contract, ContractKind),
            ("Le type", self.type, ContractType),
            ("L’acheteur", self.buyer, BuyerKind),
        ):
            if value not in get_args(choices):
                raise CaseError(f"{name} : « {value} » n’est pas prévu")
        try:
            if self.value is not None:
                number(self.value, "La valeur")
            if self.months is not None:
                months = above_zero(self.months, "La durée en mois")
                if months > LONGEST_MONTHS:
                    raise CaseError(f"La durée en mois : {brief(months)} est trop grande")
        except NumberError as error:
            raise CaseError(str(error)) from error


@dataclass(frozen=True)
class Reason:
    """A sentence of an answer, its explanation, the articles it rests on, and the sign it bears."""

    text: str
    detail: str = ""
    articles: tuple[str, ...] = ()
    kind: Kind = "yes"

    @property
    def sentence(self) -> str:
        """Text, detail and articles in one line, for a list or the command line."""
        cited = f" ({' ; '.join(self.articles)})" if self.articles else ""
        return f"{self.text}{cited}{' ' if self.detail else ''}{self.detail}"


@dataclass(frozen=True)
class Verdict:
    """The answer to a case.

    `threshold` (€ before tax) is the European threshold of that day, even where the duty does not
    exist yet; None when none applies or none is known. `exemptions` are the codes that may be
    invoked in this case, none unless the duty is due. `keep_reasons` says where an opt-out's
    reason is kept. `text_date` is the version of the texts.
    """

    duty: Duty
    threshold: int | None
    reasons: tuple[Reason, ...]
    articles: tuple[str, ...]
    exemptions: tuple[str, ...]
    keep_reasons: Reason | None
    text_date: date
    text_note: str


def articles_of(reasons: tuple[Reason, ...]) -> tuple[str, ...]:
    """The articles cited, without paragraph, each once, in the order they are met."""
    cited = (article.split(",")[0] for reason in reasons for article in reason.articles)
    return tuple(dict.fromkeys(cited))


def text_note() -> str:
    """The sentence that dates the texts."""
    text = dated.text()
    return (
        f"Texte du code au {date_fr(text.consolidated)}, relevé au {text.collected} : vérifiez sur "
        "Légifrance qu’il n’a pas changé."
    )

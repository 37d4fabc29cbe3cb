"""Which instrument to look at first, with the reasons: the buyer decides."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal, get_args

from coclause.law import dated, ladder
from coclause.law.cases import CaseError, ContractKind, Reason, articles_of, text_note
from coclause.law.numbers import NumberError, decimal_fr, hours_fr, number, share
from coclause.law.smaller import SmallerCondition, smaller_conditions

__all__ = [
    "Facts",
    "Option",
    "Recommendation",
    "SmallerCondition",
    "recommend",
    "smaller_conditions",
]

Instrument = Literal[
    "condition_execution", "critere", "reserve", "marche_insertion", "globaliser", "aucune"
]
Technicity = Literal["low", "medium", "high"]

LABELS: Final[dict[str, str]] = {
    "condition_execution": "une condition d’exécution",
    "critere": "un critère d’attribution social",
    "reserve": "un contrat ou un lot réservé",
    "marche_insertion": "un marché de services de qualification et d’insertion professionnelles",
    "globaliser": "une mise en commun avec d’autres lots ou contrats",
    "aucune": "pas de clause d’insertion",
}


@dataclass(frozen=True)
class Facts:
    """What is known of a contract seen on `day`; None means not known. Raises CaseError.

    `hours` is the potential, before rounding. `suppliers` counts the local suppliers able to
    answer a reserved contract, `dependency` is the share (0 to 1) of their turnover it would be.
    """

    contract: ContractKind
    day: date
    hours: Decimal | int | None = None
    months: Decimal | int | None = None
    technicity: Technicity | None = None
    suppliers: int | None = None
    dependency: Decimal | None = None
    insertion_is_object: bool | None = False
    social_services: bool = False

    def __post_init__(self) -> None:
        """Refuses what no contract can be."""
        if self.contract not in get_args(ContractKind):
            raise CaseError(f"Le contrat : « {self.contract} » n’est pas prévu")
        if self.technicity is not None and self.technicity not in get_args(Technicity):
            raise CaseError(f"La technicité : « {self.technicity} » n’est pas prévue")
        try:
            for value, name in (
                (self.hours, "Les heures"),
                (self.months, "La durée en mois"),
                (self.suppliers, "Le nombre de fournisseurs"),
            ):
                if value is not None:
                    number(value, name)
            if self.dependency:
                share(self.dependency, "La dépendance")
        except NumberError as error:
            raise CaseError(str(error)) from error


@dataclass(frozen=True)
class Option:
    """An instrument that may be examined, and why."""

    instrument: Instrument
    label: str
    reasons: tuple[Reason, ...]

    @property
    def articles(self) -> tuple[str, ...]:
        """The articles cited, each once."""
        return articles_of(self.reasons)


@dataclass(frozen=True)
class Recommendation:
    """The instrument to examine first, its reasons, and the others that remain possible."""

    instrument: Instrument
    label: str
    reasons: tuple[Reason, ...]
    alternatives: tuple[Option, ...]
    text_date: date
    text_note: str

    @property
    def articles(self) -> tuple[str, ...]:
        """The articles cited, each once; none where the code is silent."""
        return articles_of(self.reasons)


def recommend(facts: Facts) -> Recommendation:
    """What to examine first. Raises LookupError where the marks of that day are not known."""
    first = _first(facts)
    others = [one for one in _others(facts) if one.instrument != first.instrument]
    return Recommendation(
        instrument=first.instrument,
        label=first.label,
        reasons=(*first.reasons, *_unknowns(facts), _deciding()),
        alternatives=tuple(others),
        text_date=dated.text().consolidated,
        text_note=text_note(),
    )


def _first(facts: Facts) -> Option:
    if facts.insertion_is_object and facts.contract == "marche":
        return _insertion_market()
    blocked = _blocked(facts)
    if blocked is not None:
        return blocked
    rung = ladder.rung(facts.suppliers, facts.dependency, facts.day)
    if rung == "nobody":
        return _option("aucune", ladder.told(rung, facts.suppliers, facts.day))
    # A concession has no lots to reserve, and a private contract is outside these articles.
    reservable = {"contract": ("marche", "concession"), "lot": ("marche",)}.get(rung, ())
    if facts.contract in reservable:
        why = ladder.told(rung, facts.suppliers, facts.day)
        return _option("reserve", why, *reserving(facts))
    told = (ladder.told(rung, facts.suppliers, facts.day),) if rung != "unknown" else ()
    return _option("condition_execution", *told, _condition(facts))


def _blocked(facts: Facts) -> Option | None:
    """What makes a clause in hours hard to carry out, the volume first."""
    minimum = dated.known("useful_minimum", facts.day)
    if facts.hours is not None and facts.hours < minimum:
        small = Reason(
            f"{hours_fr(facts.hours)} : c’est sous le minimum utile de {hours_fr(minimum)}.",
            "Une mise en commun est à examiner, sinon mieux vaut laisser ce lot.",
            kind="no",
        )
        return _option("globaliser", small)
    shortest = dated.known("feasible_months", facts.day)
    reasons = []
    if facts.months is not None and facts.months < shortest:
        reasons.append(
            Reason(
                f"{decimal_fr(facts.months)} mois : c’est court pour des heures d’insertion, "
                f"faisables à partir de {decimal_fr(shortest)} mois.",
                kind="no",
            )
        )
    if facts.technicity == "high":
        reasons.append(
            Reason(
                "Technicité élevée : les heures d’insertion sont difficiles à faire.",
                "Un critère, de la formation ou un stage sont à examiner.",
                kind="no",
            )
        )
    return _option("aucune", *reasons) if reasons else None


def _others(facts: Facts) -> tuple[Option, ...]:
    found = [
        _option("condition_execution", _condition(facts)),
        _option("critere", _criterion(facts)),
    ]
    if facts.contract != "prive":
        found.append(_option("reserve", *reserving(facts)))
    if facts.insertion_is_object is None and facts.contract == "marche":
        found.append(_insertion_market())
    together = Reason("Un petit volume peut rejoindre ceux d’autres lots ou contrats, à examiner.")
    found.append(_option("globaliser", together))
    return tuple(found)


def reserving(facts: Facts) -> tuple[Reason, ...]:
    """Who a contract may be reserved to, and under which conditions; none for a private one."""
    if facts.contract == "prive":
        return ()
    if facts.contract == "concession":
        return (
            Reason(
                "Une concession peut être réservée : entreprises adaptées et ESAT, structures "
                "d’insertion, production en prison.",
                "Au moins 50 % des travailleurs doivent relever du public visé.",
                ("L3113-1", "L3113-2", "L3113-2-1", "R3113-1"),
            ),
            Reason(
                "Une concession ne se réserve pas à la fois aux entreprises adaptées ou ESAT et "
                "aux structures d’insertion.",
                articles=("L3113-3",),
                kind="no",
            ),
        )
    found = [
        Reason(
            "Un marché ou un lot peut être réservé : entreprises adaptées et ESAT, structures "
            "d’insertion, production en prison.",
            "Au moins 50 % des travailleurs doivent relever du public visé.",
            ("L2113-12", "L2113-13", "L2113-13-1", "R2113-7"),
        ),
        Reason(
            "Entreprises adaptées ou ESAT et structures d’insertion peuvent être visées ensemble.",
            articles=("L2113-14",),
        ),
    ]
    if facts.social_services:
        found.append(
            Reason(
                "Ce marché peut aussi être réservé à l’économie sociale et solidaire.",
                "Seulement par un pouvoir adjudicateur, pour des services sociaux ou spécifiques "
                "exclusivement, trois ans au plus, sans nouvelle attribution au même titre "
                "pendant trois ans.",
                ("L2113-15", "L2113-16"),
            )
        )
    found.append(
        Reason(
            "Le texte ne dit pas qu’un contrat réservé répond à l’obligation.",
            "À vous d’en décider.",
            ("L2112-2-1",),
            "unknown",
        )
    )
    return tuple(found)


def _condition(facts: Facts) -> Reason:
    articles = {
        "marche": ("L2112-2", "L2112-2-1", "L2112-3"),
        "concession": ("L3114-2", "L3114-2-1"),
        "prive": (),
    }[facts.contract]
    return Reason(
        "Une condition d’exécution est à examiner : elle engage le titulaire, sans être notée.",
        "Elle doit être liée à l’objet du contrat." if articles else "",
        articles,
    )


def _criterion(facts: Facts) -> Reason:
    articles = {
        "marche": ("L2152-7", "R2152-7, 2°, a"),
        "concession": ("L3124-5", "R3124-4"),
        "prive": (),
    }[facts.contract]
    return Reason(
        "Un critère social peut s’ajouter à une condition d’exécution.",
        "Seul, il ne répond pas à l’obligation." if articles else "",
        articles,
    )


def _insertion_market() -> Option:
    reason = Reason(
        "L’insertion est l’objet du marché : un marché de services de qualification et "
        "d’insertion professionnelles est à examiner.",
        "Procédure adaptée quelle que soit la valeur, si ces services figurent dans l’avis qui "
        "liste les services sociaux et spécifiques.",
        ("R2123-1, 3°",),
    )
    return _option("marche_insertion", reason)


def _unknowns(facts: Facts) -> tuple[Reason, ...]:
    """What is not known and could change the recommendation."""
    asked = (
        (facts.hours, "Le volume d’heures possible n’est pas connu : estimez-le."),
        (facts.months, "La durée n’est pas connue."),
        (facts.technicity, "La technicité n’est pas connue."),
        (facts.suppliers, "Le nombre de fournisseurs locaux capables de répondre n’est pas connu."),
        (
            facts.insertion_is_object,
            "On ne sait pas si l’insertion est l’objet même du contrat.",
        ),
    )
    found = [sentence for value, sentence in asked if value is None]
    if facts.dependency is None and ladder.dependency_matters(facts.suppliers, facts.day):
        found.append(
            "La part de ce contrat dans le chiffre d’affaires des fournisseurs n’est pas connue : "
            "réserver tout le contrat n’est pas proposé sans elle."
        )
    return tuple(Reason(sentence, kind="unknown") for sentence in found)


def _deciding() -> Reason:
    return Reason("C’est une piste à examiner avec le facilitateur : vous décidez.", kind="unknown")


def _option(instrument: Instrument, *reasons: Reason) -> Option:
    return Option(instrument, LABELS[instrument], reasons)

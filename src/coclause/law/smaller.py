"""Smaller or other social conditions, to be looked at before leaving the condition out."""

from dataclasses import dataclass

from coclause.law.cases import Case


@dataclass(frozen=True)
class SmallerCondition:
    """A condition that may answer the duty without a large volume of insertion hours."""

    code: str
    label: str
    text: str
    articles: tuple[str, ...]


def smaller_conditions(case: Case) -> tuple[SmallerCondition, ...]:
    """What the buyer may examine before an opt-out, the lightest changes of insertion first.

    Empty articles for a private contract, where the code does not apply.
    """
    base = {
        "marche": ("L2112-2", "L2112-2-1", "L2112-3"),
        "concession": ("L3114-2", "L3114-2-1"),
        "prive": (),
    }[case.contract]
    return tuple(SmallerCondition(code, label, text, base) for code, label, text in _TOLD)


_TOLD = (
    (
        "smaller_volume",
        "Un volume plus petit",
        "Demander moins d’heures d’insertion, à la mesure de la main-d’œuvre du contrat.",
    ),
    (
        "globalisation",
        "Une mise en commun",
        "Réunir les petits volumes de plusieurs lots ou contrats en un seul parcours, à examiner "
        "avec le facilitateur.",
    ),
    (
        "internship",
        "Un stage ou une immersion",
        "Accueillir une personne quelques semaines, ou un jeune en formation.",
    ),
    (
        "training",
        "De la formation",
        "Former des salariés ou des apprentis pendant l’exécution du contrat.",
    ),
    (
        "disability",
        "Le handicap",
        "Employer des personnes handicapées, ou confier une part des prestations à une entreprise "
        "adaptée ou à un ESAT.",
    ),
    (
        "equality",
        "L’égalité professionnelle",
        "Agir pour l’égalité entre femmes et hommes au travail. La lutte contre les "
        "discriminations, que le code nomme à part pour les marchés, est à rattacher à l’emploi.",
    ),
    (
        "working_conditions",
        "Les conditions de travail",
        "Travail en journée, prévention des accidents, horaires ou équipements adaptés.",
    ),
)

"""The draft of the letter that a buyer may sign: figures of the day, the contract's own words.

A draft: the facilitator edits it before it is sent, and the buyer after. What is not known is left
to be completed, between brackets.
"""

import re
from collections.abc import Iterator

from coclause.clauses.choices import ContractKind, PenaltyUnit
from coclause.clauses.penalties import cited
from coclause.hours.steering.situations import Basis, Situation
from coclause.render.blocks import Block, Run
from coclause.render.numbers import NO_BREAK, date_fr, euros, hours
from coclause.render.word import MISSING

BY = {
    ContractKind.MARCHE: ("Par le marché", "notifié"),
    ContractKind.CONCESSION: ("Par la concession", "notifiée"),
    ContractKind.PRIVATE: ("Par le contrat", "notifié"),
}
"""How the letter names a contract of each kind, and agrees with it."""
TO_COMPLETE = re.compile(r"(\[à compléter[^\]]*\])")


def draft(found: Situation, basis: Basis) -> str:
    """The letter to the company, ready to be edited. Paragraphs are parted by an empty line."""
    return "\n\n".join(_paragraphs(found, basis))


def blocks(letter: str) -> list[Block]:
    """The letter as documents receive it; what is left to be completed stands out."""
    made = []
    for paragraph in re.split(r"\n\s*\n", letter.replace("\r\n", "\n")):
        words = " ".join(paragraph.split()) if "\n" not in paragraph else paragraph.strip()
        if not words:
            continue
        runs = tuple(
            Run(part, "missing" if part.startswith(MISSING) else "text")
            for part in TO_COMPLETE.split(words)
            if part
        )
        made.append(Block("paragraph", runs))
    return made


def _paragraphs(found: Situation, basis: Basis) -> Iterator[str]:
    lot = found.clause.lot
    contract, award = lot.contract, found.award
    holder = award.holder or "[à compléter : entreprise titulaire]"
    reference = f" n° {contract.reference}" if contract.reference else ""
    by, notified = BY[ContractKind(contract.kind)]
    yield f"{contract.operation.buyer}\nà {holder}"
    yield (
        f"Objet{NO_BREAK}: {contract.operation}, lot {lot.number}, clause sociale d’insertion,"
        f" {hours(found.missing[basis])} manquantes"
    )
    yield "Madame, Monsieur,"
    yield (
        f"{by}{reference}, lot {lot.number}, {lot.title}, {notified} le"
        f" {date_fr(award.notified_on)}, votre entreprise s’est engagée à réaliser"
        f" {hours(found.progress.committed)} d’insertion, du {date_fr(award.starts_on)} au"
        f" {date_fr(award.ends_on)}."
    )
    yield _figures(found, basis)
    yield from _contract_says(found, basis)
    yield (
        "Votre facilitateur des clauses sociales reste à votre disposition pour trouver les"
        " candidats, ou une structure qui réalise ces heures avec vous."
    )
    yield "Veuillez agréer, Madame, Monsieur, l’expression de nos salutations distinguées."
    yield f"Pour {contract.operation.buyer},\n[à compléter : nom et qualité du signataire, date]"


def _figures(found: Situation, basis: Basis) -> str:
    figures = found.progress
    done = f"Au {date_fr(found.day)}, {hours(figures.validated)} sont validées"
    if figures.waiting:
        done += f" et {hours(figures.waiting)}, déclarées, restent à vérifier"
    missing = hours(found.missing[basis])
    if basis == Basis.FINAL:
        return f"{done}. L’exécution est finie{NO_BREAK}: il manque {missing}."
    if basis == Basis.TODAY:
        expected = hours(figures.expected)
        return f"{done}, pour {expected} attendues à cette date{NO_BREAK}: il manque {missing}."
    how = "Selon le plan convenu" if figures.by_plan else "Au rythme des derniers mois"
    return f"{done}. {how}, il manquera {missing} à la fin de l’exécution."


def _contract_says(found: Situation, basis: Basis) -> Iterator[str]:
    """The notice and the penalty of this contract, in its words."""
    terms, penalty = found.terms, found.penalty(basis)
    if terms is None:
        yield (
            "[à compléter : article du contrat qui prévoit ce qui suit quand les heures ne sont"
            " pas réalisées, et ce qu’il prévoit]"
        )
        yield _asked(None)
        return
    if terms.wording:
        says = f"{_the(terms.article, capital=True)} prévoit{NO_BREAK}:"
        yield f"{says} «{NO_BREAK}{terms.wording.strip()}{NO_BREAK}»"
    if terms.unit == PenaltyUnit.NONE:
        yield _asked(None)
        return
    yield _asked(terms.notice_days, terms.article if terms.notice else "")
    if penalty.amount is None:
        yield (
            f"À défaut, la pénalité prévue par {_the(terms.article)} s’appliquerait. Son montant"
            f" reste à établir{NO_BREAK}: [à compléter : montant de la pénalité]."
        )
        return
    steps = " ".join(penalty.why)
    yield (
        f"À défaut, la pénalité prévue par le contrat serait de"
        f" {euros(penalty.amount, cents=True)}, sur les chiffres de ce jour. {steps}"
    )


def _asked(notice_days: int | None, article: str = "") -> str:
    """What the company is asked; a formal notice where the contract provides for one."""
    if not article:
        return (
            "Nous vous demandons de réaliser ces heures, ou de nous dire par écrit comment et quand"
            " elles le seront, avant le [à compléter : date]."
        )
    delay = f"{notice_days} jours" if notice_days else "[à compléter : nombre de jours]"
    return (
        f"En application {_of(article)}, nous vous mettons en demeure de réaliser ces heures, ou de"
        f" nous dire par écrit comment et quand elles le seront, dans un délai de {delay} à compter"
        " de la réception de cette lettre."
    )


def _the(article: str, *, capital: bool = False) -> str:
    """ "l’article 8.2 du CCAP", "le contrat (CCAP, page 12)"."""
    named = cited(article)
    said = f"l’{named}" if named.startswith("article") else f"le contrat ({named})"
    return f"L{said[1:]}" if capital else said


def _of(article: str) -> str:
    said = _the(article)
    return f"du {said[3:]}" if said.startswith("le ") else f"de {said}"

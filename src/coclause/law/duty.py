"""Is a social condition of execution due (L2112-2-1, L3114-2-1)? The answer and its reasons."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from coclause.law import dated, exemptions, notes
from coclause.law.cases import (
    Case,
    CaseError,
    Duty,
    Reason,
    Verdict,
    articles_of,
    text_note,
)
from coclause.law.numbers import date_fr, euros

THRESHOLDS: Final = {
    "etat": "threshold_central",
    "collectivite": "threshold_other",
    "entite": "threshold_entity",
}
WHO: Final = {
    "threshold_central": "les fournitures et services de l’État",
    "threshold_other": "les fournitures et services des autres pouvoirs adjudicateurs",
    "threshold_entity": "les fournitures et services des entités adjudicatrices",
    "threshold_works": "les travaux",
    "threshold_concession": "les concessions",
}


class ExemptionError(CaseError):
    """An opt-out that cannot be accepted; the sentence, in French, says why."""


@dataclass(frozen=True)
class _Answer:
    duty: Duty
    reasons: tuple[Reason, ...]
    threshold: dated.Dated | None = None


def verdict(case: Case) -> Verdict:
    """The answer to the case; the first rule that can decide does."""
    for rule in RULES:
        answer = rule(case)
        if answer is not None:
            return _told(case, answer)
    raise AssertionError("the last rule always answers")


def with_exemption(case: Case, code: str, reason: str) -> Verdict:
    """The verdict once the buyer invokes that opt-out, `reason` being in the buyer's own words.

    Raises ExemptionError when the reason is blank, when nothing is due, or when the case does not
    open that opt-out. Nothing here judges whether the reason is a good one.
    """
    found = verdict(case)
    if code not in exemptions.known_codes():
        raise ExemptionError(f"« {code} » n’est pas un cas prévu par le code.")
    if found.duty != "due":
        told = "ne s’applique pas" if found.duty == "not_due" else "n’est pas certaine"
        raise ExemptionError(f"« {code} » ne peut pas être invoqué : l’obligation {told} ici.")
    invoked = next((one for one in exemptions.planned(case) if one.code == code), None)
    if invoked is None:
        raise ExemptionError(f"« {code} » n’est pas prévu pour une concession ({_article(case)}).")
    if closed := invoked.closed_because(case):
        raise ExemptionError(f"« {code} » ne s’ouvre pas ici : {closed} ({invoked.reference}).")
    written = " ".join(reason.split())
    if not any(character.isalnum() for character in written):
        raise ExemptionError(f"« {code} » demande un motif, écrit avec vos mots.")
    added = (
        Reason(
            f"Cas invoqué par l’acheteur : {invoked.label}.",
            f"Il suppose ceci : {invoked.requires} L’acheteur en décide et en répond.",
            (invoked.reference,),
        ),
        Reason(f"Motif écrit par l’acheteur : « {written} »", articles=(f"{_article(case)}, III",)),
        *((found.keep_reasons,) if found.keep_reasons else ()),
    )
    reasons = (*added, *found.reasons)
    return replace(found, duty="exempt", reasons=reasons, articles=articles_of(reasons))


def starts_on(case: Case) -> date:
    """First day of the duty for that kind of contract, which must not be private."""
    return _start(case).first


def threshold_code(case: Case) -> str:
    """Which of the European thresholds applies: one for works, one for concessions."""
    if case.contract == "concession":
        return "threshold_concession"
    return "threshold_works" if case.type == "travaux" else THRESHOLDS[case.buyer]


def _private(case: Case) -> _Answer | None:
    if case.contract != "prive":
        return None
    reason = Reason(
        "Sans objet : l’obligation vise les marchés publics et les concessions.",
        "Une clause reste possible si le contrat, une charte ou un financement la prévoit.",
        ("L2112-2-1, I", "L3114-2-1, I"),
        "no",
    )
    return _Answer("not_due", (reason,))


def _before(case: Case) -> _Answer | None:
    first = starts_on(case)
    if case.day >= first:
        return None
    later = verdict(replace(case, day=first)).duty
    then = {
        "due": "il serait soumis",
        "not_due": "il ne serait pas soumis non plus",
    }.get(later, "la réponse ne serait pas connue")
    reason = Reason(
        f"L’obligation commence le {date_fr(first)} : elle n’existe pas encore au "
        f"{date_fr(case.day)}.",
        f"La date est celle de l’envoi de l’avis, sinon du lancement de la consultation. Le même "
        f"contrat lancé le {date_fr(first)} : {then}.",
        _dated_by(case),
        "no",
    )
    defence_marche = case.contract == "marche" and case.defense
    threshold = None if defence_marche or case.social_services else _threshold(case)
    return _Answer("not_due", (reason,), threshold)


def _defence_marche(case: Case) -> _Answer | None:
    if case.contract != "marche" or not case.defense:
        return None
    reason = Reason(
        "Un marché de défense ou de sécurité n’est pas soumis à l’obligation.",
        "Les articles qui fixent ses règles ne renvoient pas à celui de l’obligation.",
        ("L2312-1", "L2312-1-1", "L2112-2-1"),
        "no",
    )
    return _Answer("not_due", (reason,))


def _social_services(case: Case) -> _Answer | None:
    if not case.social_services:
        return None
    reason = Reason(
        "On ne sait pas répondre pour des services sociaux ou d’autres services spécifiques.",
        "Leur seuil ne figure pas parmi les textes relevés ici : demandez à votre service "
        "juridique.",
        (f"{_article(case)}, I",),
        "unknown",
    )
    return _Answer("unknown", (reason,))


def _no_threshold(case: Case) -> _Answer | None:
    if _threshold(case) is not None:
        return None
    code = threshold_code(case)
    last = dated.history(code)[-1].last
    until = f" : le dernier connu vaut jusqu’au {date_fr(last)}" if last else ""
    reason = Reason(
        f"Le seuil européen n’est pas connu au {date_fr(case.day)}{until}.",
        "Les seuils changent tous les deux ans : attendez l’avis suivant, annexé au code.",
        (f"{_article(case)}, I",),
        "unknown",
    )
    return _Answer("unknown", (reason,))


def _defence_concession(case: Case) -> _Answer | None:
    """Both readings agree under the threshold: only above it is the answer unknown."""
    threshold = _threshold(case)
    if case.contract != "concession" or not case.defense or threshold is None:
        return None
    if case.value is not None and case.value < threshold.value:
        return None
    reasons = (
        Reason(
            "On ne sait pas si une concession de défense ou de sécurité est soumise.",
            "Deux lectures s’opposent : demandez à votre service juridique.",
            ("L3114-2-1, I",),
            "unknown",
        ),
        Reason(
            "Première lecture, le texte : il ne prévoit aucune exclusion.",
            "L’article voisin distingue ces concessions quand il veut les traiter à part.",
            ("L3114-2-1, I", "L3114-2"),
            "yes",
        ),
        Reason("Seconde lecture, le ministère : il les dit exclues.", kind="no"),
    )
    return _Answer("unknown", reasons, threshold)


def _no_value(case: Case) -> _Answer | None:
    threshold = _threshold(case)
    if case.value is not None or threshold is None:
        return None
    reason = Reason(
        f"La valeur estimée n’est pas connue : le seuil est de {euros(threshold.value)} pour "
        f"{WHO[threshold.code]}.",
        "Estimez l’ensemble du besoin : au seuil ou au-dessus, l’obligation s’applique.",
        (f"{_article(case)}, I", *_dated_by(case)),
        "unknown",
    )
    return _Answer("unknown", (reason, notes.of_value(case)), threshold)


def _compared(case: Case) -> _Answer | None:
    threshold = _threshold(case)
    if case.value is None or threshold is None:
        return None
    due = case.value >= threshold.value
    started = Reason(
        f"L’obligation existe depuis le {date_fr(starts_on(case))}.",
        f"Article {_start(case).reference}. La date retenue est le {date_fr(case.day)} : envoi de "
        "l’avis, sinon lancement de la consultation.",
        _dated_by(case),
    )
    side = "atteint" if due else "est sous"
    compared = Reason(
        f"{euros(case.value)} hors taxes : la valeur {side} le seuil de "
        f"{euros(threshold.value)} fixé pour {WHO[threshold.code]}.",
        _published(threshold),
        (f"{_article(case)}, I",),
        "yes" if due else "no",
    )
    return _Answer(
        "due" if due else "not_due", (compared, started, notes.of_value(case)), threshold
    )


RULES: Final[tuple[Callable[[Case], _Answer | None], ...]] = (
    _private,
    _before,
    _defence_marche,
    _social_services,
    _no_threshold,
    _defence_concession,
    _no_value,
    _compared,
)


def _told(case: Case, answer: _Answer) -> Verdict:
    """The answer with the notes that stand beside it, and the date of the texts."""
    due = answer.duty == "due"
    reasons = answer.reasons
    if answer.duty == "not_due":
        free = notes.still_free(case)
        reasons += (free,) if free else ()
    else:
        reasons += notes.what_is_due(case) + notes.to_check(case)
    return Verdict(
        duty=answer.duty,
        threshold=int(answer.threshold.value) if answer.threshold else None,
        reasons=reasons,
        articles=articles_of(reasons),
        exemptions=exemptions.opened(case) if due else (),
        keep_reasons=exemptions.keeping(case) if due else None,
        text_date=dated.text().consolidated,
        text_note=text_note(),
    )


def _start(case: Case) -> dated.Dated:
    return dated.history(f"duty_{case.contract}")[0]


def _threshold(case: Case) -> dated.Dated | None:
    return dated.on(threshold_code(case), case.day)


def _article(case: Case) -> str:
    return "L3114-2-1" if case.contract == "concession" else "L2112-2-1"


def _dated_by(case: Case) -> tuple[str, ...]:
    """The article of the duty, and for a marché the one that says which date counts."""
    return (_article(case),) if case.contract == "concession" else (_article(case), "R2121-3")


def _published(threshold: dated.Dated) -> str:
    period = f"du {date_fr(threshold.first)}"
    period += f" au {date_fr(threshold.last)}" if threshold.last else ""
    journal = f", Journal officiel du {date_fr(threshold.journal)}" if threshold.journal else ""
    return f"{threshold.reference}{journal}. Seuil {period}."

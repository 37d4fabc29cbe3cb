"""The sentences that stand beside a verdict: how the value is counted, what answers the duty."""

from coclause.law import dated, exemptions
from coclause.law.cases import Case, Reason
from coclause.law.numbers import euros


def of_value(case: Case) -> Reason:
    """Which value is compared: that of the whole, as the code counts it."""
    text = "C’est la valeur de l’ensemble qui compte, hors taxes."
    if case.contract == "concession":
        return Reason(
            text,
            "Les règles de calcul propres aux concessions ne figurent pas parmi les textes relevés "
            "ici : à vérifier.",
            ("L3114-2-1, I",),
            "unknown",
        )
    of_type = (
        ("R2121-5", "toute l’opération de travaux")
        if case.type == "travaux"
        else ("R2121-6", "tout ce qui est homogène ou forme une unité")
    )
    articles = ["R2121-1", of_type[0]]
    detail = (
        f"Comptez {of_type[1]}, tous les lots, les options et les reconductions : un lot sous le "
        "seuil reste soumis quand l’ensemble l’atteint."
    )
    if case.framework:
        articles.append("R2121-8")
        detail += " Un accord-cadre compte pour son maximum, sur toute sa durée."
    return Reason(text, detail, tuple(articles))


def what_is_due(case: Case) -> tuple[Reason, ...]:
    """What answers the duty, and what is not written to answer it."""
    concession = case.contract == "concession"
    due = ("L3114-2-1, I", "L3114-2") if concession else ("L2112-2-1, I", "L2112-3")
    criteria = ("L3114-2-1, I", "L3124-5") if concession else ("L2112-2-1, I", "R2152-7, 2°, a")
    reserved = (
        ("L3113-1", "L3113-2", "L3113-2-1")
        if concession
        else ("L2113-12", "L2113-13", "L2113-13-1")
    )
    return (
        Reason(
            "Il faut une condition d’exécution qui touche au domaine social ou à l’emploi, liée à "
            "l’objet du contrat.",
            "L’insertion est la réponse la plus courante, pas la seule : formation, handicap, "
            "égalité ou conditions de travail y répondent aussi.",
            due,
        ),
        Reason(
            "Un critère d’attribution social, seul, ne suffit pas.",
            "Le texte demande une condition d’exécution ; un critère peut s’y ajouter.",
            criteria,
            "no",
        ),
        Reason(
            "Le texte ne dit pas qu’un contrat réservé répond à l’obligation.",
            "À vous d’en décider. Une condition d’exécution dans le contrat lève le doute.",
            reserved,
            "unknown",
        ),
    )


def still_free(case: Case) -> Reason | None:
    """That a social condition may be planned where it is not due; None for a private contract."""
    if case.contract == "prive":
        return None
    article = "L3114-2" if case.contract == "concession" else "L2112-2"
    if case.contract == "marche" and case.defense:
        article = "L2312-1-1"
    return Reason(
        "Vous pouvez prévoir une condition sociale sans y être obligé.",
        "Elle doit être liée à l’objet du contrat.",
        (article,),
    )


def to_check(case: Case) -> tuple[Reason, ...]:
    """What was not asked or is not known, and could change a duty that is due."""
    found = [_defence_not_known(case)] if case.defense is None else []
    if case.contract == "marche":
        found.append(
            Reason(
                "Un marché qui relève du livre V du code n’est pas concerné.",
                "Ce livre ne figure pas parmi les textes relevés ici : à vérifier si c’est le cas.",
                kind="unknown",
            )
        )
        found.extend(_short_works(case))
        found.extend(_defence_supplies(case))
    return tuple(found)


def _defence_not_known(case: Case) -> Reason:
    if case.contract == "concession":
        return Reason(
            "Dites si c’est une concession de défense ou de sécurité : on ne saurait pas répondre.",
            articles=("L3114-2", "L3114-2-1"),
            kind="unknown",
        )
    return Reason(
        "Dites si c’est un marché de défense ou de sécurité : il ne serait pas soumis.",
        "C’est la nature du contrat qui compte : les achats ordinaires des armées sont soumis.",
        ("L2312-1", "L2312-1-1"),
        "unknown",
    )


def _short_works(case: Case) -> tuple[Reason, ...]:
    """What the duration decides for works: whether the fourth opt-out may be looked at."""
    if case.type != "travaux":
        return ()
    unknown = case.months is None
    found = [one for one in exemptions.planned(case) if one.months_under is not None]
    return tuple(
        Reason(
            f"Le cas « {one.label} » {'reste à examiner' if unknown else 'ne s’ouvre pas'} : "
            f"{one.closed_because(case)}.",
            articles=(one.reference,),
            kind="unknown" if unknown else "no",
        )
        for one in found
        if not one.opened(case)
    )


def _defence_supplies(case: Case) -> tuple[Reason, ...]:
    """A doubt: some supplies of central buyers in defence follow another threshold."""
    if (case.buyer, case.type) != ("etat", "fournitures") or case.value is None:
        return ()
    other = dated.on("threshold_other", case.day)
    if other is None or case.value >= other.value:
        return ()
    return (
        Reason(
            f"Dans le domaine de la défense, certaines fournitures suivent un seuil de "
            f"{euros(other.value)}.",
            "La liste de ces fournitures n’est pas relevée ici : à vérifier si vous êtes concerné.",
            ("L2112-2-1, I",),
            "unknown",
        ),
    )

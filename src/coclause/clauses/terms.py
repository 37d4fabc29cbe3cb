"""The terms of an objective as they are written in a contract, and which of them make sense."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from coclause.clauses.choices import IN_HOURS, RATED, HoursKind, Measure, Trigger
from coclause.clauses.counting import counting_of
from coclause.clauses.models import Award, Clause, Objective
from coclause.core.refusals import Refused
from coclause.render.numbers import date_fr

PER_CENT = Decimal(100)


@dataclass(frozen=True)
class Terms:
    """One objective to record, in the unit of its measure (hours, persons, contracts).

    `quantity` is due from notification; `planned` from each trigger; `rate` per `per` of a base
    (a percentage for a share of hours worked, hours per euros ordered). A share reserved to a
    public says `public`, the whole it is `part_of` (an objective, or its place among the terms
    given together, from 0), and `share` (per cent) or `quantity`.
    """

    measure: str = Measure.HOURS
    trigger: str = Trigger.NOTIFICATION
    quantity: Decimal | None = None
    rate: Decimal | None = None
    per: Decimal | None = None
    planned: Decimal | None = None
    label: str = ""
    public: str = ""
    share: Decimal | None = None
    part_of: "Objective | int | None" = None
    hour_kind: str = ""
    starts_on: date | None = None
    ends_on: date | None = None


def checked(terms: Terms, whole: Objective | None, award: Award, clause: Clause) -> Terms:
    """The terms, completed from the whole they are part of. Raises Refused, saying what to do."""
    if terms.public or terms.share is not None or whole is not None:
        terms = _part(terms, whole)
    elif terms.measure in RATED:
        terms = _rated(terms)
    else:
        _counted(terms)
    _kind(terms, clause)
    _phase(terms, award)
    return terms


def _part(terms: Terms, whole: Objective | None) -> Terms:
    if not terms.public:
        raise Refused("Dites à quel public cette part est réservée.")
    if whole is None:
        raise Refused("Dites de quel objectif cette part est prise : elle n’y ajoute rien.")
    if whole.public:
        raise Refused("Une part est prise d’un objectif entier, non d’une autre part.")
    if (terms.share is None) == (terms.quantity is None):
        raise Refused("Donnez la part en pourcentage, ou en nombre, l’un des deux.")
    if terms.share is not None and not 0 < terms.share <= 100:
        raise Refused("Une part va de plus de 0 à 100 %.")
    if terms.quantity is not None and terms.quantity <= 0:
        raise Refused("Une part compte plus que zéro : corrigez le nombre.")
    measure = whole.measure
    if terms.quantity is not None and measure in RATED:
        measure = Measure.HOURS
    trigger = whole.trigger if terms.share is not None else Trigger.NOTIFICATION
    return replace(
        terms, measure=measure, trigger=trigger, rate=None, per=None, planned=None,
        hour_kind=terms.hour_kind or whole.hour_kind,
    )  # fmt: skip


def _rated(terms: Terms) -> Terms:
    share = terms.measure == Measure.SHARE
    per = terms.per or (PER_CENT if share else None)
    if terms.quantity is not None or terms.planned is not None:
        raise Refused("Ce qui est dû suit un taux : il se calcule, ne donnez pas de quantité.")
    if share and terms.trigger not in (Trigger.NOTIFICATION, Trigger.YEAR):
        raise Refused("Une part des heures travaillées court sur tout le marché ou par année.")
    if terms.rate is None or terms.rate <= 0:
        raise Refused("Donnez le taux : un nombre au-dessus de zéro.")
    if per is None or per <= 0:
        raise Refused("Dites pour combien d’euros commandés, par exemple 10 000.")
    if share and terms.rate > per:
        raise Refused("Une part des heures travaillées ne dépasse pas 100 %.")
    return replace(terms, per=per)


def _counted(terms: Terms) -> None:
    if terms.rate is not None:
        raise Refused("Un taux vaut pour une part des heures ou un montant commandé.")
    if terms.trigger == Trigger.NOTIFICATION:
        said = terms.quantity
        if said is None or said <= 0:
            raise Refused("Un engagement compte au moins une heure, une personne ou un contrat.")
    else:
        said = terms.planned
        if terms.quantity is not None:
            raise Refused(
                "Rien n’est dû avant l’événement : ce qui l’est dès la notification est un"
                " objectif à part."
            )
        if said is not None and said <= 0:
            raise Refused("Ce qui est prévu compte plus que zéro : corrigez le nombre.")
    if said is not None and terms.measure not in IN_HOURS and said != said.to_integral_value():
        raise Refused("Un nombre de personnes ou de contrats est entier : corrigez-le.")


def _kind(terms: Terms, clause: Clause) -> None:
    if not terms.hour_kind:
        return
    name = HoursKind(terms.hour_kind).label.lower()
    if terms.measure not in IN_HOURS:
        raise Refused(f"Seul un objectif en heures se limite aux heures de {name}.")
    counting = counting_of([clause.pk])[clause.pk]
    if not any(terms.hour_kind in rule.kinds for rules in counting.rules for rule in rules):
        raise Refused(
            f"La clause ne compte pas les heures de {name} : changez d’abord les heures qui"
            " comptent."
        )


def _phase(terms: Terms, award: Award) -> None:
    """The phase of a concession, or the period of an objective, lies within the execution."""
    starts, ends = terms.starts_on, terms.ends_on
    if starts and ends and ends < starts:
        raise Refused(f"La phase finit avant de commencer ({date_fr(starts)}) : corrigez.")
    for day in (starts, ends):
        if day and not award.starts_on <= day <= award.ends_on:
            raise Refused(
                f"L’exécution va du {date_fr(award.starts_on)} au {date_fr(award.ends_on)} :"
                f" le {date_fr(day)} n’y est pas."
            )

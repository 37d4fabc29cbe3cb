"""What a contract provides when hours are missing: its terms, typed from its own documents, and
what they would give. Facts only: nothing here decides that a penalty is due.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction

from coclause.clauses.choices import PenaltyUnit
from coclause.clauses.debts import must_be_referent
from coclause.clauses.models import Clause, PenaltyTerms
from coclause.clauses.states import ClauseState
from coclause.core.journal import record_act
from coclause.core.refusals import Conflict, Refused
from coclause.organisations.scopes import Scope
from coclause.render.numbers import date_fr, euros, hours, integer, percent

CENT = Decimal("0.01")
ZERO = Decimal(0)
_LEADING = re.compile(r"^l\s*[’']\s*(?=article)", re.IGNORECASE)
NOT_RECORDED = "Les pénalités du contrat ne sont pas saisies."


@dataclass(frozen=True)
class Penalty:
    """What the terms of a contract give, in euros to the cent; None is not known, never zero."""

    amount: Decimal | None
    why: tuple[str, ...]
    """The steps of the computation, or why it cannot be made."""


def terms_on(clause: Clause, day: date) -> PenaltyTerms | None:
    """The terms in force on that day; None when none was recorded."""
    return (
        PenaltyTerms.objects.filter(clause=clause, starts_on__lte=day)
        .order_by("-starts_on", "-pk")
        .first()
    )


def versions(clause: Clause) -> Sequence[PenaltyTerms]:
    """Every row recorded, the latest first."""
    return list(PenaltyTerms.objects.filter(clause=clause).order_by("-starts_on", "-pk"))


def last_recorded(clause: Clause) -> int:
    """A mark of what is recorded: it changes with each row. 0 before the first one."""
    rows = PenaltyTerms.objects.filter(clause=clause).order_by("-pk")
    return rows.values_list("pk", flat=True).first() or 0


@transaction.atomic
def record_terms(
    scope: Scope, clause: Clause, terms: PenaltyTerms, *, seen: int | None = None
) -> PenaltyTerms:
    """Keep what the contract provides from a day on. `seen` is `last_recorded` as it was read.

    Raises `Refused` for an abandoned clause, a rate or a cap that makes no sense, a change without
    a reason; `Conflict` when somebody recorded other terms meanwhile.
    """
    must_be_referent(scope, clause)
    held = Clause.objects.select_for_update(of=("self",), no_key=True).get(pk=clause.pk)
    if held.state == ClauseState.DROPPED:
        raise Refused("La clause est abandonnée : il n’y a pas de pénalité à saisir.")
    last = last_recorded(clause)
    if seen is not None and seen != last:
        raise Conflict(
            "Les pénalités de ce contrat viennent d’être saisies par quelqu’un d’autre :"
            " relisez-les, puis recommencez si elles ont changé."
        )
    _must_make_sense(terms)
    if last and not terms.reason.strip():
        raise Refused("Dites pourquoi les pénalités changent : avenant, erreur de saisie.")
    terms.clause, terms.pk = clause, None
    terms.save(force_insert=True)
    record_act(
        scope.user,
        "penalty.recorded",
        f"Pénalité du contrat à partir du {date_fr(terms.starts_on)} : {in_words(terms)}.",
        clause.lot.contract.operation,
        clause,
        day=scope.day,
    )
    return terms


def in_words(terms: PenaltyTerms) -> str:
    """ "50 € par heure d’insertion non réalisée, article 8.2 du CCAP"."""
    where = f", {cited(terms.article)}" if terms.article else ""
    if terms.unit == PenaltyUnit.NONE or terms.rate is None:
        return f"{PenaltyUnit.NONE.label}{where}"
    if terms.unit == PenaltyUnit.SHARE:
        rate = f"{percent(terms.rate, 1, places=2)} du montant du marché, au prorata des heures"
        return f"{rate} manquantes{where}"
    amount = money(terms.rate)
    if terms.unit == PenaltyUnit.FIXED:
        return f"{amount} au forfait, quel que soit le manque{where}"
    return f"{amount} {terms.get_unit_display()}{where}"


def cited(article: str) -> str:
    """The article as it is named within a sentence: "article 8.2 du CCAP", however it was typed."""
    named = _LEADING.sub("", article.strip()).strip()
    return f"article {named[7:].strip()}" if named[:7].lower() == "article" else named


def penalty_of(
    terms: PenaltyTerms | None,
    missing_hours: Decimal,
    committed: Decimal | None,
    amount: Decimal | None,
    days_late: int | None,
) -> Penalty:
    """What these terms give for so many missing hours of those committed.

    `amount` is that of the award, in euros without tax; `days_late` the days since the hours were
    due. Both may be unknown: what needs them is then unknown too.
    """
    if terms is None:
        return Penalty(None, (NOT_RECORDED,))
    if terms.unit == PenaltyUnit.NONE or terms.rate is None:
        return Penalty(ZERO, (f"{_article(terms)} : le contrat n’en prévoit pas.",))
    if missing_hours <= 0:
        return Penalty(ZERO, ("Aucune heure ne manque.",))
    case = _Case(terms.rate, missing_hours, committed, amount, days_late)
    due, said = _COUNTED[terms.unit](case)
    why = (f"{_article(terms)} : {said}.",)
    return Penalty(None, why) if due is None else _capped(terms, due, why, amount)


@dataclass(frozen=True)
class _Case:
    """What a penalty is counted on."""

    rate: Decimal
    missing: Decimal
    committed: Decimal | None
    amount: Decimal | None
    days_late: int | None


Counted = tuple[Decimal | None, str]
"""Euros to the cent, before any cap, and how they are counted; None with why it is not known."""


def _by_hour(case: _Case) -> Counted:
    due = _cents(case.missing * case.rate)
    return due, f"{hours(case.missing)} × {money(case.rate)} = {money(due)}"


def _fixed(case: _Case) -> Counted:
    due = _cents(case.rate)
    return due, f"forfait de {money(due)}, quel que soit le manque"


def _by_day(case: _Case) -> Counted:
    if case.days_late is None:
        why = "pénalité par jour de retard, et aucun jour de retard ne se compte encore"
        return None, f"{why} : l’exécution n’est pas finie"
    due = _cents(case.days_late * case.rate)
    days = f"{integer(case.days_late)} jour{'s' * (case.days_late > 1)} de retard"
    return due, f"{days} × {money(case.rate)} = {money(due)}"


def _by_share(case: _Case) -> Counted:
    if case.amount is None:
        return None, "part du montant du marché, et ce montant n’est pas connu"
    if not case.committed:
        return None, "au prorata de l’engagement, et il n’est pas connu"
    due = _cents(case.amount * case.rate * case.missing / case.committed)
    share = f"{percent(case.rate, 1, places=2)} de {money(case.amount)} HT"
    part = f"{hours(case.missing)} manquantes sur {hours(case.committed)}"
    return due, f"{share} × {part} = {money(due)}"


_COUNTED: Mapping[str, Callable[[_Case], Counted]] = {
    PenaltyUnit.HOUR: _by_hour,
    PenaltyUnit.FIXED: _fixed,
    PenaltyUnit.DAY: _by_day,
    PenaltyUnit.SHARE: _by_share,
}


def _capped(
    terms: PenaltyTerms, total: Decimal, steps: tuple[str, ...], amount: Decimal | None
) -> Penalty:
    """The least of what is due and of the contract's caps."""
    why = list(steps)
    if terms.cap is not None and total > terms.cap:
        total = terms.cap
        why.append(f"Plafonnée à {money(total)}.")
    if terms.cap_share is None:
        return Penalty(total, tuple(why))
    share = percent(terms.cap_share, 1, places=2)
    if amount is None:
        return Penalty(
            None, (*why, f"Plafond de {share} du montant du marché, et ce montant n’est pas connu.")
        )
    most = _cents(amount * terms.cap_share)
    if total > most:
        total = most
        why.append(f"Plafonnée à {share} de {money(amount)} HT, soit {money(most)}.")
    return Penalty(total, tuple(why))


def _article(terms: PenaltyTerms) -> str:
    named = cited(terms.article)
    return f"{named[:1].upper()}{named[1:]}" or "Article non connu"


def money(amount: Decimal) -> str:
    """ "50 €", "16,50 €": cents only where there are some."""
    return euros(amount, cents=True)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def _must_make_sense(terms: PenaltyTerms) -> None:
    if terms.unit == PenaltyUnit.NONE:
        if terms.rate is not None or terms.cap is not None or terms.cap_share is not None:
            raise Refused("Sans pénalité, il n’y a ni taux ni plafond : videz ces champs.")
        return
    if terms.rate is None or terms.rate <= 0:
        raise Refused("Donnez le taux ou le montant : il est plus grand que zéro.")
    if terms.unit == PenaltyUnit.SHARE and terms.rate > 1:
        raise Refused("Une part du montant va de 0 à 100 % : corrigez-la.")
    if terms.notice_days and not terms.notice:
        raise Refused("Un délai de mise en demeure suppose une mise en demeure : cochez-la.")

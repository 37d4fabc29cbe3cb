"""A buyer's own indicators for its SPASER (CCP L2111-3, D2111-3), by civil year.

Two sources are set side by side and never added: contracts recorded here, and those that the buyer
published in open data, under its SIREN. A contract is of the year in which it is notified. What is
not known is counted apart, never as "no".
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from coclause.clauses.choices import ContractKind, Instrument
from coclause.clauses.models import Clause, Contract
from coclause.hours.of_buyers import validated_for_buyer
from coclause.indicators.facts_of_contracts import AGREED
from coclause.organisations.models import Organisation
from coclause.watch.choices import Social
from coclause.watch.models import PublishedContract

ANY = "au_moins_un"
"""Contracts with at least one of the four instruments, each counted once."""


@dataclass(frozen=True)
class Measure:
    """A number of contracts, and their value in euros without tax.

    `value` adds the known amounts up; `unvalued` contracts have none that holds.
    """

    number: int = 0
    value: Decimal = Decimal(0)
    unvalued: int = 0

    @property
    def known(self) -> Decimal | None:
        """The value, None when no amount is known at all."""
        return None if self.number and self.unvalued == self.number else self.value


@dataclass(frozen=True)
class Figure:
    """One line of the table: its name and what it counts."""

    code: str
    label: str
    definition: str


RECORDED = (
    Figure(
        Instrument.CONDITION,
        "Avec une condition d’exécution sociale",
        "Contrats dont un lot au moins porte une condition d’exécution sociale que vous avez"
        " acceptée, quel que soit son thème.",
    ),
    Figure(
        Instrument.CRITERION,
        "Avec un critère d’attribution social",
        "Contrats dont un lot au moins est attribué avec un critère social.",
    ),
    Figure(
        Instrument.RESERVED,
        "Avec un lot réservé",
        "Contrats dont un lot au moins est réservé. L’enregistrement ne dit pas s’il l’est aux"
        " structures d’insertion (SIAE) ou aux entreprises adaptées et ESAT : les deux sont comptés"
        " ensemble.",
    ),
    Figure(
        Instrument.INSERTION,
        "De services de qualification et d’insertion",
        "Contrats dont l’insertion est l’objet même.",
    ),
    Figure(
        ANY,
        "Avec au moins un de ces quatre",
        "Chaque contrat une seule fois, même s’il est dans plusieurs des lignes précédentes.",
    ),
)
PUBLISHED = (
    Figure(
        Social.YES,
        "Considération sociale publiée",
        "Contrats dont les données publiées disent une clause, un critère ou une réservation"
        " sociale.",
    ),
    Figure(Social.NO, "Aucune, dit la publication", "Contrats publiés comme n’en ayant pas."),
    Figure(
        Social.UNKNOWN,
        "Non connu",
        "La publication ne le dit pas : ils ne comptent ni comme «\u00a0oui\u00a0», ni comme"
        " «\u00a0non\u00a0».",
    ),
)


@dataclass(frozen=True)
class YearFigures:
    """One civil year of a buyer."""

    year: int
    all: Measure
    """Contracts recorded here and notified in the year: what the lines below are compared with."""
    recorded: dict[str, Measure]
    """By `Figure.code` of `RECORDED`."""
    all_published: Measure | None
    """Contracts published under the SIREN and notified in the year; None without a SIREN."""
    published: dict[str, Measure]
    hours: Decimal
    """Validated hours worked in the year, on all the buyer's contracts."""


def two_years(last: int) -> tuple[int, int]:
    return last - 1, last


def figures(buyer: Organisation, years: Collection[int]) -> list[YearFigures]:
    """The figures of each of these years, in order. Four queries, whatever the rows."""
    span = (date(min(years), 1, 1), date(max(years), 12, 31))
    contracts = list(
        _of(buyer)
        .filter(notified_on__range=span)
        .order_by("pk")
        .values_list("pk", "notified_on__year", "amount")
    )
    instruments: dict[int, set[str]] = {pk: set() for pk, _, _ in contracts}
    agreed = Clause.objects.filter(lot__contract__in=instruments, state__in=AGREED)
    for contract, instrument in agreed.values_list("lot__contract_id", "instrument"):
        instruments[contract].add(instrument)
    published = _published(buyer, span)
    hours = validated_for_buyer(buyer.pk, years)
    return [
        YearFigures(
            year=year,
            all=_measure(amount for _, at, amount in contracts if at == year),
            recorded={
                figure.code: _measure(
                    amount
                    for pk, at, amount in contracts
                    if at == year and _holds(figure.code, instruments[pk])
                )
                for figure in RECORDED
            },
            all_published=_measure(amount for at, _, amount in published if at == year)
            if buyer.siret
            else None,
            published={
                figure.code: _measure(
                    amount for at, said, amount in published if (at, said) == (year, figure.code)
                )
                for figure in PUBLISHED
            },
            hours=hours[year],
        )
        for year in sorted(years)
    ]


def undated(buyer: Organisation) -> int:
    """Its contracts without a day of notification: they are of no year."""
    return _of(buyer).filter(notified_on__isnull=True).count()


def _of(buyer: Organisation) -> QuerySet[Contract]:
    return Contract.objects.filter(operation__buyer=buyer).exclude(kind=ContractKind.PRIVATE)


def _holds(code: str, found: set[str]) -> bool:
    return bool(found) if code == ANY else code in found


def _published(
    buyer: Organisation, span: tuple[date, date]
) -> list[tuple[int, str, Decimal | None]]:
    """Year, social consideration and amount (None when it is not known, or doubtful)."""
    if not buyer.siret:
        return []
    rows = PublishedContract.objects.filter(
        buyer_siren=buyer.siret[:9], notified_on__range=span
    ).order_by("pk")
    return [
        (year, social, None if doubtful else amount)
        for year, social, amount, doubtful in rows.values_list(
            "notified_on__year", "social", "amount", "amount_doubtful"
        )
    ]


def _measure(amounts: Iterable[Decimal | None]) -> Measure:
    found = list(amounts)
    known = [amount for amount in found if amount is not None]
    return Measure(len(found), sum(known, Decimal(0)), len(found) - len(known))

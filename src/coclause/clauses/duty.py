"""What the law says of a contract, from what is recorded of it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from coclause.clauses.choices import ContractKind, LawBuyer, MarketType
from coclause.clauses.models import Contract
from coclause.law.cases import Case, Reason, Verdict, articles_of
from coclause.law.duty import starts_on, verdict
from coclause.law.exemptions import keeping
from coclause.organisations.choices import BuyerKind

LAW_TYPE: Mapping[str, str] = MappingProxyType(
    {MarketType.WORKS: "travaux", MarketType.SUPPLIES: "fournitures"}
)
"""The law knows works and supplies; everything else is a service to it."""

LAW_BUYERS: Mapping[str, tuple[LawBuyer, ...]] = MappingProxyType(
    {
        BuyerKind.STATE: (LawBuyer.STATE,),
        # Some are central authorities, others are not: the kind alone does not say.
        BuyerKind.OPERATOR: (LawBuyer.STATE, LawBuyer.AUTHORITY),
        BuyerKind.HOSPITAL: (LawBuyer.AUTHORITY,),
        BuyerKind.REGION: (LawBuyer.AUTHORITY,),
        BuyerKind.DEPARTEMENT: (LawBuyer.AUTHORITY,),
        BuyerKind.MUNICIPAL: (LawBuyer.AUTHORITY,),
        BuyerKind.HOUSING: (LawBuyer.AUTHORITY,),
        BuyerKind.MIXED: (LawBuyer.AUTHORITY, LawBuyer.UTILITY),
        BuyerKind.UTILITY: (LawBuyer.UTILITY,),
    }
)
ANY_BUYER = (LawBuyer.STATE, LawBuyer.AUTHORITY, LawBuyer.UTILITY)
NO_DAY = date(1990, 1, 1)
"""Stands for a day where the answer does not depend on it."""
WITHOUT_DAY = Reason(
    "On ne sait pas répondre sans la date d’envoi de l’avis.",
    "L’obligation et les seuils dépendent de ce jour : donnez-le, même approché.",
    ("L2112-2-1", "R2121-3"),
    "unknown",
)
WITHOUT_BUYER = Reason(
    "La réponse dépend de la catégorie de l’acheteur, qui n’est pas connue.",
    "État, autre pouvoir adjudicateur ou entité adjudicatrice : précisez-la.",
    ("L2112-2-1, I",),
    "unknown",
)
ANY_CATEGORY = Reason(
    "La catégorie de l’acheteur n’est pas connue : elle ne change pas la réponse ici.",
    "Le seuil comparé est, des catégories possibles, le plus difficile à passer.",
    ("L2112-2-1, I",),
)
ACTING_AS: Mapping[str, str] = MappingProxyType({LawBuyer.UTILITY: "Entité adjudicatrice"})
"""What a category acts as, when it is not a contracting authority (pouvoir adjudicateur)."""
FROM_AMOUNT = Reason(
    "La valeur estimée n’est pas saisie : la réponse part du montant du contrat, présumé.",
    "La loi regarde l’estimation de l’ensemble du besoin, avant la consultation.",
    ("R2121-1", "R2121-3"),
    "unknown",
)
FROM_NOTIFICATION = Reason(
    "La date d’envoi de l’avis n’est pas saisie : elle précède la notification, déjà antérieure à"
    " l’obligation.",
    articles=("R2121-3",),
    kind="unknown",
)
BOTH_ENDS = Reason(
    "La réponse change pendant la période prévue pour l’envoi de l’avis.",
    "Elle n’est pas la même au début et à la fin : précisez la date.",
    ("L2112-2-1", "R2121-3"),
    "unknown",
)


@dataclass(frozen=True)
class Need:
    """A need as the duty looks at it. Euros without tax for the whole, months; None: not known."""

    kind: str
    market_type: str
    buyers: tuple[str, ...]
    """The categories that the buyer may be: one when it is known."""
    value: Decimal | None
    months: int | None
    days: tuple[date, ...]
    """When the notice is sent: one day, the two ends of a period, none when it is not known."""
    defense: bool | None = False
    framework: bool = False
    presumed: tuple[Reason, ...] = ()
    """What stood in for something not recorded, as the answer tells it."""

    def case(self, buyer: str = "", day: date | None = None) -> Case:
        """The case that the law examines, for the first of its buyers and days when not said."""
        return Case(
            contract=self.kind,  # type: ignore[arg-type]  # Case checks what it is given
            type=LAW_TYPE.get(self.market_type, "services"),  # type: ignore[arg-type]
            buyer=buyer or self.buyers[0],  # type: ignore[arg-type]
            value=self.value,
            months=self.months,
            day=day or (self.days[0] if self.days else NO_DAY),
            defense=self.defense,
            framework=self.framework,
        )


def buyers_of(law_buyer: str, kind: str = "") -> tuple[str, ...]:
    """The categories a buyer may be: as it says, else as its kind lets think, else any."""
    if law_buyer:
        return (law_buyer,)
    return LAW_BUYERS.get(kind, ANY_BUYER)


def need_of(contract: Contract) -> Need:
    """What is recorded of a contract. Its operation's buyer is read.

    Without an estimate, the amount of the contract, or its maximum, stands in for it. Without the
    day of the notice, a notification before the duty existed decides: the notice came earlier.
    Both are said.
    """
    presumed: list[Reason] = []
    value = contract.estimated_value
    if value is None:
        value = contract.maximum or contract.amount or None
        if value is not None:
            presumed.append(FROM_AMOUNT)
    need = Need(
        kind=contract.kind,
        market_type=contract.market_type,
        buyers=buyers_of("", contract.operation.buyer.buyer_kind),
        value=value,
        months=contract.duration_months,
        days=(contract.notice_on,) if contract.notice_on else (),
        defense=contract.defense,
        framework=bool(contract.framework),
        presumed=tuple(presumed),
    )
    notified = contract.notified_on
    if need.days or notified is None or need.kind == ContractKind.PRIVATE:
        return need
    if notified >= starts_on(need.case(day=notified)):
        return need
    return replace(need, days=(notified,), presumed=(*need.presumed, FROM_NOTIFICATION))


def answer(need: Need) -> Verdict:
    """The verdict, unknown where what is not known of the buyer or of the day would change it."""
    if not need.days and need.kind != ContractKind.PRIVATE:
        found = _unknown(verdict(need.case()), WITHOUT_DAY)
    else:
        found = _of_all(need)
    return _with(found, (*found.reasons, *need.presumed)) if need.presumed else found


def told(found: Verdict) -> dict[str, Any]:
    """The verdict as it is kept with whoever was told it (JSON)."""
    return {**asdict(found), "text_date": found.text_date.isoformat()}


def _of_all(need: Need) -> Verdict:
    """What holds for every category that the buyer may be, and both ends of the period."""
    days = need.days or (NO_DAY,)
    by_day = [[verdict(need.case(buyer, day)) for buyer in need.buyers] for day in days]
    for found in by_day:
        if len({one.duty for one in found}) > 1:
            return _unknown(found[0], WITHOUT_BUYER)
    if len({found[0].duty for found in by_day}) > 1:
        return _unknown(by_day[0][0], BOTH_ENDS)
    return _agreed(need, [one for found in by_day for one in found])


def _agreed(need: Need, every: list[Verdict]) -> Verdict:
    """One verdict for those that answer alike: the threshold hardest to pass tells why, and no
    category is taken for the buyer's own.
    """
    thresholds = {one.threshold for one in every}
    hardest = max if every[0].duty == "due" else min
    found = hardest(every, key=lambda one: one.threshold or 0)
    if len(thresholds) > 1:
        found = replace(found, threshold=None)
        if len(need.buyers) > 1:
            first, *others = found.reasons
            found = _with(found, (first, ANY_CATEGORY, *others))
    kept = {one.keep_reasons.text: one.keep_reasons for one in every if one.keep_reasons}
    if len(kept) > 1:
        found = replace(found, keep_reasons=_either(need))
    return found


def _either(need: Need) -> Reason:
    """Where an opt-out's reason is kept when that depends on what the buyer acts as."""
    by_words: dict[str, Reason] = {}
    for buyer in need.buyers:
        keep = keeping(need.case(buyer))
        if keep is not None:
            by_words.setdefault(ACTING_AS.get(buyer, "Pouvoir adjudicateur"), keep)
    return Reason(
        " ".join(f"{name} : {_small(keep.text)}" for name, keep in by_words.items()),
        articles=tuple(dict.fromkeys(one for keep in by_words.values() for one in keep.articles)),
    )


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _unknown(found: Verdict, reason: Reason) -> Verdict:
    nothing = replace(found, duty="unknown", threshold=None, exemptions=(), keep_reasons=None)
    return _with(nothing, (reason,))


def _with(found: Verdict, reasons: tuple[Reason, ...]) -> Verdict:
    return replace(found, reasons=reasons, articles=articles_of(reasons))

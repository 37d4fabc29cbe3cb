"""What the front door answers to a need: the law, a first range of hours, what to look at, who."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import Any

from coclause.clauses import duty
from coclause.clauses.choices import ContractKind, LawBuyer, MarketType
from coclause.core.parameters import parameter
from coclause.hours.achieved import THOUSAND, Quartiles, achieved
from coclause.law import exemptions
from coclause.law.cases import Case, Verdict
from coclause.law.estimates import Assumption, Range, estimate, no_estimate
from coclause.law.exemptions import Exemption
from coclause.law.instruments import Facts, Recommendation, recommend
from coclause.law.smaller import SmallerCondition, smaller_conditions
from coclause.network.needs import Described
from coclause.network.requests.delays import first_answers
from coclause.network.requests.routing import Route, route
from coclause.reference.models import Region

MEASURED_OVER = timedelta(days=365)
LEAST_ANSWERED = 5
"""Requests answered below which a delay would be that of a few people: it is not shown."""
ESTIMATED_AS: Mapping[str, str] = MappingProxyType(
    {
        MarketType.WORKS: "travaux",
        MarketType.SERVICES: "services",
        MarketType.SUPPLIES: "fournitures",
        MarketType.INTELLECTUAL: "prestations_intellectuelles",
        MarketType.CONCESSION: "concession",
    }
)
PRIVATE_NOT_ESTIMATED = (
    "Un contrat privé ne dit pas ici quel travail il demande : le facilitateur l’estime avec vous."
)


@dataclass(frozen=True)
class Delay:
    """How fast first answers come: the median in working days, over that many requests."""

    days: Decimal
    count: int


@dataclass(frozen=True)
class Comparable:
    """What closed contracts of the region achieved, brought to the value of the need: whole hours
    of the middle half, done and committed, and how many contracts stand behind.
    """

    contracts: int
    of_division: bool
    done: tuple[int, int]
    committed: tuple[int, int]


@dataclass(frozen=True)
class Answer:
    """All that the door says of a need on `day`.

    `estimate` is None when nothing can honestly be said; `no_estimate` then says why. `opt_outs`
    are the cases that may be looked at here, none unless the duty is due.
    """

    need: Described
    day: date
    verdict: Verdict
    estimate: Range | None
    no_estimate: str
    fte_hours: Decimal
    recommendation: Recommendation
    smaller: tuple[SmallerCondition, ...]
    opt_outs: tuple[Exemption, ...]
    route: Route
    promise: int
    """Working days to a first answer."""
    delay: Delay | None

    @property
    def missing(self) -> tuple[str, ...]:
        """What to give for the law to answer, as fields of the need; nothing once it has."""
        if self.verdict.duty != "unknown":
            return ()
        asked = {
            "notice_on": self.need.notice_on is None,
            "value": self.need.value is None,
            "law_buyer": not self.need.law_buyer and self.need.kind == ContractKind.MARCHE,
        }
        return tuple(name for name, absent in asked.items() if absent)

    @cached_property
    def comparable(self) -> Comparable | None:
        """What closed contracts did for such a value; None while too few are closed, or without a
        value. Read when it is shown: it looks at all of them.
        """
        return _comparable(self.need, self.day)

    @property
    def answered_by_somebody(self) -> bool:
        """Whether a request about this need would reach anybody."""
        return self.route.organisation is not None


def answer_to(need: Described, *, day: date, siret: str = "") -> Answer:
    """The whole answer to a need described on `day` by the buyer of that SIRET, when it is known.

    Raises LookupError where the marks of that day are not known.
    """
    found = duty.answer(need_of(need))
    hours, why = _estimate(need, day)
    case = _case(need, day)
    return Answer(
        need=need,
        day=day,
        verdict=found,
        estimate=hours,
        no_estimate=why,
        fte_hours=parameter("insertion_fte_hours", day),
        recommendation=_recommendation(need, hours, day),
        smaller=smaller_conditions(case),
        opt_outs=tuple(one for one in exemptions.planned(case) if one.code in found.exemptions),
        route=route(
            need.region, need.commune, several_sites=need.several_sites, siret=siret, day=day
        ),
        promise=int(parameter("front_door_promise", day)),
        delay=delay_in(need.region, day),
    )


def need_of(need: Described) -> duty.Need:
    """The need as the law looks at it."""
    return duty.Need(
        kind=need.kind,
        market_type=need.market_type,
        buyers=duty.buyers_of(need.law_buyer),
        value=need.value,
        months=need.months,
        days=(need.notice_on,) if need.notice_on else (),
        defense=need.defense,
        framework=need.framework,
    )


def told_estimate(answer: Answer) -> dict[str, Any] | None:
    """The range as it is kept with whoever was told it (JSON)."""
    found = answer.estimate
    return kept_range(found.low, found.high, found.assumptions) if found else None


def kept_range(low: int | None, high: int | None, supposed: Iterable[Assumption]) -> dict[str, Any]:
    """A range of hours and what it supposes, as requests keep them (JSON)."""
    return {
        "low": low,
        "high": high,
        "assumptions": [
            {"label": one.label, "told": one.told, "source": one.source} for one in supposed
        ],
    }


def delay_in(region: Region, day: date) -> Delay | None:
    """What the region really did over twelve months; None while too few requests tell it."""
    found = first_answers(region.pk, day - MEASURED_OVER, day, day=day)
    if found.median is None or found.answered < LEAST_ANSWERED:
        return None
    return Delay(found.median, found.answered)


def _estimate(need: Described, day: date) -> tuple[Range | None, str]:
    if need.kind == ContractKind.PRIVATE:
        return None, PRIVATE_NOT_ESTIMATED
    counted_as = ESTIMATED_AS[need.market_type]
    found = estimate(counted_as, need.value, need.months, day)
    return found, "" if found else no_estimate(counted_as, need.value)


def _comparable(need: Described, day: date) -> Comparable | None:
    if need.value is None:
        return None
    division = need.cpv.division if need.cpv else ""
    found = achieved(need.region.pk, division, day, market_type=need.market_type)
    if found is None:
        return None

    def middle(quartiles: Quartiles, value: Decimal) -> tuple[int, int]:
        first, _, third = quartiles
        return round(first * value / THOUSAND), round(third * value / THOUSAND)

    return Comparable(
        contracts=found.contracts,
        of_division=found.basis == "division",
        done=middle(found.done, need.value),
        committed=middle(found.committed, need.value),
    )


def _recommendation(need: Described, hours: Range | None, day: date) -> Recommendation:
    """From the top of the range: a clause is put aside only when even that is too little."""
    return recommend(
        Facts(
            contract=need.kind,  # type: ignore[arg-type]  # Facts checks what it is given
            day=day,
            hours=hours.high if hours else None,
            months=need.months,
        )
    )


def _case(need: Described, day: date) -> Case:
    """The case whose opt-outs and smaller conditions are looked at: a buyer not known changes
    neither.
    """
    return need_of(need).case(need.law_buyer or LawBuyer.AUTHORITY, need.notice_on or day)

"""The answer of the door in words: what its page, the summary before sending and the PDF share."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from coclause.clauses.choices import LawBuyer
from coclause.law.cases import Reason
from coclause.network.door import Answer
from coclause.network.models import BuyerRequest
from coclause.network.needs import Described
from coclause.network.states import RequestState
from coclause.reference.models import Commune
from coclause.render.numbers import UNKNOWN, date_fr, decimal, euros, integer
from coclause.web.door.forms import TYPES
from coclause.web.verdicts import verdict_title

SIGNS: Final[Mapping[str, str]] = MappingProxyType(
    {"yes": "Oui", "no": "Non", "unknown": "À vérifier"}
)
"""What a screen reader hears before each reason, where others see a sign."""
ASKED: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "notice_on": ("avis", "la date d’envoi de l’avis"),
        "value": ("valeur", "la valeur totale hors taxes"),
        "law_buyer": ("acheteur", "la catégorie de l’acheteur"),
    }
)
STEPS: Final = (10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100)


@dataclass(frozen=True)
class ReasonLine:
    """A reason with the word of its sign."""

    reason: Reason
    sign: str

    @property
    def articles(self) -> list[str]:
        return [f"art. {one}" for one in self.reason.articles]


@dataclass(frozen=True)
class OptionLines:
    """Another instrument, and its reasons."""

    label: str
    lines: list[ReasonLine]


@dataclass(frozen=True)
class RangeBar:
    """Where the range stands from 0 to `top` hours, in per cent, as SVG attributes."""

    start: str
    width: str
    top: int


@dataclass(frozen=True)
class Shown:
    """An answer, in the words and measures of a page."""

    answer: Answer

    @property
    def title(self) -> str:
        return verdict_title(self.answer.verdict.duty, self.answer.need.kind)

    @property
    def reasons(self) -> list[ReasonLine]:
        return lines_of(self.answer.verdict.reasons)

    @property
    def pointers(self) -> list[ReasonLine]:
        """Why that instrument is to be looked at first."""
        return lines_of(self.answer.recommendation.reasons)

    @property
    def options(self) -> list[OptionLines]:
        """The other instruments."""
        others = self.answer.recommendation.alternatives
        return [OptionLines(one.label, lines_of(one.reasons)) for one in others]

    @property
    def missing(self) -> list[tuple[str, str]]:
        """The field of the form, and what it asks for."""
        return [ASKED[name] for name in self.answer.missing]

    @property
    def as_of(self) -> str:
        day = self.answer.need.notice_on
        return f"avis du {date_fr(day)}" if day else "date de l’avis non connue"

    @property
    def fte(self) -> str:
        """`1,9 à 3,2 ETP`."""
        hours = self.answer.estimate
        if hours is None:
            return ""
        unit = self.answer.fte_hours
        places = 1 if hours.low >= unit else 2
        low, high = (decimal(Decimal(one) / unit, places=places) for one in (hours.low, hours.high))
        return f"{low} à {high} ETP d’insertion ({integer(unit)} h par ETP)"

    @property
    def hours(self) -> str:
        found = self.answer.estimate
        return range_in_words(found.low, found.high) if found else ""

    @property
    def bar(self) -> RangeBar | None:
        hours = self.answer.estimate
        if hours is None:
            return None
        return _bar(hours.low, hours.high, self.top)

    @property
    def top(self) -> int:
        """The end of the scale, that of both bars."""
        ends = [self.answer.estimate.high] if self.answer.estimate else []
        if self.answer.comparable:
            ends.append(self.answer.comparable.done[1])
        return rounded_up(max(ends, default=0))

    @property
    def done_bar(self) -> RangeBar | None:
        found = self.answer.comparable
        return _bar(*found.done, self.top) if found else None

    @property
    def done_hours(self) -> str:
        found = self.answer.comparable
        return range_in_words(*found.done) if found else ""

    @property
    def committed_hours(self) -> str:
        found = self.answer.comparable
        return range_in_words(*found.committed) if found else ""

    @property
    def compared_with(self) -> str:
        """`23 marchés clos du même type`."""
        found = self.answer.comparable
        if found is None:
            return ""
        of = "de la même division CPV" if found.of_division else "du même type"
        return f"{integer(found.contracts)} contrats clos {of}"

    @property
    def facts(self) -> list[tuple[str, str]]:
        return facts_of(self.answer.need)

    @property
    def delay(self) -> str:
        found = self.answer.delay
        if found is None:
            return "délai réel pas encore mesuré"
        days = decimal(found.days, places=1)
        unit = "jours ouvrés" if found.days >= 2 else "jour ouvré"
        return f"en fait {days} {unit} (médiane sur douze mois, {integer(found.count)} demandes)"

    @property
    def place(self) -> str:
        """Where the question of who answers is asked."""
        if self.answer.need.several_sites:
            return "plusieurs lieux"
        return commune_in_words(self.answer.need.commune)


def _bar(low: int, high: int, top: int) -> RangeBar:
    start, width = (100 * part / top for part in (low, high - low))
    return RangeBar(f"{start:.1f}%", f"{max(width, 0.5):.1f}%", top)


def lines_of(reasons: Iterable[Reason]) -> list[ReasonLine]:
    return [ReasonLine(one, SIGNS[one.kind]) for one in reasons]


def facts_of(need: Described | BuyerRequest) -> list[tuple[str, str]]:
    """What was said of the need; what was not is said not to be known."""
    types = dict(TYPES)
    kind = types.get(need.market_type, "")
    if need.framework:
        kind += ", accord-cadre"
    place = "plusieurs lieux" if need.several_sites else commune_in_words(need.commune)
    defense = {True: "oui", False: "non"}.get(need.defense) if need.defense is not None else None
    buyer = LawBuyer(need.law_buyer).label if need.law_buyer else UNKNOWN
    return [
        ("Objet", need.object),
        ("Type", kind),
        ("Valeur totale HT", euros(need.value)),
        ("Durée", f"{integer(need.months)} mois" if need.months else UNKNOWN),
        ("Envoi de l’avis", date_fr(need.notice_on)),
        ("Lieu", place),
        ("Acheteur", buyer),
        ("Défense ou sécurité", defense or UNKNOWN),
    ]


def commune_in_words(commune: Commune | None) -> str:
    if commune is None:
        return UNKNOWN
    return f"{commune.name} ({commune.departement.name})"


def range_in_words(low: int | None, high: int | None) -> str:
    """`3 100 à 5 170 h`; empty when there is none."""
    if low is None or high is None:
        return ""
    if low == high:
        return f"{integer(low)}\u00a0h"
    return f"{integer(low)} à {integer(high)}\u00a0h"


def rounded_up(hours: int) -> int:
    """The end of a scale that holds that many hours: a round number."""
    power = 1
    while power * STEPS[-1] < hours:
        power *= 10
    return next(step * power for step in STEPS if step * power >= hours)


def state_in_words(request: BuyerRequest) -> str:
    """Whose turn it is, for the buyer."""
    by = f"avant le {date_fr(request.answer_by)}"
    return {
        RequestState.NEW: f"Au réseau de répondre, {by}",
        RequestState.TAKEN: f"Au réseau de répondre, {by}",
        RequestState.ASKED: "À vous de répondre à la question posée",
        RequestState.ANSWERED: "Vous avez une réponse",
        RequestState.OPENED: "Une opération est ouverte : le facilitateur prépare la clause",
        RequestState.CLOSED: "Cette demande est terminée",
    }[RequestState(request.state)]

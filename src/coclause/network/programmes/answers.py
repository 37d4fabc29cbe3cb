"""What each line of a programme gives: the duty, a range of hours, what to look at, who answers.

The law looks at the value of the whole contract; hours come from the line's own value, and an
amount written for several lines gives its hours once.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

from coclause.clauses import duty
from coclause.clauses.choices import ContractKind, MarketType
from coclause.clauses.duty import Need
from coclause.law.cases import Reason, Verdict, articles_of
from coclause.law.estimates import Range, estimate
from coclause.law.instruments import Facts, recommend
from coclause.network.door import ESTIMATED_AS
from coclause.network.models import Programme, ProgrammeLine
from coclause.network.programmes.communes import Places
from coclause.network.programmes.reader import lines as read
from coclause.network.programmes.reader.fields import Field
from coclause.network.programmes.reader.kinds import Nature
from coclause.network.programmes.reader.wholes import Whole
from coclause.network.requests.routing import Route, route
from coclause.reference.models import Commune, Cpv, Region
from coclause.render.numbers import euros

LARGEST_VALUE: Final = Decimal(10) ** 10
"""Ten thousand million euros: beyond, the amount is a slip."""
LONGEST_DOUBT: Final = 500
ANY_TYPE: Final = (MarketType.WORKS, MarketType.SERVICES, MarketType.SUPPLIES)
WITHOUT_TYPE: Final = Reason(
    "La réponse dépend du type d’achat, qui n’est pas connu.",
    "Travaux, fournitures ou services : précisez-le.",
    ("L2112-2-1, I",),
    "unknown",
)
FROM_NOTIFICATION: Final = Reason(
    "La date d’envoi de l’avis n’est pas écrite : la réponse part de la notification.",
    "L’avis est envoyé plus tôt, et c’est son jour qui compte : précisez-le.",
    ("L2112-2-1", "R2121-3"),
    "unknown",
)


class Routes:
    """Who answers that day for the buyer of a programme, asked once for each place."""

    def __init__(self, programme: Programme, day: date) -> None:
        self._siret, self._day = programme.buyer_siret, day
        self._known: dict[tuple[str, str | None, bool], Route] = {}

    def find(self, region: Region, commune: Commune | None, *, several: bool) -> Route:
        key = (region.pk, commune.pk if commune else None, several)
        if key not in self._known:
            self._known[key] = route(
                region, commune, several_sites=several, siret=self._siret, day=self._day
            )
        return self._known[key]


class Answers:
    """Answers the lines of one programme as the law and the network stand on `day`."""

    def __init__(self, programme: Programme, wholes: Iterable[Whole], day: date) -> None:
        self._programme, self._day = programme, day
        self._buyers = duty.buyers_of(
            programme.law_buyer, programme.buyer.buyer_kind if programme.buyer else ""
        )
        self._wholes = {row: whole for whole in wholes for row in whole.rows}
        self._elsewhere = {
            row: why
            for whole in set(self._wholes.values())
            for row, why in counted_elsewhere(whole).items()
        }
        self._places = Places(programme.region_id)
        self._routes = Routes(programme, day)
        self._regions = {programme.region_id: programme.region}
        self._cpvs: dict[str, Cpv | None] = {}

    def line(self, found: read.ProgrammeLine) -> ProgrammeLine:
        """The line to be kept, not saved. Doubts of a whole go with the first of its lines."""
        made = ProgrammeLine(
            programme=self._programme,
            row=found.row,
            object=found.title,
            reference=found.reference[:60],
        )
        doubts = list(found.doubts)
        self._describe(made, found, doubts)
        if found.refused is not None:
            made.refused = found.refused[:LONGEST_DOUBT]
        else:
            self._answer(made, found, doubts)
        made.doubts = [one[:LONGEST_DOUBT] for one in dict.fromkeys(doubts)]
        return made

    def _describe(self, made: ProgrammeLine, found: read.ProgrammeLine, doubts: list[str]) -> None:
        concession = found.nature == Nature.CONCESSION
        made.kind = ContractKind.CONCESSION if concession else ContractKind.MARCHE
        made.market_type = MarketType.CONCESSION if concession else (found.kind or "")
        made.value = _possible(found, found.value, doubts)
        made.months = found.months
        made.framework = bool(found.framework)
        if found.window is not None:
            made.first_day, made.last_day = found.window.first, found.window.last
        if found.cpv:
            made.cpv = self._cpv(found.cpv)
            if made.cpv is None:
                doubts.append(f"Ligne {found.row} : le code CPV {found.cpv} n’existe pas.")
        self._locate(made, found, doubts)

    def _locate(self, made: ProgrammeLine, found: read.ProgrammeLine, doubts: list[str]) -> None:
        if found.place is None:
            made.commune = self._programme.commune
            return
        made.place = found.place.text[:200]
        made.several_sites = found.place.several
        if not found.place.several:
            made.commune, why = self._places.find(found.place)
            if why:
                doubts.append(f"Ligne {found.row} : {why}")

    def _answer(self, made: ProgrammeLine, found: read.ProgrammeLine, doubts: list[str]) -> None:
        whole = self._wholes[found.row]
        if whole.lines[0].row == found.row:
            doubts += whole.doubts
        if whole.value is not None and 0 < whole.value < LARGEST_VALUE:
            made.whole_value = whole.value
        verdict = self._verdict(made, found)
        made.duty, made.verdict = verdict.duty, duty.told(verdict)
        elsewhere = self._elsewhere.get(found.row, "")
        hours = None if elsewhere else hours_of(made, self._day)
        if elsewhere:
            doubts.append(elsewhere)
            # Nothing more than what the other line holds: not « unknown ».
            made.hours_low = made.hours_high = 0
        if hours is not None:
            made.hours_low, made.hours_high = hours.low, hours.high
        made.instrument = recommend(
            Facts(
                contract=made.kind,  # type: ignore[arg-type]  # Facts checks what it is given
                day=self._day,
                hours=hours.high if hours else None,
                months=made.months,
            )
        ).instrument
        answers = self._routes.find(self.region_of(made), made.commune, several=made.several_sites)
        made.organisation, made.facilitator = answers.organisation, answers.membership

    def _verdict(self, made: ProgrammeLine, found: read.ProgrammeLine) -> Verdict:
        days = (made.first_day, made.last_day)
        need = Need(
            kind=made.kind,
            market_type=made.market_type,
            buyers=self._buyers,
            value=made.whole_value,
            months=made.months,
            days=tuple(sorted({day for day in days if day is not None})),
            defense=None,
            framework=made.framework,
        )
        given = duty.answer(need) if made.market_type else _of_any_type(need)
        if found.window_from == Field.NOTIFICATION:
            reasons = (*given.reasons, FROM_NOTIFICATION)
            given = replace(given, reasons=reasons, articles=articles_of(reasons))
        return given

    def region_of(self, made: ProgrammeLine) -> Region:
        """That of its commune, which may be another than the programme's."""
        if made.commune is None:
            return self._programme.region
        code = made.commune.departement.region_id
        if code not in self._regions:
            self._regions[code] = made.commune.departement.region
        return self._regions[code]

    def _cpv(self, code: str) -> Cpv | None:
        if code not in self._cpvs:
            self._cpvs[code] = Cpv.objects.filter(code=code).first()
        return self._cpvs[code]


def hours_of(line: ProgrammeLine, day: date) -> Range | None:
    """A first range from the line's own value; None where nothing can honestly be said."""
    if not line.market_type:
        return None
    return estimate(ESTIMATED_AS[line.market_type], line.value, line.months, day)


def counted_elsewhere(whole: Whole) -> dict[int, str]:
    """Rows of a contract whose hours another row already gives, and the sentence that says so.

    An amount merged over several lines counts with the first; the line that totals its lots
    leaves the hours to them, or takes theirs when one of them has no amount.
    """
    found: dict[int, str] = {}
    first: dict[tuple[int, int], int] = {}
    for line in whole.lines:
        if line.value_rows is not None:
            holder = first.setdefault(line.value_rows, line.row)
            if holder != line.row:
                found[line.row] = (
                    f"Ligne {line.row} : ses heures sont comptées avec la ligne {holder}, qui"
                    " porte le même montant."
                )
    parents = [line for line in whole.lines if not line.lot]
    lots = [line for line in whole.lines if line.lot]
    if len(parents) != 1 or not lots or parents[0].value is None or parents[0].value_rows:
        return found
    parent = parents[0]
    if all(line.value is not None for line in lots):
        found[parent.row] = f"Ligne {parent.row} : ses heures sont comptées avec ses lots."
        return found
    for line in lots:
        found[line.row] = (
            f"Ligne {line.row} : ses heures sont comptées avec la ligne {parent.row}, le total des"
            " lots."
        )
    return found


def _of_any_type(need: Need) -> Verdict:
    """The type is not known: what holds whichever it is."""
    every = [duty.answer(replace(need, market_type=one)) for one in ANY_TYPE]
    if len({one.duty for one in every}) == 1:
        return replace(every[0], threshold=None)
    return replace(
        every[0],
        duty="unknown",
        threshold=None,
        exemptions=(),
        keep_reasons=None,
        reasons=(WITHOUT_TYPE,),
        articles=articles_of((WITHOUT_TYPE,)),
    )


def _possible(
    found: read.ProgrammeLine, value: Decimal | None, doubts: list[str]
) -> Decimal | None:
    if value is None or 0 < value < LARGEST_VALUE:
        return value
    doubts.append(f"Ligne {found.row} : {euros(value)} ne peut pas être un montant : vérifiez-le.")
    return None

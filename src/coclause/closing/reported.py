"""A year's figures as they are reported: frozen once closed, with what changed since beside them.

Dashboard, public page, PDF and command all read them here.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from coclause.closing.freezing import plain_number, thawed
from coclause.closing.models import YearClosure
from coclause.closing.queries import closures_about, froze
from coclause.core.models import Parameter
from coclause.indicators.catalogue import CATALOGUE
from coclause.indicators.figures import Figure, figures
from coclause.indicators.indicator import Kind
from coclause.indicators.perimeter import Perimeter, Period
from coclause.render.numbers import amount, date_fr

PROVISIONAL = "Provisoire"
SINCE = "depuis la clôture"
CHANGED = f"a changé {SINCE}"
SHORT_UNITS = {"h", "ETP"}


@dataclass(frozen=True)
class YearState:
    """Who closed the year, as a reader of this perimeter is told it."""

    perimeter: Perimeter
    closures: tuple[YearClosure, ...] = ()

    @property
    def closure(self) -> YearClosure | None:
        """The closing that froze these figures; None while they may still move."""
        return next((row for row in self.closures if froze(row, self.perimeter)), None)

    @property
    def label(self) -> str:
        """ "Provisoire", "Close par la structure le 12/02/2026", "Close par la région le …"."""
        return f"Close {closed_by(self.closure)}" if self.closure else PROVISIONAL

    @property
    def note(self) -> str:
        """What else must be said: the region's closing beside a host's, or a cut that moves."""
        if self.closure is not None:
            others = [row for row in self.closures if row is not self.closure]
            return "".join(f"La région a clos l’année le {date_fr(o.closed_on)}." for o in others)
        if not self.closures:
            return ""
        said = " et ".join(closed_by(row) for row in self.closures)
        return f"L’année est close {said}, mais pas sur ce périmètre : il est recompté chaque jour."


def closed_by(closure: YearClosure) -> str:
    """ "par la région le 31/03/2026"."""
    who = "la structure" if closure.host_id else "la région"
    return f"par {who} le {date_fr(closure.closed_on)}"


@dataclass(frozen=True)
class Reported:
    """Figures to show, and today's beside them. They are the same while nothing is closed."""

    state: YearState
    figures: dict[str, Figure]
    current: dict[str, Figure]
    threshold: Decimal | None = field(default=None)

    def since(self, code: str) -> str:
        """What changed after the closing: "+312 h depuis la clôture"; nothing when nothing did.

        A change of a few persons, and one that would let them be counted, is told without its size.
        """
        change = self.change(code)
        if not change:
            return ""
        if CATALOGUE[code].persons and not self._may_be_sized(code, change):
            return CHANGED
        return f"{signed(change, self.figures[code].unit)} {SINCE}"

    def change(self, code: str) -> Decimal | None:
        """Today's value less the frozen one; None where either is unknown, hidden or in parts."""
        if self.figures[code].state == "provisoire":
            return None
        then, now = plain_number(self.figures[code].value), plain_number(self.current[code].value)
        return None if then is None or now is None else now - then

    def _may_be_sized(self, code: str, change: Decimal) -> bool:
        alone = not self.figures[code].terms
        return alone and self.threshold is not None and abs(change) >= self.threshold


def signed(change: Decimal, unit: str) -> str:
    """ "+312 h", "−1,5 point", "+6"."""
    if unit == "%":
        text = f"{amount(change, places=1)} point{'s' * (abs(change) >= 2)}"
    else:
        text = amount(change, unit if unit in SHORT_UNITS else "")
    return text if change < 0 else f"+{text}"


def reported(
    perimeter: Perimeter,
    period: Period,
    known_on: datetime | None = None,
    codes: Collection[str] | None = None,
) -> Reported:
    """The figures of these codes (all by default), small groups hidden.

    `known_on` rewinds hours: figures known before the closing are those of that moment. A figure
    that the catalogue gained after the closing is today's. KeyError: no such code.
    """
    current = figures(perimeter, period, known_on, codes)
    state = YearState(perimeter, tuple(closures_about(perimeter, period, known_on)))
    if state.closure is None:
        return Reported(state, current, current)
    rows = {row.code: row for row in state.closure.frozen.filter(code__in=current)}
    shown = {
        code: thawed(figure, rows[code]) if code in rows else figure
        for code, figure in current.items()
    }
    return Reported(state, shown, current, _threshold(shown))


def _threshold(shown: Mapping[str, Figure]) -> Decimal | None:
    """The rule of today for small groups, where figures of persons are among those shown."""
    counted = (code for code, one in shown.items() if one.kind is Kind.NUMBER)
    if not any(CATALOGUE[code].persons for code in counted):
        return None
    rule = Parameter.objects.filter(code="small_cell").order_by("-period")
    return rule.values_list("value", flat=True).first()

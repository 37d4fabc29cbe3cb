"""Early warnings: clauses on time today that will not be at the end, told months before it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Max, OuterRef, Subquery

from coclause.clauses.due import DueItem, followed
from coclause.clauses.models import Award, Clause
from coclause.clauses.queries import ClauseQuerySet
from coclause.clauses.states import ClauseState, Turn
from coclause.core.months import last_day, shift
from coclause.core.parameters import parameters
from coclause.hours.globalised import Judged, judged
from coclause.hours.progress import Progress, progress_of_clauses
from coclause.organisations.scopes import Scope
from coclause.render.numbers import hours

OPERATION = "lot__contract__operation"


@dataclass(frozen=True)
class Alert:
    """From when a shortfall foreseen is told."""

    share: Decimal
    """Part of the commitment that may be missing at the end without a warning, 0 to 1."""
    months: int
    """Declared months below which nothing is foreseen."""
    short: Decimal
    """Part of what is expected today under which a clause is late already."""


def alert_on(day: date) -> Alert:
    """The thresholds of that day. One query."""
    found = parameters(("foreseen_alert", "foreseen_months", "shortfall_alert"), day)
    return Alert(
        share=found["foreseen_alert"],
        months=int(found["foreseen_months"]),
        short=found["shortfall_alert"],
    )


def foreseen_missing(
    figures: Progress, ends_on: date | None, day: date, alert: Alert
) -> Decimal | None:
    """Hours that will be missing at the end, when it is worth an early warning; None otherwise.

    Nothing is said of what is late already, after too few months, nor once the last month runs.
    """
    missing = figures.missing_at_end
    if missing is None or not figures.committed or figures.months < alert.months:
        return None
    if ends_on is None or ends_on <= last_day(day) or figures.is_short(alert.short):
        return None
    return missing if missing > alert.share * figures.committed else None


def followed_running(scope: Scope) -> ClauseQuerySet:
    """Running clauses that the user follows, with `holder` and `ends_on`, their last day."""
    ends_on = (
        Award.objects.filter(lot=OuterRef("lot"))
        .order_by()
        .values("lot")
        .annotate(last=Max("ends_on"))
        .values("last")
    )
    rows: ClauseQuerySet = (
        Clause.objects.filter(followed(OPERATION, scope), state=ClauseState.RUNNING)
        .with_context()
        .with_holder(scope.day)
        .annotate(ends_on=Subquery(ends_on))
    )
    return rows


def early_warnings(scope: Scope) -> list[DueItem]:
    """For who follows clauses: those to speak of before they are late, the worst first."""
    if not scope.hosts:
        return []
    rows: dict[int, Any] = {row.pk: row for row in followed_running(scope)}
    found = judged(progress_of_clauses(list(rows), scope.day), scope.day)
    return warnings_among(rows.values(), found, scope.day)


def warnings_among(clauses: Iterable[Any], found: Mapping[int, Judged], day: date) -> list[DueItem]:
    """The same for clauses at hand (annotated: holder, ends_on) and what they are judged on."""
    alert = alert_on(day)
    told: list[tuple[Decimal, DueItem]] = []
    warned: set[tuple[int, ...]] = set()
    for clause in clauses:
        own = found[clause.pk]
        missing = foreseen_missing(own.progress, clause.ends_on, day, alert)
        if missing is None or own.pools in warned:
            continue
        if own.pools:
            # One agreement is one warning, whichever of its clauses comes first.
            warned.add(own.pools)
        told.append((missing, _item(clause, own, missing)))
    told.sort(key=lambda pair: (-pair[0], pair[1].url_args))
    return [item for _, item in told]


def _item(clause: Any, own: Judged, missing: Decimal) -> DueItem:
    figures, lot = own.progress, clause.lot
    how = "Selon le plan" if figures.by_plan else "Au rythme actuel"
    pooled = f" · {own.contracts} marchés globalisés" if own.pools else ""
    return DueItem(
        kind="foreseen",
        what=f"{how}, il manquera {hours(missing)} à la fin",
        about=f"{lot.contract.operation}, lot {lot.number} ·"
        f" {clause.holder or 'titulaire non connu'}{pooled}",
        url_name="clause",
        url_args=(clause.pk,),
        action="Voir la clause",
        turn=Turn.FACILITATOR,
        since=shift(figures.last_month, 1) if figures.last_month else clause.state_since,
    )

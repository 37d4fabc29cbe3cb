"""Commitments that are no plain volume of hours: one site of the story is turned into each case."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from coclause.clauses.choices import (
    Basis,
    EventKind,
    Framework,
    HoursKind,
    MarketType,
    Measure,
    OrderKind,
    Trigger,
)
from coclause.clauses.models import (
    Commitment,
    CountingChange,
    Objective,
    ObjectiveEvent,
    Order,
)
from coclause.clauses.states import ClauseState
from coclause.demo.commitments import add_event
from coclause.demo.declarations import moment
from coclause.demo.operations import Scene
from coclause.demo.plan import Plan
from coclause.demo.sites import Site
from coclause.demo.spreading import QUARTERS

SHARE, HOURS_BY, EUROS = Decimal(50), Decimal(5), Decimal(10_000)
"""Half of the hours worked; five hours for each 10 000 € ordered."""


@dataclass
class Told:
    """A site, its whole objective in hours and the events of it so far."""

    number: int
    site: Site
    objective: Objective
    events: list[ObjectiveEvent] = field(default_factory=list)

    @property
    def owed(self) -> int:
        return int(sum(event.quantity for event in self.events))


class Cases:
    """Takes calm running sites one after the other, the followed facilitator's first."""

    def __init__(self, scene: Scene, sites: list[Site], plan: Plan) -> None:
        self._scene, self._plan = scene, plan
        self._free = self._told(sites)

    def _told(self, sites: list[Site]) -> list[Told]:
        book = self._scene.book
        by_award = {row.award_id: row.pk for row in book.rows(Commitment)}
        objectives = {row.commitment_id: row for row in book.rows(Objective)}
        events: dict[int, list[ObjectiveEvent]] = defaultdict(list)
        for event in book.rows(ObjectiveEvent):
            events[event.objective_id].append(event)
        awards = Counter(site.lot.pk for site in sites)
        found = []
        for number, site in enumerate(sites):
            if awards[site.lot.pk] > 1:
                continue
            commitment = by_award.get(site.award.pk)
            if commitment is not None and site.clause.state == ClauseState.RUNNING:
                objective = objectives[commitment]
                found.append(Told(number, site, objective, events[objective.pk]))
        return sorted(found, key=lambda told: (told.site.host, told.site.share) != (0, 0))

    def take(self, wanted: Callable[[Told], bool] = lambda told: True) -> Told | None:
        """The first free site that is wanted; it is no longer free."""
        found = next((told for told in self._free if wanted(told)), None)
        if found is not None:
            self._free.remove(found)
        return found

    def turn(self) -> None:
        """Every case once."""
        for wanted, case in (
            (self._is_old, self._share_of_each_year),
            (_is_plain, self._share_of_each_year),
            (_is_plain, self._hours_by_euros),
            (_is_plain, self._call_offs),
            (_is_large, self._waiting_tranche),
            (_is_large, self._affirmed_tranche),
            (_is_concession, self._phases),
            (_counts_internships, self._internships),
            (_is_large, self._apprentices),
            (_is_large, self._women),
            (_is_large, self._capped_training),
        ):
            told = self.take(wanted) or self.take()
            if told is not None:
                case(told)
        self._districts()

    def _is_old(self, told: Told) -> bool:
        return _is_plain(told) and told.site.award.starts_on.year < self._scene.day.year

    def _share_of_each_year(self, told: Told) -> None:
        """Half of the hours worked, each year; the year under way is not known yet."""
        award = told.site.award
        told.objective.measure, told.objective.trigger = Measure.SHARE, Trigger.YEAR
        self._rate(told, SHARE, Decimal(100))
        for year in range(award.starts_on.year, self._scene.day.year):
            done = sum(
                quarters
                for (number, month), quarters in self._plan.items()
                if number == told.number and month.year == year
            )
            last = date(year, 12, 31)
            self._base(
                told.objective,
                Decimal(max(70, round(done * 2.05 / QUARTERS))),
                last,
                due_from=max(award.starts_on, date(year, 1, 1)),
                due_until=min(last, award.ends_on),
                told=last + timedelta(days=20),
            )

    def _hours_by_euros(self, told: Told) -> None:
        """A framework with orders: hours for each euro ordered."""
        award, contract = told.site.award, told.site.lot.contract
        due = self._due_now(told)
        told.objective.measure, told.objective.trigger = Measure.PER_EURO, Trigger.ORDER
        contract.framework = Framework.ORDERS
        contract.maximum = Decimal(told.owed) * EUROS / HOURS_BY * 2
        self._rate(told, HOURS_BY, EUROS)
        days = self._order_days(award.starts_on)
        for rank, day in enumerate(days, start=1):
            amount = Decimal(round(due / len(days) * 2)) * 1000
            order = self._order(told, OrderKind.ORDER, f"BC-{rank:02d}", day, amount)
            self._base(
                told.objective,
                amount,
                day,
                due_from=day,
                due_until=min(max(day + timedelta(days=150), self._scene.day), award.ends_on),
                told=day,
                order=order,
            )

    def _call_offs(self, told: Told) -> None:
        """A framework whose call-offs each carry their own volume."""
        award, contract = told.site.award, told.site.lot.contract
        each = max(35, round(self._due_now(told) / 2 / 5) * 5)
        told.objective.trigger = Trigger.CALL_OFF
        told.objective.planned = Decimal(each)
        contract.framework = Framework.CALL_OFFS
        contract.maximum = (contract.amount or EUROS * 30) * 2
        first, *others = self._order_days(award.starts_on)[:2]
        order = self._order(told, OrderKind.CALL_OFF, "MS-01", first, None)
        self._trigger(told, first, each, order=order)
        for day in others:
            order = self._order(told, OrderKind.CALL_OFF, "MS-02", day, None)
            more = add_event(
                self._scene.book,
                told.objective,
                kind=EventKind.TRIGGER,
                day=day,
                quantity=each,
                reason="MS-02",
            )
            more.order = order

    def _waiting_tranche(self, told: Told) -> None:
        """130 hours more if the optional tranche is affirmed: not due today."""
        self._objective(
            told, trigger=Trigger.TRANCHE, label="Tranche optionnelle 1", planned=Decimal(130)
        )

    def _affirmed_tranche(self, told: Told) -> None:
        more = max(35, round(told.owed * 0.2 / 5) * 5)
        _lower(told, more)
        made = self._objective(
            told, trigger=Trigger.TRANCHE, label="Tranche optionnelle 1", planned=Decimal(more)
        )
        day = min(told.site.award.starts_on + timedelta(days=40), self._scene.day)
        add_event(
            self._scene.book,
            made,
            kind=EventKind.TRIGGER,
            day=day,
            quantity=more,
            reason="Tranche affermie par l’acheteur",
        )

    def _phases(self, told: Told) -> None:
        """A concession: works first, then operation with a yearly target."""
        award = told.site.award
        middle = award.starts_on + (award.ends_on - award.starts_on) / 2
        yearly = max(35, round(told.owed * 0.15 / 5) * 5)
        told.objective.label, told.objective.ends_on = "Phase travaux", middle
        made = self._objective(
            told,
            trigger=Trigger.YEAR,
            label="Phase exploitation",
            planned=Decimal(yearly),
            starts_on=middle + timedelta(days=1),
        )
        year = (middle + timedelta(days=1)).year
        if middle < self._scene.day:
            event = add_event(
                self._scene.book,
                made,
                kind=EventKind.TRIGGER,
                day=middle + timedelta(days=1),
                quantity=yearly,
                reason=f"Année {year} d’exploitation",
            )
            event.due_from = middle + timedelta(days=1)
            event.due_until = max(event.due_from, min(date(year, 12, 31), award.ends_on))

    def _internships(self, told: Told) -> None:
        """140 hours of internship beside the rest."""
        if HoursKind.INTERNSHIP not in told.site.clause.hour_kinds:
            told.site.clause.hour_kinds = [*told.site.clause.hour_kinds, HoursKind.INTERNSHIP]
        made = self._objective(told, label="Stages", hour_kind=HoursKind.INTERNSHIP)
        self._initial(told, made, 140)

    def _apprentices(self, told: Told) -> None:
        self._initial(told, self._objective(told, measure=Measure.APPRENTICES), 2)

    def _women(self, told: Told) -> None:
        self._objective(told, public="FEMMES", part_of=told.objective, share=Decimal(30))

    def _capped_training(self, told: Told) -> None:
        """Training counts within a cap since an agreement made on the way."""
        day = told.site.award.starts_on + timedelta(days=60)
        self._scene.book.add(
            CountingChange(
                clause=told.site.clause,
                starts_on=day,
                hour_kinds=list(told.site.clause.hour_kinds),
                training_cap=20,
                reason="Accord sur la part de formation",
                recorded_at=moment(day, 11),
            )
        )

    def _districts(self) -> None:
        """Clauses of the NPNRU reserve half of their hours to residents of priority districts."""
        for told in self._free:
            if told.site.clause.basis == Basis.NPNRU:
                self._objective(told, public="QPV", part_of=told.objective, share=Decimal(50))

    def _due_now(self, told: Told) -> float:
        award = told.site.award
        whole = (award.ends_on - award.starts_on).days + 1
        return told.owed * min(1.0, ((self._scene.day - award.starts_on).days + 1) / whole)

    def _order_days(self, starts_on: date) -> list[date]:
        days = [starts_on + timedelta(days=75 * rank) for rank in range(6)]
        return [day for day in days if day < self._scene.day - timedelta(days=20)] or [starts_on]

    def _objective(self, told: Told, **facts: object) -> Objective:
        return self._scene.book.add(Objective(commitment_id=told.objective.commitment_id, **facts))

    def _initial(self, told: Told, objective: Objective, quantity: int) -> None:
        day = told.site.award.notified_on
        add_event(self._scene.book, objective, kind=EventKind.INITIAL, day=day, quantity=quantity)

    def _rate(self, told: Told, rate: Decimal, per: Decimal) -> None:
        """The first event becomes the agreed rate."""
        [event] = told.events
        event.kind, event.quantity, event.rate, event.per = EventKind.RATE, Decimal(0), rate, per

    def _trigger(self, told: Told, day: date, quantity: int, *, order: Order) -> None:
        """The first event becomes what the first call-off brings."""
        [event] = told.events
        event.kind, event.quantity, event.effective_on = EventKind.TRIGGER, Decimal(quantity), day
        event.order, event.reason, event.recorded_at = order, order.number, moment(day, 11)

    def _base(
        self,
        objective: Objective,
        base: Decimal,
        day: date,
        *,
        due_from: date,
        due_until: date,
        told: date,
        order: Order | None = None,
    ) -> None:
        rate, per = (SHARE, Decimal(100)) if order is None else (HOURS_BY, EUROS)
        self._scene.book.add(
            ObjectiveEvent(
                objective=objective,
                kind=EventKind.BASE,
                effective_on=day,
                quantity=(base * rate / per).quantize(Decimal("0.01")),
                base=base,
                rate=rate,
                per=per,
                due_from=due_from,
                due_until=max(due_from, due_until),
                order=order,
                reason=order.number if order else f"Heures travaillées en {day.year}",
                recorded_at=moment(told, 11),
            )
        )

    def _order(
        self, told: Told, kind: OrderKind, number: str, day: date, amount: Decimal | None
    ) -> Order:
        return self._scene.book.add(
            Order(
                award=told.site.award,
                kind=kind,
                number=number,
                object=told.site.lot.title,
                ordered_on=day,
                amount=amount,
                recorded_at=moment(day, 11),
            )
        )


def _is_plain(told: Told) -> bool:
    """One event, on a contract whose lots are not shared with another case."""
    return len(told.events) == 1 and told.site.market not in (
        MarketType.CONCESSION,
        MarketType.PRIVATE,
    )


def _is_large(told: Told) -> bool:
    return len(told.events) == 1 and told.owed >= 400


def _is_concession(told: Told) -> bool:
    return len(told.events) == 1 and told.site.market == MarketType.CONCESSION


def _counts_internships(told: Told) -> bool:
    return len(told.events) == 1 and HoursKind.INTERNSHIP in told.site.clause.hour_kinds


def _lower(told: Told, quantity: int) -> None:
    [event] = told.events
    event.quantity = max(Decimal(35), event.quantity - quantity)

"""Facts of the front door and of the duty: requests, entries of registers, contracts by notice.

What buyers wrote, and which of them has an entry in its register, never leaves this module:
requests come as days, entries as counts, contracts as answers without a name.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

from django.db.models import Count, Exists, F, OuterRef
from django.db.models.functions import Coalesce
from django.utils import timezone

from coclause.clauses.choices import Instrument
from coclause.clauses.duty import FROM_AMOUNT, Need, answer, need_of
from coclause.clauses.models import Clause, Contract, OptOut
from coclause.indicators.facts_of_contracts import AGREED, ContractFacts
from coclause.law.cases import Case as LawCase
from coclause.law.cases import ContractKind, Duty
from coclause.law.duty import starts_on
from coclause.network.models import BuyerRequest
from coclause.network.requests.delays import Case, FirstAnswers, measure
from coclause.network.states import RequestState


class RequestFact(NamedTuple):
    """A request received in the period, in the hands of an organisation, or of nobody yet."""

    organisation: int | None
    organisation_name: str | None
    case: Case


class NoticeFact(NamedTuple):
    """What the law answers for a contract, and what is recorded here in answer to it.

    `presumed`: the answer is drawn from the amount of the contract, for want of an estimate.
    """

    duty: Duty
    presumed: bool
    condition: bool
    opted_out: bool


@dataclass(frozen=True)
class DoorFacts(ContractFacts):
    """Each property is one query, made when first asked for."""

    @property
    def day(self) -> date:
        """The day on which one looks: the last one known, today when no moment is asked for."""
        if self.known_on is None:
            return timezone.localdate()
        return timezone.localtime(self.known_on - timedelta(microseconds=1)).date()

    @cached_property
    def requests(self) -> list[RequestFact]:
        """Requests received in the period, as they stood on the day known; hands are today's."""
        rows = BuyerRequest.objects.filter(
            self.perimeter.places(),
            self.perimeter.referents("organisation", "facilitator"),
            received_on__range=(self.period.first, self.period.last),
        )
        if self.known_on is not None:
            rows = rows.filter(received_at__lte=self.known_on)
        hands = ("organisation", "organisation__name")
        days = ("received_on", "answer_by", "answered_on", "state", "state_since")
        return [
            RequestFact(
                organisation,
                name,
                Case(
                    came,
                    by,
                    self._known(answered),
                    self._known(since) if state == RequestState.CLOSED else None,
                ),
            )
            for organisation, name, came, by, answered, state, since in rows.order_by(
                "organisation__name", "organisation", "pk"
            ).values_list(*hands, *days)
        ]

    @cached_property
    def first_answers(self) -> FirstAnswers:
        return measure((row.case for row in self.requests), self.day)

    @cached_property
    def opt_outs(self) -> dict[str, int]:
        """Entries in force of the region whose notice was sent in the period, by case invoked."""
        rows = (
            OptOut.objects.in_force()
            .alias(place=Coalesce(F("contract__operation__region"), F("buyer__region")))
            .filter(
                place=self.perimeter.region,
                notice_on__range=(self.period.first, self.period.last),
            )
        )
        by_case = rows.order_by("code").values("code").annotate(entries=Count("pk"))
        return dict(by_case.values_list("code", "entries"))

    @cached_property
    def notices(self) -> list[NoticeFact]:
        """Contracts of the region whose notice was sent in the period, since the duty exists.

        One whose notice has no day recorded is of the period in which it was notified.
        """
        first = max(self.period.first, _duty_begins())
        accepted = Clause.objects.filter(
            lot__contract=OuterRef("pk"), instrument=Instrument.CONDITION, state__in=AGREED
        )
        entries = OptOut.objects.in_force().filter(contract=OuterRef("pk"))
        rows = (
            Contract.objects.filter(operation__region=self.perimeter.region)
            .alias(noticed_on=Coalesce("notice_on", "notified_on"))
            .filter(noticed_on__range=(first, self.period.last))
            .annotate(condition=Exists(accepted), opted_out=Exists(entries))
            .select_related("operation__buyer")
            .order_by("pk")
        )
        return [_notice(need_of(row), row.condition, row.opted_out) for row in rows]

    def _known(self, day: date | None) -> date | None:
        """A day recorded, unless it had not come yet at the moment asked for."""
        if day is None or self.known_on is None:
            return day
        return day if day <= self.day else None


def _notice(need: Need, condition: bool, opted_out: bool) -> NoticeFact:
    return NoticeFact(answer(need).duty, FROM_AMOUNT in need.presumed, condition, opted_out)


def _duty_begins() -> date:
    """Before that day no contract of any kind is under the duty."""
    kinds: tuple[ContractKind, ...] = ("marche", "concession")
    return min(starts_on(LawCase(kind, "travaux", "etat", None, None, date.min)) for kind in kinds)

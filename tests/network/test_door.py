"""What the front door answers to a need: law, range, pointer, opt-outs, who answers, how fast."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests import builders
from tests.builders import DAY
from tests.hours.closed_contracts import closed
from tests.network.requests_worlds import coordinator, facilitator_of, need, request_of

from coclause.clauses.choices import ContractKind, LawBuyer, MarketType
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.network.door import Answer, answer_to, told_estimate
from coclause.network.needs import Described
from coclause.network.states import RequestState
from coclause.organisations.models import TerritoryCharge

pytestmark = pytest.mark.django_db

NOTICE = date(2027, 1, 12)


def asked(**facts: Any) -> Answer:
    with acting_as("test", day=DAY):
        described = need(**{"value": Decimal(6_200_000), "months": 14, "notice_on": NOTICE} | facts)
    return answer_to(described, day=DAY)


def in_charge_of(commune_of: Described) -> User:
    _host, user = facilitator_of("Maison de l'emploi du Val-Rêvé")
    with acting_as("test", day=DAY):
        TerritoryCharge.objects.create(
            membership=user.memberships.get(), commune=commune_of.commune, starts_on="2026-01-01"
        )
    return user


def test_large_works_are_under_the_duty_with_a_range_and_its_assumptions() -> None:
    found = asked()
    assert found.verdict.duty == "due"
    assert found.estimate is not None
    # 6 200 000 × 30 % × 5 % ÷ 38,90, and × 50 % × 10 % ÷ 25, rounded up to five hours.
    assert (found.estimate.low, found.estimate.high) == (2395, 12_400)
    assert [one.name for one in found.estimate.assumptions] == [
        "labour_share",
        "rate",
        "hourly_cost",
    ]
    assert found.missing == ()
    assert found.recommendation.instrument == "condition_execution"


def test_what_is_kept_with_the_request_tells_the_range_and_where_it_comes_from() -> None:
    told = told_estimate(asked())
    assert told is not None
    assert (told["low"], told["high"]) == (2395, 12_400)
    assert told["assumptions"][1]["told"] == "5\u202f% à 10\u202f%"
    assert all(one["source"] for one in told["assumptions"])


def test_one_euro_under_the_threshold_nothing_is_due_and_no_opt_out_is_named() -> None:
    due, free = asked(value=Decimal(5_404_000)), asked(value=Decimal(5_403_999))
    assert (due.verdict.duty, free.verdict.duty) == ("due", "not_due")
    assert due.opt_outs
    assert free.opt_outs == ()


def test_the_opt_out_of_short_works_is_named_under_six_months_only() -> None:
    short = [one.code for one in asked(months=5).opt_outs]
    assert "short_works" in short
    assert "short_works" not in [one.code for one in asked(months=6).opt_outs]


def test_what_is_missing_is_named_until_the_law_can_answer() -> None:
    assert asked(notice_on=None, value=None).missing == ("notice_on", "value", "law_buyer")
    between = {"market_type": MarketType.SERVICES, "value": Decimal(150_000)}
    assert asked(**between).missing == ("law_buyer",)
    assert asked(**between, law_buyer=LawBuyer.STATE).missing == ()
    assert asked(**between, law_buyer=LawBuyer.STATE).verdict.duty == "due"


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"market_type": MarketType.SUPPLIES}, "fournitures"),
        ({"market_type": MarketType.INTELLECTUAL}, "intellectuelles"),
        ({"market_type": MarketType.CONCESSION, "kind": ContractKind.CONCESSION}, "concession"),
        ({"market_type": MarketType.PRIVATE, "kind": ContractKind.PRIVATE}, "privé"),
        ({"value": None}, "valeur"),
    ],
)
def test_where_no_range_is_honest_the_answer_says_why(facts: dict[str, Any], why: str) -> None:
    found = asked(**facts)
    assert found.estimate is None
    assert told_estimate(found) is None
    assert why in found.no_estimate


def test_a_private_contract_is_answered_without_a_date() -> None:
    found = asked(market_type=MarketType.PRIVATE, kind=ContractKind.PRIVATE, notice_on=None)
    assert found.verdict.duty == "not_due"
    assert found.missing == ()


def test_the_facilitator_of_the_commune_is_named_and_else_the_coordination() -> None:
    of, _ = coordinator()
    assert asked().route.organisation == of
    user = in_charge_of(need())
    assert asked().route.user == user
    assert asked(several_sites=True).route.organisation == of


def test_a_region_without_coordination_answers_the_law_and_nobody_is_named() -> None:
    coordinator()
    with acting_as("test", day=DAY):
        far = builders.region("84", "Région Inventée")
        place = builders.commune("69123", "Confluence-la-Rêvée", far)
    found = asked(region=far, commune=place)
    assert found.verdict.duty == "due"
    assert not found.answered_by_somebody


def test_a_delay_is_told_from_five_answers_on() -> None:
    host, user = facilitator_of("Plie des Brumes")
    monday = date(2026, 11, 2)
    for days in (1, 1, 2, 3):
        request_of(host, user, received=monday, answered_on=monday + timedelta(days))
    request_of(host, user, received=monday, state=RequestState.NEW)
    old = DAY - timedelta(400)
    request_of(host, user, received=old, answered_on=old + timedelta(30))
    assert asked().delay is None
    request_of(host, user, received=monday, answered_on=monday + timedelta(3))
    found = asked().delay
    assert found is not None
    assert (found.days, found.count) == (Decimal(2), 5)


def test_the_promise_is_the_parameter_of_the_day() -> None:
    assert asked().promise == 5


def test_what_comparable_contracts_did_stands_beside_the_range() -> None:
    """A range alone would be taken for a usage: what was done for such an amount is told too."""
    world = builders.world()
    for hours in ("100", "150", "200", "250"):
        closed(world, hours, 300, 1_000_000)
    assert asked(value=Decimal(2_000_000)).comparable is None, "four contracts tell too much"
    closed(world, "300", 300, 1_000_000)
    found = asked(value=Decimal(2_000_000)).comparable
    assert found is not None
    # The middle half of 100, 150, 200, 250 and 300 h for 1 M€, brought to 2 M€.
    assert (found.done, found.committed, found.contracts) == ((300, 500), (600, 600), 5)
    assert asked(value=None).comparable is None
    assert asked(value=Decimal(2_000_000), market_type=MarketType.SERVICES).comparable is None

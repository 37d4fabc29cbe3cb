"""What the region says of its front door and of the duty, and what it must never let out."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from tests import builders
from tests.builders import DAY, World, at
from tests.clauses.opt_out_worlds import REASON, buyer_of, recorded
from tests.network.requests_worlds import request_of

from coclause.clauses.choices import Instrument, Theme
from coclause.clauses.models import Clause, Contract
from coclause.clauses.opting_out import withdraw
from coclause.clauses.states import ClauseState
from coclause.core.actor import acting_as
from coclause.indicators.catalogue import CATALOGUE, THEMES
from coclause.indicators.figures import Figure, figures, rows
from coclause.indicators.perimeter import Perimeter, Period
from coclause.network.requests.delays import first_answers
from coclause.network.states import RequestState
from coclause.organisations.choices import MemberRole, Role
from coclause.organisations.scopes import scope_of

pytestmark = pytest.mark.django_db
REGION = Perimeter("27")
YEAR = Period.year(2026)
NOTICE = date(2026, 11, 2)
REQUESTS = ("requests_received", "front_door_delay", "front_door_kept")
REGISTER = ("opt_outs", "opt_outs_by_case", "duty_compliance")


@pytest.fixture
def world() -> World:
    return builders.world()


def read(code: str, perimeter: Perimeter = REGION, known: Any = None) -> Figure:
    return figures(perimeter, YEAR, known, [code])[code]


def value(code: str, perimeter: Perimeter = REGION, known: Any = None) -> Any:
    return read(code, perimeter, known).value


def narrowed(world: World) -> list[Perimeter]:
    return [
        Perimeter("27", departement="21"),
        Perimeter("27", epci="900021231"),
        Perimeter("27", buyer=world.buyer.pk),
        Perimeter("27", host=world.host.pk),
        Perimeter("27", facilitator=world.facilitator.pk),
    ]


def under_duty(world: World, **facts: Any) -> Contract:
    """The world's contract above the threshold, its notice after the duty begins."""
    told = {"estimated_value": Decimal(6_000_000), "notice_on": NOTICE, **facts}
    with acting_as("test", day=DAY):
        Contract.objects.filter(pk=world.lot.contract_id).update(**told)
    return Contract.objects.get(pk=world.lot.contract_id)


def clause_is(world: World, **facts: Any) -> None:
    with acting_as("test", day=DAY):
        Clause.objects.filter(pk=world.clause.pk).update(**facts)


def alone(**categories: int) -> dict[str, int]:
    """The whole breakdown, everything else at zero."""
    return {"avec_condition": 0, "motif_inscrit": 0, "inconnu": 0, "indeterminee": 0, **categories}


# Requests


def test_a_first_answer_is_counted_in_working_days() -> None:
    # Friday 6 to Friday 13 November 2026, with a holiday on Wednesday: four working days.
    request_of(received=date(2026, 11, 6), answered_on=date(2026, 11, 13))
    request_of(received=date(2026, 11, 6), answered_on=date(2026, 11, 9))
    request_of(received=date(2026, 11, 2), answered_on=date(2026, 11, 23))
    request_of(received=date(2025, 12, 31), answered_on=date(2026, 1, 2))
    assert value("requests_received") == 3
    assert value("front_door_delay") == 4
    kept = read("front_door_kept")
    assert kept.value == Decimal("66.67")
    assert kept.terms == {"kept": 2, "judged": 3}
    assert kept.denominator == "demandes jugées"


def test_the_rule_is_the_one_that_the_network_measures_itself_by() -> None:
    request_of(received=date(2026, 11, 2), answered_on=date(2026, 11, 4))
    request_of(received=date(2026, 11, 2))
    request_of(received=date(2026, 11, 3), state=RequestState.CLOSED, state_since=date(2026, 11, 4))
    found = first_answers("27", YEAR.first, YEAR.last, day=DAY)
    assert value("requests_received", known=at(DAY)) == found.received == 3
    assert value("front_door_delay", known=at(DAY)) == found.median
    assert read("front_door_kept", known=at(DAY)).terms == {
        "kept": found.kept,
        "judged": found.judged,
    }


def test_what_is_still_in_time_is_neither_kept_nor_broken() -> None:
    """A region whose only request came yesterday must not read 0 %."""
    request_of(received=date(2026, 11, 16))
    during = at(date(2026, 11, 20))
    assert value("requests_received", known=during) == 1
    assert value("front_door_delay", known=during) is None
    assert value("front_door_kept", known=during) is None
    assert value("front_door_kept", known=at(date(2026, 11, 24))) == 0


def test_requests_are_told_as_they_stood_at_the_moment_asked_for() -> None:
    request_of(received=date(2026, 11, 16), answered_on=date(2026, 11, 30))
    request_of(
        received=date(2026, 11, 16), state=RequestState.CLOSED, state_since=date(2026, 11, 17)
    )
    assert value("requests_received", known=at(date(2026, 11, 15))) == 0
    before, after = at(date(2026, 11, 24)), at(date(2026, 12, 1))
    assert value("front_door_delay", known=before) is None
    assert read("front_door_kept", known=before).terms == {"kept": 0, "judged": 1}
    assert value("front_door_delay", known=after) == 10
    # The day asked for ends at midnight, in France.
    night = at(date(2026, 11, 29), hour=23)
    assert value("front_door_delay", known=night) is None


def test_requests_of_a_place_and_of_whoever_has_them_in_hand(world: World) -> None:
    request_of(world.host, world.facilitator, received=NOTICE, answered_on=date(2026, 11, 3))
    request_of(world.host, received=NOTICE, commune=builders.commune("58194", "Fictiville"))
    request_of(received=NOTICE, commune=None, several_sites=True)
    assert value("requests_received") == 3
    assert value("requests_received", Perimeter("44")) == 0
    assert value("requests_received", Perimeter("27", departement="21")) == 1
    assert value("requests_received", Perimeter("27", epci="900058194")) == 1
    assert value("requests_received", Perimeter("27", host=world.host.pk)) == 2
    one = Perimeter("27", facilitator=world.facilitator.pk)
    assert (value("requests_received", one), value("front_door_delay", one)) == (1, 1)


def test_a_buyer_has_no_figure_of_its_requests(world: World) -> None:
    """Whoever asks is not always recognised: a number would be too small without saying so."""
    request_of(received=NOTICE, buyer=world.buyer, answered_on=NOTICE)
    for code in REQUESTS:
        found = read(code, Perimeter("27", buyer=world.buyer.pk))
        assert found.value is None
        assert set(found.terms.values()) <= {None}
        assert rows(code, Perimeter("27", buyer=world.buyer.pk), YEAR) == []


def test_the_rows_of_requests_are_numbers_by_organisation(world: World) -> None:
    """Another host may not read what a buyer wrote, nor that it wrote."""
    for _ in range(2):
        request_of(world.host, world.facilitator, received=NOTICE, buyer=world.buyer)
    request_of(received=NOTICE)
    found = rows("requests_received", REGION, YEAR)
    assert [(row["host"], row["value"]) for row in found] == [(world.host.pk, 2), (None, 1)]
    assert all(set(row) == {"host", "host_name", "value"} for row in found)
    assert rows("front_door_delay", REGION, YEAR) == rows("front_door_kept", REGION, YEAR) == []


# The register


def test_only_entries_in_force_count_in_the_year_of_their_notice(world: World) -> None:
    buyer, other = buyer_of(world), builders.world("Mont-Rêvé")
    first = recorded(world, buyer, world.lot.contract)
    recorded(world, buyer, replaces=first, code="no_link")
    recorded(other, buyer_of(other))
    recorded(world, buyer, code="no_link", notice_on=date(2027, 1, 4))
    gone = recorded(world, buyer)
    with acting_as(buyer, day=DAY):
        withdraw(scope_of(buyer, DAY), gone)
    assert value("opt_outs") == 2
    assert value("opt_outs", Perimeter("44")) == 0
    by_case = read("opt_outs_by_case")
    assert by_case.value == {
        "immediately_available": 0,
        "no_link": 1,
        "competition_or_difficulty": 0,
        "short_works": 1,
    }
    assert by_case.labels["short_works"] == "travaux de moins de six mois"


def test_a_year_before_the_duty_has_no_case() -> None:
    found = figures(REGION, Period.year(2022), codes=REGISTER)
    assert found["opt_outs"].value == 0
    assert found["opt_outs_by_case"].value == {}
    assert found["duty_compliance"].value == alone()


@pytest.mark.parametrize("code", REGISTER)
def test_a_smaller_perimeter_would_let_a_buyer_be_recognised(world: World, code: str) -> None:
    builders.commune()
    recorded(world, buyer_of(world), under_duty(world))
    for perimeter in narrowed(world):
        found = read(code, perimeter)
        assert found.value is None, perimeter
        assert set(found.terms.values()) <= {None}
        assert rows(code, perimeter, YEAR, hide=False) == []


@pytest.mark.parametrize("code", REGISTER)
def test_the_rows_of_the_register_hold_a_category_and_a_count(world: World, code: str) -> None:
    clause_is(world, instrument=Instrument.CRITERION)
    recorded(world, buyer_of(world), under_duty(world))
    found = rows(code, REGION, YEAR, hide=False)
    assert [row["value"] for row in found] == [1]
    assert all(set(row) == {"key", "value"} for row in found)


@pytest.mark.usefixtures("day_of_the_builders")
def test_no_page_of_figures_tells_whose_entry_it_is(world: World, client: Client) -> None:
    clause_is(world, instrument=Instrument.CRITERION)
    recorded(world, buyer_of(world), under_duty(world))
    request_of(world.host, world.facilitator, received=NOTICE, answered_on=NOTICE)
    with acting_as("test", day=DAY):
        of = builders.organisation("Coordination Inventée", Role.COORDINATION)
        client.force_login(builders.member(of, MemberRole.COORDINATOR))
    for code in (*REQUESTS, *REGISTER):
        html = client.get(reverse("indicator", args=[code]), {"annee": "2026"}).content.decode()
        assert CATALOGUE[code].label in html
        told = (world.buyer.name, world.operation.name, "Réfection", REASON, "Aliénor", "Val-Rêvé")
        for secret in told:
            assert secret not in html, (code, secret)
        # Terms in French, never the name of a column.
        for name in ("answered", "judged", "under_duty", "presumed"):
            assert f">{name} :" not in html
    page = client.get(reverse("indicator", args=["front_door_kept"])).content.decode()
    assert "Demandes jugées : <b>1</b>" in page


# The duty


def test_a_condition_of_any_theme_answers_the_duty(world: World) -> None:
    under_duty(world)
    for theme in Theme.values:
        clause_is(world, theme=theme)
        assert value("duty_compliance") == alone(avec_condition=1), theme


@pytest.mark.parametrize(
    "facts",
    [
        {"instrument": Instrument.CRITERION},
        {"instrument": Instrument.RESERVED},
        {"instrument": Instrument.INSERTION},
    ],
    ids=str,
)
def test_what_is_not_a_condition_says_nothing(world: World, facts: dict[str, Any]) -> None:
    under_duty(world)
    clause_is(world, **facts)
    assert value("duty_compliance") == alone(inconnu=1)


@pytest.mark.parametrize(
    ("state", "counted"),
    [
        (ClauseState.DRAFT, "inconnu"),
        (ClauseState.PROPOSED, "inconnu"),
        (ClauseState.DROPPED, "inconnu"),
        (ClauseState.AGREED, "avec_condition"),
        (ClauseState.CLOSED, "avec_condition"),
    ],
)
def test_the_buyer_must_have_accepted_the_condition(
    world: World, state: ClauseState, counted: str
) -> None:
    contract = under_duty(world)
    clause_is(world, instrument=Instrument.CRITERION)
    with acting_as("test", day=DAY):
        other = contract.lots.create(number=8, title="peinture")
        builders.clause(other, state)
    assert value("duty_compliance") == alone(**{counted: 1})


def test_a_reason_stands_in_the_register_until_it_is_withdrawn(world: World) -> None:
    buyer, contract = buyer_of(world), under_duty(world)
    entry = recorded(world, buyer, contract)
    assert value("duty_compliance") == alone(avec_condition=1)
    clause_is(world, instrument=Instrument.CRITERION)
    assert value("duty_compliance") == alone(motif_inscrit=1)
    with acting_as(buyer, day=DAY):
        withdraw(scope_of(buyer, DAY), entry)
    assert value("duty_compliance") == alone(inconnu=1)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"estimated_value": Decimal(5_404_000)}, alone(avec_condition=1)),
        ({"estimated_value": Decimal(5_403_999)}, alone()),
        ({"notice_on": date(2026, 8, 22)}, alone(avec_condition=1)),
        ({"notice_on": date(2026, 8, 21)}, alone()),
        ({"notice_on": date(2027, 1, 4)}, alone()),
        ({"defense": True}, alone()),
        ({"kind": "prive"}, alone()),
        ({"kind": "concession", "defense": True}, alone(indeterminee=1)),
        ({"estimated_value": None, "amount": None}, alone(indeterminee=1)),
        # Notified before the duty began: its notice was sent earlier still.
        ({"notice_on": None, "notified_on": date(2026, 8, 21)}, alone()),
        ({"notice_on": None, "notified_on": date(2026, 8, 22)}, alone(indeterminee=1)),
        ({"notice_on": None, "notified_on": date(2027, 1, 4)}, alone()),
        ({"notice_on": None, "notified_on": None}, alone()),
    ],
    ids=str,
)
def test_contracts_are_those_that_the_law_names(
    world: World, facts: dict[str, Any], expected: dict[str, int]
) -> None:
    under_duty(world, **facts)
    assert value("duty_compliance") == expected


def test_what_is_presumed_from_an_amount_is_said(world: World) -> None:
    under_duty(world, estimated_value=None, amount=Decimal(6_000_000))
    found = read("duty_compliance")
    assert found.value == alone(avec_condition=1)
    assert found.terms == {"under_duty": 1, "presumed": 1}
    assert "présumée" in found.definition
    under_duty(world)
    assert read("duty_compliance").terms == {"under_duty": 1, "presumed": 0}


@pytest.mark.usefixtures("day_of_the_builders")
def test_the_undetermined_are_shown_and_left_out_of_shares(world: World, client: Client) -> None:
    under_duty(world)
    under_duty(builders.world("Mont-Rêvé"), estimated_value=None, amount=None)
    assert read("duty_compliance").terms["under_duty"] == 1
    client.force_login(world.facilitator)
    page = client.get(reverse("indicator", args=["duty_compliance"]), {"annee": "2026"})
    lines = {line.label: (line.value, line.share) for line in page.context["lines"]}
    assert lines["Avec condition"] == ("1", "100,0\u202f%")
    assert lines["Obligation non déterminée"] == ("1", "")


def test_the_number_of_queries_does_not_grow(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    codes = [one.code for one in THEMES["Porte d’entrée et obligation"]]
    assert codes == [*REQUESTS, *REGISTER]
    request_of(world.host, received=NOTICE, answered_on=NOTICE)
    recorded(world, buyer_of(world), under_duty(world))
    # The name of the region, requests, entries, contracts.
    with django_assert_num_queries(4):
        figures(REGION, YEAR, codes=codes)
    other = builders.world("Mont-Rêvé")
    request_of(other.host, received=NOTICE, answered_on=NOTICE)
    recorded(other, buyer_of(other), under_duty(other))
    with django_assert_num_queries(4):
        figures(REGION, YEAR, at(DAY), codes=codes)

"""What a region would misread of its commitments, its months without names, its districts."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from pytest_django import DjangoAssertNumQueries
from tests import builders
from tests.builders import DAY, World, at
from tests.clauses.opt_out_worlds import buyer_of, recorded
from tests.contracts.recount import Asked, recount
from tests.network.requests_worlds import request_of

from coclause.clauses.choices import EventKind, Instrument, Measure, MemberPart, Programme, Trigger
from coclause.clauses.models import (
    AwardMember,
    Clause,
    Commitment,
    Contract,
    Convention,
    CountingChange,
    Globalisation,
    GlobalisedCommitment,
    Objective,
    ObjectiveEvent,
    Operation,
)
from coclause.clauses.states import ClauseState
from coclause.core.actor import acting_as
from coclause.hours.choices import LineState
from coclause.hours.models import (
    Assignment,
    Employment,
    EmploymentMonth,
    Statement,
    StatementLine,
)
from coclause.indicators.figures import figures, rows
from coclause.indicators.perimeter import Perimeter, Period
from coclause.organisations.choices import Role
from coclause.reference.models import Cpv
from coclause.render.numbers import HIDDEN

pytestmark = pytest.mark.django_db
REGION = Perimeter("27")
YEAR = Period.year(2026)
SEPTEMBER = date(2026, 9, 1)


@pytest.fixture
def world() -> World:
    return builders.world()


def value(code: str, known: date | None = None, period: Period = YEAR) -> Any:
    moment = at(known) if known else None
    return figures(REGION, period, moment, [code], hide=False)[code].value


def line(
    world: World,
    month: date,
    hours: str,
    employment: Employment | None = None,
    *,
    heads: int | None = None,
    kind: str = "travail",
) -> None:
    """Validated hours, of an employment or of people unnamed."""
    with acting_as(world.facilitator, day=DAY):
        statement, _ = Statement.objects.get_or_create(
            award=world.award, month=month, defaults={"declared_on": DAY}
        )
        worked = None
        if employment is not None:
            worked, _ = EmploymentMonth.objects.get_or_create(
                employment=employment, month=month, defaults={"hours_worked": 300}
            )
        StatementLine.objects.create(
            statement=statement,
            employment_month=worked,
            headcount=heads,
            kind=kind,
            hours=Decimal(hours),
            state=LineState.VALIDATED,
            declared_at=at(date(2026, 10, 1)),
            declared_by=world.facilitator,
            validated_at=at(date(2026, 10, 10)),
            validated_by=world.facilitator,
        )


def objective(world: World, **facts: Any) -> Objective:
    with acting_as("test", day=DAY):
        commitment = Commitment.objects.get(award=world.award, clause=world.clause)
        return Objective.objects.create(commitment=commitment, **facts)


def event(on: Objective, kind: EventKind, quantity: int, day: date, **facts: Any) -> None:
    with acting_as("test", day=DAY):
        ObjectiveEvent.objects.create(
            objective=on,
            kind=kind,
            effective_on=day,
            quantity=quantity,
            **{"recorded_at": at(day), **facts},
        )


def test_a_tranche_is_conditional_until_it_is_affirmed(world: World) -> None:
    """Added to the debt before its time, it would be asked of the company."""
    tranche = objective(world, trigger=Trigger.TRANCHE, planned=300)
    assert value("hours_conditional") == 300
    assert value("commitments_undetermined") == 1
    assert value("hours_committed_running") == 1240
    event(tranche, EventKind.TRIGGER, 300, date(2026, 10, 1))
    assert value("hours_conditional") == 0
    assert value("commitments_undetermined") == 0
    assert value("hours_committed_running") == 1540
    assert value("hours_conditional", date(2026, 9, 1)) == 300


def test_a_rate_without_its_base_is_not_determined_and_is_no_hour(world: World) -> None:
    share = objective(world, measure=Measure.SHARE)
    event(share, EventKind.RATE, 0, date(2026, 3, 2), rate=5, per=100)
    assert value("commitments_undetermined") == 1
    assert value("hours_committed_running") == 1240
    event(share, EventKind.BASE, 50, date(2026, 6, 1), base=1000, rate=5, per=100)
    assert value("commitments_undetermined") == 0
    assert value("hours_committed_running") == 1290


def test_each_measure_is_added_in_its_own_unit(world: World) -> None:
    for measure, code in (
        (Measure.PERSONS, "committed_persons"),
        (Measure.CONTRACTS, "committed_contracts"),
        (Measure.APPRENTICES, "committed_apprentices"),
    ):
        event(objective(world, measure=measure), EventKind.INITIAL, 3, date(2026, 3, 2))
        assert value(code) == 3
    assert value("hours_committed_running") == 1240


def test_what_was_due_leaves_suspensions_out_as_they_were_known(world: World) -> None:
    """The year before an extension was recorded keeps the figure that was reported then."""
    before = value("hours_expected")
    with acting_as("test", day=DAY):
        builders.calendar(
            world.award,
            world.award.starts_on,
            world.award.ends_on,
            suspensions=[DateRange(date(2026, 5, 1), date(2026, 8, 1))],
            suspended_on=date(2026, 11, 2),
            recorded_at=at(date(2026, 11, 3)),
        )
    assert value("hours_expected") < before
    assert value("hours_expected", date(2026, 11, 1)) == before
    assert value("suspended_awards") == 1
    assert value("suspended_awards", date(2026, 11, 1)) == 0
    assert value("suspended_awards", period=Period(YEAR.first, date(2026, 6, 1))) == 1
    assert value("suspended_awards", period=Period(YEAR.first, date(2026, 9, 1))) == 0


def test_an_award_ended_before_the_last_day_owes_nothing_more(world: World) -> None:
    with acting_as("test", day=DAY):
        builders.calendar(
            world.award,
            world.award.starts_on,
            date(2026, 10, 31),
            kind="resiliation",
            recorded_at=at(date(2026, 11, 3)),
        )
    assert value("hours_committed_running") == 0
    assert value("hours_committed_running", date(2026, 11, 1)) == 1240


def test_hours_without_names_count_and_their_people_are_no_beneficiaries(world: World) -> None:
    line(world, SEPTEMBER, "100", world.employment)
    line(world, SEPTEMBER, "400", heads=12)
    line(world, SEPTEMBER, "20", heads=12, kind="formation")
    line(world, date(2026, 10, 1), "300", heads=15)
    assert value("hours_validated") == 820
    assert value("hours_collective") == 720
    assert value("collective_headcount") == 15
    assert value("beneficiaries") == 1
    assert figures(REGION, YEAR, codes=["collective_headcount"])["collective_headcount"].value == 15
    by_share = value("hours_by_share_host")
    assert by_share == {str(world.host.pk): 100, "sans_noms": 720}


def test_a_small_headcount_is_hidden(world: World) -> None:
    line(world, SEPTEMBER, "300", heads=3)
    found = figures(REGION, YEAR, codes=["collective_headcount"])
    assert found["collective_headcount"].value == HIDDEN
    assert rows("collective_headcount", REGION, YEAR) == []


def test_hours_follow_the_place_of_work_apart(world: World) -> None:
    """The map by place of work tells another thing than the operation's place, and adds nothing."""
    line(world, SEPTEMBER, "100", world.employment)
    line(world, SEPTEMBER, "40", heads=9)
    with acting_as("test", day=DAY):
        Operation.objects.update(commune=builders.commune("21231"))
    with acting_as(world.facilitator, day=DAY):
        Assignment.objects.update(commune=builders.commune("58194", "Fictiville"))
    assert value("hours_by_departement") == {"21": 140, "58": 0}
    assert value("hours_by_place") == {"21": 40, "58": 100}


def test_hours_of_reserved_contracts_are_told_with_and_without_names(world: World) -> None:
    line(world, SEPTEMBER, "100", world.employment)
    line(world, SEPTEMBER, "40", heads=9)
    assert value("hours_reserved") == 0
    with acting_as("test", day=DAY):
        Clause.objects.update(instrument=Instrument.RESERVED)
    assert value("hours_reserved") == 140
    assert value("hours_reserved_by_statement") == {"nominatives": 100, "sans_noms": 40}


def test_the_rate_of_closed_clauses_takes_only_the_hours_that_count(world: World) -> None:
    """1 000 h of training on a clause that caps it at 10 % would say that it was held."""
    line(world, SEPTEMBER, "240", world.employment)
    line(world, SEPTEMBER, "900", heads=20, kind="formation")
    line(world, SEPTEMBER, "500", heads=20, kind="stage")
    with acting_as("test", day=DAY):
        CountingChange.objects.create(
            clause=world.clause,
            starts_on=date(2026, 8, 1),
            hour_kinds=["travail", "formation"],
            training_cap=10,
            reason="accord écrit",
            recorded_at=at(date(2026, 8, 1)),
        )
        Clause.objects.filter(pk=world.clause.pk).update(state=ClauseState.ENDED)
        Clause.objects.filter(pk=world.clause.pk).update(
            state=ClauseState.CLOSED, state_since=date(2026, 11, 2)
        )
    found = figures(REGION, YEAR, codes=["realisation_rate"])["realisation_rate"]
    assert found.terms == {"validated": 364, "committed": 1240}
    assert found.value == Decimal("29.35")
    assert recount("realisation_rate", Asked("27", YEAR.first, YEAR.last)) == found.value


def test_a_replaced_holder_and_a_new_buyer_are_counted(world: World) -> None:
    assert value("first_time_buyers") == 1
    assert value("holders_replaced") == 0
    with acting_as("test", day=DAY):
        other = builders.organisation("Couvertures d'Ailleurs", Role.COMPANY)
        world.award.members.update(ends_on=date(2026, 6, 30))
        AwardMember.objects.create(
            award=world.award,
            organisation=other,
            part=MemberPart.HOLDER,
            starts_on=date(2026, 7, 1),
        )
        earlier = builders.lot(world.operation, number=1)
        Contract.objects.filter(pk=earlier.contract_id).update(notified_on=date(2024, 5, 2))
        builders.clause(earlier)
    assert value("holders_replaced") == 1
    assert value("first_time_buyers") == 0
    assert value("first_time_buyers", period=Period.year(2024)) == 1


def test_the_market_is_told_by_buyer_segment_and_division(world: World) -> None:
    line(world, SEPTEMBER, "100", world.employment)
    assert value("hours_by_segment") == {"btp": 0, "hors_btp": 0, "inconnu": 100}
    with acting_as("test", day=DAY):
        works = Cpv.objects.create(
            code="45000000",
            label_fr="Travaux de construction",
            division="45",
            level=2,
            search_words="",
        )
        Contract.objects.update(cpv=works, framework="bons_commande")
    assert value("hours_by_segment")["btp"] == 100
    assert value("contracts_by_segment") == {"btp": 1, "hors_btp": 0, "inconnu": 0}
    assert value("contracts_by_division") == {"45": 1}
    assert value("hours_by_framework")["bons_commande"] == 100
    assert value("hours_by_buyer_kind")["bloc_communal"] == 100
    assert value("contracts_by_buyer_kind")["bloc_communal"] == 1
    figure = figures(REGION, YEAR, codes=["hours_by_division"])["hours_by_division"]
    assert figure.labels["45"] == "Travaux de construction"


def npnru(world: World, residents: int, others: int) -> None:
    """That many persons of a priority district, and others, 10 h each under a convention."""
    with acting_as("test", day=DAY):
        convention = Convention.objects.create(
            region_id="27",
            name="Quartiers imaginés",
            programme=Programme.NPNRU,
            starts_on=date(2024, 1, 1),
        )
        Contract.objects.update(convention=convention)
    with acting_as(world.facilitator, day=DAY):
        for number in range(residents + others):
            person = builders.person(world.host, f"Fictive{'abcdefghijkl'[number]}", "Aude")
            lives: dict[str, Any] = {"district": "QF058001", "district_vintage": "2024"}
            employment = builders.employment(
                person, world.company, world.award, **(lives if number < residents else {})
            )
            line(world, SEPTEMBER, "10", employment)


NPNRU = ("hours_npnru", "hours_npnru_by_residence", "hours_npnru_district", "npnru_district_share")


def test_the_part_of_residents_says_what_is_not_known(world: World) -> None:
    npnru(world, 6, 6)
    line(world, SEPTEMBER, "80", heads=9)
    found = figures(REGION, YEAR, codes=NPNRU)
    assert found["hours_npnru"].value == 200
    assert found["hours_npnru_by_residence"].value == {
        "resident": 60,
        "sans_quartier": 60,
        "inconnu": 80,
    }
    assert found["npnru_district_share"].value == 30
    assert found["npnru_district_share"].terms == {"hours_npnru_district": 60, "hours_npnru": 200}


@pytest.mark.parametrize(("residents", "others"), [(3, 8), (8, 3), (2, 1)])
def test_what_a_few_residents_did_is_hidden_with_them(
    world: World, residents: int, others: int
) -> None:
    npnru(world, residents, others)
    found = figures(REGION, YEAR, codes=NPNRU)
    assert found["hours_npnru"].value == 10 * (residents + others)
    told = found["hours_npnru_by_residence"].value
    assert isinstance(told, dict)
    assert told["resident"] == told["sans_quartier"] == HIDDEN
    assert found["hours_npnru_district"].value == HIDDEN
    assert found["npnru_district_share"].value == HIDDEN
    assert found["npnru_district_share"].terms["hours_npnru_district"] == HIDDEN
    assert all(rows(code, REGION, YEAR) == [] for code in NPNRU[1:])


def test_pooled_hours_are_those_of_the_months_under_the_agreement(world: World) -> None:
    line(world, date(2026, 5, 1), "70", world.employment)
    line(world, SEPTEMBER, "100", world.employment)
    with acting_as("test", day=DAY):
        pool = Globalisation.objects.create(
            region_id="27",
            company=world.company,
            agreement="courrier du 2 juin",
            starts_on=date(2026, 6, 1),
            recorded_at=at(date(2026, 10, 20)),
        )
        GlobalisedCommitment.objects.create(
            globalisation=pool,
            commitment=Commitment.objects.get(award=world.award),
            starts_on=date(2026, 6, 1),
        )
    assert value("hours_globalised") == 100
    assert value("hours_globalised", date(2026, 10, 15)) == 0
    assert value("hours_validated") == 170


def test_the_whole_catalogue_has_a_fixed_number_of_queries(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """With something in every table that it reads, now and as known at a moment."""
    npnru(world, 2, 2)
    with acting_as("test", day=DAY):
        Operation.objects.update(commune=builders.commune())
        Cpv.objects.create(
            code="45000000", label_fr="Travaux", division="45", level=2, search_words=""
        )
        Contract.objects.update(cpv="45000000")
        other = builders.lot(world.operation, number=1)
        closed = builders.clause(other, ClauseState.CLOSED)
        builders.commit(builders.award(other, world.company), closed, Decimal(80))
        guide = builders.organisation("Orientation", Role.PRESCRIBER)
    with acting_as(world.facilitator, day=DAY):
        Employment.objects.update(prescriber=guide)
    request_of(world.host)
    recorded(world, buyer_of(world), closed.lot.contract)
    with acting_as("test", day=DAY):
        Contract.objects.update(notice_on=date(2026, 11, 2))
    with django_assert_num_queries(35):
        figures(REGION, YEAR)
    with django_assert_num_queries(35):
        figures(REGION, YEAR, at(date(2026, 10, 15)))

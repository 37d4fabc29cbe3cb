"""The figures a region reports: what they count, and everything said beside them."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from tests import builders
from tests.builders import DAY, World, at

from coclause.clauses.models import Operation
from coclause.core.actor import acting_as
from coclause.core.models import Parameter
from coclause.core.parameters import UnknownParameterError
from coclause.hours.checking import validate_lines
from coclause.hours.declaring import Entry, declare_month
from coclause.hours.models import Employment
from coclause.indicators.catalogue import CATALOGUE
from coclause.indicators.figures import figures, rows
from coclause.indicators.indicator import Kind
from coclause.indicators.perimeter import Perimeter, Period
from coclause.render.numbers import HIDDEN

pytestmark = pytest.mark.django_db
REGION = Perimeter("27")
YEAR = Period.year(2026)
SEPTEMBER = date(2026, 9, 1)


@pytest.fixture
def world() -> World:
    return builders.world()


def work(
    world: World,
    month: date,
    hours: str,
    *employments: Employment,
    validated: bool = True,
) -> None:
    worked = {"travail": Decimal(hours)}
    entries = [Entry(one.pk, worked) for one in employments or (world.employment,)]
    with acting_as(world.facilitator, day=DAY):
        statement = declare_month(world.scope, world.award, month, entries, version=0)
        if validated:
            pks = list(statement.lines.values_list("pk", flat=True))
            validate_lines(world.scope, statement, pks, at=at(date(2026, 11, 20)))


def crowd(world: World, count: int) -> list[Employment]:
    """That many more persons at work."""
    with acting_as(world.facilitator, day=DAY):
        people = [
            builders.person(world.host, f"Fictive{letter}", "Aude")
            for letter in "abcdefghijklmno"[:count]
        ]
        return [builders.employment(person, world.company, world.award) for person in people]


def cells(found: Any) -> dict[str, Any]:
    assert isinstance(found.value, dict)
    return found.value


def test_a_year_counts_the_hours_worked_in_it(world: World) -> None:
    work(world, SEPTEMBER, "100")
    work(world, date(2026, 10, 1), "35.5", validated=False)
    found = figures(REGION, YEAR)
    assert found["hours_validated"].value == 100
    assert found["hours_declared"].value == Decimal("135.5")
    assert found["facilitators"].value == 1
    assert found["facilitators_fte"].value == Decimal("0.80")
    assert cells(found["hours_by_market_type"])["travaux"] == 100
    assert cells(found["hours_by_market_type"])["services"] == 0
    assert cells(found["hours_by_month"])["2026-09"] == 100
    assert len(cells(found["hours_by_month"])) == 12


def test_each_figure_says_what_it_is(world: World) -> None:
    work(world, SEPTEMBER, "100")
    found = figures(REGION, YEAR)
    assert list(found) == list(CATALOGUE)
    for code, figure in found.items():
        assert figure.definition.endswith("."), code
        assert figure.perimeter == "Bourgogne-Franche-Comté"
        assert figure.state == "provisoire"
        if figure.unit == "%" or figure.kind is Kind.BREAKDOWN or figure.terms:
            assert figure.denominator, code
        if figure.kind is Kind.BREAKDOWN:
            assert set(cells(figure)) <= set(figure.labels), code
    assert found["hours_validated"].period == "du 01/01/2026 au 31/12/2026"
    assert found["hours_committed_running"].period == "au 31/12/2026"
    assert "1 600" in found["fte_insertion"].parameters[0].reference


def test_nothing_is_zero_and_what_cannot_be_divided_is_unknown() -> None:
    found = figures(Perimeter("93"), YEAR)
    assert found["operations_followed"].value == 0
    assert found["hours_validated"].value == 0
    assert found["beneficiaries"].value == 0
    assert found["hours_per_beneficiary"].value is None
    assert found["realisation_rate"].value is None
    assert found["realisation_rate"].terms == {"validated": None, "committed": None}


def test_a_year_without_a_known_divisor_has_no_fte(world: World) -> None:
    assert figures(REGION, Period.year(2018))["fte_insertion"].value is None


def test_facilitators_have_no_place_of_execution(world: World) -> None:
    """A département must not be given the whole region's facilitators."""
    found = figures(Perimeter("27", departement="21"), YEAR)
    assert found["facilitators"].value is None
    assert found["facilitators_fte_by_funder"].value is None


def test_a_few_persons_are_hidden_from_whoever_may_not_read_files(world: World) -> None:
    work(world, SEPTEMBER, "100")
    hidden = figures(REGION, YEAR)
    assert hidden["beneficiaries"].value == HIDDEN
    assert set(cells(hidden["beneficiaries_by_sex"]).values()) == {HIDDEN}
    # Hours divided by persons would give the number of persons back.
    assert hidden["hours_per_beneficiary"].value == HIDDEN
    assert hidden["hours_per_beneficiary"].terms["beneficiaries"] == HIDDEN
    assert hidden["hours_validated"].value == 100
    assert rows("beneficiaries", REGION, YEAR) == []
    assert figures(REGION, YEAR, hide=False)["beneficiaries"].value == 1
    assert len(rows("beneficiaries", REGION, YEAR, hide=False)) == 1


def test_without_its_rule_nothing_about_persons_is_shown(world: World) -> None:
    with acting_as("test", day=DAY):
        Parameter.objects.filter(code="small_cell").delete()
    with pytest.raises(UnknownParameterError):
        figures(REGION, YEAR, codes=["beneficiaries"])


def test_enough_persons_are_shown(world: World) -> None:
    work(world, SEPTEMBER, "70", world.employment, *crowd(world, 5))
    found = figures(REGION, YEAR)
    assert found["beneficiaries"].value == 6
    assert cells(found["beneficiaries_by_sex"]) == {"femme": 6, "homme": 0, "inconnu": 0}
    assert found["hours_per_beneficiary"].value == 70


def test_the_rows_behind_a_figure_add_up_to_it(world: World) -> None:
    """Whoever opens a figure must find it again line by line."""
    work(world, SEPTEMBER, "70", world.employment, *crowd(world, 5))
    for code, figure in figures(REGION, YEAR, hide=False).items():
        behind = rows(code, REGION, YEAR, hide=False)
        if CATALOGUE[code].rows is None:
            assert not behind
            continue
        if figure.kind is Kind.NUMBER:
            assert sum(row["value"] for row in behind) == pytest.approx(
                figure.value, abs=Decimal("0.01")
            )
            continue
        for key, value in cells(figure).items():
            assert sum(row["value"] for row in behind if row["key"] == key) == value, (code, key)


def test_no_row_names_a_person(world: World) -> None:
    work(world, SEPTEMBER, "70", world.employment, *crowd(world, 5))
    for code in CATALOGUE:
        told = str(rows(code, REGION, YEAR, hide=False))
        assert "Fictivea" not in told
        assert str(world.person.identity_id) not in told


def test_only_what_is_asked_is_computed(world: World) -> None:
    assert list(figures(REGION, YEAR, codes=["hours_validated"])) == ["hours_validated"]
    with pytest.raises(KeyError):
        figures(REGION, YEAR, codes=["hours_imagined"])


def test_the_number_of_queries_does_not_grow(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    work(world, SEPTEMBER, "100")
    with acting_as("test", day=DAY):
        Operation.objects.update(commune=builders.commune())
    with django_assert_num_queries(30):
        figures(REGION, YEAR)
    other = builders.world("Mont-Inventé")
    work(other, SEPTEMBER, "70", other.employment, *crowd(other, 5))
    with django_assert_num_queries(30):
        figures(REGION, YEAR)


def test_a_period_ends_after_it_begins() -> None:
    with pytest.raises(ValueError, match="ends after"):
        Period(date(2026, 2, 1), date(2026, 1, 1))

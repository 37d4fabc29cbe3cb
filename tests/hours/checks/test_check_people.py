"""Eligibility is checked at hiring, and never told: a company reads that it is to be confirmed."""

from datetime import date

import pytest
from tests import builders
from tests.builders import DAY, World
from tests.hours.checks.check_worlds import codes, declare, noted, validate

from coclause.clauses.models import Clause
from coclause.core.actor import acting_as
from coclause.core.models import Parameter
from coclause.hours.checks import doubts
from coclause.hours.models import Assignment, Employment
from coclause.people.models import Criterion

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return builders.world()


def criteria(world: World, *found: str) -> None:
    with acting_as(world.facilitator, day=DAY):
        Employment.objects.filter(pk=world.employment.pk).update(criteria=list(found))


def test_a_criterion_in_force_at_hiring_is_no_doubt(world: World) -> None:
    criteria(world, "RSA", "DELD")
    assert codes(declare(world, "35")) == []


def test_an_employment_without_criterion(world: World) -> None:
    criteria(world)
    note = noted(declare(world, "35"))[0]
    assert note.code == "eligibility"
    assert note.text == "Son éligibilité à l’embauche est à confirmer par le facilitateur."
    assert note.detail == "Aucun critère n’est saisi à l’embauche."


def test_a_criterion_no_longer_in_force_at_hiring_is_not_named(world: World) -> None:
    criteria(world, "RSA")
    with acting_as("test", day=DAY):
        Criterion.objects.filter(code="RSA").update(ends_on=date(2026, 3, 8))
    note = noted(declare(world, "35"))[0]
    assert note.code == "eligibility"
    assert "09/03/2026" in note.detail
    assert "RSA" not in note.text + note.detail


def test_a_criterion_that_expires_after_hiring_undoes_nothing(world: World) -> None:
    with acting_as("test", day=DAY):
        Criterion.objects.filter(code="DELD").update(ends_on=date(2026, 3, 9))
    assert codes(declare(world, "35")) == []


@pytest.mark.parametrize(("region", "found"), [("27", []), ("84", ["eligibility"])])
def test_a_region_holds_criteria_of_its_own(world: World, region: str, found: list[str]) -> None:
    with acting_as("test", day=DAY):
        builders.region("84", "Auvergne-Rhône-Alpes")
        Criterion.objects.create(
            code="LOCAL",
            region_id=region,
            label="Public inventé",
            evidence="Attestation",
            starts_on=date(2025, 1, 1),
            reference="Essai",
        )
    criteria(world, "LOCAL")
    assert codes(declare(world, "35")) == found


@pytest.mark.parametrize(("publics", "found"), [(["DELD"], []), (["RSA"], ["eligibility"])])
def test_the_publics_that_the_clause_aims_at(
    world: World, publics: list[str], found: list[str]
) -> None:
    with acting_as("test", day=DAY):
        Clause.objects.filter(pk=world.clause.pk).update(publics=publics)
    assert codes(declare(world, "35")) == found


def test_who_declares_is_not_asked_about_eligibility(world: World) -> None:
    criteria(world)
    statement = declare(world, "230")
    assert codes(statement) == ["above_ceiling", "eligibility"]
    found = doubts([statement], day=DAY)[statement.pk]
    assert [note.code for note in found] == ["above_ceiling"]


def hired(world: World, starts: date, **facts: str) -> None:
    with acting_as("test", day=DAY):
        builders.calendar(world.award, date(2023, 1, 2), date(2027, 5, 28))
    with acting_as(world.facilitator, day=DAY):
        Employment.objects.filter(pk=world.employment.pk).update(starts_on=starts, **facts)
        Assignment.objects.update(starts_on=starts)


def test_hours_count_for_twenty_four_months_from_the_first_validated_one(world: World) -> None:
    hired(world, date(2024, 1, 8))
    declare(world, "35", date(2024, 9, 1))  # declared alone: it starts nothing
    validate(world, declare(world, "35", date(2024, 10, 1)))
    assert "past_eligibility" not in codes(declare(world, "35", date(2026, 9, 1)))
    note = next(
        n for n in noted(declare(world, "35", date(2026, 10, 1))) if n.code == "past_eligibility"
    )
    assert "octobre 2024" in note.text
    assert "le 25e, au-delà de 24" in note.text


def test_the_first_hour_counts_whoever_recorded_it(world: World) -> None:
    other = builders.world("Mont-Rêvé")
    hired(other, date(2024, 1, 8))
    validate(other, declare(other, "35", date(2024, 3, 1)))
    # The two worlds recorded the same person: one identity.
    assert other.person.identity_id == world.person.identity_id
    assert "past_eligibility" in codes(declare(world, "35"))


def test_hours_of_a_permanent_contract_count_for_twenty_four_months(world: World) -> None:
    hired(world, date(2024, 10, 15), type="cdi")
    assert "past_cdi" not in codes(declare(world, "35", date(2026, 10, 1)))
    hired(world, date(2024, 10, 1), type="cdi")
    assert "past_cdi" in codes(declare(world, "35", date(2026, 10, 1), version=1))


def test_the_months_that_count_are_a_dated_value(world: World) -> None:
    hired(world, date(2024, 10, 1), type="cdi")
    with acting_as("test", day=DAY):
        Parameter.objects.filter(code="cdi_months").update(value=36)
    assert "past_cdi" not in codes(declare(world, "35"))

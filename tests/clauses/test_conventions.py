"""Who records a convention, who corrects it, and which contracts answer to it."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from tests import builders
from tests.builders import DAY, World

from coclause.clauses.conventions import (
    attach,
    change_convention,
    may_change_convention,
    record_convention,
)
from coclause.clauses.models import Contract, Convention
from coclause.core.actor import acting_as
from coclause.core.models import JournalEntry, User
from coclause.core.refusals import Conflict, Refused
from coclause.organisations.choices import MemberRole, Role
from coclause.organisations.scopes import scope_of
from coclause.reference.models import PriorityDistrict

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return builders.world()


@pytest.fixture
def neighbour() -> World:
    return builders.world("Mont-Rêvé")


@pytest.fixture
def coordinator() -> User:
    with acting_as("test", day=DAY):
        of = builders.organisation("Coordination Inventée", Role.COORDINATION)
        return builders.member(of, MemberRole.COORDINATOR)


def unsaved(name: str = "Convention des Hauts-Imaginés", region: str = "27") -> Convention:
    return Convention(region_id=region, name=name, starts_on=date(2024, 1, 1))


def recorded(world: World, name: str = "Convention des Hauts-Imaginés") -> Convention:
    with acting_as(world.facilitator, day=DAY):
        return record_convention(world.scope, unsaved(name))


def contract_of(world: World) -> Contract:
    return Contract.objects.get(operation=world.operation)


def put_under(world: World, convention: Convention | None, seen: int | None = None) -> Contract:
    with acting_as(world.facilitator, day=DAY):
        return attach(world.scope, contract_of(world), convention, seen=seen)


def test_a_host_records_what_is_known_and_nothing_else_is_needed(world: World) -> None:
    district = PriorityDistrict.objects.create(
        code="QF021001", vintage="2024", name="Hauts", search_key="hauts"
    )
    with acting_as(world.facilitator, day=DAY):
        made = record_convention(world.scope, unsaved(), [district])
    assert (made.target_hours, made.district_share, made.ends_on) == (None, None, None)
    assert list(made.districts.all()) == [district]
    entry = JournalEntry.objects.get(verb="convention.recorded")
    assert entry.sentence == "Convention enregistrée : Convention des Hauts-Imaginés."


def test_nobody_outside_the_network_of_the_region_records_one(world: World) -> None:
    with acting_as("test", day=DAY):
        builders.region("84", "Région Inventée")
        buyer = builders.member(world.buyer, MemberRole.BUYER)
        company = builders.member(world.company, MemberRole.COMPANY)
    for user, region in ((buyer, "27"), (company, "27"), (world.facilitator, "84")):
        with acting_as(user, day=DAY), pytest.raises(PermissionDenied):
            record_convention(scope_of(user, DAY), unsaved(region=region))
    assert not Convention.objects.exists()


def test_the_same_name_twice_in_a_region_is_refused_in_words(world: World) -> None:
    recorded(world)
    with pytest.raises(Refused, match="porte déjà le nom"):
        recorded(world, "CONVENTION des hauts imaginés")


@pytest.mark.parametrize("name", ["", "…"])
def test_a_convention_has_a_name(world: World, name: str) -> None:
    with pytest.raises(Refused, match="nom de la convention"):
        recorded(world, name)


def test_a_convention_does_not_end_before_it_starts(world: World) -> None:
    made = unsaved()
    made.ends_on = date(2023, 1, 1)
    with acting_as(world.facilitator, day=DAY), pytest.raises(Refused, match="précède"):
        record_convention(world.scope, made)


def test_the_database_refuses_impossible_targets() -> None:
    for facts in ({"target_hours": 0}, {"district_share": Decimal("100.5")}):
        with acting_as("test", day=DAY), pytest.raises(IntegrityError), transaction.atomic():
            Convention.objects.create(
                region=builders.region(), name="Impossible", starts_on=DAY, **facts
            )


def test_a_host_corrects_a_convention_until_another_answers_to_it(
    world: World, neighbour: World, coordinator: User
) -> None:
    made = recorded(world)
    assert may_change_convention(neighbour.scope, made)
    put_under(world, made)
    assert may_change_convention(world.scope, made)
    assert not may_change_convention(neighbour.scope, made)
    put_under(neighbour, made)
    for one in (world, neighbour):
        with acting_as(one.facilitator, day=DAY), pytest.raises(PermissionDenied):
            change_convention(one.scope, made, [])
    made.target_hours = 20_000
    with acting_as(coordinator, day=DAY):
        change_convention(scope_of(coordinator, DAY), made, [])
    made.refresh_from_db()
    assert made.target_hours == 20_000
    assert JournalEntry.objects.filter(verb="convention.changed").count() == 1


def test_another_region_corrects_nothing(world: World) -> None:
    made = recorded(world)
    with acting_as("test", day=DAY):
        far = builders.region("84", "Région Inventée")
    elsewhere = builders.world("Pays-Supposé", of=far)
    with acting_as("test", day=DAY):
        coordination = builders.organisation("Coordination du Loin", Role.COORDINATION, of=far)
        coordinator = builders.member(coordination, MemberRole.COORDINATOR)
    for user in (elsewhere.facilitator, coordinator):
        assert not may_change_convention(scope_of(user, DAY), made)
    with pytest.raises(Refused, match="autre région"):
        put_under(elsewhere, made)


def test_contracts_of_several_buyers_answer_and_leave_with_the_journal_written(
    world: World, neighbour: World, coordinator: User
) -> None:
    made, other = recorded(world), recorded(world, "Autre convention")
    put_under(world, made)
    put_under(neighbour, made)
    assert made.contracts.count() == 2
    with acting_as(coordinator, day=DAY):
        scope = scope_of(coordinator, DAY)
        attach(scope, contract_of(neighbour), other, seen=made.pk)
        attach(scope, contract_of(neighbour), None, seen=other.pk)
    assert list(made.contracts.all()) == [contract_of(world)]
    told = list(
        JournalEntry.objects.filter(verb="contract.convention")
        .order_by("pk")
        .values_list("sentence", flat=True)
    )
    assert told[2] == (
        "Contrat « Médiathèque de Mont-Rêvé » rattaché à la convention Autre convention,"
        " au lieu de Convention des Hauts-Imaginés."
    )
    assert told[3].endswith("détaché de la convention Autre convention.")


def test_only_the_referent_or_the_coordination_says_what_a_contract_answers_to(
    world: World, neighbour: World
) -> None:
    made = recorded(world)
    with acting_as("test", day=DAY):
        users = [
            neighbour.facilitator,
            builders.member(world.buyer, MemberRole.BUYER),
            builders.member(world.company, MemberRole.COMPANY),
        ]
    for user in users:
        with acting_as(user, day=DAY), pytest.raises(PermissionDenied):
            attach(scope_of(user, DAY), contract_of(world), made, seen=None)
    assert contract_of(world).convention is None


def test_who_chose_from_an_old_page_is_told(world: World) -> None:
    made, other = recorded(world), recorded(world, "Autre convention")
    put_under(world, made)
    with pytest.raises(Conflict, match="vient de changer"):
        put_under(world, other, seen=None)
    with pytest.raises(Refused, match="Rien ne change"):
        put_under(world, made, seen=made.pk)
    assert contract_of(world).convention == made
